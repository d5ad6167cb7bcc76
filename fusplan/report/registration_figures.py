"""Pictures to judge the registration and the landmarks by, as values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.display import colours
from fusplan.display.grey_levels import GreyPicture, to_grey
from fusplan.display.pictures import (
    CarriedTemplate,
    carried_template,
    carried_window,
    checkerboard,
    slice_intensities,
)
from fusplan.display.template_edges import fluid_level, template_edges
from fusplan.display.views import (
    VIEW_KINDS,
    SliceView,
    ViewAxes,
    ViewKind,
    border_letters,
    scale_bar_length_mm,
    slice_view,
)
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.template_image import TemplateImage
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.report.drawing import Disc, Drawing, Line, Place, Polygons, Shape, Words
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas

HEAD_FIELD_MM = (176.0, 200.0)
MIDPLANE_FIELD_MM = (96.0, 72.0)
HEAD_PIXEL_MM = 0.6
MIDPLANE_PIXEL_MM = 0.25


@dataclass(frozen=True, slots=True)
class RegistrationFigure:
    """One plane: the template's edges on the head, and both in turns."""

    kind: ViewKind
    edges: Drawing
    board: Drawing


def registration_figures(
    plan: Plan, volume: Volume, template: TemplateImage, geometry: AcPcGeometry, window: IntensityWindow
) -> tuple[RegistrationFigure, ...]:
    """Template edges over the patient and a checkerboard of both, in three planes through the mid-commissural point."""
    level = fluid_level(template)
    to_mni = plan.registration.mni_to_scanner.inverse()
    figures = []
    for kind in VIEW_KINDS:
        view = slice_view(kind, _picture_centre(kind, geometry), HEAD_FIELD_MM, ViewAxes.acpc(geometry))
        pixels = view.pixels(HEAD_PIXEL_MM)
        patient = to_grey(slice_intensities(volume, pixels, "linear"), window)
        carried = carried_template(template, to_mni, view, pixels)
        edges = _edges(kind, view, patient, carried, level)
        figures.append(RegistrationFigure(kind, edges, _board(kind, view, patient, carried)))
    return tuple(figures)


def _picture_centre(kind: ViewKind, geometry: AcPcGeometry) -> Point[ScannerRas]:
    """The middle of the brain in each plane through the mid-commissural point (AC-PC mm from it)."""
    offset = {"axial": (0.0, -6.0, 0.0), "coronal": (0.0, 0.0, 18.0), "sagittal": (0.0, -6.0, 18.0)}[kind]
    return Point.of(geometry.mcp.frame, geometry.mcp.array + geometry.axes @ np.array(offset))


def _letters_and_scale(view: SliceView, size_mm: float) -> list[Shape]:
    letters = border_letters(view)
    width, height, inset = view.width_mm, view.height_mm, size_mm * 0.9
    bar = scale_bar_length_mm(width)
    bar_y = height - size_mm
    return [
        Words((inset, height / 2), letters.left, size_mm, weight=700),
        Words((width - inset, height / 2), letters.right, size_mm, weight=700),
        Words((width / 2, inset), letters.top, size_mm, weight=700),
        Words((width / 2, height - inset), letters.bottom, size_mm, weight=700),
        Line((size_mm, bar_y), (size_mm + bar, bar_y), colours.PICTURE_TEXT, size_mm * 0.14),
        Words((size_mm + bar / 2, bar_y - size_mm * 0.7), f"{bar:g} mm", size_mm * 0.75),
    ]


def _edges(kind: ViewKind, view: SliceView, patient: GreyPicture, carried: CarriedTemplate, level: float) -> Drawing:
    found = template_edges(carried, level)
    brain = Polygons(
        tuple(found.brain), colours.TEMPLATE_BORDER, 0.7, opacity=0.9, title="border of the template's brain"
    )
    fluid = Polygons(tuple(found.fluid), colours.TEMPLATE_EDGE, 0.7, closed=False, title="fluid spaces of the template")
    shapes = (brain, fluid, *_letters_and_scale(view, 8.0))
    return Drawing(view.width_mm, view.height_mm, f"{kind.capitalize()}: template edges on this head", patient, shapes)


def _board(kind: ViewKind, view: SliceView, patient: GreyPicture, carried: CarriedTemplate) -> Drawing:
    board = checkerboard(patient, to_grey(carried.intensities, carried_window(carried)), carried.pixel_mm)
    shapes = tuple(_letters_and_scale(view, 8.0))
    return Drawing(view.width_mm, view.height_mm, f"{kind.capitalize()}: head and template in turns", board, shapes)


def midplane_figure(volume: Volume, geometry: AcPcGeometry, window: IntensityWindow) -> Drawing:
    """The midsagittal picture with AC, PC and the line through them."""
    view = slice_view("sagittal", geometry.mcp, MIDPLANE_FIELD_MM, ViewAxes.acpc(geometry))
    grey = to_grey(slice_intensities(volume, view.pixels(MIDPLANE_PIXEL_MM)), window)
    places = view.to_picture(Points.gather([geometry.ac, geometry.pc]))
    (ax, ay), (px, py) = ((float(x), float(y)) for x, y in places)
    shapes: tuple[Shape, ...] = (
        Line((ax - 8, ay), (px + 8, py), colours.LANDMARK, 0.22, 0.8, (1.0, 0.6)),
        Line((ax, ay), (px, py), colours.LANDMARK, 0.3),
        *_ring((ax, ay)),
        *_ring((px, py)),
        Words((ax - 4.2, ay - 4.2), "AC", 3.6, colours.LANDMARK, weight=700),
        Words((px + 4.2, py - 4.2), "PC", 3.6, colours.LANDMARK, weight=700),
        Words(((ax + px) / 2, ay + 4.2), f"{geometry.length_mm:.1f} mm", 3.2, colours.LANDMARK),
        *_letters_and_scale(view, 3.6),
    )
    return Drawing(view.width_mm, view.height_mm, "Midplane with AC, PC and the line through them", grey, shapes)


def _ring(place: Place) -> tuple[Disc, Disc]:
    return Disc(place, 1.6, colours.LANDMARK, 0.34), Disc(place, 0.25, colours.LANDMARK)
