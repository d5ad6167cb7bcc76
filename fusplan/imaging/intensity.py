"""Which intensities of an image matter: a window that shows a head well, whatever its scale and background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.imaging.volume import Volume

FOREGROUND_PERCENTILE = 99.5
"""The brightest half per cent of the head (fat, vessels) may be clipped."""

_MOST_SAMPLES = 400_000
_BINS = 256


@dataclass(frozen=True, slots=True)
class IntensityWindow:
    """The intensities to show as black (``low``) and as white (``high``)."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.high > self.low):
            raise ValueError(f"an intensity window needs low < high, got {self.low} and {self.high}")

    @property
    def level(self) -> float:
        """The middle of the window."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """How many intensity units lie between black and white."""
        return self.high - self.low

    def apply(self, intensities: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Intensities as 0 (black) to 1 (white), clipped."""
        scaled = (intensities - np.float32(self.low)) / np.float32(self.width)
        return np.asarray(np.clip(scaled, 0.0, 1.0), dtype=np.float32)


def _samples(volume: Volume) -> npt.NDArray[np.float32]:
    """Intensities on a regular coarse grid, the same for the same image."""
    step = max(1, int(np.ceil((volume.data.size / _MOST_SAMPLES) ** (1 / 3))))
    return volume.data[::step, ::step, ::step].ravel()


def foreground_threshold(intensities: npt.NDArray[np.float32]) -> float:
    """The intensity that best parts background from head: largest variance between the two classes (Otsu 1979).

    The histogram ends at the 99.9th percentile, so that a few very bright voxels do not decide.
    """
    low, high = float(intensities.min()), float(np.percentile(intensities, 99.9))
    if not high > low:
        return low
    counts, edges = np.histogram(intensities, bins=_BINS, range=(low, high))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)[:-1]
    above = below[-1] + counts[-1] - below
    sums = np.cumsum(counts * middles)
    mean_below = sums[:-1] / np.maximum(below, 1)
    mean_above = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    between = below.astype(float) * above * (mean_below - mean_above) ** 2
    return float(edges[1 + int(np.argmax(between))])


def robust_window(volume: Volume) -> IntensityWindow:
    """From the middle of the background to the 99.5th percentile of the head."""
    intensities = _samples(volume)
    threshold = foreground_threshold(intensities)
    background, head = intensities[intensities < threshold], intensities[intensities >= threshold]
    low = float(np.median(background)) if background.size else float(intensities.min())
    high = float(np.percentile(head, FOREGROUND_PERCENTILE)) if head.size else low
    if not high > low:
        low, high = float(volume.data.min()), float(volume.data.max())
    return IntensityWindow(low, high if high > low else low + 1.0)
