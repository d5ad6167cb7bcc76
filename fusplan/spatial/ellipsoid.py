"""The ellipsoid: the form of a planned lesion and of a 95 % region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np

from fusplan.spatial.frames import Frame, require_same_frame
from fusplan.spatial.points import Direction, FloatArray, Point, Points, read_only
from fusplan.spatial.sobol import scrambled_sobol

F = TypeVar("F", bound=Frame)


@dataclass(frozen=True, slots=True, eq=False)
class Ellipsoid(Generic[F]):
    """A solid ellipsoid in a millimetre frame.

    Attributes:
        centre: its centre.
        semi_axes_mm: three positive half diameters.
        rotation: 3 x 3, orthonormal; column i is the direction of semi-axis i in the frame.
    """

    centre: Point[F]
    semi_axes_mm: tuple[float, float, float]
    rotation: FloatArray

    def __post_init__(self) -> None:
        rotation = read_only(self.rotation)
        if rotation.shape != (3, 3) or not np.allclose(rotation.T @ rotation, np.eye(3), atol=1e-6):
            raise ValueError("an ellipsoid needs an orthonormal 3 x 3 rotation")
        if not all(np.isfinite(axis) and axis > 0 for axis in self.semi_axes_mm):
            raise ValueError(f"an ellipsoid needs three positive semi-axes, got {self.semi_axes_mm}")
        object.__setattr__(self, "rotation", rotation)

    @property
    def frame(self) -> F:
        return self.centre.frame

    @property
    def volume_mm3(self) -> float:
        """4/3 pi abc."""
        a, b, c = self.semi_axes_mm
        return 4.0 / 3.0 * np.pi * a * b * c

    @property
    def shape_matrix(self) -> FloatArray:
        """3 x 3 matrix Q with (p - centre)^T Q (p - centre) <= 1 inside, in 1/mm2."""
        return np.asarray(self.rotation @ np.diag(np.array(self.semi_axes_mm) ** -2.0) @ self.rotation.T)

    @property
    def half_extent_mm(self) -> FloatArray:
        """Shape (3,): half the size of the box along the frame's axes that just holds it."""
        return self.half_extents_along(np.eye(3))

    def half_extents_along(self, directions: FloatArray) -> FloatArray:
        """Shape (n,): half the size along each of the unit vectors that are the columns (3, n) of ``directions``."""
        return np.asarray(np.sqrt(((directions.T @ self.rotation * np.array(self.semi_axes_mm)) ** 2).sum(axis=1)))

    def _unit_coordinates(self, points: Points[F]) -> FloatArray:
        require_same_frame(self.frame, points.frame)
        return np.asarray((points.array - self.centre.array) @ self.rotation / np.array(self.semi_axes_mm))

    def contains(self, points: Points[F]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Shape (n,): whether each point lies inside or on the surface."""
        unit = self._unit_coordinates(points)
        return np.asarray((unit**2).sum(axis=1) <= 1.0)

    def sample(self, count: int, seed: int = 0) -> Points[F]:
        """``count`` points spread evenly (scrambled Sobol, seeded) through the volume.

        A plain mean over 4096 of them has an error well below 1 % for a half-space through the centre.
        """
        ball = _unit_ball(count, seed)
        return Points(self.frame, (ball * np.array(self.semi_axes_mm)) @ self.rotation.T + self.centre.array)

    def surface(self, count: int = 512) -> Points[F]:
        """``count`` points on the surface, spread by the golden-angle spiral of the unit sphere."""
        index = np.arange(count) + 0.5
        height = 1 - 2 * index / count
        azimuth = np.pi * (1 + 5**0.5) * index
        ring = np.sqrt(1 - height**2)
        sphere = np.column_stack([ring * np.cos(azimuth), ring * np.sin(azimuth), height])
        return Points(self.frame, (sphere * np.array(self.semi_axes_mm)) @ self.rotation.T + self.centre.array)

    def outline(
        self, plane_origin: Point[F], plane_right: Direction[F], plane_up: Direction[F], count: int = 96
    ) -> FloatArray | None:
        """The ellipse in which a plane cuts the surface.

        Args:
            plane_origin: any point of the plane.
            plane_right, plane_up: orthonormal directions spanning the plane.
            count: number of vertices of the closed polygon (the first is not repeated).

        Returns:
            (count, 2) in-plane mm along right and up from ``plane_origin``, or None when they do not meet.

        Raises:
            FrameMismatchError: the plane is given in another frame.
            ValueError: its directions are not at a right angle.
        """
        for item in (plane_origin, plane_right, plane_up):
            require_same_frame(self.frame, item.frame)
        if abs(float(plane_right.array @ plane_up.array)) > 1e-6:
            raise ValueError("a plane needs directions at a right angle")
        basis = np.column_stack([plane_right.array, plane_up.array])
        matrix = self.shape_matrix
        offset = plane_origin.array - self.centre.array
        quadratic = basis.T @ matrix @ basis
        linear = basis.T @ matrix @ offset
        middle = -np.linalg.solve(quadratic, linear)
        remainder = 1.0 - float(offset @ matrix @ offset) + float(middle @ quadratic @ middle)
        if remainder <= 0:
            return None
        values, vectors = np.linalg.eigh(quadratic)
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        circle = np.column_stack([np.cos(angle), np.sin(angle)]) * np.sqrt(remainder / values)
        return np.asarray(middle + circle @ vectors.T)

    def moved_to(self, centre: Point[F]) -> Ellipsoid[F]:
        """The same ellipsoid about another centre of the same frame."""
        require_same_frame(self.frame, centre.frame)
        return Ellipsoid(centre, self.semi_axes_mm, self.rotation)


@lru_cache(maxsize=64)
def _unit_ball(count: int, seed: int) -> FloatArray:
    """``count`` points (count, 3) spread evenly through the ball of radius 1; kept, since making them takes longest."""
    exponent = max(0, int(np.ceil(np.log2(max(count, 1)))))
    cube = scrambled_sobol(exponent, seed)[:count]
    radius = np.cbrt(cube[:, 0])
    height = 2 * cube[:, 1] - 1
    azimuth = 2 * np.pi * cube[:, 2]
    ring = np.sqrt(1 - height**2)
    return read_only(radius[:, None] * np.column_stack([ring * np.cos(azimuth), ring * np.sin(azimuth), height]))
