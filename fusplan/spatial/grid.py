"""A block of voxels and where it lies: what every image, mask, atlas of voxels and simulated field stands on.

A voxel reaches half a voxel beyond its centre on every side, so a grid reaches half a voxel beyond its outer centres.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt

from fusplan.spatial.affine import Affine
from fusplan.spatial.affine_kernel import move
from fusplan.spatial.frames import Frame, Voxel, require_same_frame
from fusplan.spatial.points import FloatArray, Point, Points

F = TypeVar("F", bound=Frame)
G = TypeVar("G", bound=Frame)

Shape: TypeAlias = tuple[int, int, int]
"""Voxels along the three axes (i, j, k)."""

HALF_VOXEL = 0.5
"""How far a grid reaches beyond its outer centres, in voxels."""

ROUNDING_VOXELS = 1e-6
"""A point on the outer face of a grid stays inside although a map there and back moved it by so much."""


def shape_of(array: npt.NDArray[np.generic]) -> Shape:
    """The shape of an array of three axes. Raises ValueError for another number of axes."""
    if array.ndim != 3:
        raise ValueError(f"a grid has three axes, got an array of shape {array.shape}")
    ni, nj, nk = array.shape
    return (ni, nj, nk)


@dataclass(frozen=True, slots=True, eq=False)
class Grid(Generic[F]):
    """A block of voxels in a frame. Axes may be oblique, left-handed or sheared.

    Attributes:
        shape: voxels along the three axes, each at least one.
        to_frame: continuous voxel indices (0 at the first centre) to mm of the frame.
        from_frame: the way back, worked out once.
    """

    shape: Shape
    to_frame: Affine[Voxel, F]
    from_frame: Affine[F, Voxel] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.shape) != 3 or min(self.shape) < 1:
            raise ValueError(f"a grid needs at least one voxel along each of three axes, got {self.shape}")
        ni, nj, nk = (int(size) for size in self.shape)
        object.__setattr__(self, "shape", (ni, nj, nk))
        object.__setattr__(self, "from_frame", self.to_frame.inverse())

    @classmethod
    def of(cls, shape: Shape, matrix: npt.ArrayLike, frame: F, voxel_id: str) -> Grid[F]:
        """The grid of a 4 x 4 ``matrix`` from voxel indices to mm of ``frame``.

        Args:
            shape: voxels along the three axes.
            matrix: 4 x 4, can be inverted.
            frame: where the grid lies.
            voxel_id: whose voxel indices they are; indices of two images cannot be mixed up.

        Raises:
            ValueError: no voxels, or a matrix that is no affine map.
        """
        return cls(shape, Affine(Voxel(voxel_id), frame, np.asarray(matrix, dtype=np.float64)))

    @property
    def frame(self) -> F:
        """The frame it lies in."""
        return self.to_frame.target

    @property
    def voxel_frame(self) -> Voxel:
        """The frame of its indices."""
        return self.to_frame.source

    @property
    def matrix(self) -> FloatArray:
        """4 x 4, voxel indices to mm of the frame, read-only."""
        return self.to_frame.matrix

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between voxel centres along each voxel axis."""
        i, j, k = np.linalg.norm(self.matrix[:3, :3], axis=0)
        return (float(i), float(j), float(k))

    @property
    def cell_mm3(self) -> float:
        """Volume of one voxel."""
        return abs(float(np.linalg.det(self.matrix[:3, :3])))

    @property
    def centre(self) -> Point[F]:
        """The middle of the block."""
        return self.to_frame.apply(Point.of(self.voxel_frame, ((size - 1) / 2 for size in self.shape)))

    def corners(self, margin_voxels: float = HALF_VOXEL) -> Points[F]:
        """The eight corners, ``margin_voxels`` beyond the outer centres; the last axis changes fastest."""
        ends = ((-margin_voxels, size - 1 + margin_voxels) for size in self.shape)
        return self.places(np.array(list(itertools.product(*ends))))

    def box(self, margin_voxels: float = HALF_VOXEL) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest corner (3,), mm, of the box along the frame's axes that holds the block."""
        corners = self.corners(margin_voxels).array
        return corners.min(axis=0), corners.max(axis=0)

    def places(self, indices: npt.NDArray[np.floating] | npt.NDArray[np.integer]) -> Points[F]:
        """Where indices (n, 3) of an array on this grid lie, such as those that ``numpy.argwhere`` gives."""
        return Points(self.frame, move(self.matrix, np.asarray(indices, dtype=np.float64)))

    def all_places(self) -> Points[F]:
        """The centres of all voxels, in the order of an array laid flat: the last axis fastest."""
        return self.places(np.indices(self.shape).reshape(3, -1).T)

    def indices(self, points: Points[F]) -> FloatArray:
        """Continuous voxel indices (n, 3) of points. Raises FrameMismatchError for points of another frame."""
        require_same_frame(self.frame, points.frame)
        return move(self.from_frame.matrix, points.array)

    @overload
    def contains(self, item: Point[F], margin_voxels: float = ...) -> bool: ...
    @overload
    def contains(self, item: Points[F], margin_voxels: float = ...) -> npt.NDArray[np.bool_]: ...
    def contains(self, item: Point[F] | Points[F], margin_voxels: float = HALF_VOXEL) -> bool | npt.NDArray[np.bool_]:
        """Whether a point, or each of points (n,), lies at most ``margin_voxels`` beyond the outer centres.

        By default what lies in a voxel: half a voxel around the outer centres belongs to the grid, the outer faces
        included. With 0 only what linear interpolation reaches without guessing.
        """
        points = Points.gather([item]) if isinstance(item, Point) else item
        inside = self.holds(self.indices(points), margin_voxels)
        return bool(inside[0]) if isinstance(item, Point) else inside

    def holds(self, indices: FloatArray, margin_voxels: float = HALF_VOXEL) -> npt.NDArray[np.bool_]:
        """The same for continuous voxel indices (n, 3) that are there already."""
        reach = margin_voxels + ROUNDING_VOXELS
        last = np.array(self.shape) - 1
        return np.asarray(((indices >= -reach) & (indices <= last + reach)).all(axis=1))

    def nearest(self, point: Point[F]) -> Point[F]:
        """The point itself where the grid holds it, else one on its outer faces: clipped along the voxel axes."""
        last = np.array(self.shape) - HALF_VOXEL
        indices = np.clip(self.from_frame.apply(point).array, -HALF_VOXEL, last)
        return self.to_frame.apply(Point.of(self.voxel_frame, indices))

    def cells(self, points: Points[F]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """The voxel that each point lies in: its place in the array laid flat, and which points lie in any.

        A point on the border of two voxels belongs to the one of the higher index.

        Args:
            points: n points. Raises FrameMismatchError for another frame.

        Returns:
            Flat indices (m,), last axis fastest, of the m points inside; and which those are (n,).
        """
        whole = np.floor(self.indices(points) + HALF_VOXEL)
        inside = np.asarray(((whole >= 0) & (whole < self.shape)).all(axis=1))
        i, j, k = whole[inside].astype(np.intp).T
        _, nj, nk = self.shape
        return (i * nj + j) * nk + k, inside

    def moved(self, motion: Affine[F, G]) -> Grid[G]:
        """The same voxels, carried into another frame."""
        return Grid(self.shape, self.to_frame.then(motion))

    def derived(self, shape: Shape, to_own_indices: FloatArray, purpose: str) -> Grid[F]:
        """Another grid in the same frame: a part of this one, a turned, a finer or a coarser one.

        Args:
            shape: of the new grid.
            to_own_indices: 4 x 4, its indices to those of this grid.
            purpose: a word that tells its voxel indices from this grid's.
        """
        voxel_id = f"{self.voxel_frame.image_id}:{purpose}"
        return Grid.of(shape, self.matrix @ to_own_indices, self.frame, voxel_id)

    def block(self, first: npt.NDArray[np.integer], shape: Shape) -> Grid[F]:
        """The part of this grid, or beyond it, that begins at the voxel of index ``first`` (3,)."""
        steps = np.eye(4)
        steps[:3, 3] = first
        return self.derived(shape, steps, "block")
