"""Points and directions that carry their frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from fusplan.spatial.frames import Frame, require_same_frame

F = TypeVar("F", bound=Frame)

FloatArray = npt.NDArray[np.float64]


def read_only(values: npt.ArrayLike) -> FloatArray:
    """A private float64 copy that cannot be written to."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True)
class Point(Generic[F]):
    """One point: three finite coordinates in the unit of its frame (mm, or voxels for ``Voxel``)."""

    frame: F
    x: float
    y: float
    z: float

    def __post_init__(self) -> None:
        if not (isfinite(self.x) and isfinite(self.y) and isfinite(self.z)):
            raise ValueError(f"a point needs finite coordinates, got {(self.x, self.y, self.z)}")

    @classmethod
    def of(cls, frame: F, coordinates: Iterable[float]) -> Point[F]:
        """A point from an iterable of three numbers in ``frame``."""
        x, y, z = (float(value) for value in coordinates)
        return cls(frame, x, y, z)

    @property
    def coordinates(self) -> tuple[float, float, float]:
        return (self.x, self.y, self.z)

    @property
    def array(self) -> FloatArray:
        """Shape (3,), a fresh array."""
        return np.array((self.x, self.y, self.z), dtype=np.float64)

    def distance_to(self, other: Point[F]) -> float:
        """Euclidean distance in the frame's unit. Raises FrameMismatchError when the frames differ."""
        require_same_frame(self.frame, other.frame)
        return float(np.linalg.norm(self.array - other.array))

    def moved(self, direction: Direction[F], distance: float) -> Point[F]:
        """The point ``distance`` further along ``direction``."""
        require_same_frame(self.frame, direction.frame)
        return Point.of(self.frame, self.array + direction.array * distance)


@dataclass(frozen=True, slots=True, eq=False)
class Points(Generic[F]):
    """Many points in one frame: ``array`` has shape (n, 3), finite, read-only, unit of the frame.

    A float64 array is not copied: whoever gathers points must not change it afterwards.
    """

    frame: F
    array: FloatArray

    def __post_init__(self) -> None:
        array = np.asarray(self.array, dtype=np.float64)
        if array.ndim != 2 or array.shape[1] != 3:
            raise ValueError(f"points need an (n, 3) array, got shape {array.shape}")
        if not np.all(np.isfinite(array)):
            raise ValueError("points need finite coordinates")
        view = array.view()
        view.flags.writeable = False
        object.__setattr__(self, "array", view)

    @classmethod
    def gather(cls, points: Iterable[Point[F]]) -> Points[F]:
        """The given points (at least one, all in the same frame) as one value."""
        listed = list(points)
        if not listed:
            raise ValueError("cannot gather no points: their frame would be unknown")
        for point in listed:
            require_same_frame(listed[0].frame, point.frame)
        return cls(listed[0].frame, np.array([point.coordinates for point in listed]))

    def __len__(self) -> int:
        return int(self.array.shape[0])

    def __getitem__(self, index: int) -> Point[F]:
        return Point.of(self.frame, self.array[index])

    def mean(self) -> Point[F]:
        """The centroid."""
        return Point.of(self.frame, self.array.mean(axis=0))


@dataclass(frozen=True, slots=True)
class Direction(Generic[F]):
    """A unit vector in a frame."""

    frame: F
    x: float
    y: float
    z: float

    @classmethod
    def of(cls, frame: F, components: Iterable[float]) -> Direction[F]:
        """The direction of three components of any positive length."""
        vector = np.array([float(value) for value in components])
        length = float(np.linalg.norm(vector))
        if vector.shape != (3,) or not np.isfinite(length) or length < 1e-12:
            raise ValueError(f"a direction needs three numbers that are not all zero, got {vector}")
        x, y, z = vector / length
        return cls(frame, float(x), float(y), float(z))

    @property
    def array(self) -> FloatArray:
        """Shape (3,), unit length, a fresh array."""
        return np.array((self.x, self.y, self.z), dtype=np.float64)
