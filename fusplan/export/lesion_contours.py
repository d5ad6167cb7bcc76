"""The outlines of an ellipsoid on the slices of a series, so that outline areas times spacing give its volume.

A slice stands for a slab of tissue. Its outline is the ellipse whose area is the mean of the ellipsoid's cross-sections
over that slab: for a lesion of a few millimetres the cross-section at the middle alone would misstate the volume by up
to 6 per cent, and leave out slabs that the ellipsoid only reaches into.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.spatial import Ellipsoid, Grid, ScannerRas
from fusplan.spatial.points import FloatArray

CORNERS = 64

SMALLEST_SHARE = 0.01
"""Outlines of less area than this share of the ellipsoid's largest parallel cross-section are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class SliceOutline:
    """One closed polygon.

    Attributes:
        slice_index: on which slice.
        corners_mm: (``CORNERS``, 3) scanner RAS mm, in the slice's plane.
    """

    slice_index: int
    corners_mm: FloatArray


def slice_outlines(ellipsoid: Ellipsoid[ScannerRas], grid: Grid[ScannerRas]) -> tuple[SliceOutline, ...]:
    """The outlines on the slices of a grid (its third axis) that an ellipsoid reaches into.

    In the closed form a slice at the height h over the centre, in units of the half height of the ellipsoid across the
    slices, has the cross-section 1 - h^2 of the largest, and its middle is h times that of the topmost point.
    """
    matrix = grid.matrix
    normal = np.cross(matrix[:3, 0], matrix[:3, 1])
    normal /= np.linalg.norm(normal)
    spread = ellipsoid.rotation @ np.diag(np.square(ellipsoid.semi_axes_mm)) @ ellipsoid.rotation.T
    half_height_mm = float(np.sqrt(normal @ spread @ normal))
    topmost_mm = spread @ normal / half_height_mm
    heights = (matrix[:3, 3] + np.outer(np.arange(grid.shape[2]), matrix[:3, 2]) - ellipsoid.centre.array) @ normal
    heights /= half_height_mm
    half_slab = abs(float(matrix[:3, 2] @ normal)) / half_height_mm / 2
    disc = _largest_section(ellipsoid, normal)
    found = []
    for index in np.flatnonzero(np.abs(heights) < 1 + half_slab):
        low, high = np.clip([heights[index] - half_slab, heights[index] + half_slab], -1, 1)
        share = ((high - high**3 / 3) - (low - low**3 / 3)) / (2 * half_slab)
        if share < SMALLEST_SHARE:
            continue
        moment = ((high**2 / 2 - high**4 / 4) - (low**2 / 2 - low**4 / 4)) / (2 * half_slab)
        in_plane_mm = topmost_mm - half_height_mm * normal
        middle = ellipsoid.centre.array + heights[index] * half_height_mm * normal + moment / share * in_plane_mm
        found.append(SliceOutline(int(index), middle + np.sqrt(share) * disc))
    return tuple(found)


def _largest_section(ellipsoid: Ellipsoid[ScannerRas], normal: FloatArray) -> FloatArray:
    """Polygon (``CORNERS``, 3) about zero with the area of the cross-section through the centre."""
    first = np.cross(normal, np.eye(3)[int(np.argmin(np.abs(normal)))])
    first /= np.linalg.norm(first)
    plane = np.column_stack([first, np.cross(normal, first)])
    values, vectors = np.linalg.eigh(plane.T @ ellipsoid.shape_matrix @ plane)
    angle = np.arange(CORNERS) * 2 * np.pi / CORNERS
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) / np.sqrt(values)
    # A polygon within an ellipse is smaller by this factor.
    step = 2 * np.pi / CORNERS
    return np.asarray(circle @ vectors.T @ plane.T * np.sqrt(step / np.sin(step)))
