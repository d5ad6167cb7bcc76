"""What the steps of a treatment share: which target is meant, how the simulation stands, and what refused an edit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.display.treated_spots import shown_target
from fusplan.display.view_state import ViewState
from fusplan.errors import FusplanError
from fusplan.planning.plan import Plan, Target
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.planning.treatment_sketch import TreatmentSketch
from fusplan.session.simulation_words import simulation_words
from fusplan.widgets.case import Case
from fusplan.widgets.combo_choice import ComboChoice
from fusplan.widgets.desk import Desk
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space

MOST_SIDE_BY_SIDE = 3
"""More targets than this are chosen from a list that folds out."""


@dataclass(frozen=True, slots=True, eq=False)
class ShownTarget:
    """What a step shows.

    Attributes:
        plan, target: the open plan, and its target that is meant.
        found: what was simulated of it; None while nothing is known.
        current: whether that is of the plan as it is.
        sketch: a rough answer to the last change of the target, where there is one.
    """

    plan: Plan
    target: Target
    found: SimulatedTarget | None
    current: bool
    sketch: TreatmentSketch | None = None


class TreatmentPanel(QFrame):
    """A step of the treatment at one target: the selected one, else the first.

    A subclass adds its parts to ``body`` and fills them in :meth:`show_target`.

    Args:
        case: what is open.
        desk: what panels may ask of the program.
        title: the step's name.
    """

    def __init__(self, case: Case, desk: Desk, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.case = case
        self.desk = desk
        heading = QLabel(title)
        set_role(heading, "heading")
        self.targets = TargetChoice()
        self.state = words_label("muted")
        self.again = QPushButton("Simulate again")
        self.refusal = words_label("error")
        self.parts = QWidget()
        self.body = QVBoxLayout(self.parts)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GAP)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        for part in (heading, self.targets, self.state, self.again, self.refusal, self.parts):
            layout.addWidget(part)
        layout.addStretch(1)
        self.refusal.hide()
        self.targets.chosen.connect(self.choose)
        self.again.clicked.connect(lambda: desk.simulate())
        for signal in (
            case.plan_changed,
            case.simulated_changed,
            case.ct_changed,
            case.sketch_changed,
            case.sights_changed,
        ):
            signal.connect(self.refresh)
        case.view_changed.connect(self._view_changed)

    def show_target(self, shown: ShownTarget) -> None:
        """Show the step at a target."""
        raise NotImplementedError

    @property
    def target(self) -> Target | None:
        """The selected target, else the first."""
        plan = self.case.plan
        return shown_target(plan, self.case.view.state.selection) if plan is not None else None

    def choose(self, target_id: str) -> None:
        """Select a target, here and everywhere."""
        self.case.view.become(self.case.view.state.with_selection(target_id=target_id, lesion_id=None))

    def tell(self, refusal: FusplanError | None) -> bool:
        """Say in place what refused an edit; whether nothing did."""
        self.refusal.setText("" if refusal is None else f"{refusal.message} {refusal.remedy}".strip())
        self.refusal.setVisible(refusal is not None)
        if refusal is not None:
            self.refresh()
        return refusal is None

    def is_still_open(self, head: str, target_id: str) -> bool:
        """Whether work that was begun for a target of a head, by its fingerprint, still has them to come back to."""
        plan, volume = self.case.plan, self.case.volume
        same_head = volume is not None and volume.fingerprint == head
        return same_head and plan is not None and any(target.id == target_id for target in plan.targets)

    def end_merging(self) -> None:
        """The next change is another step of the history."""
        if self.case.document is not None:
            self.case.document.end_merging()

    def refresh(self) -> None:
        """Read plan, selection and simulation again, if the panel is seen; else when it is shown next."""
        if not self.isVisible():
            return
        words = simulation_words(self.case)
        self.state.setText(words.sentence)
        set_role(self.state, words.tone)
        self.state.setVisible(bool(words.sentence))
        self.again.setVisible(words.offers_again)
        plan, target = self.case.plan, self.target
        for part in (self.parts, self.targets):
            part.setVisible(target is not None)
        if plan is None or target is None:
            return
        self.targets.show_targets(plan.targets, target.id)
        simulated = self.case.simulated
        found = simulated.target(target.id) if simulated is not None else None
        sketch, current = self.case.sketch, self.case.simulated_is_current
        if sketch is not None and (current or sketch.target_id != target.id):
            sketch = None
        self.show_target(ShownTarget(plan, target, found, current, sketch))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if after.selection.target_id != before.selection.target_id:
            self.tell(None)
        if after.selection != before.selection:
            self.refresh()


class TargetChoice(QWidget):
    """Which target is meant: side by side, or a list where there are many.

    Signals:
        chosen: id of the target that a person chose.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, str], ...] = ()
        self.choice: Segments | ComboChoice | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def show_targets(self, targets: tuple[Target, ...], chosen_id: str) -> None:
        """Offer these, with one of them chosen."""
        wanted = tuple((target.id, target.name) for target in targets)
        if wanted != self._shown or self.choice is None:
            self._shown = wanted
            self._make([Choice(key, name, f"Show this step at {name}") for key, name in wanted])
        if self.choice is not None:
            self.choice.choose(chosen_id)

    def _make(self, choices: list[Choice]) -> None:
        if self.choice is not None:
            self._layout.removeWidget(self.choice)
            self.choice.hide()
            self.choice.deleteLater()
        kind = Segments if len(choices) <= MOST_SIDE_BY_SIDE else ComboChoice
        self.choice = kind(choices, "Target")
        self.choice.chosen.connect(self.chosen)
        self._layout.addWidget(self.choice)


def words_label(role: str) -> QLabel:
    """A sentence that takes as many lines as it needs."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, role)  # type: ignore[arg-type]
    return label


def beside(*parts: QWidget) -> QWidget:
    """Parts from left to right, as one."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP // 2)
    for part in parts:
        layout.addWidget(part, 1)
    return row


def below(*parts: QWidget) -> QWidget:
    """Parts from the top down, as one."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP)
    for part in parts:
        layout.addWidget(part)
    return column
