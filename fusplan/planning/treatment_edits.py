"""Ways to change what is done at the targets: pure verbs, as in ``edits``.

A plan without a treatment has the usual one: the first edit puts it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from fusplan.errors import FusplanError
from fusplan.planning.edits import find_target
from fusplan.planning.plan import Plan
from fusplan.planning.treatment import TargetTreatment, Treatment
from fusplan.simulation.acoustic_map import ACOUSTIC_MAPS
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.skull import SkullKind
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.thermometry_settings import ThermometrySettings

LARGEST_TILT_DEG = 30.0
"""Beyond this no helmet is leant; how far a head lets it, its surface says."""

LARGEST_ENERGY_J = 36_000.0
"""The device's ceiling as quoted (V: 92 patients, 857 sonications, Clanton)."""

LARGEST_POWER_W = 1500.0
"""Above what is used: 400 to 1200 W (M)."""

DURATION_S = (1.0, 60.0)
"""Shorter is a pulse, longer is not done: 10 to 20, at times 30 s (M)."""

SHOWN_CELSIUS = (38.0, 90.0)
"""Lower is no heating, higher is near boiling; published ablations show 51 to 64 (V: Jeanmonod 2012)."""

LARGEST_STEERING_MM = 15.0
"""Of electronic steering from the natural focus (V: the sphere that Kranion draws)."""

FREQUENCY_RANGE_HZ = (200e3, 1000e3)
INCIDENCE_LIMIT_RANGE_DEG = (5.0, 60.0)
SHOWN_CELSIUS_PER_KJ_LIMITS = (0.1, 20.0)

THERMOMETRY_RANGES: dict[str, tuple[str, str, float, float]] = {
    "voxel_mm": ("A voxel", "mm", 0.5, 4.0),
    "slice_mm": ("A thickness of the slice", "mm", 1.0, 10.0),
    "frame_s": ("A time of one picture", "s", 0.5, 20.0),
    "snr": ("A signal over noise", "", 5.0, 200.0),
    "bandwidth_hz_per_pixel": ("A bandwidth", "Hz per pixel", 10.0, 2000.0),
    "field_t": ("A field", "T", 0.2, 7.0),
    "echo_time_s": ("An echo time", "s", 0.001, 0.1),
    "drift_celsius_per_min": ("A drift", "°C/min", -2.0, 2.0),
    "off_resonance_hz": ("An off-resonance", "Hz", -200.0, 200.0),
}
"""By the name of the setting: what it is called, its unit, lowest and highest (M: what scanners are set to)."""

MOST_SONICATIONS = 60
LONGEST_SESSION_S = 6 * 3600.0


class TreatmentOutOfRangeError(FusplanError):
    """A number of the treatment is beyond what the simulation is meant for."""

    def __init__(self, what: str, value: float, unit: str, low: float, high: float) -> None:
        behind = f" {unit}" if unit else ""
        super().__init__(
            f"{what} of {value:g}{behind} is outside {low:g} to {high:g}{behind}.",
            f"Give a number between {low:g} and {high:g}{behind}.",
        )


class UnknownAcousticsError(FusplanError):
    """No mapping from CT numbers to sound has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is not a mapping from CT numbers to sound.", f"Choose one of: {', '.join(ACOUSTIC_MAPS)}."
        )


class SonicationsOverlapError(FusplanError):
    """One sonication begins before the one before it has ended."""

    def __init__(self, place: int, begin_s: float, end_s: float) -> None:
        super().__init__(
            f"Sonication {place} begins at {begin_s:g} s, before the one before it ends at {end_s:g} s.",
            "The helmet has one focus at a time: begin it later, or make the one before it shorter.",
        )


def _within(what: str, value: float, unit: str, low: float, high: float) -> None:
    if not low <= value <= high:
        raise TreatmentOutOfRangeError(what, value, unit, low, high)


def treatment_of(plan: Plan) -> Treatment:
    """The plan's treatment, or the usual one where it has none."""
    return plan.treatment if plan.treatment is not None else Treatment()


def check_tilt(tilt: HelmetTilt) -> None:
    """Raises TreatmentOutOfRangeError for a tilt that no helmet has."""
    _within("A tilt of the helmet forward", tilt.anterior_deg, "degrees", -LARGEST_TILT_DEG, LARGEST_TILT_DEG)
    _within("A tilt of the helmet to the right", tilt.right_deg, "degrees", -LARGEST_TILT_DEG, LARGEST_TILT_DEG)
    _within("A roll of the helmet", tilt.roll_deg, "degrees", -180.0, 180.0)


def check_duration(duration_s: float) -> None:
    """Raises TreatmentOutOfRangeError for a duration of no sonication."""
    _within("A duration", duration_s, "s", *DURATION_S)


def check_energy(energy_j: float, duration_s: float) -> None:
    """Raises TreatmentOutOfRangeError for an energy, a duration or a power beyond the device's."""
    check_duration(duration_s)
    _within("An energy", energy_j, "J", 1.0, LARGEST_ENERGY_J)
    _within("A power", energy_j / duration_s, "W", 0.1, LARGEST_POWER_W)


def check_shown_temperature(celsius: float) -> None:
    """Raises TreatmentOutOfRangeError for a temperature that no sonication is meant to show."""
    _within("A shown temperature", celsius, "°C", *SHOWN_CELSIUS)


