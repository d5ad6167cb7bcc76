"""Where the head is in an image, and between which intensities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.registration.request import NoHeadError

FULL_SCALE = 100.0

_SAMPLED_EVERY_VOXELS = 3
_HEAD_THRESHOLD = 0.12
_LEAST_SHARE_OF_A_SLICE = 0.005
_MARGIN_MM = 6.0


class EmptyImageError(NoHeadError):
    """Nothing in the image stands out from its background."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} shows no head: hardly any voxel stands out from the background.", "Open a head MRI.")


@dataclass(frozen=True, slots=True)
class HeadBlock:
    """The block of voxels that holds the head with a margin; its background and its brightest intensities."""

    voxels: tuple[slice, slice, slice]
    low: float
    high: float

    def scaled(self, data: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Intensities from 0 (background) to 100."""
        scaled = np.clip((data - self.low) * (FULL_SCALE / (self.high - self.low)), 0, FULL_SCALE)
        return np.asarray(scaled, dtype=np.float32)


def head_block(data: npt.NDArray[np.float32], spacing_mm: tuple[float, float, float], name: str) -> HeadBlock:
    """Find the head.

    Args:
        data: shape (ni, nj, nk).
        spacing_mm: along its axes.
        name: of the image, for the error.

    Raises:
        EmptyImageError: nothing stands out from the background.
    """
    step = _SAMPLED_EVERY_VOXELS
    coarse = data[::step, ::step, ::step]
    low, high = _intensity_range(coarse, name)
    foreground = (coarse - low) > _HEAD_THRESHOLD * (high - low)

    def extent(axis: int) -> slice:
        others = tuple(other for other in range(3) if other != axis)
        occupied = np.flatnonzero(foreground.mean(axis=others) > _LEAST_SHARE_OF_A_SLICE)
        if occupied.size == 0:
            raise EmptyImageError(name)
        margin = int(np.ceil(_MARGIN_MM / spacing_mm[axis]))
        start = max(0, step * int(occupied[0]) - margin)
        return slice(start, min(data.shape[axis], step * int(occupied[-1]) + step + margin))

    return HeadBlock((extent(0), extent(1), extent(2)), low, high)


def _intensity_range(data: npt.NDArray[np.float32], name: str) -> tuple[float, float]:
    """Background level (1st percentile) and the 99.7th percentile of what lies above it."""
    low = float(np.percentile(data, 1))
    above = data[data > low]
    if above.size < 1000:
        raise EmptyImageError(name)
    return low, float(np.percentile(above, 99.7))
