"""What lies over the image in one slice, as values in picture mm: whoever paints needs no further thought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fusplan.display.drawn_layers import (
    Shown,
    SpaceLine,
    SpaceMark,
    lines_of,
    marks_of,
    pending_line,
    places_of,
    regions_of,
    surfaces_of,
)
from fusplan.display.heat_looks import LegendLine, dragged_words, heat_legend
from fusplan.display.lesion_handles import LesionHandle, lesion_handles
from fusplan.display.mesh_slices import MeshContour, cut_meshes
from fusplan.display.outlines import LineLook, OutlineSet, outline_set
from fusplan.display.prominence import stands_out
from fusplan.display.slice_layout import position_words
from fusplan.display.views import REACH_MM, BorderLetters, SliceView, border_letters, scale_bar_length_mm
from fusplan.planning.plan import Lesion
from fusplan.planning.registration_edits import is_distrusted
from fusplan.spatial import Ellipsoid, ScannerRas
from fusplan.spatial.points import FloatArray

FAINTEST_MARK = 0.25
"""Opacity of a mark as far from the slice as marks are drawn; in the slice it is 1."""

DISTRUSTED = "Do not trust the alignment of the atlas"

LABEL_FROM_MM2 = 2.0
"""A nucleus that shows less than this in a slice is outlined but not named."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A point near the slice.

    Attributes:
        of: the mark in space.
        picture_mm: shape (2,).
        opacity: 1 in the slice, less the further away it is.
        under_lesion: a lesion of this target is selected and seen in the slice, or spots are: the mark makes room.
    """

    of: SpaceMark
    picture_mm: FloatArray
    opacity: float
    under_lesion: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line near the slice: that in space, its points (n, 2) in picture mm; ``opacity`` as of marks."""

    of: SpaceLine
    points: FloatArray
    opacity: float


@dataclass(frozen=True, slots=True, eq=False)
class RegionOutline:
    """Where the slice cuts a region, or a surface with a dashed outline: a closed polygon (n, 2), picture mm."""

    look: LineLook
    polygon: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LesionOutline:
    """Where the slice cuts a lesion: a closed polygon, handles when it is selected; over heat without its fill."""

    lesion_id: str
    polygon: FloatArray
    selected: bool
    handles: tuple[LesionHandle, ...]
    is_filled: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Overlays:
    """Everything over the image, in the order in which it is painted; ``contours`` are those of the nuclei."""

    contours: tuple[MeshContour, ...] = ()
    regions: tuple[RegionOutline, ...] = ()
    lesions: tuple[LesionOutline, ...] = ()
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    crosshair: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SliceContent:
    """One slice view but for its image.

    Attributes:
        view: the plane.
        letters: at the borders.
        scale_bar_mm: a round length that fits.
        title: name of the view.
        position: where the slice lies, with the frame's name.
        overlays: what is drawn over the image.
        warning: what nobody must overlook while it holds, or "".
        legend: what lines are that are not named in the slice, in one view of the grid.
    """

    view: SliceView
    letters: BorderLetters
    scale_bar_mm: float
    title: str
    position: str
    overlays: Overlays
    warning: str = ""
    legend: tuple[LegendLine, ...] = ()


def outlines_of(shown: Shown) -> OutlineSet:
    """The surfaces that are switched on, such as the nuclei; but for those with dashed lines, which are painted."""
    return outline_set(tuple(group for group in surfaces_of(shown) if not group.dashes))


def nuclei_on(shown: Shown, view: SliceView) -> tuple[MeshContour, ...]:
    """The contours of the nuclei that are switched on."""
    return cut_meshes([mesh for group in surfaces_of(shown) if group.are_nuclei for mesh in group.meshes], view)


def slice_content(
    shown: Shown,
    view: SliceView,
    mm_per_pixel: float,
    contours: tuple[MeshContour, ...] | None = None,
) -> SliceContent:
    """All that a slice shows besides the image.

    Args:
        shown: what there is to draw.
        view: the plane.
        mm_per_pixel: scale on the screen; handles keep their distance there.
        contours: of the nuclei on that plane, if they are known already or are not asked for.
    """
    overlays = _overlays(shown, view, mm_per_pixel, nuclei_on(shown, view) if contours is None else contours)
    return SliceContent(
        view=view,
        letters=border_letters(view),
        scale_bar_mm=scale_bar_length_mm(view.width_mm),
        title=view.kind.capitalize(),
        position=position_words(view, shown.state, shown.geometry),
        overlays=overlays,
        warning=DISTRUSTED if shown.plan is not None and is_distrusted(shown.plan.registration) else "",
        legend=_legend(shown, view),
    )


def _legend(shown: Shown, view: SliceView) -> tuple[LegendLine, ...]:
    """Of heat and focus: in the axial view, or in the one that fills the grid."""
    sights, layers = shown.sights, shown.state.layers
    if sights is None or view.kind != (shown.state.filling or "axial"):
        return ()
    contours = [mesh.name for mesh in sights.contours] if layers.heat_contours else []
    focus = [sights.focus.name] if layers.focus and sights.focus is not None else []
    has_planned = layers.lesions and bool(contours) and shown.plan is not None and bool(shown.plan.lesions)
    legend = heat_legend([*contours, *focus], sights.volumes_mm3, has_planned, sights.doubts_mm3)
    dragged = dragged_words(sights.numbers) if sights.numbers is not None and contours else ()
    return (*legend, *dragged)


