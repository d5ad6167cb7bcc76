"""Fields about a spot: pressure, and temperature through time, true and as thermometry shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

import numpy as np
import numpy.typing as npt

from fusplan.spatial import Field, Point, ScannerRas
from fusplan.spatial.points import FloatArray

BODY_CELSIUS = 37.0

ShownRise = NewType("ShownRise", float)
"""Rise in degrees as thermometry shows it: averaged over voxel and frame. What a sonication is calibrated on."""

TrueRise = NewType("TrueRise", float)
"""Rise in degrees at a point of the tissue: what makes a lesion. Never exchange the two: see ``ShownRise``."""


@dataclass(frozen=True, slots=True, eq=False)
class PressureField:
    """The focus about one spot.

    Attributes:
        spot: where it was steered to, scanner RAS mm.
        amplitude: pressure amplitude (unit 1) over that of the ideal focus in water with all elements, at its peak.
        gain: its peak: part of the ideal pressure that is left behind the skull.
        peak: where its peak lies, between voxels.
        extents_3db_mm, extents_6db_mm: full widths along the helmet's x, y and z axes through the peak.
        side_lobe: highest amplitude outside the main lobe, as part of the peak.
        corrected: whether the elements' phases make up for the skull.
        ideal: whether the skull's losses and phases are unknown and perfect correction was assumed.
    """

    spot: Point[ScannerRas]
    amplitude: Field[ScannerRas]
    gain: float
    peak: Point[ScannerRas]
    extents_3db_mm: tuple[float, float, float]
    extents_6db_mm: tuple[float, float, float]
    side_lobe: float
    corrected: bool
    ideal: bool

    @property
    def shift_mm(self) -> float:
        """Distance of the peak from the spot."""
        return self.spot.distance_to(self.peak)


@dataclass(frozen=True, slots=True, eq=False)
class ThermometryFrames:
    """What the scanner shows, a frame each.

    Attributes:
        times_s: (f,) middle of each frame, from the begin of the first sonication.
        peak_celsius: (f,) highest temperature shown in the slice.
        mean_celsius: (f,) mean of the 3 x 3 voxels about that one.
        pictures: (f, n, m) float32 temperatures, rows along the slice's second direction.
        of_sonication: (f,) which sonication, from 0, each frame belongs to: the slice lies through its spot.
    """

    times_s: FloatArray
    peak_celsius: FloatArray
    mean_celsius: FloatArray
    pictures: npt.NDArray[np.float32]
    of_sonication: npt.NDArray[np.intp]

    def highest_rise(self, sonication: int) -> ShownRise:
        """The highest rise shown of one sonication: what a calibration is made of."""
        return ShownRise(float(self.peak_celsius[self.of_sonication == sonication].max()) - BODY_CELSIUS)


@dataclass(frozen=True, slots=True, eq=False)
class TemperatureHistory:
    """The heat of a list of sonications.

    Attributes:
        times_s: (t,) from the begin of the first sonication.
        peak_celsius: (t,) true highest temperature anywhere.
        spot_celsius: (t,) true temperature where the running, or last, sonication aims.
        peak_map: highest temperature that every voxel reached (degC).
        dose: CEM43 in every voxel (min), cooling included.
        shown: what thermometry shows of it, if asked for.
    """

    times_s: FloatArray
    peak_celsius: FloatArray
    spot_celsius: FloatArray
    peak_map: Field[ScannerRas]
    dose: Field[ScannerRas]
    shown: ThermometryFrames | None = None
