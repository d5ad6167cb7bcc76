"""Slices as pixels of the screen, the contours drawn into them.

A window system's painter takes milliseconds for the smooth thin outlines of some dozen nuclei; drawn straight into
the picture by compiled loops, which run beside the window's thread, they cost a fraction of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.display import colours
from fusplan.display.grey_levels import GreyPicture
from fusplan.display.mesh_slices import MeshContour
from fusplan.display.slice_blend import ColourPicture
from fusplan.display.slice_content import BRAIN_EDGE
from fusplan.display.slice_raster import Raster

ScreenPicture: TypeAlias = npt.NDArray[np.uint32]
"""Shape (rows, columns), 0xFFRRGGBB."""

CLP_WIDTH, CL_WIDTH, NUCLEUS_WIDTH, EDGE_WIDTH = 2.4, 1.6, 1.2, 1.1
"""Widths of lines, logical pixels."""

CLP_FILL = 0.14


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How the outline of a structure is drawn: ``#rrggbb``, logical pixels, opacity of its inside."""

    colour: str
    width: float
    fill: float = 0.0

    @property
    def rgb(self) -> int:
        return int(self.colour[1:], 16)


@lru_cache(maxsize=512)
def nucleus_style(name: str) -> LineStyle:
    """CLp stands out, CL about it a little."""
    colour = colours.nucleus_colour(name)
    if name == "CLp":
        return LineStyle(colour, CLP_WIDTH, CLP_FILL)
    return LineStyle(colour, CL_WIDTH if name == "CL" else NUCLEUS_WIDTH)


def edge_style(name: str) -> LineStyle:
    """Of the template's edges."""
    return LineStyle(colours.TEMPLATE_BORDER if name == BRAIN_EDGE else colours.TEMPLATE_EDGE, EDGE_WIDTH)


def screen_picture(picture: GreyPicture | ColourPicture, raster: Raster) -> ScreenPicture:
    """A slice, sampled as finely as it needs, as the pixels of a view."""
    from fusplan.display.screen_kernels import enlarge_colours, enlarge_greys, spread_greys  # noqa: PLC0415 - numba

    out = np.empty((raster.rows, raster.columns), dtype=np.uint32)
    if picture.ndim == 3:
        enlarge_colours(picture, out)
    elif picture.shape == out.shape:
        spread_greys(picture, out)
    else:
        enlarge_greys(picture, out)
    return out


def draw_outlines(
    picture: ScreenPicture,
    contours: Sequence[MeshContour],
    edges: Sequence[MeshContour],
    mm_per_pixel: float,
    ratio: float = 1.0,
) -> None:
    """Draw the template's edges and the nuclei into a picture, CLp over the others.

    Args:
        picture: changed in place.
        contours, edges: in picture mm.
        mm_per_pixel: of ``picture``.
        ratio: pixels of ``picture`` for each logical pixel, by which lines are wider.
    """
    styled = list(_in_order(contours, edges))
    if not styled:
        return
    lines = [line for contour, _ in styled for line in contour.lines]
    styles = [style for contour, style in styled for _ in contour.lines]
    closed = np.array([one for contour, _ in styled for one in contour.closed], dtype=np.bool_)
    from fusplan.display.screen_kernels import draw_lines  # noqa: PLC0415 - loads numba

    draw_lines(
        np.concatenate(lines) / mm_per_pixel - 0.5,
        np.cumsum([0, *(len(line) for line in lines)], dtype=np.int32),
        closed,
        np.array([style.rgb for style in styles], dtype=np.uint32),
        np.array([style.width * ratio / 2 for style in styles]),
        np.array([round(style.fill * 255) for style in styles], dtype=np.int32),
        picture,
    )


def _in_order(contours: Sequence[MeshContour], edges: Iterable[MeshContour]) -> Iterator[tuple[MeshContour, LineStyle]]:
    for edge in edges:
        yield edge, edge_style(edge.mesh.name)
    for prominent in (False, True):
        for contour in contours:
            if (contour.mesh.name == "CLp") is prominent:
                yield contour, nucleus_style(contour.mesh.name)