def outline_on(view: SliceView, ellipsoid: Ellipsoid[ScannerRas], count: int = 64) -> FloatArray | None:
    """The ellipse in which a slice cuts an ellipsoid: (count, 2) picture mm, or None when they do not meet."""
    depth_mm = float((ellipsoid.centre.array - view.centre.array) @ view.normal.array)
    if abs(depth_mm) > max(ellipsoid.semi_axes_mm):
        return None
    outline = ellipsoid.outline(view.centre, view.right, view.up, count)
    if outline is None:
        return None
    return np.asarray(np.array([view.width_mm / 2, view.height_mm / 2]) + outline * np.array([1.0, -1.0]))


def _overlays(shown: Shown, view: SliceView, mm_per_pixel: float, contours: tuple[MeshContour, ...]) -> Overlays:
    layers, cursor = shown.state.layers, shown.state.cursor
    lesions = tuple(_lesions(shown, view, mm_per_pixel))
    return Overlays(
        contours=contours,
        regions=(*_region_outlines(shown, view), *_dashed_outlines(shown, view)),
        lesions=lesions,
        lines=tuple(_lines(shown, view)),
        marks=tuple(_marks(shown, view, next((one.lesion_id for one in lesions if one.selected), None))),
        crosshair=view.seen_at(cursor) if cursor is not None and layers.crosshair else None,
    )


def mark_opacity(depth_mm: float) -> float:
    """1 in the slice, falling to 0.25 at the furthest distance that marks are drawn from."""
    return float(1 - (1 - FAINTEST_MARK) * min(abs(depth_mm) / REACH_MM, 1.0))


@lru_cache(maxsize=64)
def _ellipsoid_of(lesion: Lesion) -> Ellipsoid[ScannerRas]:
    return lesion.ellipsoid


def _lesions(shown: Shown, view: SliceView, mm_per_pixel: float) -> Iterator[LesionOutline]:
    if shown.plan is None or not shown.state.layers.lesions:
        return
    for lesion in shown.plan.lesions:
        polygon = outline_on(view, _ellipsoid_of(lesion))
        if polygon is None:
            continue
        selected = lesion.id == shown.state.selection.lesion_id
        handles = lesion_handles(lesion, view, mm_per_pixel) if selected else ()
        yield LesionOutline(lesion.id, polygon, selected, handles, is_filled=shown.sights is None)


def _region_outlines(shown: Shown, view: SliceView) -> Iterator[RegionOutline]:
    for region in regions_of(shown):
        polygon = outline_on(view, region.ellipsoid)
        if polygon is not None:
            yield RegionOutline(region.look, polygon)


def _dashed_outlines(shown: Shown, view: SliceView) -> Iterator[RegionOutline]:
    for group in (group for group in surfaces_of(shown) if group.dashes):
        for contour in cut_meshes(group.meshes, view):
            style = group.style(contour.mesh.name)
            look = LineLook(style.colour, style.width, group.dashes)
            yield from (RegionOutline(look, line) for line in contour.lines)


def _marks(shown: Shown, view: SliceView, selected_lesion: str | None) -> Iterator[Mark]:
    """The marks within reach of the slice; ``selected_lesion`` is the selected one if the slice cuts it."""
    marks = marks_of(shown)
    places = places_of(marks)
    if places is None:
        return
    depths_mm, pictures = view.depth_mm(places), view.to_picture(places)
    for index in np.flatnonzero(np.abs(depths_mm) <= REACH_MM):
        opacity = mark_opacity(float(depths_mm[index]))
        makes_room = selected_lesion in marks[index].lesion_ids
        if shown.spots is not None and marks[index].kind == "target":
            makes_room = True
        yield Mark(marks[index], pictures[index], opacity, makes_room)


def _lines(shown: Shown, view: SliceView) -> Iterator[Line]:
    """A line is drawn while its nearest part is near the slice: some end within reach, or ends on both sides."""
    pending = shown.state.pending
    for line in (*lines_of(shown), *([pending_line(pending)] if pending else ())):
        depths = view.depth_mm(line.places)
        nearest = 0.0 if depths.min() <= 0 <= depths.max() else float(np.abs(depths).min())
        if nearest <= REACH_MM:
            yield Line(line, view.to_picture(line.places), mark_opacity(nearest))


def contour_under(content: SliceContent, picture_mm: FloatArray) -> MeshContour | None:
    """The smallest contour that holds a place of the picture: the nucleus under the pointer, parts first."""
    inside = [contour for contour in content.overlays.contours if contour.holds(picture_mm)]
    return min(inside, key=lambda contour: (not stands_out(contour.mesh.name), contour.area_mm2), default=None)
