"""Closed triangle meshes in a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from fusplan.spatial.affine import Map
from fusplan.spatial.frames import Frame
from fusplan.spatial.points import Points

F = TypeVar("F", bound=Frame)
G = TypeVar("G", bound=Frame)


@dataclass(frozen=True, slots=True, eq=False)
class Surface(Generic[F]):
    """A closed triangle mesh.

    Attributes:
        vertices: corner points, mm.
        faces: (m, 3) indices into them, anticlockwise seen from outside, read-only.
    """

    vertices: Points[F]
    faces: npt.NDArray[np.int32]

    @property
    def volume_mm3(self) -> float:
        """Enclosed volume, by the divergence theorem."""
        a, b, c = (self.vertices.array[self.faces[:, corner]] for corner in range(3))
        return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)

    @property
    def euler_characteristic(self) -> int:
        """Vertices - edges + faces: 2 for every closed part without a handle."""
        edges = np.sort(self.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        return len(np.unique(self.faces)) - len(np.unique(edges, axis=0)) + len(self.faces)

    @property
    def is_closed(self) -> bool:
        """Whether every edge belongs to exactly two triangles."""
        edges = np.sort(self.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        _, counts = np.unique(edges, axis=0, return_counts=True)
        return bool(np.all(counts == 2))

    def carried(self, by: Map[F, G]) -> Surface[G]:
        """The same surface in another frame."""
        return Surface(by.apply(self.vertices), self.faces)
