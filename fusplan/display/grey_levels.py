"""From intensities to the 256 greys of a picture."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.imaging.intensity import IntensityWindow, robust_window
from fusplan.imaging.volume import Volume
from fusplan.spatial import AcPcGeometry, Points

GreyPicture: TypeAlias = npt.NDArray[np.uint8]

DEEP_BRAIN_MM = 90.0
LOW_PERCENT, HIGH_PERCENT = 2.0, 99.5
HEADROOM = 1.2
"""What a window for pictures of the deep brain shows without clipping, and how much brighter white is than the
brightest brain: outlines and names stand out on middle greys."""


def deep_brain_window(volume: Volume, geometry: AcPcGeometry) -> IntensityWindow:
    """A window that spends the greys on the brain around AC and PC, not on fat and scalp.

    From the 2nd percentile of the AC-PC plane within 45 mm of the mid-commissural point to 1.2 times the way
    to the 99.5th.
    """
    steps_mm = np.arange(-DEEP_BRAIN_MM / 2, DEEP_BRAIN_MM / 2 + 0.5)
    right, anterior = np.meshgrid(steps_mm, steps_mm)
    places = geometry.mcp.array + np.column_stack([right.ravel(), anterior.ravel()]) @ geometry.axes[:, :2].T
    indices = volume.scanner_to_voxel.apply(Points(geometry.mcp.frame, places)).array
    nearest = np.clip(np.rint(indices), 0, np.array(volume.shape) - 1).astype(int)
    low, high = np.percentile(np.nan_to_num(volume.data[tuple(nearest.T)]), [LOW_PERCENT, HIGH_PERCENT])
    high = low + HEADROOM * (high - low)
    return IntensityWindow(float(low), float(high)) if high > low else robust_window(volume)


def to_grey(values: npt.NDArray[np.float32], window: IntensityWindow) -> GreyPicture:
    """Intensities of any shape as greys 0 to 255; what is not a number becomes black."""
    shown = window.apply(np.nan_to_num(np.asarray(values, dtype=np.float32)))
    return np.asarray(np.round(shown * 255), dtype=np.uint8)
