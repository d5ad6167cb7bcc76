"""What is to be said of the simulated treatment of one target, before anybody believes its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from fusplan.planning.number_words import number
from fusplan.planning.review import Check
from fusplan.planning.treatment_edits import LARGEST_POWER_W
from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.helmet_fit import HelmetFit
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.ray_limits import ray_limits
from fusplan.simulation.reversible_range import REVERSIBLE_ASSUMPTION, is_reversible
from fusplan.simulation.skull import Skull
from fusplan.simulation.sonication import Sonication
from fusplan.simulation.temperature_history import PressureField, TemperatureHistory

FEW_ELEMENTS_SHARE, NO_REACH_SHARE = 0.5, 0.1
"""Of all elements: with fewer active ones the focus is poor; below the second a target is out of the helmet's reach
(derived; how many a maker asks for is not public)."""

LOW_SDR = 0.40
"""Clinical trials mostly asked for 0.40 ± 0.05 (V: bar of Kranion; M: trials)."""

LARGEST_SHIFT_MM = 1.0
"""A focus that peaks further from where it was steered to is no focus there (derived; full-wave: 0.15 mm, C)."""

LESION_SHOWN_CELSIUS = 51.0
"""A treatment that never shows so much is not expected to leave a lesion (V: Bond 2018, of the day-1 T2 lesion)."""

HOTTEST_PUBLISHED_CELSIUS = 64.0
"""Of eleven central lateral thalamotomies: 51 to 64 degrees (V: Jeanmonod 2012)."""

BOILING_CELSIUS = 100.0


def check_target(
    skull: Skull,
    pose: HelmetPose,
    fit: HelmetFit,
    elements: ElementReport,
    focus: PressureField,
    sonications: tuple[Sonication, ...],
    history: TemperatureHistory | None,
    tests: TemperatureHistory | None,
) -> tuple[Check, ...]:
    """The checks of one target.

    Args:
        skull, pose, fit, elements, focus: what the sound goes through, from where, and what is left.
        sonications, history: what is done, and its heat; None where there is none.
        tests: the heat of the tests alone; None without any.
    """
    return (
        *(Check(f"skull: {warning.kind}", "warning", warning.sentence) for warning in skull.warnings),
        Check("fit of the helmet", "ok" if fit.fits else "error", " ".join(fit.sentences)),
        *_of_elements(elements),
        *(Check(f"rays: {limit.kind}", "warning", limit.sentence) for limit in ray_limits(elements, pose)),
        *_of_focus(elements, focus),
        *_of_power(sonications),
        *(() if history is None else _of_heat(sonications, history)),
        *(() if tests is None else _of_tests(tests)),
    )


def _of_elements(elements: ElementReport) -> Iterator[Check]:
    count, active = len(elements.active), elements.active_count
    words = f"{active} of {count} elements meet the skull at less than {number(elements.incidence_limit_deg, 0)}°"
    if active < NO_REACH_SHARE * count:
        yield Check("reach", "error", f"Out of the helmet's reach: {words}.")
    elif active < FEW_ELEMENTS_SHARE * count:
        yield Check("reach", "warning", f"Few active elements: {words}; the focus is weaker and wider.")
    else:
        yield Check("reach", "ok", f"{words}.")
    sdr = elements.skull_sdr
    if sdr is not None:
        low = sdr < LOW_SDR
        told = f"Skull density ratio {number(sdr, 2)}, by the published recipe, not the vendor's"
        beside = f"; trials mostly asked for {number(LOW_SDR, 2)}" if low else ""
        yield Check("sdr", "warning" if low else "ok", f"{told}{beside}.")


def _of_focus(elements: ElementReport, focus: PressureField) -> Iterator[Check]:
    if not elements.active.any():
        return
    shift = focus.shift_mm
    far = shift > LARGEST_SHIFT_MM
    yield Check(
        "focus shift",
        "warning" if far else "ok",
        f"The focus peaks {number(shift, 2)} mm from where it is steered to.",
    )


def _of_power(sonications: tuple[Sonication, ...]) -> Iterator[Check]:
    held_back = sum(sonication.power_w > LARGEST_POWER_W - 0.5 for sonication in sonications)
    if held_back:
        sentence = (
            f"{held_back} of {len(sonications)} sonications have {LARGEST_POWER_W:g} W, the most that is taken (M)."
        )
        yield Check("power", "warning", sentence)


def _of_heat(sonications: tuple[Sonication, ...], history: TemperatureHistory) -> Iterator[Check]:
    true = float(history.peak_celsius.max())
    if true >= BOILING_CELSIUS:
        yield Check(
            "boiling",
            "error",
            f"The tissue would reach {number(true, 0)} °C: water boils at {BOILING_CELSIUS:g} °C, and nothing of what "
            "then happens is simulated. Take less energy.",
        )
    if history.shown is None or not any(sonication.kind == "ablation" for sonication in sonications):
        return
    shown = float(history.shown.peak_celsius.max())
    if shown < LESION_SHOWN_CELSIUS:
        sentence = f"Thermometry would show at most {number(shown)} °C; no lesion is expected below 51 °C."
        yield Check("heat", "warning", sentence)
    elif shown > HOTTEST_PUBLISHED_CELSIUS:
        sentence = f"Thermometry would show {number(shown)} °C; published thalamotomies reached 51 to 64 °C (V)."
        yield Check("heat", "warning", sentence)
    else:
        yield Check("heat", "ok", f"Thermometry would show {number(shown)} °C at most.")


def _of_tests(tests: TemperatureHistory) -> Iterator[Check]:
    true, dose = float(tests.peak_map.values.max()), float(tests.dose.values.max())
    sentence = f"The tests reach {number(true)} °C and {number(dose)} CEM43 in the tissue. {REVERSIBLE_ASSUMPTION}"
    yield Check("reversible", "ok" if is_reversible(tests) else "warning", sentence)
