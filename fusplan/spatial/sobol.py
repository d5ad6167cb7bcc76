"""Points spread evenly through the unit cube: the scrambled Sobol sequence, point for point that of scipy.

scipy's own needs all of scipy.stats, which takes a second to import.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.spatial.points import FloatArray

Words: TypeAlias = npt.NDArray[np.uint32]

BITS = 30
DIMENSIONS = 3


def scrambled_sobol(exponent: int, seed: int) -> FloatArray:
    """The first 2^exponent points (n, 3) of the sequence, scrambled by a seed (Matousek: matrix, then shift)."""
    rng = np.random.default_rng(seed).spawn(1)[0]  # as scipy does
    weights = np.uint32(1) << np.arange(BITS, dtype=np.uint32)
    shift = rng.integers(2, size=(DIMENSIONS, BITS), dtype=np.uint32) @ weights
    matrices = np.tril(rng.integers(2, size=(DIMENSIONS, BITS, BITS), dtype=np.uint32))
    matrices[:, range(BITS), range(BITS)] = 1
    falling = weights[::-1]
    digits = (_directions()[:, None, :] & falling[:, None]) != 0  # (d, digit, direction), the highest digit first
    words: Words = np.einsum("dpk,p->dk", (matrices @ digits) % 2, falling, dtype=np.uint32)
    points = np.empty((2**exponent, DIMENSIONS), dtype=np.uint32)
    points[0] = shift
    for bit in range(exponent):  # the reflected Gray code: each half is the one before it backwards, one word changed
        points[2**bit : 2 ** (bit + 1)] = points[: 2**bit][::-1] ^ words[:, bit]
    return np.asarray(points * 2.0**-BITS)


def _directions() -> Words:
    """Direction numbers (3, BITS) of the first three dimensions (V: Joe and Kuo 2008)."""
    numbers = np.ones((DIMENSIONS, BITS), dtype=np.uint32)
    numbers[2, 1] = 3
    for bit in range(1, BITS):  # by the polynomials x + 1 and x^2 + x + 1
        numbers[1, bit] = (numbers[1, bit - 1] << 1) ^ numbers[1, bit - 1]
    for bit in range(2, BITS):
        before, earlier = numbers[2, bit - 1], numbers[2, bit - 2]
        numbers[2, bit] = (before << 1) ^ (earlier << 2) ^ earlier
    return np.asarray(numbers << np.arange(BITS - 1, -1, -1, dtype=np.uint32))
