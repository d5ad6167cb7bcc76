"""What a treatment says beside the rows of its summary: spots in the head's axes, totals, calibration, limits.

Words for whoever shows them, as in :mod:`fusplan.planning.treatment_summary`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fusplan.planning.number_words import TIMES, number, percent
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.treatment_sketch import TreatmentSketch
from fusplan.planning.treatment_summary import NOT_FROM_T1, SDR_RECIPE, TreatmentNumber
from fusplan.simulation.cavitation import TEACHING_WORDS, cavitation_event, cavitation_likelihood, focal_pressure_pa
from fusplan.simulation.dragged_spots import PatternNumbers
from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.helmet_fit import LEAST_ELEMENT_DISTANCE_MM, LEAST_RIM_DISTANCE_MM, HelmetFit, TiltLimits
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS, Band, ContourKind, PredictedLesion
from fusplan.simulation.reversible_range import ReversibleRange
from fusplan.simulation.skull import Skull
from fusplan.simulation.skull_load import LOAD_WORDS
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS, TemperatureHistory
from fusplan.spatial import AcPcGeometry

T1_CANNOT_TELL = (
    "A T1 image tells where the skull is, so that incidence, active elements and thickness can be estimated and tilts "
    "compared. It cannot tell how dense the bone is: no skull density ratio, no losses, no phases. The focus is then "
    "shown for ideal correction."
)
SDR_MADE_UP = "Made up with the skull: the ratio is of no person."
SDR_UNRELIABLE = "SDR unreliable: see what is doubtful about the CT."

SMALLEST_OFFSET_MM = 0.05
"""Nearer to the target a spot is said to be at it."""


@dataclass(frozen=True, slots=True)
class SpotOffset:
    """Where a spot lies from its target, along the head's AC-PC axes (mm)."""

    right_mm: float
    anterior_mm: float
    superior_mm: float

    @property
    def words(self) -> str:
        """``0.5 mm right, 0.8 mm below``; ``at the target``."""
        ways = (
            (self.right_mm, "right", "left"),
            (self.anterior_mm, "in front", "behind"),
            (self.superior_mm, "above", "below"),
        )
        told = [
            f"{number(abs(size))}\N{NO-BREAK SPACE}mm {plus if size > 0 else minus}"
            for size, plus, minus in ways
            if abs(size) >= SMALLEST_OFFSET_MM
        ]
        return ", ".join(told) or "at the target"


def spot_offset(sonication: Sonication, geometry: AcPcGeometry) -> SpotOffset:
    """Where a sonication's spot lies along the head's axes."""
    right, anterior, superior = (float(size) for size in geometry.axes.T @ np.array(sonication.spot_offset_mm))
    return SpotOffset(right, anterior, superior)


def with_spot_offset(sonication: Sonication, offset: SpotOffset, geometry: AcPcGeometry) -> Sonication:
    """The sonication with its spot there."""
    along = np.array([offset.right_mm, offset.anterior_mm, offset.superior_mm])
    x, y, z = (float(size) for size in geometry.axes @ along)
    return replace(sonication, spot_offset_mm=(x, y, z))


def energy_words(energy_j: float) -> str:
    """``7.4 kJ``."""
    return f"{number(energy_j / 1000)}\N{NO-BREAK SPACE}kJ"


def short_words(sonication: Sonication) -> str:
    """``7.4 kJ in 13 s, from 120 s``."""
    return (
        f"{energy_words(sonication.energy_j)} in {sonication.duration_s:g}\N{NO-BREAK SPACE}s, "
        f"from {sonication.start_s:g}\N{NO-BREAK SPACE}s"
    )


def sonication_words(sonication: Sonication) -> str:
    """``7.4 kJ in 13 s (569 W), from 120 s``."""
    return (
        f"{energy_words(sonication.energy_j)} in {sonication.duration_s:g}\N{NO-BREAK SPACE}s "
        f"({number(sonication.power_w, 0)}\N{NO-BREAK SPACE}W), from {sonication.start_s:g}\N{NO-BREAK SPACE}s"
    )


def session_totals(sonications: Sequence[Sonication]) -> tuple[TreatmentNumber, ...]:
    """What a list of sonications adds up to."""
    if not sonications:
        return ()
    energy_kj = sum(sonication.energy_j for sonication in sonications) / 1000
    on_s = sum(sonication.duration_s for sonication in sonications)
    whole_s = max(sonication.end_s for sonication in sonications)
    power = max(sonication.power_w for sonication in sonications)
    return (
        _total("count", "Sonications", str(len(sonications))),
        _total("energy", "Energy in all", f"{number(energy_kj)} kJ"),
        _total("on", "Sound on", f"{number(on_s, 0)} s of {minutes_words(whole_s)}"),
        _total("power", "Highest power", f"{number(power, 0)} W"),
    )


def _total(key: str, title: str, words: str, note: str = "") -> TreatmentNumber:
    return TreatmentNumber(f"total_{key}", "sonications", title, words, note)


