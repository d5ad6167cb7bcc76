"""Trilinear interpolation of scalar and vector fields, and following a vector field backward, compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.compiled import compiled
from fusplan.spatial.points import FloatArray


@compiled
def _sample(vectors: npt.NDArray[np.float32], x: float, y: float, z: float, result: FloatArray) -> None:
    ni, nj, nk = vectors.shape[0], vectors.shape[1], vectors.shape[2]
    # Outside the grid the nearest edge counts.
    x = min(max(x, 0.0), ni - 1.0)
    y = min(max(y, 0.0), nj - 1.0)
    z = min(max(z, 0.0), nk - 1.0)
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
        result[part] = low * (1 - u) + high * u


@compiled
def _interpolate_scalars(values: npt.NDArray[np.floating], indices: FloatArray, result: FloatArray) -> None:
    ni, nj, nk = values.shape
    for row in range(indices.shape[0]):
        x = min(max(indices[row, 0], 0.0), ni - 1.0)
        y = min(max(indices[row, 1], 0.0), nj - 1.0)
        z = min(max(indices[row, 2], 0.0), nk - 1.0)
        i, j, k = int(x), int(y), int(z)
        u, v, w = x - i, y - j, z - k
        a, b, c = min(i + 1, ni - 1), min(j + 1, nj - 1), min(k + 1, nk - 1)
        low = (values[i, j, k] * (1 - w) + values[i, j, c] * w) * (1 - v) + (
            values[i, b, k] * (1 - w) + values[i, b, c] * w
        ) * v
        high = (values[a, j, k] * (1 - w) + values[a, j, c] * w) * (1 - v) + (
            values[a, b, k] * (1 - w) + values[a, b, c] * w
        ) * v
        result[row] = low * (1 - u) + high * u


@compiled
def _interpolate(vectors: npt.NDArray[np.float32], indices: FloatArray, result: FloatArray) -> None:
    for row in range(indices.shape[0]):
        _sample(vectors, indices[row, 0], indices[row, 1], indices[row, 2], result[row])


@compiled
def _follow_back(
    vectors: npt.NDArray[np.float32],
    to_index: FloatArray,
    targets: FloatArray,
    last_step: float,
    most_steps: int,
    found: FloatArray,
) -> None:
    moved = np.empty(3)
    for row in range(targets.shape[0]):
        x, y, z = targets[row, 0], targets[row, 1], targets[row, 2]
        for _ in range(most_steps):
            i = to_index[0, 0] * x + to_index[0, 1] * y + to_index[0, 2] * z + to_index[0, 3]
            j = to_index[1, 0] * x + to_index[1, 1] * y + to_index[1, 2] * z + to_index[1, 3]
            k = to_index[2, 0] * x + to_index[2, 1] * y + to_index[2, 2] * z + to_index[2, 3]
            _sample(vectors, i, j, k, moved)
            step = (targets[row, 0] - moved[0] - x) ** 2
            step += (targets[row, 1] - moved[1] - y) ** 2
            step += (targets[row, 2] - moved[2] - z) ** 2
            x, y, z = targets[row, 0] - moved[0], targets[row, 1] - moved[1], targets[row, 2] - moved[2]
            # Written so that not-a-number ends it.
            if not step > last_step * last_step:
                break
        found[row, 0], found[row, 1], found[row, 2] = x, y, z


def interpolate_scalars(values: npt.NDArray[np.floating], indices: FloatArray) -> FloatArray:
    """The values (n,) of an array (ni, nj, nk) at continuous grid indices (n, 3); outside: the nearest edge."""
    result = np.empty(len(indices))
    _interpolate_scalars(values, np.ascontiguousarray(indices, dtype=np.float64), result)
    return result


def interpolate_vectors(vectors: npt.NDArray[np.float32], indices: FloatArray) -> FloatArray:
    """The vectors (n, 3) of a field (ni, nj, nk, 3) at continuous grid indices (n, 3); outside: the nearest edge."""
    result = np.empty((len(indices), 3))
    _interpolate(vectors, np.ascontiguousarray(indices, dtype=np.float64), result)
    return result


def follow_back(
    vectors: npt.NDArray[np.float32],
    frame_to_grid: FloatArray,
    targets_mm: FloatArray,
    last_step_mm: float,
    most_steps: int,
) -> FloatArray:
    """The places (n, 3) that a displacement field takes to the targets (n, 3), by fixed-point iteration.

    Args:
        vectors: (ni, nj, nk, 3), mm along the axes of the frame the grid lies in.
        frame_to_grid: 4 x 4, mm to grid indices.
        targets_mm: in the same frame.
        last_step_mm, most_steps: a place is found when its last step is no longer than this, or after so many steps.
    """
    found = np.empty((len(targets_mm), 3))
    targets = np.ascontiguousarray(targets_mm, dtype=np.float64)
    _follow_back(vectors, frame_to_grid, targets, last_step_mm, most_steps, found)
    return found
