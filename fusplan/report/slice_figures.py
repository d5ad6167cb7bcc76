"""The three planes through a target, drawn: slice, nuclei, lesion, 95 % region, labels, scale and letters."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.display import colours
from fusplan.display.contours import Contour, NucleiFields
from fusplan.display.grey_levels import to_grey
from fusplan.display.label_placement import PlacedLabel
from fusplan.display.pictures import slice_intensities
from fusplan.display.prominence import stands_out
from fusplan.display.slice_scene import LabelledSlice, labelled_slice
from fusplan.display.views import VIEW_KINDS, ViewAxes, ViewKind, slice_view
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Lesion, Target
from fusplan.planning.review import LesionReview
from fusplan.report.drawing import Disc, Drawing, Line, Polygons, Shape, Words
from fusplan.spatial import AcPcGeometry

FIELD_MM = 60.0
PIXEL_MM = 0.2
LABEL_SIZE_MM = 2.3
LETTER_SIZE_MM = 3.0
NUCLEUS_LINE_MM = 0.22
AIM_LINE_MM = 0.42
LESION_LINE_MM = 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with the words that stand over it and below it."""

    title: str
    drawing: Drawing
    caption: str


def target_figures(
    volume: Volume,
    geometry: AcPcGeometry,
    atlas: NucleiFields,
    target: Target,
    lesions: tuple[tuple[Lesion, LesionReview], ...],
    window: IntensityWindow,
    field_mm: float = FIELD_MM,
) -> tuple[Figure, ...]:
    """Axial, coronal and sagittal figures along the AC-PC axes through the first lesion's centre, else the target.

    ``field_mm`` is the width and height of the part of the head that each shows.
    """
    middle = lesions[0][0].centre if lesions else target.point
    figures = []
    for kind in VIEW_KINDS:
        view = slice_view(kind, middle, (field_mm, field_mm), ViewAxes.acpc(geometry))
        scene = labelled_slice(
            view,
            atlas,
            geometry,
            middle,
            target.side,
            [lesion.ellipsoid for lesion, _ in lesions],
            [review.uncertainty.region_95 for _, review in lesions],
        )
        figures.append(_figure(kind, volume, window, scene, target.name))
    return tuple(figures)


def _figure(kind: ViewKind, volume: Volume, window: IntensityWindow, scene: LabelledSlice, name: str) -> Figure:
    view = scene.view
    contours = sorted(zip(scene.contours, scene.near, strict=True), key=_rank)
    shapes: list[Shape] = [_nucleus(contour, near) for contour, near in contours]
    shapes += [
        Polygons((region,), colours.REGION_95, 0.3, dashes_mm=(1.0, 0.7), title="95 % region", opacity=0.9)
        for region in scene.regions
    ]
    shapes += [
        Polygons((lesion,), colours.LESION, LESION_LINE_MM, fill_opacity=0.28, title="planned lesion")
        for lesion in scene.lesions
    ]
    shapes += _crosshair(scene.crosshair)
    for label in scene.side_labels:
        shapes += _side_label(label, scene.side_labels_extend_right)
    shapes += [
        Words((label.x_mm, label.y_mm), label.text, LABEL_SIZE_MM, colours.name_colour(label.text))
        for label in scene.inside_labels
    ]
    shapes += border_shapes(scene)
    title = f"{kind.capitalize()} slice through {name}, {scene.position_words}"
    picture = to_grey(slice_intensities(volume, view.pixels(PIXEL_MM)), window)
    drawing = Drawing(view.width_mm, view.height_mm, title, picture, tuple(shapes))
    return Figure(kind.capitalize(), drawing, scene.position_words)


def _rank(drawn: tuple[Contour, bool]) -> tuple[bool, bool]:
    """Neighbours over what is far, what is aimed at over its neighbours."""
    contour, near = drawn
    return (near, stands_out(contour.nucleus.abbreviation))


def _nucleus(contour: Contour, near: bool) -> Polygons:
    abbreviation = contour.nucleus.abbreviation
    is_aim = stands_out(abbreviation)
    side = f", {contour.nucleus.side}" if contour.nucleus.side else ""
    return Polygons(
        contour.polygons,
        colours.nucleus_colour(abbreviation),
        AIM_LINE_MM if is_aim and near else NUCLEUS_LINE_MM,
        fill_opacity=0.2 if is_aim and near else 0.0,
        title=f"{abbreviation}: {contour.nucleus.name}{side}",
        opacity=(1.0 if is_aim else 0.95) if near else (0.7 if is_aim else 0.4),
    )


def _side_label(label: PlacedLabel, extend_right: bool) -> list[Shape]:
    outwards = 1.0 if extend_right else -1.0
    colour = colours.nucleus_colour(label.anchor.text)
    is_aim = stands_out(label.anchor.text)
    anchor_place = (label.anchor.x_mm, label.anchor.y_mm)
    near_end = (label.x_mm - outwards * 0.6, label.y_mm)
    return [
        Line(anchor_place, near_end, colours.PICTURE_BACKGROUND, 0.4, 0.45),
        Line(anchor_place, near_end, colour, 0.13, 0.9),
        Disc(anchor_place, 0.32, colour),
        Words(
            (label.x_mm, label.y_mm),
            label.anchor.text,
            LABEL_SIZE_MM * (1.2 if is_aim else 1.0),
            colours.name_colour(label.anchor.text),
            "start" if extend_right else "end",
            700 if is_aim else 500,
        ),
    ]


def _crosshair(place: tuple[float, float]) -> list[Shape]:
    """Four thin arms that leave the middle free, and a dot of a hair's size at the target itself."""
    x, y = place
    inner, outer = 5.5, 9.5
    arms = [
        ((x - outer, y), (x - inner, y)),
        ((x + inner, y), (x + outer, y)),
        ((x, y - outer), (x, y - inner)),
        ((x, y + inner), (x, y + outer)),
    ]
    return [
        *(Line(start, end, colours.CROSSHAIR, 0.18, 0.75) for start, end in arms),
        Disc(place, 0.26, colours.CROSSHAIR),
    ]


def border_shapes(scene: LabelledSlice) -> list[Shape]:
    """The four letters and the scale bar."""
    view, letters = scene.view, scene.letters
    width, height, inset = view.width_mm, view.height_mm, 2.3
    bar_left, bar_y = 3.0, height - 3.0
    return [
        Words((inset, height / 2), letters.left, LETTER_SIZE_MM, weight=700),
        Words((width - inset, height / 2), letters.right, LETTER_SIZE_MM, weight=700),
        Words((width / 2, inset), letters.top, LETTER_SIZE_MM, weight=700),
        Words((width / 2, height - inset), letters.bottom, LETTER_SIZE_MM, weight=700),
        Line((bar_left, bar_y), (bar_left + scene.scale_bar_mm, bar_y), colours.PICTURE_TEXT, 0.45),
        Words((bar_left + scene.scale_bar_mm / 2, bar_y - 2.0), f"{scene.scale_bar_mm:g} mm", 2.2),
    ]
