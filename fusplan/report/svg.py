"""Small pieces of SVG: pictures embedded as PNG, polygons and texts over them.

Drawings use ten units a millimetre, because browsers keep text of fewer than a few units readable by
enlarging it, which would break a drawing in whole millimetres.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable

import numpy as np
from PIL import Image

from fusplan.display.colours import PICTURE_BACKGROUND, PICTURE_TEXT
from fusplan.display.grey_levels import GreyPicture
from fusplan.report.drawing import Disc, Drawing, Line, Polygons, Shape
from fusplan.report.markup import text
from fusplan.spatial.points import FloatArray

UNITS_PER_MM = 10.0


def units(value_mm: float) -> str:
    """Picture mm as drawing units."""
    return f"{value_mm * UNITS_PER_MM:.1f}".removesuffix(".0")


def png_data_uri(picture: GreyPicture) -> str:
    """A grey picture (rows, columns) as a ``data:`` address."""
    held = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(held, format="PNG", compress_level=6)
    return "data:image/png;base64," + base64.b64encode(held.getvalue()).decode("ascii")


def embedded_picture(picture: GreyPicture, width_mm: float, height_mm: float) -> str:
    """A grey picture stretched over the whole drawing."""
    return (
        f'<image href="{png_data_uri(picture)}" x="0" y="0" width="{units(width_mm)}" height="{units(height_mm)}" '
        'preserveAspectRatio="none"/>'
    )


def drawing(width_mm: float, height_mm: float, title: str, parts: Iterable[str]) -> str:
    """A drawing of the given size on a dark ground; ``title`` is read out by screen readers and shown on hover."""
    return (
        f'<svg viewBox="0 0 {units(width_mm)} {units(height_mm)}" role="img" class="picture" '
        f'style="background:{PICTURE_BACKGROUND}"><title>{text(title)}</title>{"".join(parts)}</svg>'
    )


def drawn(what: Drawing) -> str:
    """A drawing given as values."""
    parts = [] if what.picture is None else [embedded_picture(what.picture, what.width_mm, what.height_mm)]
    return drawing(what.width_mm, what.height_mm, what.title, [*parts, *map(_shape, what.shapes)])


def _shape(shape: Shape) -> str:
    if isinstance(shape, Polygons):
        return _polygons(shape)
    if isinstance(shape, Line):
        return line(shape.start, shape.end, shape.colour, shape.width_mm, _line_style(shape))
    if isinstance(shape, Disc):
        return _disc(shape)
    return words(shape.place, shape.text, shape.size_mm, shape.colour, shape.anchor, shape.weight)


def _polygons(shape: Polygons) -> str:
    if not shape.closed:
        return open_lines(shape.polygons, shape.colour, shape.width_mm, shape.title)
    fill, dashes = shape.fill_opacity, shape.dashes_mm
    return outline(shape.polygons, shape.colour, shape.width_mm, fill, dashes, shape.title, shape.opacity)


def _line_style(shape: Line) -> str:
    dashes = f' stroke-dasharray="{units(shape.dashes_mm[0])} {units(shape.dashes_mm[1])}"' if shape.dashes_mm else ""
    return dashes + (f' stroke-opacity="{shape.opacity:g}"' if shape.opacity < 1 else "")


def _disc(shape: Disc) -> str:
    where = f'cx="{units(shape.centre[0])}" cy="{units(shape.centre[1])}" r="{units(shape.radius_mm)}"'
    if shape.ring_mm:
        return f'<circle {where} fill="none" stroke="{shape.colour}" stroke-width="{units(shape.ring_mm)}"/>'
    return f'<circle {where} fill="{shape.colour}"/>'


def path_data(polygons: Iterable[FloatArray], closed: bool = True) -> str:
    """Polygons in picture mm as the ``d`` of a path, to a hundredth of a millimetre."""
    pieces = []
    for polygon in polygons:
        places = np.round(polygon * UNITS_PER_MM, 1)
        pieces.append("M" + "L".join(f"{x:g} {y:g}" for x, y in places) + ("Z" if closed else ""))
    return "".join(pieces)


def outline(
    polygons: Iterable[FloatArray],
    colour: str,
    width_mm: float,
    fill_opacity: float = 0.0,
    dashes_mm: tuple[float, float] | None = None,
    title: str = "",
    opacity: float = 1.0,
) -> str:
    """Closed polygons as one path, with a hover title."""
    fill = f'fill="{colour}" fill-opacity="{fill_opacity:g}"' if fill_opacity else 'fill="none"'
    dashes = f' stroke-dasharray="{units(dashes_mm[0])} {units(dashes_mm[1])}"' if dashes_mm else ""
    faint = f' stroke-opacity="{opacity:g}"' if opacity < 1 else ""
    shown_title = f"<title>{text(title)}</title>" if title else ""
    return (
        f'<path d="{path_data(polygons)}" {fill} fill-rule="evenodd" stroke="{colour}" '
        f'stroke-width="{units(width_mm)}" stroke-linejoin="round"{dashes}{faint}>{shown_title}</path>'
    )


def open_lines(lines: Iterable[FloatArray], colour: str, width_mm: float, title: str = "") -> str:
    """Lines of (n, 2) picture mm that are not closed, as one path, with a hover title."""
    shown_title = f"<title>{text(title)}</title>" if title else ""
    return (
        f'<path d="{path_data(lines, closed=False)}" fill="none" stroke="{colour}" '
        f'stroke-width="{units(width_mm)}" stroke-linejoin="round">{shown_title}</path>'
    )


def line(start: tuple[float, float], end: tuple[float, float], colour: str, width_mm: float, extra: str = "") -> str:
    """A straight line between two places in picture mm."""
    return (
        f'<line x1="{units(start[0])}" y1="{units(start[1])}" x2="{units(end[0])}" y2="{units(end[1])}" '
        f'stroke="{colour}" stroke-width="{units(width_mm)}"{extra}/>'
    )


def words(
    place: tuple[float, float],
    shown: str,
    size_mm: float,
    colour: str = PICTURE_TEXT,
    anchor: str = "middle",
    weight: int = 500,
) -> str:
    """Text whose middle height is at a place in picture mm, with a dark edge that keeps it readable on any grey."""
    return (
        f'<text x="{units(place[0])}" y="{units(place[1])}" dy=".35em" font-size="{units(size_mm)}" '
        f'text-anchor="{anchor}" font-weight="{weight}" fill="{colour}" stroke="{PICTURE_BACKGROUND}" '
        f'stroke-width="{units(size_mm * 0.16)}" stroke-opacity=".75" paint-order="stroke" '
        f'stroke-linejoin="round">{text(shown)}</text>'
    )
