"""The compiled inner loop of ``display.template_overlay``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.compiled import CompiledFunction


def _carry(
    data: npt.NDArray[np.float32], shifts: npt.NDArray[np.float32], step: int, out: npt.NDArray[np.float32]
) -> None:
    """Trilinear values of ``data`` at every index moved by ``shifts``, which are known at every ``step``-th index.

    ``shifts`` has shape (a, b, c, 3) and reaches to the last index at least; 0 outside the data.
    """
    n0, n1, n2 = data.shape
    moved = np.empty(3)
    for i in range(n0):
        for j in range(n1):
            for k in range(n2):
                x, y, z = i / step, j / step, k / step
                a, b, c = int(x), int(y), int(z)
                u, v, w = x - a, y - b, z - c
                for axis in range(3):
                    low = (
                        shifts[a, b, c, axis] * (1 - v) * (1 - w)
                        + shifts[a, b + 1, c, axis] * v * (1 - w)
                        + shifts[a, b, c + 1, axis] * (1 - v) * w
                        + shifts[a, b + 1, c + 1, axis] * v * w
                    )
                    high = (
                        shifts[a + 1, b, c, axis] * (1 - v) * (1 - w)
                        + shifts[a + 1, b + 1, c, axis] * v * (1 - w)
                        + shifts[a + 1, b, c + 1, axis] * (1 - v) * w
                        + shifts[a + 1, b + 1, c + 1, axis] * v * w
                    )
                    moved[axis] = low * (1 - u) + high * u
                x, y, z = i + moved[0], j + moved[1], k + moved[2]
                if x < 0 or y < 0 or z < 0 or x > n0 - 1 or y > n1 - 1 or z > n2 - 1:
                    out[i, j, k] = 0.0
                    continue
                a, b, c = min(int(x), n0 - 2), min(int(y), n1 - 2), min(int(z), n2 - 2)
                u, v, w = x - a, y - b, z - c
                near = (data[a, b, c] * (1 - u) + data[a + 1, b, c] * u) * (1 - v) + (
                    data[a, b + 1, c] * (1 - u) + data[a + 1, b + 1, c] * u
                ) * v
                far = (data[a, b, c + 1] * (1 - u) + data[a + 1, b, c + 1] * u) * (1 - v) + (
                    data[a, b + 1, c + 1] * (1 - u) + data[a + 1, b + 1, c + 1] * u
                ) * v
                out[i, j, k] = near * (1 - w) + far * w


carry = CompiledFunction(_carry)
