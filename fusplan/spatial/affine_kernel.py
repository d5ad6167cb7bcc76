"""Many points moved by a matrix, compiled: without the intermediate arrays that cost numpy most of the time."""

from __future__ import annotations

import numpy as np

from fusplan.compiled import compiled
from fusplan.spatial.points import FloatArray

WORTH_COMPILED_CODE = 20_000
"""Fewer points are moved faster than numba is loaded."""


@compiled
def _move(matrix: FloatArray, places: FloatArray, result: FloatArray) -> None:
    for row in range(places.shape[0]):
        x, y, z = places[row, 0], places[row, 1], places[row, 2]
        for part in range(3):
            result[row, part] = matrix[part, 0] * x + matrix[part, 1] * y + matrix[part, 2] * z + matrix[part, 3]


def move(matrix: FloatArray, places_mm: FloatArray) -> FloatArray:
    """Places (n, 3), or one (3,), moved by a 4 x 4 matrix."""
    if places_mm.ndim == 1 or len(places_mm) < WORTH_COMPILED_CODE:
        return np.asarray(places_mm @ matrix[:3, :3].T + matrix[:3, 3])
    result = np.empty((len(places_mm), 3))
    _move(np.ascontiguousarray(matrix), np.ascontiguousarray(places_mm, dtype=np.float64), result)
    return result
