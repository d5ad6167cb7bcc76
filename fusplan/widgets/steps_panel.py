"""The steps from image to review: what is done, what comes next. A guide, never a lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.planning.plan import Plan
from fusplan.widgets.case import Case
from fusplan.widgets.icons import icon_pixmap
from fusplan.widgets.theme import GAP, GAP_SMALL, ICON_SIZE, current_palette, set_role

Step: TypeAlias = Literal["image", "landmarks", "atlas", "targets", "lesions", "review"]
STEPS: tuple[Step, ...] = get_args(Step)

STEP_TITLES: dict[Step, str] = {
    "image": "Image",
    "landmarks": "Landmarks",
    "atlas": "Atlas",
    "targets": "Targets",
    "lesions": "Lesions",
    "review": "Review and export",
}
STEP_ICONS: dict[Step, str] = {
    "image": "image",
    "landmarks": "landmarks",
    "atlas": "atlas",
    "targets": "target",
    "lesions": "lesion",
    "review": "review",
}

Standing: TypeAlias = Literal["done", "next", "later", "warning"]
"""done; the one to do next; not yet; done but with something that needs attention."""


@dataclass(frozen=True, slots=True)
class StepState:
    """How one step stands and what to say about it."""

    standing: Standing
    sentence: str


def step_states(case: Case) -> dict[Step, StepState]:
    """How every step of a case stands; exactly one is ``next`` unless all are done."""
    plan = case.plan
    states: dict[Step, StepState] = {"image": _image(case)}
    if plan is None:
        waiting = "Comes with the alignment of the atlas"
        states |= {step: StepState("later", waiting) for step in STEPS if step not in ("image", "atlas")}
        states["atlas"] = StepState("later", "Align the atlas to the head")
        states["review"] = StepState("later", "Coverage, uncertainty, report")
    else:
        states |= {"landmarks": _landmarks(plan), "atlas": _atlas(plan), "targets": _targets(plan)}
        states |= {"lesions": _lesions(plan), "review": _review(case)}
    order: tuple[Step, ...] = ("image", "atlas", "landmarks", "targets", "lesions", "review")
    following = next((step for step in order if states[step].standing == "later"), None)
    if following is not None:
        states[following] = StepState("next", states[following].sentence)
    return states


def _image(case: Case) -> StepState:
    volume = case.volume
    if volume is None:
        return StepState("later", "Open a T1 head MRI")
    sizes = [f"{size:.2g}" for size in volume.spacing_mm]
    spacing = sizes[0] if len(set(sizes)) == 1 else " x ".join(sizes)
    sentence = f"{volume.name}, {spacing} mm"
    return StepState("warning" if volume.notes else "done", sentence)


def _landmarks(plan: Plan) -> StepState:
    length = plan.landmarks.ac.point.distance_to(plan.landmarks.pc.point)
    edited = any(mark.source == "user" for mark in (plan.landmarks.ac, plan.landmarks.pc, *plan.landmarks.midline))
    return StepState("done", f"AC to PC {length:.1f} mm" + (", placed by hand" if edited else ", found by the program"))


def _atlas(plan: Plan) -> StepState:
    verdict = plan.registration.quality.verdict
    words = {"ok": "Aligned", "warning": "Aligned, look at it closely", "error": "Do not trust this alignment"}
    return StepState("done" if verdict == "ok" else "warning", words[verdict])


def _targets(plan: Plan) -> StepState:
    if not plan.targets:
        return StepState("later", "Place a target")
    return StepState("done", _count(len(plan.targets), "target"))


def _lesions(plan: Plan) -> StepState:
    if not plan.lesions:
        return StepState("later", "Plan a lesion at a target")
    sizes = ", ".join(f"{lesion.side} {lesion.size_words}" for lesion in plan.lesions[:2])
    return StepState("done", sizes if len(plan.lesions) <= 2 else _count(len(plan.lesions), "lesion"))


def _review(case: Case) -> StepState:
    if case.saved_path is not None and not case.has_unsaved_changes:
        return StepState("done", f"Saved as {case.saved_path.name}")
    return StepState("later", "Check coverage, then save and export")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


class StepsPanel(QFrame):
    """The list of steps.

    Signals:
        step_chosen: the step whose panel shall be shown.
    """

    step_chosen = Signal(str)

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._group = QButtonGroup(self)
        self.rows: dict[Step, StepRow] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GAP, GAP, GAP, GAP)
        layout.setSpacing(2)
        for number, step in enumerate(STEPS, start=1):
            row = StepRow(step, number)
            row.clicked.connect(lambda _=False, step=step: self.step_chosen.emit(step))
            self._group.addButton(row)
            self.rows[step] = row
            layout.addWidget(row)
        for signal in (case.volume_changed, case.plan_changed, case.saved_changed):
            signal.connect(self.refresh)
        self.refresh()

    def choose(self, step: Step) -> None:
        """Mark a step as the one whose panel is shown."""
        self.rows[step].setChecked(True)

    def choose_none(self) -> None:
        """No step's panel is shown."""
        self._group.setExclusive(False)
        for row in self.rows.values():
            row.setChecked(False)
        self._group.setExclusive(True)

    def refresh(self) -> None:
        """Read the case again."""
        for step, state in step_states(self._case).items():
            self.rows[step].show_state(state)


class StepRow(QPushButton):
    """One step: a sign, its name and a sentence."""

    def __init__(self, step: Step, number: int) -> None:
        super().__init__()
        set_role(self, "step")
        self.setCheckable(True)
        self._keys = f"Alt+{number}"
        self.setAccessibleName(STEP_TITLES[step])
        self._step = step
        self.state = StepState("later", "")
        self._sign = QLabel()
        self._title = QLabel(STEP_TITLES[step])
        set_role(self._title, "strong")
        self._sentence = QLabel("")
        set_role(self._sentence, "small")
        self._standing = QLabel()
        for label in (self._sign, self._title, self._sentence, self._standing):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._lay_out()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        # A button does not take its size from the layout inside it.
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, self.sizeHint().height())

    def show_state(self, state: StepState) -> None:
        """Show how the step stands."""
        self.state = state
        palette = current_palette()
        ink = {"done": palette.ok, "next": palette.accent, "later": palette.muted, "warning": palette.warning}
        sign = {"done": "check", "next": "next", "later": "", "warning": "warning"}[state.standing]
        ratio = self.devicePixelRatioF()
        pixels = round(ICON_SIZE * ratio)
        self._sign.setPixmap(icon_pixmap(STEP_ICONS[self._step], ink[state.standing], pixels, ratio))
        if sign:
            self._standing.setPixmap(icon_pixmap(sign, ink[state.standing], pixels, ratio))
        else:
            self._standing.clear()
        self._show_sentence()
        self.setAccessibleDescription(f"{state.standing}: {state.sentence}")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._show_sentence()

    def _show_sentence(self) -> None:
        """As much of the sentence as there is room for; all of it in the tooltip."""
        room = max(self.width() - 2 * ICON_SIZE - 5 * GAP, 80)
        metrics = self._sentence.fontMetrics()
        self._sentence.setText(metrics.elidedText(self.state.sentence, Qt.TextElideMode.ElideMiddle, room))
        self.setToolTip(f"{STEP_TITLES[self._step]} ({self._keys}): {self.state.sentence}")

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GAP, GAP_SMALL + 1, GAP, GAP_SMALL + 1)
        layout.setSpacing(GAP + 2)
        layout.addWidget(self._sign)
        layout.addLayout(words, 1)
        layout.addWidget(self._standing)
