"""Atlases drawn on grids: a cube along the scanner axes, or the grid of an image."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.labelling import OUTSIDE, Labelling
from fusplan.atlas.lattice import Lattice
from fusplan.atlas.nuclei_atlas import NucleiAtlas
from fusplan.spatial import Grid, Point, Points, ScannerRas
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray


class Labelled(Protocol):
    """What is drawn: anything that labels points of a head."""

    @property
    def atlas(self) -> NucleiAtlas: ...
    @property
    def frame(self) -> ScannerRas: ...
    def labelling(self, points: Points[ScannerRas]) -> Labelling: ...


def raster_about(drawn: Labelled, centre: Point[ScannerRas], half_size_mm: float, spacing_mm: float) -> LabelGrid:
    """An atlas on a cube of ``2 half_size_mm`` about a point, grid along the scanner axes."""
    require_same_frame(drawn.frame, centre.frame)
    lattice = Lattice.holding(centre.array - half_size_mm, centre.array + half_size_mm, spacing_mm)
    found = drawn.labelling(Points(drawn.frame, lattice.places_mm))
    parts = {key: flags.reshape(lattice.shape) for key, flags in found.parts.items()}
    grid = lattice.grid(drawn.frame, f"{drawn.atlas.name}-box")
    return LabelGrid(found.labels.reshape(lattice.shape), parts, grid)


def raster_on(drawn: Labelled, box_mm: tuple[FloatArray, FloatArray], grid: Grid[ScannerRas]) -> LabelGrid:
    """An atlas on the grid of an image; it is asked only inside its box (corners (3,), scanner RAS mm)."""
    require_same_frame(drawn.frame, grid.frame)
    labels = np.full(grid.shape, OUTSIDE, dtype=np.int16)
    parts = {part.key: np.zeros(grid.shape, dtype=np.bool_) for part in drawn.atlas.parts}
    first, stop = _voxel_box(box_mm, grid)
    if np.all(stop > first):
        block = tuple(slice(int(a), int(b)) for a, b in zip(first, stop, strict=True))
        axes = [np.arange(a, b, dtype=np.float64) for a, b in zip(first, stop, strict=True)]
        voxels = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        found = drawn.labelling(grid.places(voxels))
        labels[block] = found.labels.reshape(tuple(stop - first))
        for key, flags in found.parts.items():
            parts[key][block] = flags.reshape(tuple(stop - first))
    return LabelGrid(labels, parts, grid)


def _voxel_box(
    box_mm: tuple[FloatArray, FloatArray], grid: Grid[ScannerRas]
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """First voxel and one beyond the last along each axis of the block that holds the box."""
    low, high = box_mm
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    indices = grid.indices(Points(grid.frame, corners))
    first = np.clip(np.floor(indices.min(axis=0)), 0, grid.shape).astype(int)
    stop = np.clip(np.ceil(indices.max(axis=0)) + 1, 0, grid.shape).astype(int)
    return first, stop
