"""Everything that one slice through a target shows, as values: whoever draws needs no further thought."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from fusplan.display.contours import Contour, NucleiFields, ellipsoid_outline, nuclei_contours
from fusplan.display.label_placement import Anchor, InnerPoints, PlacedLabel, place_in_column
from fusplan.display.prominence import stands_out
from fusplan.display.views import BorderLetters, SliceView, border_letters, scale_bar_length_mm, slice_position_words
from fusplan.spatial import AcPcGeometry, Ellipsoid, Point, Points, ScannerRas, Side
from fusplan.spatial.points import FloatArray

LABEL_FROM_MM2 = 4.0
"""Nuclei that show less than this in a slice are outlined but not named."""

NEAR_MM = 9.0
"""Nuclei that come this near to the target in a slice are its neighbours: named and drawn in full."""

MOST_LABELS = 12

LABEL_GAP_MM = 3.2
"""Between the middles of two labels; fits text of 2.3 mm."""

TEXT_WIDTH_MM_PER_LETTER = 1.75
BORDER_LETTER_MM = 4.5
"""Room that the letters at the borders need."""

INSIDE_RADIUS_MM = 2.6
"""A nucleus with a free circle of this radius takes its label inside, without a leader line."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSlice:
    """One slice and all that is drawn on it; lengths and polygons in picture mm.

    Attributes:
        contours: outlines of the nuclei met.
        near: for each contour, whether it is a neighbour of the target on its side.
        inside_labels: names written inside their nucleus.
        side_labels: names in a column, with leader lines.
        side_labels_extend_right: whether the column's texts run to the right of their near end.
        lesions: outlines of the lesions met.
        regions: outlines of the 95 % regions met.
        crosshair: where the target is seen.
    """

    view: SliceView
    letters: BorderLetters
    scale_bar_mm: float
    position_words: str
    contours: tuple[Contour, ...]
    near: tuple[bool, ...]
    inside_labels: tuple[Anchor, ...]
    side_labels: tuple[PlacedLabel, ...]
    side_labels_extend_right: bool
    lesions: tuple[FloatArray, ...]
    regions: tuple[FloatArray, ...]
    crosshair: tuple[float, float]


def labelled_slice(
    view: SliceView,
    atlas: NucleiFields,
    geometry: AcPcGeometry,
    target: Point[ScannerRas],
    side: Side,
    lesions: Sequence[Ellipsoid[ScannerRas]] = (),
    regions: Sequence[Ellipsoid[ScannerRas]] = (),
) -> LabelledSlice:
    """What a slice shows around a target of one side; only nuclei of that side are named."""
    contours = nuclei_contours(view, atlas)
    seen_at = view.to_picture(Points.gather([target]))[0]
    crosshair = (float(seen_at[0]), float(seen_at[1]))
    near = tuple(contour.nucleus.side == side and _comes_near(contour, crosshair) for contour in contours)
    neighbours = [contour for contour, is_near in zip(contours, near, strict=True) if is_near]
    extend_right = _free_side_is_right(view, contours, side)
    lesion_outlines, region_outlines = _outlines(view, lesions), _outlines(view, regions)
    inside, column = _place_labels(view, neighbours, lesion_outlines + region_outlines, extend_right)
    return LabelledSlice(
        view=view,
        letters=border_letters(view),
        scale_bar_mm=scale_bar_length_mm(view.width_mm),
        position_words=slice_position_words(view, geometry),
        contours=contours,
        near=near,
        inside_labels=inside,
        side_labels=column,
        side_labels_extend_right=extend_right,
        lesions=lesion_outlines,
        regions=region_outlines,
        crosshair=crosshair,
    )


def _outlines(view: SliceView, ellipsoids: Sequence[Ellipsoid[ScannerRas]]) -> tuple[FloatArray, ...]:
    outlines = (ellipsoid_outline(view, ellipsoid) for ellipsoid in ellipsoids)
    return tuple(outline for outline in outlines if outline is not None)


def _comes_near(contour: Contour, crosshair: tuple[float, float]) -> bool:
    return any(
        float(np.hypot(polygon[:, 0] - crosshair[0], polygon[:, 1] - crosshair[1]).min()) <= NEAR_MM
        for polygon in contour.polygons
    )


