"""The three planes through a target, drawn: slice, nuclei, lesion, 95 % region, labels, scale and letters."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.display import colours
from fusplan.display.contours import Contour, NucleiFields
from fusplan.display.grey_levels import to_grey
from fusplan.display.label_placement import PlacedLabel
from fusplan.display.pictures import slice_intensities
from fusplan.display.slice_scene import LabelledSlice, labelled_slice
from fusplan.display.views import VIEW_KINDS, SliceView, ViewAxes, ViewKind, slice_view
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Lesion, Target
from fusplan.planning.review import LesionReview
from fusplan.report import svg
from fusplan.spatial import AcPcGeometry

FIELD_MM = 60.0
PIXEL_MM = 0.2
LABEL_SIZE_MM = 2.3
LETTER_SIZE_MM = 3.0
NUCLEUS_LINE_MM = 0.22
CLP_LINE_MM = 0.42
LESION_LINE_MM = 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with the words that stand over it and below it."""

    title: str
    drawing: str
    caption: str


def target_figures(
    volume: Volume,
    geometry: AcPcGeometry,
    atlas: NucleiFields,
    target: Target,
    lesions: tuple[tuple[Lesion, LesionReview], ...],
    window: IntensityWindow,
) -> tuple[Figure, ...]:
    """Axial, coronal and sagittal figures along the AC-PC axes through the first lesion's centre, else the target."""
    middle = lesions[0][0].centre if lesions else target.point
    figures = []
    for kind in VIEW_KINDS:
        view = slice_view(kind, middle, (FIELD_MM, FIELD_MM), ViewAxes.acpc(geometry))
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
    picture = to_grey(slice_intensities(volume, view.plane(PIXEL_MM)), window)
    parts = [
        svg.embedded_picture(picture, view.width_mm, view.height_mm),
        *(_nucleus(contour, near) for contour, near in sorted(zip(scene.contours, scene.near, strict=True), key=_rank)),
        *(
            svg.outline([region], colours.REGION_95, 0.3, dashes_mm=(1.0, 0.7), title="95 % region", opacity=0.9)
            for region in scene.regions
        ),
        *(
            svg.outline([lesion], colours.LESION, LESION_LINE_MM, fill_opacity=0.28, title="planned lesion")
            for lesion in scene.lesions
        ),
        _crosshair(view, scene.crosshair),
        *(_side_label(label, scene.side_labels_extend_right) for label in scene.side_labels),
        *(
            svg.words((label.x_mm, label.y_mm), label.text, LABEL_SIZE_MM, colours.name_colour(label.text))
            for label in scene.inside_labels
        ),
        *border_parts(scene),
    ]
    title = f"{kind.capitalize()} slice through {name}, {scene.position_words}"
    return Figure(kind.capitalize(), svg.drawing(view.width_mm, view.height_mm, title, parts), scene.position_words)


def _rank(drawn: tuple[Contour, bool]) -> tuple[bool, bool]:
    """Neighbours over what is far, CLp over its neighbours."""
    contour, near = drawn
    return (near, contour.nucleus.abbreviation == "CLp")


def _nucleus(contour: Contour, near: bool) -> str:
    abbreviation = contour.nucleus.abbreviation
    is_clp = abbreviation == "CLp"
    side = f", {contour.nucleus.side}" if contour.nucleus.side else ""
    return svg.outline(
        contour.polygons,
        colours.nucleus_colour(abbreviation),
        CLP_LINE_MM if is_clp and near else NUCLEUS_LINE_MM,
        fill_opacity=0.2 if is_clp and near else 0.0,
        title=f"{abbreviation}: {contour.nucleus.name}{side}",
        opacity=(1.0 if is_clp else 0.95) if near else (0.7 if is_clp else 0.4),
    )


def _side_label(label: PlacedLabel, extend_right: bool) -> str:
    outwards = 1.0 if extend_right else -1.0
    colour = colours.nucleus_colour(label.anchor.text)
    is_clp = label.anchor.text == "CLp"
    anchor_place = (label.anchor.x_mm, label.anchor.y_mm)
    near_end = (label.x_mm - outwards * 0.6, label.y_mm)
    dot = f'<circle cx="{svg.units(anchor_place[0])}" cy="{svg.units(anchor_place[1])}" r="3.2" fill="{colour}"/>'
    return (
        svg.line(anchor_place, near_end, colours.PICTURE_BACKGROUND, 0.4, ' stroke-opacity=".45"')
        + svg.line(anchor_place, near_end, colour, 0.13, ' stroke-opacity=".9"')
        + dot
        + svg.words(
            (label.x_mm, label.y_mm),
            label.anchor.text,
            LABEL_SIZE_MM * (1.2 if is_clp else 1.0),
            colours.name_colour(label.anchor.text),
            "start" if extend_right else "end",
            700 if is_clp else 500,
        )
    )


def _crosshair(view: SliceView, place: tuple[float, float]) -> str:
    """Four thin arms that leave the middle free, and a dot of a hair's size at the target itself."""
    x, y = place
    inner, outer = 5.5, 9.5
    arms = [
        ((x - outer, y), (x - inner, y)),
        ((x + inner, y), (x + outer, y)),
        ((x, y - outer), (x, y - inner)),
        ((x, y + inner), (x, y + outer)),
    ]
    del view
    lines = "".join(svg.line(start, end, colours.CROSSHAIR, 0.18, ' stroke-opacity=".75"') for start, end in arms)
    return lines + f'<circle cx="{svg.units(x)}" cy="{svg.units(y)}" r="2.6" fill="{colours.CROSSHAIR}"/>'


def border_parts(scene: LabelledSlice) -> list[str]:
    """The four letters and the scale bar."""
    view, letters = scene.view, scene.letters
    width, height, inset = view.width_mm, view.height_mm, 2.3
    bar_left, bar_y = 3.0, height - 3.0
    return [
        svg.words((inset, height / 2), letters.left, LETTER_SIZE_MM, weight=700),
        svg.words((width - inset, height / 2), letters.right, LETTER_SIZE_MM, weight=700),
        svg.words((width / 2, inset), letters.top, LETTER_SIZE_MM, weight=700),
        svg.words((width / 2, height - inset), letters.bottom, LETTER_SIZE_MM, weight=700),
        svg.line((bar_left, bar_y), (bar_left + scene.scale_bar_mm, bar_y), colours.PICTURE_TEXT, 0.45),
        svg.words((bar_left + scene.scale_bar_mm / 2, bar_y - 2.0), f"{scene.scale_bar_mm:g} mm", 2.2),
    ]
