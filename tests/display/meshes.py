"""Closed triangle surfaces whose slices are known in closed form."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull

from fusplan.spatial import Ellipsoid, Point, Points, ScannerRas

FRAME = ScannerRas("test-study")


def ball(centre: tuple[float, float, float] = (0.0, 0.0, 0.0), radius_mm: float = 10.0, count: int = 4000):
    """Vertices and outward triangles of a sphere."""
    return of_ellipsoid(Ellipsoid(Point.of(FRAME, centre), (radius_mm, radius_mm, radius_mm), np.eye(3)), count)


def of_ellipsoid(ellipsoid: Ellipsoid[ScannerRas], count: int = 4000):
    """Vertices and outward triangles of an ellipsoid."""
    points = ellipsoid.surface(count).array
    unit = (points - ellipsoid.centre.array) @ ellipsoid.rotation / np.array(ellipsoid.semi_axes_mm)
    hull = ConvexHull(unit)
    faces = hull.simplices.copy()
    normals = np.cross(unit[faces[:, 1]] - unit[faces[:, 0]], unit[faces[:, 2]] - unit[faces[:, 0]])
    inward = (normals * unit[faces[:, 0]]).sum(axis=1) < 0
    faces[inward] = faces[inward][:, ::-1]
    return Points(ellipsoid.frame, points), faces.astype(np.int32)
