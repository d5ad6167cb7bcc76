"""Facts as rows: what it is on the left, the value on the right, to be copied with the mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fusplan.display.facts import Fact
from fusplan.widgets.theme import GAP_LARGE, GAP_SMALL, set_role


class FactList(QWidget):
    """Shows facts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP_LARGE)
        self._grid.setVerticalSpacing(GAP_SMALL)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[tuple[QLabel, QLabel]] = []

    @property
    def texts(self) -> dict[str, str]:
        """What is shown, by label."""
        return {label.text(): value.text() for label, value in self._labels if not label.isHidden()}

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these and no others."""
        while len(self._labels) < len(facts):
            self._add_row()
        for number, (label, value) in enumerate(self._labels):
            shown = number < len(facts)
            label.setVisible(shown)
            value.setVisible(shown)
            if shown:
                fact = facts[number]
                label.setText(fact.label)
                value.setText(fact.value)
                label.setToolTip(fact.explanation)
                value.setToolTip(fact.explanation)

    def _add_row(self) -> None:
        label, value = QLabel(), QLabel()
        set_role(label, "muted")
        set_role(value, "plain")
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = len(self._labels)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(value, row, 1)
        self._labels.append((label, value))