def minutes_words(seconds: float) -> str:
    """``73 s``, ``16 min``."""
    return f"{number(seconds, 0)} s" if seconds < 120 else f"{number(seconds / 60, 0)} min"


def calibration_words(calibration: HeatingCalibration) -> str:
    """What an energy is taken to heat, with its doubt, and where that is from."""
    low, high = calibration.band
    rate = f"{number(calibration.shown_celsius_per_kj)} °C shown per kJ ({number(low)} to {number(high)})"
    if calibration.calibrated_on is None:
        return f"{rate}: declared, not calibrated on a test of this head."
    return f"{rate}: {calibration.calibrated_on}."


def reversible_words(found: ReversibleRange, duration_s: float) -> str:
    """Up to where a test of a duration is taken to be reversible."""
    return (
        f"In {duration_s:g} s taken to be reversible up to {number(found.shown_celsius)} °C shown, "
        f"{number(BODY_CELSIUS + found.true)} °C true."
    )


def heat_of(target: SimulatedTarget, place: int) -> tuple[TreatmentNumber, ...]:
    """Shown and true temperature of one of a target's simulated sonications, by its place in their order."""
    history = target.history
    if history is None or not 0 <= place < len(target.sonications):
        return ()
    rows = []
    shown = shown_celsius(history, place)
    if shown is not None:
        note = "As MR thermometry would show it: averaged over its voxel and frame, with its noise."
        rows.append(TreatmentNumber("shown", "heat", "Shown at most", f"{number(shown)} °C", note))
    true = true_celsius(history, target.sonications, place)
    note = f"At one point of the tissue; {number(true - BODY_CELSIUS)} degrees above the body's."
    rows.append(TreatmentNumber("true", "heat", "True at most", f"{number(true)} °C", note))
    return tuple(rows)


def shown_celsius(history: TemperatureHistory, place: int) -> float | None:
    """The highest temperature shown of a sonication, by its place; None where nothing was looked at."""
    if history.shown is None or not (history.shown.of_sonication == place).any():
        return None
    return BODY_CELSIUS + history.shown.highest_rise(place)


def true_celsius(history: TemperatureHistory, sonications: Sequence[Sonication], place: int) -> float:
    """The highest true temperature from the begin of a sonication to that of the next."""
    begin = sonications[place].start_s
    end = sonications[place + 1].start_s if place + 1 < len(sonications) else np.inf
    within = (history.times_s >= begin) & (history.times_s < end)
    return float(history.peak_celsius[within].max(initial=BODY_CELSIUS))


def sketched_elements(sketch: TreatmentSketch) -> tuple[TreatmentNumber, ...]:
    """What a tilt does to the elements, by one ray each."""
    elements = sketch.elements
    note = "By one ray an element; more rays follow."
    count = f"{elements.active_count} of {len(elements.active)}"
    rows = [TreatmentNumber("active_elements", "skull", "Active elements", count, note)]
    if elements.active_count:
        words = f"{number(elements.mean_active_incidence_deg)}°"
        rows.append(TreatmentNumber("incidence", "skull", "Mean incidence", words, note))
    if sketch.passed is not None:
        words = f"about {percent(sketch.passed)} of that in water"
        rows.append(TreatmentNumber("gain", "focus", "Pressure left", words, note))
    return tuple(rows)


def dragged_pattern(numbers: PatternNumbers, volumes_mm3: Mapping[ContourKind, float]) -> tuple[TreatmentNumber, ...]:
    """What a pattern makes, by moved copies of one focus; its volumes as they are told in the views."""
    inside = numbers.coverage.get("51_celsius")
    against = () if inside is None else (inside.covered, inside.missed_mm3, inside.beyond_mm3)
    return _pattern_rows(volumes_mm3["51_celsius"], against, numbers.peak_celsius)


def expected_pattern(target: SimulatedTarget) -> tuple[TreatmentNumber, ...]:
    """The same, of the middle case of what was simulated."""
    if target.lesion is None:
        return ()
    contour = target.lesion.contour("51_celsius")
    bands = (contour.covered, contour.missed_mm3, contour.beyond_mm3)
    against = tuple(band.p50 for band in bands if band is not None)
    return _pattern_rows(contour.volume_mm3.p50, against, float(target.lesion.peak_map.values.max()))


def _pattern_rows(volume_mm3: float, against: tuple[float, ...], peak_celsius: float) -> tuple[TreatmentNumber, ...]:
    note = "Of the middle case. Live while spots are moved; the step Lesion to expect tells the doubt."
    words = [("volume", "51 °C reached", f"{number(volume_mm3, 0)} mm³")]
    if len(against) == len(("covered", "missed", "beyond")):
        covered, missed, beyond = against
        words.append(("covered", "Of the planned lesion", f"{percent(covered)} covered"))
        outside = f"{number(missed, 0)} mm³ missed, {number(beyond, 0)} mm³ beyond"
        words.append(("outside", "Beside it", outside))
    words.append(("peak", "Hottest place", f"{number(peak_celsius)} °C"))
    return tuple(TreatmentNumber(f"pattern_{key}", "lesion", title, told, note) for key, title, told in words)


