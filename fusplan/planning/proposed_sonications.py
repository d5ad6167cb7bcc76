"""Sonications for a planned lesion, where the plan has none yet: a pattern of spots, and energies for a temperature.

A proposal to look at and to change, never a recommendation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fusplan.planning.plan import Lesion, Target
from fusplan.planning.treatment_edits import LARGEST_ENERGY_J, LARGEST_POWER_W
from fusplan.progress import Progress
from fusplan.simulation.sonication import HeatingCalibration, Sonication, SonicationKind
from fusplan.simulation.spot_pattern import SPOT_DURATION_S, SPOT_INTERVAL_S, SPOT_SHOWN_CELSIUS, propose_pattern
from fusplan.simulation.temperature_history import BODY_CELSIUS, PressureField
from fusplan.spatial.points import FloatArray

TEST_CELSIUS, TEST_S = 43.0, 10.0
"""Shown temperature and duration of a test that stays reversible if the calibration is right (M: 40 to 45 degrees)."""


@dataclass(frozen=True, slots=True)
class SonicationWish:
    """What is asked of proposed sonications.

    Attributes:
        shown_celsius: temperature that each shall show.
        energy_j: of each, instead of one that follows from the temperature.
        duration_s: of each.
        interval_s: from one begin to the next.
    """

    shown_celsius: float = SPOT_SHOWN_CELSIUS
    energy_j: float | None = None
    duration_s: float = SPOT_DURATION_S
    interval_s: float = SPOT_INTERVAL_S


def energy_for(
    shown_celsius: float, calibration: HeatingCalibration, duration_s: float, ablations_before: int
) -> float:
    """The energy (J) that shows a temperature, if the calibration is right; not more than the device gives.

    Args:
        shown_celsius: of the focus, from a body at 37 degrees.
        calibration: what a kilojoule shows.
        duration_s: of the sonication, for the highest power.
        ablations_before: at the same target; each of them costs heating.
    """
    left = (1 - calibration.loss_per_repeat) ** ablations_before
    wanted_j = 1000 * (shown_celsius - BODY_CELSIUS) / (calibration.shown_celsius_per_kj * left)
    return min(wanted_j, LARGEST_ENERGY_J, LARGEST_POWER_W * duration_s)


def proposed_ablations(
    lesion: Lesion,
    target: Target,
    focus: PressureField,
    calibration: HeatingCalibration,
    wish: SonicationWish | None = None,
    progress: Progress | None = None,
) -> tuple[Sonication, ...]:
    """Spots that cover a planned lesion, in an order that lets heat spread.

    Args:
        lesion: to be covered; its centre need not be the target's point.
        target: whose point the offsets are from.
        focus: at the target.
        calibration: for the energies.
        wish: what is asked for.
        progress: told of the search for spots.

    Raises:
        TooLargeForPatternError: no sensible number of spots covers it.
    """
    wish = wish or SonicationWish()
    pattern = propose_pattern(lesion.ellipsoid, focus, progress)
    shift = lesion.centre.array - target.point.array
    return tuple(
        _sonication(shift + offset, "ablation", place, calibration, wish)
        for place, offset in enumerate(pattern.offsets_mm)
    )


def proposed_test(calibration: HeatingCalibration, wish: SonicationWish | None = None) -> Sonication:
    """One test at the target itself, that stays reversible if the calibration is right."""
    wish = wish or SonicationWish(shown_celsius=TEST_CELSIUS, duration_s=TEST_S)
    return _sonication(np.zeros(3), "test", 0, calibration, wish)


def begun_after(
    sonications: tuple[Sonication, ...], earlier: tuple[Sonication, ...], interval_s: float = SPOT_INTERVAL_S
) -> tuple[Sonication, ...]:
    """The same sonications begun ``interval_s`` after the begin of the last of others, or after its end."""
    if not earlier or not sonications:
        return sonications
    begin_s = max(max(one.start_s + interval_s for one in earlier), max(one.end_s for one in earlier))
    return tuple(replace(one, start_s=one.start_s - sonications[0].start_s + begin_s) for one in sonications)


def _sonication(
    offset_mm: FloatArray, kind: SonicationKind, place: int, calibration: HeatingCalibration, wish: SonicationWish
) -> Sonication:
    x, y, z = (float(component) for component in offset_mm)
    energy_j = wish.energy_j
    if energy_j is None:
        energy_j = energy_for(wish.shown_celsius, calibration, wish.duration_s, place)
    return Sonication((x, y, z), energy_j, wish.duration_s, place * wish.interval_s, kind)
