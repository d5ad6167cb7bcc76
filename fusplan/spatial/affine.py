"""Affine maps between frames, and what every map between frames answers. Maps are named by direction and move points.

Engines that speak of the pull direction (ITK, ANTs, greedy) are turned round inside their adapter, so
that everywhere else ``a_to_b.apply(point_in_a)`` is the same point in ``b``.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Generic, Protocol, TypeVar, overload

import numpy as np

from fusplan.spatial.affine_kernel import move
from fusplan.spatial.content_digest import content_digest
from fusplan.spatial.frames import Frame, require_same_frame
from fusplan.spatial.points import Direction, FloatArray, Point, Points, read_only

A = TypeVar("A", bound=Frame)
B = TypeVar("B", bound=Frame)
C = TypeVar("C", bound=Frame)

_LAST_ROW = read_only((0, 0, 0, 1))
_ROUNDING = 1e-8


class Map(Protocol[A, B]):
    """Anything that moves points of frame A into frame B."""

    @property
    def source(self) -> A: ...
    @property
    def target(self) -> B: ...
    @property
    def digest(self) -> str:
        """Key of the map and the two frames it leads between: maps of one digest move points alike."""

    @overload
    def apply(self, item: Point[A]) -> Point[B]: ...
    @overload
    def apply(self, item: Points[A]) -> Points[B]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Affine(Generic[A, B]):
    """An affine map from ``source`` to ``target``: ``matrix`` is 4 x 4, last row (0, 0, 0, 1), read-only."""

    source: A
    target: B
    matrix: FloatArray

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, dtype=np.float64)
        # Written so that not-a-number is refused.
        if matrix.shape != (4, 4) or not np.abs(matrix[3] - _LAST_ROW).max() <= _ROUNDING:
            raise ValueError("an affine needs a 4 x 4 matrix whose last row is 0 0 0 1")
        matrix[3] = _LAST_ROW  # what rounding left there would grow in long chains
        if not np.isfinite(matrix).all() or abs(float(np.linalg.det(matrix[:3, :3]))) < 1e-12:
            raise ValueError("an affine needs a finite matrix that can be inverted")
        matrix.flags.writeable = False
        object.__setattr__(self, "matrix", matrix)

    @property
    def digest(self) -> str:
        """Key of the matrix and the two frames."""
        return content_digest(self.matrix.tolist(), astuple(self.source), astuple(self.target))

    @overload
    def apply(self, item: Point[A]) -> Point[B]: ...
    @overload
    def apply(self, item: Points[A]) -> Points[B]: ...
    def apply(self, item: Point[A] | Points[A]) -> Point[B] | Points[B]:
        """The same place in the target frame. Raises FrameMismatchError for a point of another frame."""
        require_same_frame(self.source, item.frame)
        moved = move(self.matrix, item.array)
        if isinstance(item, Point):
            return Point.of(self.target, moved)
        return Points(self.target, moved)

    def turn(self, direction: Direction[A]) -> Direction[B]:
        """The direction as seen in the target frame, again of unit length."""
        require_same_frame(self.source, direction.frame)
        return Direction.of(self.target, self.matrix[:3, :3] @ direction.array)

    def inverse(self) -> Affine[B, A]:
        """The map back."""
        return Affine(self.target, self.source, np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))

    def then(self, following: Affine[B, C]) -> Affine[A, C]:
        """This map followed by another. Raises FrameMismatchError unless they meet in the same frame."""
        require_same_frame(self.target, following.source)
        return Affine(self.source, following.target, following.matrix @ self.matrix)
