"""Trilinear interpolation of a vector field, compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.compiled import CompiledFunction
from fusplan.spatial.points import FloatArray


def _interpolate(vectors: npt.NDArray[np.float32], indices: FloatArray, result: FloatArray) -> None:
    ni, nj, nk = vectors.shape[0], vectors.shape[1], vectors.shape[2]
    for row in range(indices.shape[0]):
        # Outside the grid the nearest edge counts.
        x = min(max(indices[row, 0], 0.0), ni - 1.0)
        y = min(max(indices[row, 1], 0.0), nj - 1.0)
        z = min(max(indices[row, 2], 0.0), nk - 1.0)
        i, j, k = int(x), int(y), int(z)
        u, v, w = x - i, y - j, z - k
        a, b, c = min(i + 1, ni - 1), min(j + 1, nj - 1), min(k + 1, nk - 1)
        for part in range(3):
            low = (vectors[i, j, k, part] * (1 - w) + vectors[i, j, c, part] * w) * (1 - v) + (
                vectors[i, b, k, part] * (1 - w) + vectors[i, b, c, part] * w
            ) * v
            high = (vectors[a, j, k, part] * (1 - w) + vectors[a, j, c, part] * w) * (1 - v) + (
                vectors[a, b, k, part] * (1 - w) + vectors[a, b, c, part] * w
            ) * v
            result[row, part] = low * (1 - u) + high * u


_interpolate_compiled = CompiledFunction(_interpolate)


def interpolate_vectors(vectors: npt.NDArray[np.float32], indices: FloatArray) -> FloatArray:
    """The vectors (n, 3) of a field (ni, nj, nk, 3) at continuous grid indices (n, 3); outside: the nearest edge."""
    result = np.empty((len(indices), 3))
    _interpolate_compiled(vectors, np.ascontiguousarray(indices, dtype=np.float64), result)
    return result
