"""Contours of the highest temperature and of dose: volumes, extents, and what they hold of a planned ellipsoid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from fusplan.simulation.predicted_lesion import (
    FIRST_DAMAGE_CEM43_MIN,
    LESION_TEMPERATURE_CELSIUS,
    NECROSIS_CEM43_MIN,
    T1_EDGE_CEM43_MIN,
    T2_EDGE_CEM43_MIN,
    ContourKind,
)
from fusplan.simulation.temperature_history import BODY_CELSIUS
from fusplan.spatial import Ellipsoid, Field, Grid, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

FINE_MM = 0.25
"""To which maps are interpolated for volumes and extents."""

SPLINE_ROOM = 3
"""Voxels about a part that its splines are made of."""

DOSE_FLOOR_MIN = 1e-3
"""Below this doses are all the same: their logarithm is interpolated."""

MapKind: TypeAlias = Literal["peak", "dose"]
MAP_KINDS: tuple[MapKind, ...] = ("peak", "dose")


@dataclass(frozen=True, slots=True)
class ContourLevel:
    """What a contour is drawn in, and at which value: degC, or the natural logarithm of CEM43 minutes."""

    of: MapKind
    value: float


LEVELS: Mapping[ContourKind, ContourLevel] = MappingProxyType(
    {
        "51_celsius": ContourLevel("peak", LESION_TEMPERATURE_CELSIUS),
        "17_cem43": ContourLevel("dose", float(np.log(FIRST_DAMAGE_CEM43_MIN))),
        "100_cem43": ContourLevel("dose", float(np.log(T2_EDGE_CEM43_MIN))),
        "200_cem43": ContourLevel("dose", float(np.log(T1_EDGE_CEM43_MIN))),
        "240_cem43": ContourLevel("dose", float(np.log(NECROSIS_CEM43_MIN))),
    }
)


def log_dose(minutes: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Natural logarithm of doses in CEM43 minutes: nearly linear in the temperature, so that it may be interpolated."""
    return np.asarray(np.log(np.maximum(minutes, DOSE_FLOOR_MIN)), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FineLattice:
    """Places 0.25 mm apart along a lesion's axes.

    Attributes:
        axes: 3 x 3, columns are the directions of the lattice.
        centre: one of its places.
        grid: the lattice.
    """

    axes: FloatArray
    centre: Point[ScannerRas]
    grid: Grid[ScannerRas]

    def interpolated(self, grid: Grid[ScannerRas], values: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """Values on another grid, interpolated to the lattice by cubic splines."""
        corners = grid.indices(self.grid.corners(0.0))
        first = np.clip(np.floor(corners.min(axis=0)).astype(int) - SPLINE_ROOM, 0, np.array(grid.shape) - 1)
        last = np.maximum(first, corners.max(axis=0).astype(int) + 1 + SPLINE_ROOM)
        a, b, c = (slice(low, high + 1) for low, high in zip(first, last, strict=True))
        to_part = grid.from_frame.matrix @ self.grid.matrix
        fine = ndimage.affine_transform(
            values[a, b, c],
            to_part[:3, :3],
            to_part[:3, 3] - first,
            self.grid.shape,
            order=3,
            mode="nearest",
            output=np.float32,
        )
        return np.asarray(fine)


def lattice_about(
    grid: Grid[ScannerRas], inside: npt.NDArray[np.bool_], axes: FloatArray, centre: Point[ScannerRas] | None = None
) -> FineLattice:
    """The lattice along ``axes`` that holds some voxels of a grid, with a voxel's room about them.

    Args:
        grid: whose voxels they are.
        inside: which of them; where there are none the lattice is one place at the centre.
        axes: 3 x 3, orthonormal columns.
        centre: a place of the lattice; the grid's centre by default.
    """
    middle = grid.centre if centre is None else centre
    voxels = np.argwhere(inside)
    room = max(grid.spacing_mm) * 1.5
    along = (grid.places(voxels).array - middle.array) @ axes if len(voxels) else np.zeros((1, 3))
    low = np.floor((along.min(axis=0) - room) / FINE_MM)
    high = np.ceil((along.max(axis=0) + room) / FINE_MM)
    matrix = np.eye(4)
    matrix[:3, :3] = axes * FINE_MM
    matrix[:3, 3] = middle.array + axes @ low * FINE_MM
    a, b, c = (int(count) for count in high - low + 1)
    return FineLattice(axes, middle, Grid.of((a, b, c), matrix, grid.frame, "contour"))


@dataclass(frozen=True, slots=True)
class ContourShape:
    """One contour: its volume, and full widths along three axes; zeros where nothing is inside."""

    volume_mm3: float
    extents_mm: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class FineMap:
    """A map on a lattice of 0.25 mm, and the highest values along each of its axes."""

    values: npt.NDArray[np.float32]
    profiles: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]

    @classmethod
    def of(cls, values: npt.NDArray[np.float32]) -> FineMap:
        seen_from_first = values.max(axis=0)
        along_first = values.reshape(len(values), -1).max(axis=1)
        return cls(values, (along_first, seen_from_first.max(axis=1), seen_from_first.max(axis=0)))

    def shape(self, level: float) -> ContourShape:
        """The shape of what reaches a level; widths are interpolated between the lattice's places."""
        volume = float(np.count_nonzero(self.values >= level)) * FINE_MM**3
        first, second, third = (_width(profile, level) for profile in self.profiles)
        return ContourShape(volume, (first, second, third))


def _width(profile: npt.NDArray[np.float32], level: float) -> float:
    inside = np.flatnonzero(profile >= level)
    if not len(inside):
        return 0.0
    first, last = int(inside[0]), int(inside[-1])
    return FINE_MM * (last - first + _beyond(profile, last, 1, level) + _beyond(profile, first, -1, level))


def _beyond(profile: npt.NDArray[np.float32], last: int, step: int, level: float) -> float:
    """How far, in places, the level is crossed beyond the last place inside."""
    if not 0 <= last + step < len(profile):
        return 0.5
    return float((profile[last] - level) / (profile[last] - profile[last + step]))


@dataclass(frozen=True, slots=True, eq=False)
class HeatMaps:
    """The highest temperature and the logarithm of the dose, on one grid."""

    grid: Grid[ScannerRas]
    peak: npt.NDArray[np.floating]
    log_dose: npt.NDArray[np.floating]

    @classmethod
    def of(cls, peak_map: Field[ScannerRas], dose: Field[ScannerRas]) -> HeatMaps:
        """Of a peak map (degC) and a dose (min) on the same grid."""
        return cls(peak_map.grid, peak_map.values, log_dose(dose.values))

    def map(self, of: MapKind) -> npt.NDArray[np.floating]:
        return self.peak if of == "peak" else self.log_dose

    def lattice(self, axes: FloatArray, centre: Point[ScannerRas] | None = None) -> FineLattice:
        """The lattice that holds all contours."""
        lowest = min(level.value for level in LEVELS.values() if level.of == "dose")
        inside = (self.peak >= LESION_TEMPERATURE_CELSIUS) | (self.log_dose >= lowest)
        return lattice_about(self.grid, np.asarray(inside), axes, centre)


def contour_shapes(
    peak_map: Field[ScannerRas], dose: Field[ScannerRas], axes: FloatArray
) -> dict[ContourKind, ContourShape]:
    """Volume and extents of every contour.

    Args:
        peak_map: highest temperatures (degC).
        dose: CEM43 (min) on the same grid.
        axes: 3 x 3, columns are the directions of the extents: the planned lesion's two transverse axes, its long one.
    """
    maps = HeatMaps.of(peak_map, dose)
    lattice = maps.lattice(axes)
    fine = {of: FineMap.of(lattice.interpolated(maps.grid, maps.map(of))) for of in MAP_KINDS}
    return {kind: fine[level.of].shape(level.value) for kind, level in LEVELS.items()}


def shapes_of_scaled(
    grid: Grid[ScannerRas],
    rise: npt.NDArray[np.floating],
    doses: npt.NDArray[np.floating],
    scales: FloatArray,
    axes: FloatArray,
) -> list[dict[ContourKind, ContourShape]]:
    """The same for factors on all heating: the rise is interpolated once for all of them.

    Args:
        grid: of the maps.
        rise: greatest rise (degrees) at factor 1.
        doses: CEM43 (min) at each factor (s, a, b, c).
        scales: the factors (s,), ascending.
        axes: as of :func:`contour_shapes`.
    """
    needed = LESION_TEMPERATURE_CELSIUS - BODY_CELSIUS
    lowest = min(level.value for level in LEVELS.values() if level.of == "dose")
    logs = log_dose(doses)
    fine_rise = FineMap.of(lattice_about(grid, np.asarray(scales[-1] * rise >= needed), axes).interpolated(grid, rise))
    found = []
    for scale, log in zip(scales, logs, strict=True):
        fine_dose = FineMap.of(lattice_about(grid, np.asarray(log >= lowest), axes).interpolated(grid, log))
        found.append(
            {
                kind: fine_rise.shape(needed / scale) if level.of == "peak" else fine_dose.shape(level.value)
                for kind, level in LEVELS.items()
            }
        )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class WeightedPoints:
    """Points that stand for a region.

    Attributes:
        points: n of them, scanner RAS mm.
        weights_mm3: (n,) the volume that each stands for.
    """

    points: Points[ScannerRas]
    weights_mm3: FloatArray


def contour_samples(peak_map: Field[ScannerRas], dose: Field[ScannerRas], kind: ContourKind) -> WeightedPoints | None:
    """Points inside a contour, 0.25 mm apart, with the volume each stands for; None where nothing is inside.

    What measures the contour's share in any structure: the sum of the weights of the points in it.
    """
    maps, level = HeatMaps.of(peak_map, dose), LEVELS[kind]
    lattice = lattice_about(maps.grid, np.asarray(maps.map(level.of) >= level.value), _grid_axes(maps.grid))
    inside = np.argwhere(lattice.interpolated(maps.grid, maps.map(level.of)) >= level.value)
    if not len(inside):
        return None
    return WeightedPoints(lattice.grid.places(inside), np.full(len(inside), FINE_MM**3))


def contour_mask(peak_map: Field[ScannerRas], dose: Field[ScannerRas], kind: ContourKind) -> Field[ScannerRas]:
    """What lies inside a contour (1) on the maps' grid, by voxels; 0 elsewhere."""
    maps, level = HeatMaps.of(peak_map, dose), LEVELS[kind]
    return Field(maps.grid, np.asarray(maps.map(level.of) >= level.value, dtype=np.float32), "1", outside=0.0)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A contour beside a planned ellipsoid: share of the ellipsoid inside, its volume outside, contour beyond it."""

    covered: float
    missed_mm3: float
    beyond_mm3: float


def coverage(planned: Ellipsoid[ScannerRas], covered: float, contour_mm3: float) -> Coverage:
    """From the share of an ellipsoid inside a contour, and the contour's volume."""
    planned_mm3 = planned.volume_mm3
    return Coverage(covered, (1 - covered) * planned_mm3, max(0.0, contour_mm3 - covered * planned_mm3))


def share_inside(
    grid: Grid[ScannerRas], values: npt.NDArray[np.floating], level: float, points: Points[ScannerRas]
) -> float:
    """Share of points where values on a grid reach a level; none beyond the grid."""
    indices = grid.indices(points)
    found = ndimage.map_coordinates(values, indices.T, order=1, mode="nearest")
    return float(np.mean((found >= level) & grid.holds(indices)))


def smooth_volume_mm3(grid: Grid[ScannerRas], values: npt.NDArray[np.floating], level: float) -> float:
    """Volume where values reach a level, by voxels of which the border cuts off parts: quick, and smooth in a drag."""
    voxels = np.argwhere(values >= level)
    if not len(voxels):
        return 0.0
    low, high = np.maximum(voxels.min(axis=0) - 2, 0), voxels.max(axis=0) + 3
    part = values[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    slopes = np.gradient(part)
    steepness = np.sqrt(slopes[0] ** 2 + slopes[1] ** 2 + slopes[2] ** 2)
    shares = np.clip(0.5 + (part - level) / np.maximum(steepness, 1e-9), 0, 1)
    return float(shares.sum()) * grid.cell_mm3


def _grid_axes(grid: Grid[ScannerRas]) -> FloatArray:
    return np.asarray(grid.matrix[:3, :3] / np.array(grid.spacing_mm))
