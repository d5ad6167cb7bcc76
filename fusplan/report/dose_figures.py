"""The lesion to expect in the three planes through the planned one: contours of temperature and dose beside it."""

from __future__ import annotations

import numpy as np

from fusplan.display import colours
from fusplan.display.contours import ellipsoid_outline, trace_zero_level
from fusplan.display.grey_levels import to_grey
from fusplan.display.heat_looks import HEAT_LOOKS, PLANNED_LOOK
from fusplan.display.pictures import slice_intensities
from fusplan.display.views import (
    VIEW_KINDS,
    SliceView,
    ViewAxes,
    ViewKind,
    border_letters,
    slice_position_words,
    slice_view,
)
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Lesion
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.report.drawing import Drawing, Line, Polygons, Shape, Words
from fusplan.report.slice_figures import Figure
from fusplan.simulation.lesion_contours import LEVELS, log_dose
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS, ContourKind, PredictedLesion
from fusplan.spatial import AcPcGeometry, Field, ScannerRas
from fusplan.spatial.points import FloatArray

FIELD_MM = 16.0
PIXEL_MM, STEP_MM = 0.1, 0.2
LETTER_MM = 1.1

DRAWN: tuple[ContourKind, ...] = ("51_celsius", "100_cem43", "240_cem43")
"""Contours that are drawn, in the lines of the window."""

MM_PER_WIDTH = 0.085
"""Of a line, for a width of 1 in the window."""


def dose_figures(
    target: SimulatedTarget,
    planned: Lesion | None,
    volume: Volume,
    geometry: AcPcGeometry,
    window: IntensityWindow,
) -> tuple[Figure, ...]:
    """Axial, coronal and sagittal figures through the planned lesion's centre, else the target; none without a lesion.

    The contours are of the middle case.
    """
    if target.lesion is None:
        return ()
    middle = planned.centre if planned is not None else target.pose.target
    figures = []
    for kind in VIEW_KINDS:
        view = slice_view(kind, middle, (FIELD_MM, FIELD_MM), ViewAxes.acpc(geometry))
        figures.append(_figure(kind, view, target, target.lesion, planned, volume, geometry, window))
    return tuple(figures)


def _figure(
    kind: ViewKind,
    view: SliceView,
    target: SimulatedTarget,
    expected: PredictedLesion,
    planned: Lesion | None,
    volume: Volume,
    geometry: AcPcGeometry,
    window: IntensityWindow,
) -> Figure:
    shapes: list[Shape] = []
    outline = None if planned is None else ellipsoid_outline(view, planned.ellipsoid)
    if outline is not None:
        shapes.append(
            Polygons(
                (outline,),
                PLANNED_LOOK.colour,
                PLANNED_LOOK.width * MM_PER_WIDTH,
                fill_opacity=0.12,
                title="planned lesion",
            )
        )
    shapes += [_line(kind_of, polygons) for kind_of in DRAWN if (polygons := _contour(view, expected, kind_of))]
    shapes += _border(view)
    picture = to_grey(slice_intensities(volume, view.pixels(PIXEL_MM)), window)
    position = slice_position_words(view, geometry)
    title = f"{kind.capitalize()} slice through the lesion to expect at {target.name}, {position}"
    return Figure(kind.capitalize(), Drawing(view.width_mm, view.height_mm, title, picture, tuple(shapes)), position)


def _line(kind: ContourKind, polygons: tuple[FloatArray, ...]) -> Polygons:
    look = HEAT_LOOKS[kind]
    width_mm = look.width * MM_PER_WIDTH
    dashes = (look.dashes[0] * width_mm, look.dashes[1] * width_mm) if look.dashes else None
    return Polygons(polygons, look.colour, width_mm, dashes_mm=dashes, title=CONTOUR_WORDS[kind])


def _contour(view: SliceView, expected: PredictedLesion, kind: ContourKind) -> tuple[FloatArray, ...]:
    level, (points, shape) = LEVELS[kind], view.raster(STEP_MM)
    field = expected.peak_map if level.of == "peak" else _logarithm(expected.dose)
    values = field.at(points)
    above = np.where(np.isfinite(values), values - level.value, -1.0).reshape(shape)
    return trace_zero_level(above, STEP_MM)


def _logarithm(dose: Field[ScannerRas]) -> Field[ScannerRas]:
    """Nearly linear between voxels, as a dose is not."""
    return dose.with_values(log_dose(dose.values), unit="1", outside=float(log_dose(np.zeros(1))[0]))


def _border(view: SliceView) -> list[Shape]:
    letters, inset, size = border_letters(view), 0.9, view.width_mm
    return [
        Words((inset, size / 2), letters.left, LETTER_MM, weight=700),
        Words((size - inset, size / 2), letters.right, LETTER_MM, weight=700),
        Words((size / 2, inset), letters.top, LETTER_MM, weight=700),
        Words((size / 2, size - inset), letters.bottom, LETTER_MM, weight=700),
        Line((1.0, size - 1.0), (6.0, size - 1.0), colours.PICTURE_TEXT, 0.16),
        Words((3.5, size - 1.75), "5 mm", 0.85),
    ]
