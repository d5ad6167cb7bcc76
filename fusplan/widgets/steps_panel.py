"""The steps of a workspace in a list: what is done, what comes next. A guide, never a lock."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.display.step_standings import Step, StepState, step_states
from fusplan.widgets.case import Case
from fusplan.widgets.icons import icon_pixmap
from fusplan.widgets.palette import Palette
from fusplan.widgets.theme import GAP, GAP_SMALL, ICON_SIZE, current_palette, set_role


class StepsPanel(QFrame):
    """The list of steps.

    Args:
        case: what is open.
        steps: from the top down.
        parent: Qt parent.

    Attributes:
        rows: one a step, by its key.

    Signals:
        step_chosen: the key of the step whose panel shall be shown.
    """

    step_chosen = Signal(str)

    def __init__(self, case: Case, steps: Sequence[Step], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._steps: tuple[Step, ...] = ()
        self._group = QButtonGroup(self)
        self.rows: dict[str, StepRow] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(GAP, GAP, GAP, GAP)
        self._layout.setSpacing(2)
        self.show_steps(steps)
        for signal in (case.volume_changed, case.plan_changed, case.saved_changed, case.simulated_changed):
            signal.connect(self.refresh)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """List these steps and no others."""
        for row in self.rows.values():
            self._group.removeButton(row)
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._steps = tuple(steps)
        self.rows = {step.key: StepRow(step) for step in self._steps}
        for key, row in self.rows.items():
            row.clicked.connect(lambda _=False, key=key: self.step_chosen.emit(key))
            self._group.addButton(row)
            self._layout.addWidget(row)
        self.refresh()

    def choose(self, key: str | None) -> None:
        """Mark the step whose panel is shown; None, or what is no step, marks none."""
        self._group.setExclusive(False)
        for name, row in self.rows.items():
            row.setChecked(name == key)
        self._group.setExclusive(True)

    def refresh(self) -> None:
        """Read the case again."""
        for key, state in step_states(self._steps, self._case).items():
            self.rows[key].show_state(state)


class StepRow(QPushButton):
    """One step: a sign, its name and a sentence."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        set_role(self, "step")
        self.setCheckable(True)
        self.setAccessibleName(step.title)
        self._step = step
        self.state = StepState("later", "")
        self._drawn: tuple[StepState, Palette, float] | None = None
        self._sign = QLabel()
        self._title = QLabel(step.title)
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
        palette, ratio = current_palette(), self.devicePixelRatioF()
        if self._drawn == (state, palette, ratio):
            return
        self._drawn = (state, palette, ratio)
        ink = {"done": palette.ok, "next": palette.accent, "later": palette.muted, "warning": palette.warning}
        sign = {"done": "check", "next": "next", "later": "", "warning": "warning"}[state.standing]
        pixels = round(ICON_SIZE * ratio)
        self._sign.setPixmap(icon_pixmap(self._step.icon, ink[state.standing], pixels, ratio))
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
        self.setToolTip(f"{self._step.title} ({self._step.shortcut}): {self.state.sentence}")

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
