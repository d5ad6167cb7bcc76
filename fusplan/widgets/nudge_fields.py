"""Moving the atlas by hand: a step down and a step up along and about each AC-PC axis."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from fusplan.display.registration_rows import NUDGE_AXES, NUDGE_STEPS, NudgeAxis
from fusplan.planning.registration_edits import nudge_registration
from fusplan.session.editing import apply_edit
from fusplan.widgets.case import Case
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role
from fusplan.widgets.themed_icon import set_themed_icon

USUAL_STEP = 0.5
HINT = (
    "Moves the atlas, its nuclei and its proposals, along and about the AC-PC axes. AC, PC, the midline, targets and "
    "lesions stay where they are in the image."
)


class NudgeFields(QWidget):
    """Six rows. Every step is an edit of the plan; steps of one row that follow one another are undone together."""

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self.steps = Segments(
            [Choice(str(step), f"{step:g}", f"Move by {step:g} mm, turn by {step:g}° a step") for step in NUDGE_STEPS],
            "Step, mm or degrees",
        )
        self.steps.choose(str(USUAL_STEP))
        self.buttons: dict[tuple[str, int], QToolButton] = {}
        self.values: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(GAP_SMALL)
        self._grid.setColumnStretch(0, 1)
        hint = QLabel(HINT)
        hint.setWordWrap(True)
        set_role(hint, "small")
        self._grid.addWidget(hint, 0, 0, 1, 4)
        self._grid.addWidget(QLabel("Step (mm, °)"), 1, 0)
        self._grid.addWidget(self.steps, 1, 1, 1, 3)
        for number, axis in enumerate(NUDGE_AXES):
            self._add_row(2 + number, axis)

    def _add_row(self, row: int, axis: NudgeAxis) -> None:
        self._grid.addWidget(QLabel(axis.name), row, 0)
        value = QLabel()
        value.setAlignment(Qt.AlignmentFlag.AlignCenter)
        value.setMinimumWidth(value.fontMetrics().horizontalAdvance("-00.00 mm "))
        self.values[axis.key] = value
        self._grid.addWidget(self._button(axis, -1), row, 1)
        self._grid.addWidget(value, row, 2)
        self._grid.addWidget(self._button(axis, 1), row, 3)

    def _button(self, axis: NudgeAxis, sign: int) -> QToolButton:
        button = QToolButton()
        set_themed_icon(button, "remove" if sign < 0 else "add")
        words = axis.less if sign < 0 else axis.more
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setAutoRepeat(True)
        button.setAutoRepeatInterval(120)
        button.clicked.connect(lambda: self._nudge(axis, sign))
        self.buttons[axis.key, sign] = button
        return button

    def refresh(self) -> None:
        """Read the plan again."""
        plan = self._case.plan
        if plan is not None:
            nudged = plan.registration.nudge
            for axis in NUDGE_AXES:
                self.values[axis.key].setText(axis.words(nudged))

    def _nudge(self, axis: NudgeAxis, sign: int) -> None:
        translation_mm, rotation_deg = axis.nudge(sign * float(self.steps.choice or USUAL_STEP))
        apply_edit(
            self._case,
            f"Nudge the atlas: {axis.name.lower()}",
            lambda plan: nudge_registration(plan, translation_mm, rotation_deg),
            merge_key=f"nudge {axis.key}",
        )
