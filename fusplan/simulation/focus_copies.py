"""One focus set down at many spots, fast enough for a spot being dragged and for a search.

Steering by some millimetres hardly changes a focus: 0.98 of its pressure is left at 5 mm (C). So a pattern is sketched
by moved copies of one focus; moving a source turns the cosines and sines of its modes into each other, and needs no new
field.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TypeAlias

import numpy as np

from fusplan.simulation.heat_course import HeatCourse, Pace, follow_heat
from fusplan.simulation.heated_region import (
    BROADENING_SIGMA_MM,
    HeatedRegion,
    HeatSources,
    grid_axes,
    needed_counts,
    region_of,
)
from fusplan.simulation.pennes_heat import BRAIN, HeatSteps, Modes
from fusplan.simulation.sonication import Sonication
from fusplan.simulation.temperature_history import PressureField
from fusplan.spatial import Field, Grid, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

SKETCH_MARGIN_MM = 4.0
"""How far beyond the spots temperatures are kept for a sketch."""

SKETCH_SKIPPED_SHARE = 1e-3
"""Of a source's modes: what a sketch skips along an axis."""

KEPT_COPIES = 64

Offsets: TypeAlias = Sequence[tuple[float, float, float]]
"""Of spots from a target, mm along scanner RAS."""


def moved_focus(focus: PressureField, spot: Point[ScannerRas]) -> PressureField:
    """A copy of a focus at another spot."""
    by_mm = spot.array - focus.spot.array
    grid = focus.amplitude.grid
    matrix = grid.matrix.copy()
    matrix[:3, 3] += by_mm
    moved = Grid.of(grid.shape, matrix, grid.frame, f"{grid.voxel_frame.image_id}:moved")
    peak = Point.of(spot.frame, focus.peak.array + by_mm)
    return replace(focus, spot=spot, peak=peak, amplitude=Field(moved, focus.amplitude.values, "1"))


@dataclass(frozen=True, slots=True, eq=False)
class FocusCopies:
    """A focus that may be set down within reach of a target.

    Attributes:
        target: from which offsets count.
        region: tissue that holds all copies.
        modes: those of |p|^2 of the copy at an offset (mm along scanner RAS); the last ones are kept.
        steps: of the region's box.
    """

    target: Point[ScannerRas]
    region: HeatedRegion
    modes: Callable[[tuple[float, float, float]], Modes]
    steps: HeatSteps

    @classmethod
    def of(
        cls,
        focus: PressureField,
        target: Point[ScannerRas],
        reach_mm: FloatArray,
        broadening_mm: float = BROADENING_SIGMA_MM,
    ) -> FocusCopies:
        """Copies of a focus whose offsets reach so far along each axis of its grid (3,)."""
        axes = grid_axes(focus)
        ends = Points(target.frame, target.array + np.array([-reach_mm, reach_mm]) @ axes.T)
        region = region_of(ends, axes, broadening_mm, BRAIN, SKETCH_MARGIN_MM)
        at_target = moved_focus(focus, target)
        counts = needed_counts([region.source(at_target)], SKETCH_SKIPPED_SHARE)
        region = replace(region, box=region.box.narrowed(counts))
        modes = lru_cache(maxsize=KEPT_COPIES)(partial(_moved, region, _waves(region, at_target)))
        return cls(target, region, modes, HeatSteps(region.box))

    def sources(self, offsets_mm: Offsets) -> HeatSources:
        """The copies at some offsets as sources of heat."""
        modes = tuple(self.modes(offset) for offset in offsets_mm)
        spots = tuple(Point.of(self.target.frame, self.target.array + offset) for offset in offsets_mm)
        return HeatSources(self.region, modes, spots)

    def course(self, sonications: Sequence[Sonication], degrees_per_s: Sequence[float], pace: Pace) -> HeatCourse:
        """The heat of sonications at their offsets."""
        sources = self.sources([sonication.spot_offset_mm for sonication in sonications])
        return follow_heat(sources, sonications, degrees_per_s, self.steps, pace=pace)


def _moved(region: HeatedRegion, waves: Modes, offset_mm: tuple[float, float, float]) -> Modes:
    along = np.array(offset_mm) @ region.axes
    for axis in (2, 1, 0):
        phase = region.box.wave_numbers[axis] * along[axis]
        shape = (-1, *[1] * (waves.ndim - 2 * axis - 2))
        cosine, sine = (np.asarray(part, np.float32).reshape(shape) for part in (np.cos(phase), np.sin(phase)))
        by_cosine, by_sine = (np.take(waves, part, axis=2 * axis) for part in (0, 1))
        waves = by_cosine * cosine - by_sine * sine
    return np.ascontiguousarray(waves)


def _waves(region: HeatedRegion, focus: PressureField) -> Modes:
    """(2, l, 2, m, 2, n): the modes of a focus by cosines and by sines along each axis."""
    values = np.asarray(focus.amplitude.values, dtype=np.float32) ** 2
    places = region.grid_places(focus.amplitude.grid)
    for axis in range(3):
        waves, length = region.box.wave_numbers[axis], region.box.lengths_mm[axis]
        spacing = abs(places[axis][1] - places[axis][0])
        norm = np.where(waves == 0, 1, 2) * spacing / length * np.exp(-((waves * region.broadening_mm) ** 2) / 2)
        angles = np.outer(waves, places[axis] + length / 2)
        both = np.asarray(norm[:, None] * np.array([np.cos(angles), np.sin(angles)]), dtype=np.float32)
        values = np.moveaxis(np.tensordot(both, values, (2, 2 * axis)), (0, 1), (2 * axis, 2 * axis + 1))
    return np.ascontiguousarray(values)
