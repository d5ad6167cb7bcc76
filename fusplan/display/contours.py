"""Outlines in a slice: nuclei of an atlas, lesions and 95 % regions, as polygons in picture mm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from skimage import measure

from fusplan.display.views import SliceView
from fusplan.spatial import Ellipsoid, Points, ScannerRas, Side
from fusplan.spatial.points import FloatArray

RASTER_MM = 0.5
"""Step of the raster on which nuclei are traced; fields are smooth, so outlines are right to a few hundredths mm."""

SMALLEST_PIECE_MM2 = 0.3
"""Smaller pieces of an outline are specks that nobody can act on."""


@dataclass(frozen=True, slots=True)
class Nucleus:
    """One nucleus as an atlas names it."""

    abbreviation: str
    name: str
    side: Side | None


class NucleiFields(Protocol):
    """An atlas in the patient's scanner frame, as a smooth field per nucleus."""

    @property
    def nuclei(self) -> Sequence[Nucleus]: ...

    def insideness(self, points: Points[ScannerRas]) -> FloatArray:
        """Shape (nuclei, n): positive inside each nucleus, zero on its border, smooth across it."""


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """The outline of one nucleus in a slice.

    Attributes:
        nucleus: which one.
        polygons: closed polygons, each (n, 2) picture mm, first vertex not repeated, largest first.
        area_mm2: of all of them together.
    """

    nucleus: Nucleus
    polygons: tuple[FloatArray, ...]
    area_mm2: float


def polygon_area_mm2(polygon: FloatArray) -> float:
    """Unsigned area of a closed polygon (n, 2), by the shoelace formula."""
    x, y = polygon[:, 0], polygon[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def trace_zero_level(field: FloatArray, step_mm: float) -> tuple[FloatArray, ...]:
    """Closed polygons around where a field is positive, picture mm, largest first.

    Args:
        field: shape (rows, columns), sampled every ``step_mm`` from the picture's top left corner.
        step_mm: raster step.

    Polygons are closed along the picture's border. Pieces below 0.3 mm2 are left out.
    """
    lowest = min(float(field.min()), -1e-3)
    padded = np.pad(field, 1, constant_values=lowest)
    found = []
    for path in measure.find_contours(padded, 0.0):
        polygon = (path[:-1, ::-1] - 1.0) * step_mm
        if len(polygon) >= 3 and polygon_area_mm2(polygon) >= SMALLEST_PIECE_MM2:
            found.append(polygon)
    return tuple(sorted(found, key=polygon_area_mm2, reverse=True))


def nuclei_contours(view: SliceView, atlas: NucleiFields, step_mm: float = RASTER_MM) -> tuple[Contour, ...]:
    """The outlines of all nuclei that a slice meets, in the atlas's order."""
    points, (rows, columns) = view.raster(step_mm)
    fields = atlas.insideness(points)
    contours = []
    for nucleus, values in zip(atlas.nuclei, fields, strict=True):
        if not np.any(values > 0):
            continue
        polygons = trace_zero_level(values.reshape(rows, columns), step_mm)
        if polygons:
            area_mm2 = sum(polygon_area_mm2(polygon) for polygon in polygons)
            contours.append(Contour(nucleus, polygons, area_mm2))
    return tuple(contours)


def ellipsoid_outline(view: SliceView, ellipsoid: Ellipsoid[ScannerRas], count: int = 72) -> FloatArray | None:
    """The ellipse in which a slice cuts an ellipsoid: (count, 2) picture mm, or None when they do not meet."""
    outline = ellipsoid.outline(view.centre, view.right, view.up, count)
    if outline is None:
        return None
    return np.asarray(np.column_stack([view.width_mm / 2 + outline[:, 0], view.height_mm / 2 - outline[:, 1]]))
