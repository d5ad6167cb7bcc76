"""Where the voxel axes of an image lead in the head."""

from __future__ import annotations

import numpy as np

from fusplan.spatial.points import FloatArray

_LETTERS = ("LR", "PA", "IS")
_ORDERS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


def _cosines(affine: FloatArray) -> FloatArray:
    return np.asarray(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))


def nearest_axes(affine: FloatArray) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """For each voxel axis the anatomical axis (0 right, 1 anterior, 2 superior) nearest to it, and its sign.

    ``affine`` is 4 x 4, voxel indices to RAS mm. The assignment with the largest sum of cosines is taken, so that
    every anatomical axis is taken once.
    """
    cosines = _cosines(affine)
    best = max(_ORDERS, key=lambda order: sum(abs(float(cosines[row, axis])) for axis, row in enumerate(order)))
    i, j, k = (1 if cosines[row, axis] >= 0 else -1 for axis, row in enumerate(best))
    return best, (i, j, k)


def orientation_code(affine: FloatArray) -> str:
    """Three letters: where each voxel axis leads, such as ``RAS`` or ``LIA``."""
    rows, signs = nearest_axes(affine)
    return "".join(_LETTERS[row][sign > 0] for row, sign in zip(rows, signs, strict=True))


def oblique_deg(affine: FloatArray) -> float:
    """The largest angle between a voxel axis and its anatomical axis, in degrees."""
    rows, _ = nearest_axes(affine)
    cosines = np.abs(_cosines(affine))[list(rows), [0, 1, 2]]
    return float(np.degrees(np.arccos(np.clip(cosines.min(), 0.0, 1.0))))