def sdr_rows(simulated: SimulatedTreatment) -> tuple[TreatmentNumber, ...]:
    """The skull density ratio of every target."""
    return tuple(
        TreatmentNumber(f"sdr_{target.target_id}", "skull", target.name, _sdr_words(target.elements), SDR_RECIPE)
        for target in simulated.targets
    )


def _sdr_words(elements: ElementReport) -> str:
    sdr = elements.skull_sdr
    if sdr is not None:
        return number(sdr, 2)
    return NOT_FROM_T1 if elements.sdr is None else "no active element"


def skull_cannot_tell(skull: Skull) -> str:
    """What the numbers of a skull do not say; "" where they say all that is simulated."""
    if skull.kind == "t1":
        return T1_CANNOT_TELL
    if skull.kind == "synthetic":
        return SDR_MADE_UP
    return SDR_UNRELIABLE if skull.sdr_unreliable else ""


def fit_rows(fit: HelmetFit) -> tuple[TreatmentNumber, ...]:
    """How near the helmet comes to the skin."""
    return (
        TreatmentNumber(
            "element_distance",
            "skull",
            "Elements to skin",
            f"{number(fit.element_distance_mm, 0)} mm",
            f"Of the nearest element; {LEAST_ELEMENT_DISTANCE_MM:g} mm are kept.",
        ),
        TreatmentNumber(
            "rim_distance",
            "skull",
            "Rim to skin",
            f"{number(fit.rim_distance_mm, 0)} mm",
            f"Of the helmet's rim; {LEAST_RIM_DISTANCE_MM:g} mm are kept.",
        ),
    )


def limits_words(limits: TiltLimits) -> str:
    """How far the head's surface lets the helmet lean from upright."""
    if not limits.upright_fits:
        return "The upright helmet does not fit this head at this target."
    ways = (
        (limits.anterior_deg, "forward"),
        (limits.posterior_deg, "back"),
        (limits.right_deg, "right"),
        (limits.left_deg, "left"),
    )
    return "From upright the head lets it lean " + ", ".join(f"{angle:g}° {way}" for angle, way in ways) + "."


def load_row(target: SimulatedTarget) -> TreatmentNumber:
    """How unevenly the skull is loaded."""
    words = f"{number(target.load.highest)}{TIMES.rstrip()} the mean"
    return TreatmentNumber("load", "skull", "Highest load on the skull", words, LOAD_WORDS)


def cavitation_rows(simulated: SimulatedTreatment, target: SimulatedTarget, seed: int) -> tuple[TreatmentNumber, ...]:
    """How likely the teaching event is at the highest power, and which sonications it interrupts, drawn by a seed."""
    if not target.sonications:
        return ()
    power = max(sonication.power_w for sonication in target.sonications)
    likelihood = cavitation_likelihood(focal_pressure_pa(simulated.transducer, power, target.focus))
    drawn = []
    for place, sonication in enumerate(target.sonications):
        pressure = focal_pressure_pa(simulated.transducer, sonication.power_w, target.focus)
        event = cavitation_event(pressure, seed + place)
        if event.at_share is not None:
            drawn.append(f"{place + 1} after {number(event.at_share * sonication.duration_s)}\N{NO-BREAK SPACE}s")
    words = f"{percent(likelihood)} at {number(power, 0)} W"
    note = f"{TEACHING_WORDS} Drawn by the plan's seed; the heat is computed as if nothing were interrupted."
    return (
        TreatmentNumber("cavitation", "sonications", "Cavitation, for teaching", words, TEACHING_WORDS),
        TreatmentNumber("interrupted", "sonications", "It interrupts", ", ".join(drawn) or "none", note),
    )


@dataclass(frozen=True, slots=True)
class ContourRow:
    """One contour of a lesion to expect, as a line of a table.

    Attributes:
        title: which contour.
        volume: p10, p50 and p90 of its volume (mm3) in words.
        extent: its middle extents.
        covered: what of the planned lesion it covers, misses and exceeds; empty where nothing is planned.
    """

    title: str
    volume: tuple[str, str, str]
    extent: str
    covered: tuple[str, str, str] | None


def contour_table(lesion: PredictedLesion) -> tuple[ContourRow, ...]:
    """The contours of a lesion to expect, largest first."""
    rows = []
    for contour in lesion.contours:
        covered = None
        if contour.covered is not None and contour.missed_mm3 is not None and contour.beyond_mm3 is not None:
            middle = (contour.missed_mm3.p50, contour.beyond_mm3.p50)
            covered = (percent(contour.covered.p50), number(middle[0], 0), number(middle[1], 0))
        extent = TIMES.join(number(band.p50) for band in contour.extents_mm)
        rows.append(ContourRow(CONTOUR_WORDS[contour.kind], _cells(contour.volume_mm3), extent, covered))
    return tuple(rows)


def _cells(band: Band) -> tuple[str, str, str]:
    return (number(band.p10, 0), number(band.p50, 0), number(band.p90, 0))
