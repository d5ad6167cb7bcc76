"""Smooth maps between frames: a displacement field on a grid, then an affine map; and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

from fusplan.spatial.affine import Affine
from fusplan.spatial.content_digest import array_digest, content_digest
from fusplan.spatial.frames import Frame, require_same_frame
from fusplan.spatial.grid import Grid, shape_of
from fusplan.spatial.points import FloatArray, Point, Points
from fusplan.spatial.trilinear import follow_back, interpolate_vectors

A = TypeVar("A", bound=Frame)
B = TypeVar("B", bound=Frame)

LAST_STEP_MM = 1e-4
MOST_STEPS = 100
"""When the search for the inverse of a warp at one point ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Displacements(Generic[A]):
    """A displacement field on a grid. Beyond its outer centres the displacement of the nearest one holds.

    Attributes:
        vectors_mm: shape of the grid and 3, float32, finite, read-only: mm along the axes of the grid's frame (RAS).
        grid: where the vectors stand.
    """

    vectors_mm: npt.NDArray[np.float32]
    grid: Grid[A]
    _digest: str | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        vectors = np.ascontiguousarray(self.vectors_mm, dtype=np.float32).view()
        if vectors.shape != (*self.grid.shape, 3):
            raise ValueError(f"a displacement field on {self.grid.shape} voxels has no shape {vectors.shape}")
        if not np.all(np.isfinite(vectors)):
            raise ValueError("a displacement field needs finite vectors")
        vectors.flags.writeable = False
        object.__setattr__(self, "vectors_mm", vectors)

    @classmethod
    def of(cls, vectors_mm: npt.NDArray[np.float32], matrix: npt.ArrayLike, frame: A) -> Displacements[A]:
        """A field (ni, nj, nk, 3) whose 4 x 4 ``matrix`` leads from its indices to mm of ``frame``."""
        return cls(vectors_mm, Grid.of(shape_of(vectors_mm[..., 0]), matrix, frame, "displacements"))

    @property
    def digest(self) -> str:
        """Key of vectors and grid; made when first asked for (some ten milliseconds for a deep brain) and kept."""
        if self._digest is None:
            digest = content_digest(array_digest(self.vectors_mm), self.grid.matrix.tolist())
            object.__setattr__(self, "_digest", digest)
            return digest
        return self._digest

    def at(self, points: Points[A]) -> FloatArray:
        """Displacements (n, 3) in mm at points, by trilinear interpolation. Raises FrameMismatchError."""
        return interpolate_vectors(self.vectors_mm, self.grid.indices(points))


@dataclass(frozen=True, slots=True, eq=False)
class Warp(Generic[A, B]):
    """A smooth invertible map: ``p -> affine(p + displacements(p))``, displacements given in the source frame."""

    displacements: Displacements[A]
    affine: Affine[A, B]
    _digest: str | None = field(default=None, init=False, repr=False)

    @property
    def digest(self) -> str:
        """Key of the map and the two frames it leads between: maps of one digest move points alike. Kept once made."""
        if self._digest is None:
            digest = content_digest(self.displacements.digest, self.affine.digest)
            object.__setattr__(self, "_digest", digest)
            return digest
        return self._digest

    def __post_init__(self) -> None:
        require_same_frame(self.affine.source, self.displacements.grid.frame)

    @property
    def source(self) -> A:
        return self.affine.source

    @property
    def target(self) -> B:
        return self.affine.target

    @overload
    def apply(self, item: Point[A]) -> Point[B]: ...
    @overload
    def apply(self, item: Points[A]) -> Points[B]: ...
    def apply(self, item: Point[A] | Points[A]) -> Point[B] | Points[B]:
        """The same place in the target frame. Raises FrameMismatchError for a point of another frame."""
        require_same_frame(self.source, item.frame)
        points = Points.gather([item]) if isinstance(item, Point) else item
        moved = self.affine.apply(Points(self.source, points.array + self.displacements.at(points)))
        return moved[0] if isinstance(item, Point) else moved

    def inverse(self) -> InverseWarp[B, A]:
        """The map back, found point by point."""
        return InverseWarp(self)


@dataclass(frozen=True, slots=True, eq=False)
class InverseWarp(Generic[B, A]):
    """The map back of a :class:`Warp`, by fixed-point iteration: exact to 0.001 mm where the warp is smooth.

    A last step below 0.0001 mm leaves an error below 0.001 mm while the displacement changes by at most 0.9 mm per
    millimetre. Points outside the field move with its nearest edge, as they do in the warp.

    The iteration ``q <- affine^-1(p) - displacements(q)`` contracts where the displacement changes by
    less than one millimetre per millimetre, which the registration's quality check asserts.
    """

    forward: Warp[A, B]

    @property
    def digest(self) -> str:
        """Key of the map and its frames."""
        return content_digest("inverse", self.forward.digest)

    @property
    def source(self) -> B:
        return self.forward.target

    @property
    def target(self) -> A:
        return self.forward.source

    @overload
    def apply(self, item: Point[B]) -> Point[A]: ...
    @overload
    def apply(self, item: Points[B]) -> Points[A]: ...
    def apply(self, item: Point[B] | Points[B]) -> Point[A] | Points[A]:
        """The same place in the frame the forward warp starts from."""
        require_same_frame(self.source, item.frame)
        given = Points(self.source, np.atleast_2d(item.array))
        straight = self.forward.affine.inverse().apply(given).array
        field = self.forward.displacements
        places = follow_back(field.vectors_mm, field.grid.from_frame.matrix, straight, LAST_STEP_MM, MOST_STEPS)
        found = Points(self.target, places)
        return found[0] if isinstance(item, Point) else found

    def inverse(self) -> Warp[A, B]:
        """The forward map."""
        return self.forward
