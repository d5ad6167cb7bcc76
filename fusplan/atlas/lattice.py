"""Regular lattices of sampling points along the axes of a millimetre frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from fusplan.spatial import Frame, Grid
from fusplan.spatial.points import FloatArray

F = TypeVar("F", bound=Frame)


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Points ``first_mm + spacing_mm * (i, j, k)`` for 0 <= (i, j, k) < shape, each standing for one cube about it."""

    first_mm: FloatArray
    spacing_mm: float
    shape: tuple[int, int, int]

    @classmethod
    def holding(cls, lowest_mm: FloatArray, highest_mm: FloatArray, spacing_mm: float) -> Lattice:
        """The lattice at odd half multiples of the spacing that holds a box.

        The places do not depend on the box, so that neighbouring boxes share their points; half multiples
        keep points off the plane x = 0, where the sides meet.
        """
        if spacing_mm <= 0:
            raise ValueError(f"a lattice needs a positive spacing, got {spacing_mm}")
        first = np.floor(np.asarray(lowest_mm) / spacing_mm)
        count = np.maximum(np.ceil(np.asarray(highest_mm) / spacing_mm) - first, 1).astype(int)
        return cls((first + 0.5) * spacing_mm, spacing_mm, (int(count[0]), int(count[1]), int(count[2])))

    @property
    def cell_mm3(self) -> float:
        """Volume that one point stands for."""
        return self.spacing_mm**3

    @property
    def places_mm(self) -> FloatArray:
        """All points, shape (n, 3), last axis fastest."""
        i, j, k = (self.first_mm[axis] + self.spacing_mm * np.arange(self.shape[axis]) for axis in range(3))
        return np.stack(np.meshgrid(i, j, k, indexing="ij"), axis=-1).reshape(-1, 3)

    def grid(self, frame: F, voxel_id: str) -> Grid[F]:
        """The cubes as voxels of a grid in the frame that the millimetres are of."""
        matrix = np.diag([self.spacing_mm, self.spacing_mm, self.spacing_mm, 1.0])
        matrix[:3, 3] = self.first_mm
        return Grid.of(self.shape, matrix, frame, voxel_id)
