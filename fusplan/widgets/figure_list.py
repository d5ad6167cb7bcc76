"""Names and values below each other; grey while they are being computed anew."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fusplan.display.lesion_figures import FigureLine
from fusplan.widgets.theme import GAP, set_role


class FigureList(QWidget):
    """A two-column list of :class:`FigureLine`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[FigureLine, ...] = ()
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)

    def show_lines(self, lines: Sequence[FigureLine], current: bool) -> None:
        """Show lines; ``current`` is False while they are of an earlier state."""
        self.lines = tuple(lines)
        while len(self._labels) < len(lines):
            self._add_row()
        for (name, value), line in zip(self._labels, lines, strict=False):
            name.setText(line.name)
            value.setText(line.value)
            name.setToolTip(line.note)
            value.setToolTip(line.note)
        for number, pair in enumerate(self._labels):
            for label in pair:
                label.setVisible(number < len(lines))
                label.setEnabled(current)

    def _add_row(self) -> None:
        name, value = QLabel(), QLabel()
        set_role(name, "muted")
        name.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        value.setWordWrap(True)
        value.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        row = len(self._labels)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._labels.append((name, value))
