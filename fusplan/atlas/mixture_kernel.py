"""The inner loop of a mixture atlas, compiled: sums of Gaussians at points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.compiled import CompiledFunction
from fusplan.spatial.points import FloatArray


def _add_gaussians(
    places: FloatArray,
    centre: FloatArray,
    exponents: FloatArray,
    amplitudes: FloatArray,
    lowest: FloatArray,
    highest: FloatArray,
    column_of: npt.NDArray[np.intp],
    faintest: float,
    remainder: float,
    result: FloatArray,
) -> None:
    for row in range(places.shape[0]):
        px, py, pz = places[row, 0], places[row, 1], places[row, 2]
        x, y, z = px - centre[0], py - centre[1], pz - centre[2]
        for part in range(amplitudes.shape[0]):
            if px < lowest[part, 0] or px > highest[part, 0]:
                continue
            if py < lowest[part, 1] or py > highest[part, 1]:
                continue
            if pz < lowest[part, 2] or pz > highest[part, 2]:
                continue
            e = exponents[part]
            exponent = (
                e[0]
                + x * (e[1] + x * e[4] + y * e[5] + z * e[6])
                + y * (e[2] + y * e[7] + z * e[8])
                + z * (e[3] + z * e[9])
            )
            if exponent > faintest:
                result[row, column_of[part]] += amplitudes[part] * (np.exp(exponent) - remainder)


add_gaussians = CompiledFunction(_add_gaussians)
"""Adds, at each place (n, 3) in mm, every Gaussian's share to its column of ``result`` (n, columns).

``exponents`` is (c, 10) on (1, x, y, z, xx, xy, xz, yy, yz, zz) about ``centre``; below ``faintest`` a Gaussian counts
as zero, and ``remainder`` is taken off so that it ends there without a step.
"""
