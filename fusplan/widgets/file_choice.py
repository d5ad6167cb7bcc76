"""A button that asks for a file or folder, and the name of what was chosen behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from fusplan.widgets.theme import GAP_SMALL, set_role


class FileChoice(QWidget):
    """One path, or none.

    Args:
        words: on the button.
        tip: what is chosen here.
        ask: asks the person; None when they change their mind.

    Signals:
        changed: another path was chosen, or none is any more.
    """

    changed = Signal()

    def __init__(self, words: str, tip: str, ask: Callable[[], Path | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self._ask = ask
        self.button = QPushButton(words)
        self.button.setToolTip(tip)
        self.button.clicked.connect(self._choose)
        self.name = QLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self.name, "small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        layout.addWidget(self.button)
        layout.addWidget(self.name, 1)

    def choose(self, path: Path | None) -> None:
        """Take a path, or none."""
        self.path = path
        self.name.setToolTip("" if path is None else str(path))
        self._show()
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._show()

    def _choose(self) -> None:
        path = self._ask()
        if path is not None:
            self.choose(path)

    def _show(self) -> None:
        words = "" if self.path is None else self.path.name
        elided = self.name.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, self.name.width())
        self.name.setText(elided)
