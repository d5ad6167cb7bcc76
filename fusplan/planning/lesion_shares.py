"""What a lesion covers wherever its centre comes to lie, on a small grid of labels.

Moving one lesion over a grid of labels is a correlation, so a Fourier transform gives its coverage for all positions
at once: the search for the best position and the Monte Carlo over errors then are look-ups.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

from fusplan.atlas.label_grid import LabelGrid
from fusplan.spatial import Ellipsoid, Frame, Points, ScannerRas
from fusplan.spatial.points import FloatArray

_SUBDIVISIONS = 4

F = TypeVar("F", bound=Frame)


def lesion_weights(lesion: Ellipsoid[F], spacing_mm: float) -> FloatArray:
    """How much of each cell about the centre lies in the ellipsoid, as shares of its volume: odd shape, sum 1."""
    reach = np.ceil(lesion.half_extent_mm / spacing_mm + 0.5).astype(int)
    fine = spacing_mm / _SUBDIVISIONS
    axes = [(np.arange((2 * n + 1) * _SUBDIVISIONS) - ((2 * n + 1) * _SUBDIVISIONS - 1) / 2) * fine for n in reach]
    offsets = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    inside = lesion.contains(Points(lesion.frame, lesion.centre.array + offsets))
    blocks = [size for n in reach for size in (2 * int(n) + 1, _SUBDIVISIONS)]
    weights = inside.reshape(blocks).sum(axis=(1, 3, 5)).astype(np.float64)
    return np.asarray(weights / weights.sum())


def weighted_means(values: FloatArray, weights: FloatArray) -> FloatArray:
    """The mean (ni, nj, nk) of values over weights of odd shape that are symmetric about their middle, for that middle
    at each cell; beyond the edge there is nothing."""
    full = [a + b - 1 for a, b in zip(values.shape, weights.shape, strict=True)]
    padded = [fft.next_fast_len(size, real=True) for size in full]
    whole = fft.irfftn(fft.rfftn(values, padded) * fft.rfftn(weights, padded), padded)
    return np.asarray(whole[_middle(values.shape, weights)], dtype=np.float64)


def _middle(shape: tuple[int, ...], weights: FloatArray) -> tuple[slice, ...]:
    """Where the cells of a grid come to lie in its convolution with weights."""
    start = [(size - 1) // 2 for size in weights.shape]
    return tuple(slice(s, s + n) for s, n in zip(start, shape, strict=True))


class LesionShares:
    """The share of a lesion in any part of a grid of labels, for every cell its centre may lie in.

    Args:
        grid: the labels, on cubic cells along the scanner axes; it must reach further than the lesion from every
            position asked for, because beyond its edge there is nothing.
        lesion: form and tilt; its centre does not matter.
    """

    def __init__(self, grid: LabelGrid, lesion: Ellipsoid[ScannerRas]) -> None:
        matrix = grid.grid.matrix
        if not np.allclose(matrix[:3, :3], matrix[0, 0] * np.eye(3)):
            raise ValueError("lesion shares need a grid of cubic cells along the scanner axes")
        self.grid = grid
        self._weights = lesion_weights(lesion, float(matrix[0, 0]))
        full = [a + b - 1 for a, b in zip(grid.labels.shape, self._weights.shape, strict=True)]
        self._padded = tuple(fft.next_fast_len(size, real=True) for size in full)
        self._spectrum = fft.rfftn(self._weights.astype(np.float32), self._padded)

    def of(self, part: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
        """Shares (ni, nj, nk), 0 to 1, of a lesion centred at each cell that lie in the cells marked in ``part``."""
        # An ellipsoid is symmetric about its centre, so that convolution and correlation are the same.
        product = fft.rfftn(part.astype(np.float32), self._padded) * self._spectrum
        whole = fft.irfftn(product, self._padded)
        return np.asarray(np.clip(whole[_middle(part.shape, self._weights)], 0.0, 1.0), dtype=np.float32)

    def at(self, part: npt.NDArray[np.bool_], centres: Points[ScannerRas]) -> FloatArray:
        """Shares (n,) of a lesion centred at each point, linear between cells."""
        indices = self.grid.grid.indices(centres).T
        return np.asarray(ndimage.map_coordinates(self.of(part), indices, output=np.float64, order=1, mode="nearest"))
