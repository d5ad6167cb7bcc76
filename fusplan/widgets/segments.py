"""A few choices side by side of which one holds: all of them are read at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from fusplan.widgets.theme import GAP_SMALL, set_role


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its key, what it says, and what it means."""

    key: str
    text: str
    tooltip: str = ""


class Segments(QWidget):
    """Exclusive buttons in a row.

    Args:
        choices: from left to right.
        name: for screen readers.

    Signals:
        chosen: the key of the choice a person has made.
    """

    chosen = Signal(str)

    def __init__(self, choices: Sequence[Choice], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        for choice in choices:
            button = QPushButton(choice.text)
            set_role(button, "segment")
            button.setCheckable(True)
            button.setToolTip(choice.tooltip)
            button.setAccessibleName(f"{name}: {choice.text}")
            button.clicked.connect(lambda _=False, key=choice.key: self.chosen.emit(key))
            self._group.addButton(button)
            self.buttons[choice.key] = button
            layout.addWidget(button, 1)

    @property
    def choice(self) -> str | None:
        """The key of the choice that holds."""
        return next((key for key, button in self.buttons.items() if button.isChecked()), None)

    def choose(self, key: str | None) -> None:
        """Show another choice, or none, without telling anybody."""
        if key is None:
            self._group.setExclusive(False)
            for button in self.buttons.values():
                button.setChecked(False)
            self._group.setExclusive(True)
        elif key in self.buttons:
            self.buttons[key].setChecked(True)
