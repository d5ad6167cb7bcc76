"""Numbers and temperature of a pattern while one of its spots is dragged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fusplan.simulation.focus_copies import FocusCopies, moved_focus
from fusplan.simulation.heat_course import Pace, check_order
from fusplan.simulation.heat_sonications import degrees_per_s, heat_sonications
from fusplan.simulation.heated_region import BROADENING_SIGMA_MM, grid_axes
from fusplan.simulation.lesion_contours import (
    LEVELS,
    Coverage,
    HeatMaps,
    coverage,
    log_dose,
    share_inside,
    smooth_volume_mm3,
)
from fusplan.simulation.predicted_lesion import ContourKind
from fusplan.simulation.shown_and_true import FocusRise, SourceStrength, focus_rise, source_strength
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS, PressureField, TemperatureHistory
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial import Ellipsoid, Point, ScannerRas

SKETCH = Pace(heating_s=4.5, cooling_s=0.75, growth=2.0, jump_growth=np.inf, near_mm=5.0)
"""Peak maps as with careful steps, volumes of dose within 3 % (C)."""

REACH_MM = 3.0
"""How far beyond the spots as they are one may be dragged before all is laid out anew."""

SAMPLES = 512


@dataclass(frozen=True, slots=True)
class PatternNumbers:
    """A pattern's contours in numbers, of the middle case.

    Attributes:
        volumes_mm3: of every contour.
        coverage: of the planned ellipsoid by every contour; empty where nothing is planned.
        peak_celsius: highest true temperature.
    """

    volumes_mm3: Mapping[ContourKind, float]
    coverage: Mapping[ContourKind, Coverage]
    peak_celsius: float


@dataclass(frozen=True, slots=True, eq=False)
class DraggedSpots:
    """What stays the same while spots are dragged.

    Attributes:
        focus: at the target; copies of it stand at the spots.
        copies: laid out for spots within reach.
        calibration, rise, strength: what an energy heats.
        planned: the ellipsoid to be covered.
    """

    focus: PressureField
    copies: FocusCopies
    calibration: HeatingCalibration
    rise: FocusRise
    strength: SourceStrength
    planned: Ellipsoid[ScannerRas] | None

    @classmethod
    def begun(
        cls,
        focus: PressureField,
        sonications: Sequence[Sonication],
        calibration: HeatingCalibration,
        planned: Ellipsoid[ScannerRas] | None = None,
        broadening_mm: float = BROADENING_SIGMA_MM,
    ) -> DraggedSpots:
        """Lay out what a drag needs (some tenths of a second); the focus stands at the target of the offsets."""
        offsets = np.array([sonication.spot_offset_mm for sonication in sonications]) @ grid_axes(focus)
        copies = FocusCopies.of(focus, focus.spot, np.abs(offsets).max(axis=0) + REACH_MM, broadening_mm)
        rise = focus_rise(focus, broadening_mm=broadening_mm)
        return cls(focus, copies, calibration, rise, source_strength(rise, calibration), planned)

    def maps(self, sonications: Sequence[Sonication], pace: Pace = SKETCH) -> HeatMaps:
        """Highest temperature and dose of sonications at their present offsets, within 50 ms; steering is left out."""
        check_order(sonications)
        heats = degrees_per_s(sonications, self.calibration, self.strength)
        course = self.copies.course(sonications, heats, pace)
        peak = BODY_CELSIUS + course.greatest_rise
        return HeatMaps(self.copies.region.kept, peak, log_dose(course.dose[0]))

    def numbers(self, sonications: Sequence[Sonication], pace: Pace = SKETCH) -> PatternNumbers:
        """Volumes and coverage of sonications at their present offsets, within 50 ms."""
        return self.numbers_of(self.maps(sonications, pace))

    def numbers_of(self, maps: HeatMaps) -> PatternNumbers:
        """Volumes and coverage of what was heated so."""
        volumes = {
            kind: smooth_volume_mm3(maps.grid, maps.map(level.of), level.value) for kind, level in LEVELS.items()
        }
        return PatternNumbers(volumes, _coverage(maps, volumes, self.planned), float(maps.peak.max()))

    def history(
        self, sonications: Sequence[Sonication], thermometry: ThermometrySettings | None = None, seed: int = 0
    ) -> TemperatureHistory:
        """Their temperature, within half a second; steering is left out."""
        target = self.focus.spot
        foci = [
            moved_focus(self.focus, Point.of(target.frame, target.array + sonication.spot_offset_mm))
            for sonication in sonications
        ]
        broadening_mm = self.copies.region.broadening_mm
        return heat_sonications(
            foci,
            sonications,
            self.calibration,
            thermometry,
            reference=self.rise,
            seed=seed,
            broadening_mm=broadening_mm,
        )


def _coverage(
    maps: HeatMaps, volumes: Mapping[ContourKind, float], planned: Ellipsoid[ScannerRas] | None
) -> dict[ContourKind, Coverage]:
    if planned is None:
        return {}
    points = planned.sample(SAMPLES)
    shares = {kind: share_inside(maps.grid, maps.map(level.of), level.value, points) for kind, level in LEVELS.items()}
    return {kind: coverage(planned, share, volumes[kind]) for kind, share in shares.items()}