def check_sonication(sonication: Sonication) -> None:
    """Raises TreatmentOutOfRangeError for an energy, power, duration, time or steering beyond the device's."""
    check_energy(sonication.energy_j, sonication.duration_s)
    _within("A start", sonication.start_s, "s", 0.0, LONGEST_SESSION_S)
    steering_mm = sum(component**2 for component in sonication.spot_offset_mm) ** 0.5
    _within("Electronic steering", steering_mm, "mm", 0.0, LARGEST_STEERING_MM)


def check_sonications(sonications: Sequence[Sonication]) -> None:
    """Raises TreatmentOutOfRangeError, SonicationsOverlapError: of one target, in the order of time."""
    _within("A number of sonications", len(sonications), "", 0, MOST_SONICATIONS)
    for sonication in sonications:
        check_sonication(sonication)
    for place, (earlier, later) in enumerate(pairwise(sonications), start=2):
        if later.start_s < earlier.end_s:
            raise SonicationsOverlapError(place, later.start_s, earlier.end_s)


def check_sound(frequency_hz: float, incidence_limit_deg: float) -> None:
    """Raises TreatmentOutOfRangeError for a frequency or a limit of the incidence that is not simulated."""
    _within("A frequency", frequency_hz, "Hz", *FREQUENCY_RANGE_HZ)
    _within("A limit of the incidence", incidence_limit_deg, "degrees", *INCIDENCE_LIMIT_RANGE_DEG)


def check_calibration(calibration: HeatingCalibration) -> None:
    """Raises TreatmentOutOfRangeError for a heating that no head has."""
    _within("A shown rise", calibration.shown_celsius_per_kj, "degrees per kJ", *SHOWN_CELSIUS_PER_KJ_LIMITS)
    _within("A loss per repeat", 100 * calibration.loss_per_repeat, "%", 0.0, 90.0)


def check_thermometry(thermometry: ThermometrySettings) -> None:
    """Raises TreatmentOutOfRangeError for settings of no scanner."""
    for name, (what, unit, low, high) in THERMOMETRY_RANGES.items():
        _within(what, getattr(thermometry, name), unit, low, high)


def set_tilt(plan: Plan, target_id: str, tilt: HelmetTilt) -> Plan:
    """The helmet leans so at that target.

    Raises:
        PlanItemMissingError: no such target.
        TreatmentOutOfRangeError: no helmet leans so far.
    """
    check_tilt(tilt)
    return _with_target(plan, replace(treatment_of(plan).at(find_target(plan, target_id).id), tilt=tilt))


def set_sonications(plan: Plan, target_id: str, sonications: Iterable[Sonication]) -> Plan:
    """These sonications are done at that target, put in the order of time.

    Raises:
        PlanItemMissingError: no such target.
        TreatmentOutOfRangeError: one of them is beyond the device, or there are too many.
        SonicationsOverlapError: two of them at once.
    """
    ordered = tuple(sorted(sonications, key=lambda sonication: sonication.start_s))
    check_sonications(ordered)
    return _with_target(plan, replace(treatment_of(plan).at(find_target(plan, target_id).id), sonications=ordered))


def set_skull(plan: Plan, skull: SkullKind | None) -> Plan:
    """Use that skull, or the best at hand."""
    return replace(plan, treatment=replace(treatment_of(plan), skull=skull))


def set_acoustics(
    plan: Plan,
    acoustics: str | None = None,
    frequency_hz: float | None = None,
    incidence_limit_deg: float | None = None,
) -> Plan:
    """Change how sound is computed; what is None stays.

    Raises TreatmentOutOfRangeError, UnknownAcousticsError.
    """
    now = treatment_of(plan)
    frequency_hz = now.frequency_hz if frequency_hz is None else frequency_hz
    limit_deg = now.incidence_limit_deg if incidence_limit_deg is None else incidence_limit_deg
    check_sound(frequency_hz, limit_deg)
    named = now.acoustics if acoustics is None else acoustics
    if named and named not in ACOUSTIC_MAPS:
        raise UnknownAcousticsError(named)
    changed = replace(now, acoustics=named, frequency_hz=frequency_hz, incidence_limit_deg=limit_deg)
    return replace(plan, treatment=changed)


def set_calibration(plan: Plan, calibration: HeatingCalibration) -> Plan:
    """Energies are taken to heat so. Raises TreatmentOutOfRangeError."""
    check_calibration(calibration)
    return replace(plan, treatment=replace(treatment_of(plan), calibration=calibration))


def set_thermometry(plan: Plan, thermometry: ThermometrySettings) -> Plan:
    """The scanner looks at the heat so. Raises TreatmentOutOfRangeError."""
    check_thermometry(thermometry)
    return replace(plan, treatment=replace(treatment_of(plan), thermometry=thermometry))


def _with_target(plan: Plan, treated: TargetTreatment) -> Plan:
    """Entries of targets that are gone go with them."""
    now = treatment_of(plan)
    known = {target.id for target in plan.targets}
    others = (entry for entry in now.targets if entry.target_id in known and entry.target_id != treated.target_id)
    return replace(plan, treatment=replace(now, targets=(*others, treated)))
