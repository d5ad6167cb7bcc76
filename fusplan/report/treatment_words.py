"""What a simulated treatment is and rests on, as sentences of a report."""

from __future__ import annotations

import re

from fusplan.planning.number_words import number
from fusplan.planning.plan import Plan
from fusplan.planning.review import Check
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.treatment_edits import treatment_of
from fusplan.planning.treatment_summary import SDR_RECIPE, TreatmentSummary
from fusplan.simulation.not_simulated import BESIDE_EVERY_PREDICTION
from fusplan.simulation.skull import SKULL_WORDS
from fusplan.simulation.skull_load import LOAD_WORDS
from fusplan.simulation.sonication import HeatingCalibration

_BEFORE_UNIT = re.compile(r"(?<=[\d)]) (?=(?:mm³|mm|°C|kJ|kHz|W|s|%)(?!\w))")


def kept_together(words: str) -> str:
    """The same words, in which no line ends between a number and its unit."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", words)


def of_skull(check: Check) -> bool:
    """Whether a check is of the skull, and so the same at every target."""
    return check.name.startswith("skull: ")


def what_it_is(simulated: SimulatedTreatment) -> str:
    """Through which skull, by which helmet, and that it is a model."""
    skull, transducer = SKULL_WORDS[simulated.skull.kind], simulated.transducer
    return (
        f"{skull[:1].upper()}{skull[1:]}; {transducer.name}, {number(transducer.frequency_hz / 1000, 0)} kHz. "
        "Numbers of a model, for research and education: no treatment may be set by them."
    )


def about_focus(target: SimulatedTarget, summary: TreatmentSummary) -> tuple[str, ...]:
    """What is to be said of a focus whose losses are not known; nothing of another."""
    row = summary.named("gain")
    return (row.note,) if target.focus.ideal and row is not None else ()


def element_words(target: SimulatedTarget) -> str:
    """What the columns of the table of elements mean."""
    if target.load.by_area_only:
        return f"Load: {LOAD_WORDS} Here by the beams' areas only: losses are not known."
    return (
        f"SDR: skull density ratio. {SDR_RECIPE} Passes: pressure behind the skull over that in water. "
        f"Load: {LOAD_WORDS}"
    )


def assumptions(plan: Plan, simulated: SimulatedTreatment) -> tuple[str, ...]:
    """What stands behind the numbers, each sentence once."""
    treatment = treatment_of(plan)
    settings = treatment.thermometry
    told = [sentence for target in simulated.targets if target.lesion for sentence in target.lesion.assumptions]
    own = (
        *(() if told else (_calibration(treatment.calibration),)),
        f"Thermometry: one {settings.plane} slice of {number(settings.voxel_mm)} mm voxels, "
        f"{number(settings.slice_mm)} mm thick, a frame in {number(settings.frame_s)} s, readout "
        f"{settings.readout}. Shown is not true: what is shown is an average over voxel and frame.",
        f"Elements that meet the skull at more than {number(treatment.incidence_limit_deg, 0)}° are off. "
        f"{simulated.transducer.citation}",
    )
    return tuple(dict.fromkeys((*told, *own, *BESIDE_EVERY_PREDICTION)))


def _calibration(calibration: HeatingCalibration) -> str:
    low, high = calibration.band
    on = calibration.calibrated_on
    source = f"calibrated on {on}" if on else "declared, before any test sonication"
    shown = number(calibration.shown_celsius_per_kj)
    return f"A kilojoule is taken to show {shown} degrees ({source}): {number(low)} to {number(high)} are as likely."
