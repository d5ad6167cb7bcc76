"""Rays out of the middle of a brain, on which skin, skull and brain edge are found, and maps of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from fusplan.compiled import compiled
from fusplan.spatial import Affine, Field, Mni, Point, Points, ScannerRas
from fusplan.spatial.field import FloatValues
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.grid import HALF_VOXEL, ROUNDING_VOXELS
from fusplan.spatial.points import FloatArray

RAYS_ON_A_SPHERE = 7000
"""3.6 mm apart on the skull."""

LOWEST_SINE = -0.5
"""Rays reach down to 30 degrees below the horizontal: a helmet has no element lower (derived)."""

FIRST_MM, LAST_MM, STEP_MM = 25.0, 130.0, 0.5
"""From where to where a ray is looked at: from within the smallest brain to beyond the largest head (derived)."""

MIDDLE_OF_TEMPLATE_BRAIN_MM = (0.0, -20.0, 15.0)
"""Template RAS mm; from here the vault is seen from nearly everywhere at right angles."""

MAP_STEP_DEG = 2.0

BoolArray: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class HeadRays:
    """Rays of even density over the vault.

    Attributes:
        centre: where they start.
        axes: (3, 3), columns are the head's right, anterior and superior in scanner RAS; orthonormal.
        directions: (n, 3) unit vectors along those axes.
    """

    centre: Point[ScannerRas]
    axes: FloatArray
    directions: FloatArray

    @classmethod
    def through(cls, template_to_scanner: Affine[Mni, ScannerRas]) -> HeadRays:
        """The rays of a head that a template was laid over."""
        left, _, right = np.linalg.svd(template_to_scanner.matrix[:3, :3])
        middle = Point.of(template_to_scanner.source, MIDDLE_OF_TEMPLATE_BRAIN_MM)
        return cls(template_to_scanner.apply(middle), left @ right, vault_directions())

    @property
    def distances_mm(self) -> FloatArray:
        """(m,) of the samples on every ray."""
        return np.arange(FIRST_MM, LAST_MM + STEP_MM / 2, STEP_MM)

    def points_at(self, distances_mm: FloatArray) -> Points[ScannerRas]:
        """The points (n) at a distance (n,) along each ray."""
        return Points(self.centre.frame, self.centre.array + (self.directions @ self.axes.T) * distances_mm[:, None])

    def seen(self, field: Field[ScannerRas]) -> FloatArray:
        """The values (n, m) of a field along the rays, at every sample as :meth:`Field.at` has it."""
        require_same_frame(self.centre.frame, field.grid.frame)
        return self.sampled(field.values, field.grid.from_frame.matrix, field.outside)

    def sampled(self, values: FloatValues, to_indices: FloatArray, outside: float) -> FloatArray:
        """The same of an array, with the matrix (4, 4) from scanner RAS mm to its indices; and a value beyond it."""
        begin = to_indices[:3, :3] @ self.centre.array + to_indices[:3, 3]
        along = self.directions @ (to_indices[:3, :3] @ self.axes).T
        found = np.empty((len(along), len(self.distances_mm)))
        _sample(values, begin, along, self.distances_mm, HALF_VOXEL + ROUNDING_VOXELS, outside, found)
        return found

    def smoothed(self, values: FloatArray, median_mm: float, mean_mm: float) -> FloatArray:
        """Values (n,), some not-a-number, made smooth over neighbouring rays; gaps filled by neighbours.

        Args:
            values: one a ray.
            median_mm: radius on a sphere of 80 mm of the neighbours whose median is taken.
            mean_mm: sigma of the mean taken of these afterwards.
        """
        middle = _median_of_neighbours(self.directions, values, median_mm / VAULT_RADIUS_MM)
        reach = 2 * mean_mm / VAULT_RADIUS_MM
        distances, rows = _neighbours(self.directions, reach)
        weights = np.exp(-0.5 * (distances * VAULT_RADIUS_MM / mean_mm) ** 2)
        known = np.isfinite(middle)[rows]
        total = np.where(known, weights, 0.0)
        mean = (total * np.nan_to_num(middle)[rows]).sum(axis=1) / np.maximum(total.sum(axis=1), 1e-9)
        return np.where(total.sum(axis=1) > 0, mean, np.nan)

    def map_of(self, values: FloatArray) -> FloatArray:
        """Values (n,) on a map of polar angle from superior (rows) and azimuth from right to anterior (columns).

        Every :data:`MAP_STEP_DEG`; the last column is the first again.
        """
        polar = np.radians(np.arange(0.0, LARGEST_POLAR_DEG + MAP_STEP_DEG / 2, MAP_STEP_DEG))
        azimuth = np.radians(np.arange(0.0, 360.0 + MAP_STEP_DEG / 2, MAP_STEP_DEG))
        sine = np.sin(polar)[:, None]
        wanted = np.stack(
            [sine * np.cos(azimuth), sine * np.sin(azimuth), np.cos(polar)[:, None] + 0 * azimuth], axis=-1
        )
        distances, rows = cKDTree(self.directions).query(wanted.reshape(-1, 3), k=4)
        weights = 1 / (distances + 1e-3)
        mean = (values[rows] * weights).sum(axis=1) / weights.sum(axis=1)
        return np.asarray(mean.reshape(len(polar), len(azimuth)))


@compiled
def _sample(
    values: npt.NDArray[np.floating],
    begin: FloatArray,
    along: FloatArray,
    distances: FloatArray,
    margin: float,
    outside: float,
    found: FloatArray,
) -> None:
    ni, nj, nk = values.shape
    for ray in range(along.shape[0]):
        for sample in range(distances.size):
            x = begin[0] + along[ray, 0] * distances[sample]
            y = begin[1] + along[ray, 1] * distances[sample]
            z = begin[2] + along[ray, 2] * distances[sample]
            if not (-margin <= min(x, y, z) and x - ni < margin - 1 and y - nj < margin - 1 and z - nk < margin - 1):
                found[ray, sample] = outside
                continue
            x = min(max(x, 0.0), ni - 1.0)
            y = min(max(y, 0.0), nj - 1.0)
            z = min(max(z, 0.0), nk - 1.0)
            i, j, k = int(x), int(y), int(z)
            u, v, w = x - i, y - j, z - k
            a, b, c = min(i + 1, ni - 1), min(j + 1, nj - 1), min(k + 1, nk - 1)
            low = (values[i, j, k] * (1 - w) + values[i, j, c] * w) * (1 - v) + (
                values[i, b, k] * (1 - w) + values[i, b, c] * w
            ) * v
            high = (values[a, j, k] * (1 - w) + values[a, j, c] * w) * (1 - v) + (
                values[a, b, k] * (1 - w) + values[a, b, c] * w
            ) * v
            found[ray, sample] = low * (1 - u) + high * u


VAULT_RADIUS_MM = 80.0
MOST_NEIGHBOURS = 32
"""Enough for a median and a mean, however wide they are taken."""

LARGEST_POLAR_DEG = 120.0


def vault_directions() -> FloatArray:
    """(n, 3) unit vectors on a golden-angle spiral, down to :data:`LOWEST_SINE`."""
    number = np.arange(RAYS_ON_A_SPHERE) + 0.5
    height = 1 - 2 * number / RAYS_ON_A_SPHERE
    azimuth = np.pi * (1 + 5**0.5) * number
    ring = np.sqrt(1 - height**2)
    directions = np.column_stack([ring * np.cos(azimuth), ring * np.sin(azimuth), height])
    return directions[height >= LOWEST_SINE]


def _count_within(radius: float) -> int:
    """Rays that lie within an angle (radians) of one of them, about."""
    return max(2, round(RAYS_ON_A_SPHERE * radius**2 / 4))


def _neighbours(directions: FloatArray, radius: float) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Chords (n, k) and rows (n, k) of rays within an angle (radians) of each; of many every so many-th."""
    count = _count_within(radius)
    every = max(1, count // MOST_NEIGHBOURS)
    distances, rows = cKDTree(directions[::every]).query(directions, k=max(2, count // every))
    return distances, rows * every


def _median_of_neighbours(directions: FloatArray, values: FloatArray, radius: float) -> FloatArray:
    _, rows = _neighbours(directions, radius)
    near = values[rows]
    ordered = np.sort(near, axis=1)  # not-a-number last
    counts = np.isfinite(near).sum(axis=1)
    middle = ordered[np.arange(len(near)), np.maximum(counts - 1, 0) // 2]
    return np.where(counts > 0, middle, np.nan)


def last_crossing(inside: BoolArray, distances_mm: FloatArray) -> FloatArray:
    """The distance (n,) of the outermost sample that is inside, of flags (n, m); not-a-number where none is."""
    outermost = inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1)
    return np.where(inside.any(axis=1), distances_mm[outermost], np.nan)
