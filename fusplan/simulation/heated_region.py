"""The tissue about a list of spots: the box whose heat is computed, and the places whose temperature is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from fusplan.simulation.pennes_heat import BRAIN, Axes, HeatBox, Modes, TissueHeat
from fusplan.simulation.temperature_history import PressureField
from fusplan.spatial import Grid, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray, read_only

BROADENING_SIGMA_MM = 0.9
"""Gaussian blur of |p|^2. Simulated foci are 40 and 22 % narrower than measured ones (V: Pulkkinen 2014); with this,
single lesions have the 3 to 4 mm of Jeanmonod 2012 (V). A declared calibration (C), no physics."""

BOX_MARGIN_MM = 15.0
"""How far tissue is computed beyond the spots: heat spreads 6 mm within two minutes (C)."""

KEPT_MARGIN_MM = 8.0
"""How far beyond the spots temperatures are kept."""

SPACING_MM = 0.5

HIGHEST_WAVE_PER_MM = np.pi / SPACING_MM
BLUR_CUT = 4.0
"""Waves that the blur leaves less than exp(-BLUR_CUT^2 / 2) of are skipped."""

SKIPPED_SHARE = 1e-4
"""Of a source's modes: what is skipped along an axis, as part of the sum of all. It bounds the error of the source."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatedRegion:
    """Tissue about some spots.

    Attributes:
        centre: middle of the box.
        axes: 3 x 3, columns are the box's axes in scanner RAS: those of the pressure fields' grids.
        box: its modes.
        kept: the grid whose temperatures are kept; lies along the box's axes.
        broadening_mm: sigma of the blur of the sources.
    """

    centre: Point[ScannerRas]
    axes: FloatArray
    box: HeatBox
    kept: Grid[ScannerRas]
    broadening_mm: float

    def along_axes(self, place: Point[ScannerRas]) -> FloatArray:
        """A place in mm from the box's centre along its axes (3,)."""
        return np.asarray((place.array - self.centre.array) @ self.axes)

    def grid_places(self, grid: Grid[ScannerRas]) -> Axes:
        """Where the voxel centres of a grid along the box's axes lie along each of them, mm from its centre."""
        first = self.along_axes(grid.places(np.zeros((1, 3)))[0])
        steps = np.diagonal(self.axes.T @ grid.matrix[:3, :3])
        a, b, c = (begin + step * np.arange(n) for begin, step, n in zip(first, steps, grid.shape, strict=True))
        return a, b, c

    def lies_along(self, grid: Grid[ScannerRas]) -> bool:
        """Whether a grid's axes are the box's."""
        turned = self.axes.T @ grid.matrix[:3, :3]
        return bool(np.abs(turned - np.diag(np.diagonal(turned))).max() < 1e-6)

    def source(self, focus: PressureField) -> Modes:
        """Modes of |p|^2 (over that of the ideal focus), broadened."""
        field = focus.amplitude
        if not self.lies_along(field.grid):
            grid = _grid(focus.spot, self.axes, np.full(3, BOX_MARGIN_MM), "turned")
            indices = field.grid.indices(grid.all_places())
            values = ndimage.map_coordinates(field.values, indices.T, order=3, cval=0.0).reshape(grid.shape)
            return self.box.modes_of(values**2, self.grid_places(grid), self.broadening_mm)
        return self.box.modes_of(field.values**2, self.grid_places(field.grid), self.broadening_mm)


@dataclass(frozen=True, slots=True, eq=False)
class HeatSources:
    """Some foci in the tissue about them.

    Attributes:
        region: the tissue, with as many modes as the foci need.
        modes: of |p|^2 of each focus.
        spots: where each aims.
    """

    region: HeatedRegion
    modes: tuple[Modes, ...]
    spots: tuple[Point[ScannerRas], ...]

    @property
    def kept_places(self) -> Axes:
        """Where the kept grid's voxel centres lie along the box's axes."""
        return self.region.grid_places(self.region.kept)

    def spot_places(self, index: int) -> Axes:
        """Where one spot lies along the box's axes."""
        x, y, z = self.region.along_axes(self.spots[index])
        return np.array([x]), np.array([y]), np.array([z])


