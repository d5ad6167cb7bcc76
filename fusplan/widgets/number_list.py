"""Names and values below each other; grey while they are being computed anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fusplan.widgets.theme import GAP, set_role


class NamedNumber(Protocol):
    """A number in words, as summaries have them."""

    @property
    def title(self) -> str: ...

    @property
    def words(self) -> str: ...

    @property
    def note(self) -> str: ...


class NumberList(QWidget):
    """A two-column list of numbers in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[NamedNumber, ...] = ()
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)

    def show_rows(self, rows: Sequence[NamedNumber], current: bool) -> None:
        """Show rows; ``current`` is False while they are of an earlier state."""
        self.rows = tuple(rows)
        self.setVisible(bool(rows))
        while len(self._labels) < len(rows):
            self._add_row()
        for (name, value), row in zip(self._labels, rows, strict=False):
            name.setText(row.title)
            value.setText(row.words)
            name.setToolTip(row.note)
            value.setToolTip(row.note)
        for number, pair in enumerate(self._labels):
            for label in pair:
                label.setVisible(number < len(rows))
                label.setEnabled(current)

    def _add_row(self) -> None:
        name, value = QLabel(), QLabel()
        set_role(name, "muted")
        name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        value.setWordWrap(True)
        value.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        place = len(self._labels)
        self._grid.addWidget(name, place, 0)
        self._grid.addWidget(value, place, 1)
        self._labels.append((name, value))