def _free_side_is_right(view: SliceView, contours: Sequence[Contour], side: Side) -> bool:
    """Whether the column of labels stands to the right: laterally where left and right are seen, else in front."""
    if view.kind != "sagittal":
        lateral = view.axes.matrix[:, 0] * (1 if side == "right" else -1)
        return bool(view.right.array @ lateral > 0)
    own = [contour for contour in contours if contour.nucleus.side == side]
    if not own:
        return True
    left = min(float(polygon[:, 0].min()) for contour in own for polygon in contour.polygons)
    right = max(float(polygon[:, 0].max()) for contour in own for polygon in contour.polygons)
    return view.width_mm - right >= left


def _place_labels(
    view: SliceView, neighbours: Sequence[Contour], covering: Sequence[FloatArray], extend_right: bool
) -> tuple[tuple[Anchor, ...], tuple[PlacedLabel, ...]]:
    """Names inside and beside; a name inside that a leader line would cross moves beside, too."""
    beside_only = {one.nucleus.abbreviation for one in neighbours if stands_out(one.nucleus.abbreviation)}
    named = _named(neighbours)
    while True:
        inside, beside = _sort_labels(view, named, covering, extend_right, beside_only)
        column = _column(view, neighbours, beside, extend_right)
        leaders = [np.linspace((one.anchor.x_mm, one.anchor.y_mm), (one.x_mm, one.y_mm), 40) for one in column]
        crossed = {one.text for one in inside if _touches(leaders, one.x_mm, one.y_mm, _half_width_mm(one.text))}
        if not crossed:
            return inside, column
        beside_only |= crossed


def _half_width_mm(text: str) -> float:
    return len(text) * TEXT_WIDTH_MM_PER_LETTER / 2


def _named(neighbours: Sequence[Contour]) -> list[tuple[str, InnerPoints]]:
    """The abbreviations of the nuclei there is room to name, what stands out and is large first, and where they lie."""
    shown = [contour for contour in neighbours if contour.area_mm2 >= LABEL_FROM_MM2]
    first = sorted(shown, key=lambda one: (not stands_out(one.nucleus.abbreviation), -one.area_mm2))[:MOST_LABELS]
    return [(contour.nucleus.abbreviation, InnerPoints.of(contour.polygons[0])) for contour in first]


def _sort_labels(
    view: SliceView,
    named: Sequence[tuple[str, InnerPoints]],
    covering: Sequence[FloatArray],
    extend_right: bool,
    beside_only: Set[str],
) -> tuple[tuple[Anchor, ...], tuple[Anchor, ...]]:
    """Names that fit inside their nucleus, and the others.

    Args:
        view: the slice.
        named: the nuclei to name, and where each may have its name.
        covering: outlines that a name inside must not touch.
        extend_right: on which side the column of the others will stand.
        beside_only: names that do not go inside.
    """
    inside: list[Anchor] = []
    beside: list[Anchor] = []
    for text, points in named:
        x, y, radius = points.deepest
        half_width = _half_width_mm(text)
        roomy = radius >= max(INSIDE_RADIUS_MM, half_width * 0.8)
        on_picture = half_width < x < view.width_mm - half_width and 4 < y < view.height_mm - 4
        if text not in beside_only and roomy and on_picture and not _touches(covering, x, y, half_width):
            inside.append(Anchor(text, x, y))
        else:
            x, y, _ = points.towards(view.width_mm if extend_right else 0.0)
            beside.append(Anchor(text, x, y))
    return tuple(inside), tuple(beside)


def _touches(outlines: Sequence[FloatArray], x: float, y: float, half_width: float) -> bool:
    """Whether a name in the middle of (x, y) would lie on an outline."""
    return any(
        bool(np.any((np.abs(outline[:, 0] - x) < half_width + 0.5) & (np.abs(outline[:, 1] - y) < LABEL_GAP_MM / 2)))
        for outline in outlines
    )


def _column(
    view: SliceView, neighbours: Sequence[Contour], anchors: Sequence[Anchor], extend_right: bool
) -> tuple[PlacedLabel, ...]:
    """Labels in a column just outside the named outlines, within the picture."""
    if not anchors:
        return ()
    widest = max(len(anchor.text) for anchor in anchors) * TEXT_WIDTH_MM_PER_LETTER
    edge = BORDER_LETTER_MM + widest
    across = np.concatenate([polygon[:, 0] for contour in neighbours for polygon in contour.polygons])
    if extend_right:
        column_x = min(float(across.max()) + 3.0, view.width_mm - edge)
    else:
        column_x = max(float(across.min()) - 3.0, edge)
    return place_in_column(anchors, column_x, LABEL_GAP_MM, 7.0, view.height_mm - 8.0)