def heat_sources(
    foci: Sequence[PressureField],
    broadening_mm: float = BROADENING_SIGMA_MM,
    tissue: TissueHeat = BRAIN,
    skipped_share: float = SKIPPED_SHARE,
) -> HeatSources:
    """The foci (one or more, of one helmet pose) as sources of heat in the tissue about them."""
    region = region_about(foci, broadening_mm, tissue)
    full = [region.source(focus) for focus in foci]
    a, b, c = counts = needed_counts(full, skipped_share)
    modes = tuple(np.ascontiguousarray(source[:a, :b, :c]) for source in full)
    return HeatSources(replace(region, box=region.box.narrowed(counts)), modes, tuple(focus.spot for focus in foci))


def region_about(
    foci: Sequence[PressureField], broadening_mm: float = BROADENING_SIGMA_MM, tissue: TissueHeat = BRAIN
) -> HeatedRegion:
    """The tissue about some foci; its axes are those of the first one's grid."""
    return region_of(Points.gather([focus.spot for focus in foci]), grid_axes(foci[0]), broadening_mm, tissue)


def grid_axes(focus: PressureField) -> FloatArray:
    """The directions of its grid's axes: the columns of a 3 x 3."""
    matrix = focus.amplitude.grid.matrix[:3, :3]
    return np.asarray(matrix / np.linalg.norm(matrix, axis=0))


def region_of(
    spots: Points[ScannerRas],
    axes: FloatArray,
    broadening_mm: float = BROADENING_SIGMA_MM,
    tissue: TissueHeat = BRAIN,
    kept_margin_mm: float = KEPT_MARGIN_MM,
) -> HeatedRegion:
    """The tissue about some spots, along ``axes``."""
    along = spots.array @ axes
    middle, reach = (along.max(axis=0) + along.min(axis=0)) / 2, (along.max(axis=0) - along.min(axis=0)) / 2
    centre = Point.of(spots.frame, axes @ middle)
    lengths = 2 * (reach + BOX_MARGIN_MM)
    highest = min(HIGHEST_WAVE_PER_MM, BLUR_CUT / broadening_mm if broadening_mm > 0 else np.inf)
    a, b, c = (int(np.ceil(length * highest / np.pi)) for length in lengths)
    box = HeatBox((float(lengths[0]), float(lengths[1]), float(lengths[2])), (a, b, c), tissue)
    kept = _grid(centre, axes, reach + kept_margin_mm, "heat")
    return HeatedRegion(centre, read_only(axes), box, kept, broadening_mm)


def _grid(centre: Point[ScannerRas], axes: FloatArray, reach_mm: FloatArray, name: str) -> Grid[ScannerRas]:
    """A grid along ``axes`` that reaches at least ``reach_mm`` from ``centre``, which is a voxel centre."""
    half = np.ceil(reach_mm / SPACING_MM - 1e-9).astype(int)
    matrix = np.eye(4)
    matrix[:3, :3] = axes * SPACING_MM
    matrix[:3, 3] = centre.array - matrix[:3, :3] @ half
    a, b, c = (int(count) for count in 2 * half + 1)
    return Grid.of((a, b, c), matrix, centre.frame, name)


def needed_counts(sources: Sequence[Modes], skipped_share: float = SKIPPED_SHARE) -> tuple[int, int, int]:
    """Modes along each axis beyond which every source has next to nothing."""
    counts = [1, 1, 1]
    for modes in sources:
        sizes = np.abs(modes)
        for axis in range(3):
            left = np.cumsum(sizes.sum(axis=tuple({0, 1, 2} - {axis}))[::-1])[::-1]
            counts[axis] = max(counts[axis], int(np.count_nonzero(left > skipped_share * left[0])))
    return counts[0], counts[1], counts[2]
