"""Which voxels of a grid stand for an ellipsoid, so that their count gives its volume.

Of all voxels that the ellipsoid touches, those that lie furthest inside it (by the share of the voxel that it fills)
are taken until their number is the ellipsoid's volume divided by the voxel's, rounded. On a fine grid these are the
voxels filled by more than half; on a grid as coarse as the lesion is small, the volume still is right to half a voxel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.spatial import Ellipsoid, Grid, ScannerRas
from fusplan.spatial.points import FloatArray

SAMPLE_SPACING_MM = 0.15
"""A voxel's share inside is sampled at points at most this far apart, but at 3 to 10 along each of its axes."""


@dataclass(frozen=True, slots=True, eq=False)
class Occupancy:
    """The share of each voxel of a block that an ellipsoid fills.

    Attributes:
        first: (3,), index of the block's first voxel in the image's grid; may lie outside the image.
        shares: shape of the block, 0 to 1.
        chosen: same shape, the voxels that stand for the ellipsoid.
    """

    first: npt.NDArray[np.int_]
    shares: FloatArray
    chosen: npt.NDArray[np.bool_]


def voxel_box(
    ellipsoid: Ellipsoid[ScannerRas], grid: Grid[ScannerRas]
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """First voxel and one beyond the last, each (3,), of the block that holds the ellipsoid and one voxel around."""
    inverse = grid.from_frame.matrix[:3, :3]
    centre = grid.from_frame.apply(ellipsoid.centre).array
    # Half the extent along a voxel axis of the ellipsoid seen in voxel coordinates, as Ellipsoid.half_extent_mm.
    half = np.sqrt(((inverse @ ellipsoid.rotation * np.array(ellipsoid.semi_axes_mm)) ** 2).sum(axis=1))
    return np.floor(centre - half).astype(int) - 1, np.ceil(centre + half).astype(int) + 2


def occupancy(ellipsoid: Ellipsoid[ScannerRas], grid: Grid[ScannerRas]) -> Occupancy:
    """How an ellipsoid fills the voxels of a grid, and which of them stand for it."""
    first, stop = voxel_box(ellipsoid, grid)
    parts = np.clip(np.ceil(np.array(grid.spacing_mm) / SAMPLE_SPACING_MM), 3, 10).astype(int)
    axes = [
        first[axis] - 0.5 + (np.arange((stop - first)[axis] * parts[axis]) + 0.5) / parts[axis] for axis in range(3)
    ]
    samples = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    inside = ellipsoid.contains(grid.places(samples))
    ni, nj, nk = (int(size) for size in stop - first)
    blocks = inside.reshape(ni, parts[0], nj, parts[1], nk, parts[2])
    shares = np.asarray(blocks.mean(axis=(1, 3, 5)), dtype=np.float64)
    return Occupancy(first, shares, _fullest(shares, ellipsoid, grid, first))


def _fullest(
    shares: FloatArray,
    ellipsoid: Ellipsoid[ScannerRas],
    grid: Grid[ScannerRas],
    first: npt.NDArray[np.int_],
) -> npt.NDArray[np.bool_]:
    """The voxels filled most, as many as make up the volume; of equally full ones those nearest to the centre."""
    touched = np.argwhere(shares > 0)
    distance_mm = np.linalg.norm(grid.places(touched + first).array - ellipsoid.centre.array, axis=1)
    count = min(len(touched), round(ellipsoid.volume_mm3 / grid.cell_mm3))
    order = np.lexsort((np.round(distance_mm, 6), -shares[tuple(touched.T)]))
    chosen = np.zeros(shares.shape, dtype=np.bool_)
    chosen[tuple(touched[order[:count]].T)] = True
    return chosen
