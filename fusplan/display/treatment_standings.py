"""How the steps from skull to lesion stand: what is set, what was simulated, what needs attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fusplan.display.step_standings import OpenCase, StepState
from fusplan.harmless import harmless

if TYPE_CHECKING:
    from fusplan.planning.simulated_treatment import SimulatedTarget
    from fusplan.planning.treatment import Treatment
    from fusplan.simulation.sonication import SonicationKind

NEEDS_PLAN = "Needs a plan with a target"
BEING_SIMULATED = "Being simulated"


def skull_state(case: OpenCase) -> StepState:
    """Which skull is used."""
    if not _has_targets(case):
        return StepState("later", NEEDS_PLAN)
    if case.simulated is None:
        ct = case.plan.image_of("ct") if case.plan is not None else None
        return StepState("later", BEING_SIMULATED if ct is None else f"CT {harmless(ct.image.name)}")
    from fusplan.simulation.skull import SKULL_WORDS  # noqa: PLC0415 - loaded with a treatment

    skull = case.simulated.skull
    words = SKULL_WORDS[skull.kind]
    doubtful = skull.kind == "ct" and bool(skull.warnings)
    return StepState("warning" if doubtful else "done", f"{words[0].upper()}{words[1:]}")


def helmet_state(case: OpenCase) -> StepState:
    """How many elements are active at every target."""
    if not _has_targets(case):
        return StepState("later", NEEDS_PLAN)
    if case.simulated is None:
        return StepState("later", BEING_SIMULATED)
    targets = case.simulated.targets
    counts = ", ".join(f"{target.side} {target.elements.active_count}" for target in targets)
    fine = all(target.fit.fits and target.elements.active_count for target in targets)
    return StepState("done" if fine else "warning", f"Active elements: {counts}")


def tested_state(case: OpenCase) -> StepState:
    """Whether there are tests, and whether one has calibrated the heating."""
    treatment = _treatment(case)
    if treatment is not None and treatment.calibration.is_calibrated:
        return StepState("done", "Calibrated on a test")
    tests = _count(treatment, "test")
    return StepState("done" if tests else "later", f"{_counted(tests, 'test')}, not calibrated" if tests else "No test")


def ablation_state(case: OpenCase) -> StepState:
    """How many spots there are."""
    if not _has_targets(case):
        return StepState("later", NEEDS_PLAN)
    spots = _count(_treatment(case), "ablation")
    if spots:
        return StepState("done", _counted(spots, "sonication"))
    proposed = case.simulated is not None and any(target.proposed for target in case.simulated.targets)
    return StepState("later", "Proposed by the program, not in the plan yet" if proposed else "No spot yet")


def expected_state(case: OpenCase) -> StepState:
    """The volume to expect at every target."""
    expected = [] if case.simulated is None else [_volume(target) for target in case.simulated.targets]
    told = ", ".join(words for words in expected if words)
    return StepState("done", f"51 °C: {told} mm³") if told else StepState("later", "Follows from the ablations")


def _volume(target: SimulatedTarget) -> str:
    if target.lesion is None:
        return ""
    from fusplan.planning.number_words import number  # noqa: PLC0415 - as above

    return f"{target.side} {number(target.lesion.contour('51_celsius').volume_mm3.p50, 0)}"


def _has_targets(case: OpenCase) -> bool:
    return case.plan is not None and bool(case.plan.targets)


def _treatment(case: OpenCase) -> Treatment | None:
    return case.plan.treatment if case.plan is not None else None


def _count(treatment: Treatment | None, kind: SonicationKind) -> int:
    return 0 if treatment is None else sum(len(treated.of_kind(kind)) for treated in treatment.targets)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
