"""How the steps from image to review stand: what is done, what comes next. A guide, never a lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from fusplan.harmless import harmless
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan

if TYPE_CHECKING:
    from fusplan.planning.simulated_treatment import SimulatedTreatment

Standing: TypeAlias = Literal["done", "next", "later", "warning"]
"""done; the one to do next; not yet; done but with something that needs attention."""

COMES_WITH_ALIGNMENT = "Comes with the alignment of the atlas"


@dataclass(frozen=True, slots=True)
class StepState:
    """How one step stands and what to say about it."""

    standing: Standing
    sentence: str


class OpenCase(Protocol):
    """What is open, as far as the steps ask about it."""

    @property
    def volume(self) -> Volume | None: ...

    @property
    def plan(self) -> Plan | None: ...

    @property
    def simulated(self) -> SimulatedTreatment | None: ...

    @property
    def saved_path(self) -> Path | None: ...

    @property
    def has_unsaved_changes(self) -> bool: ...


StepReader: TypeAlias = Callable[[OpenCase], StepState]
"""Reads how a step stands: never ``next``, which is found among all of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the list.

    Attributes:
        key: ``landmarks``.
        title: its name for a person.
        icon: name of a drawing in ``resources/icons``.
        shortcut: the keys that show it.
        read: how it stands.
        order: its place in the order of work; the list may show it elsewhere.
    """

    key: str
    title: str
    icon: str
    shortcut: str
    read: StepReader
    order: int


def step_states(steps: Sequence[Step], case: OpenCase) -> dict[str, StepState]:
    """How every step of a case stands, by key; exactly one is ``next`` unless all are done."""
    states = {step.key: step.read(case) for step in steps}
    in_turn = sorted(steps, key=lambda step: step.order)
    following = next((step.key for step in in_turn if states[step.key].standing == "later"), None)
    if following is not None:
        states[following] = StepState("next", states[following].sentence)
    return states


def image_state(case: OpenCase) -> StepState:
    """Which image is open, and how fine it is."""
    volume = case.volume
    if volume is None:
        return StepState("later", "Open a T1 head MRI")
    has_warning = any(note.severity == "warning" for note in volume.notes)
    sizes = [f"{size:.2g}" for size in volume.spacing_mm]
    spacing = sizes[0] if len(set(sizes)) == 1 else " x ".join(sizes)
    return StepState("warning" if has_warning else "done", f"{volume.name}, {spacing} mm")


def landmarks_state(case: OpenCase) -> StepState:
    """How far AC and PC lie apart, and who placed them."""
    if case.plan is None:
        return StepState("later", COMES_WITH_ALIGNMENT)
    marks = case.plan.landmarks
    length = marks.ac.point.distance_to(marks.pc.point)
    edited = any(mark.source == "user" for mark in (marks.ac, marks.pc, *marks.midline))
    return StepState("done", f"AC to PC {length:.1f} mm" + (", placed by hand" if edited else ", found by the program"))


def atlas_state(case: OpenCase) -> StepState:
    """Whether the atlas is aligned, and to be trusted."""
    if case.plan is None:
        return StepState("later", "Align the atlas to the head")
    verdict = case.plan.registration.quality.verdict
    words = {"ok": "Aligned", "warning": "Aligned, look at it closely", "error": "Do not trust this alignment"}
    return StepState("done" if verdict == "ok" else "warning", words[verdict])


def targets_state(case: OpenCase) -> StepState:
    """How many targets there are."""
    if case.plan is None:
        return StepState("later", COMES_WITH_ALIGNMENT)
    if not case.plan.targets:
        return StepState("later", "Place a target")
    return StepState("done", _count(len(case.plan.targets), "target"))


def lesions_state(case: OpenCase) -> StepState:
    """The lesions' sizes, or how many there are."""
    if case.plan is None:
        return StepState("later", COMES_WITH_ALIGNMENT)
    lesions = case.plan.lesions
    if not lesions:
        return StepState("later", "Plan a lesion at a target")
    sizes = ", ".join(f"{lesion.side} {lesion.size_words}" for lesion in lesions[:2])
    return StepState("done", sizes if len(lesions) <= 2 else _count(len(lesions), "lesion"))


def review_state(case: OpenCase) -> StepState:
    """Whether the plan is saved."""
    if case.plan is None:
        return StepState("later", "Coverage, uncertainty, report")
    if case.saved_path is not None and not case.has_unsaved_changes:
        return StepState("done", f"Saved as {harmless(case.saved_path.name)}")
    return StepState("later", "Check coverage, then save and export")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
