"""One of several named things, chosen from a list that folds out: for more than fit side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from fusplan.widgets.narrow_combo import NarrowCombo
from fusplan.widgets.segments import Choice


class ComboChoice(QWidget):
    """Answers as :class:`~fusplan.widgets.segments.Segments` does.

    Args:
        choices: what there is to choose.
        name: for screen readers.

    Signals:
        chosen: key of the choice that a person made.
    """

    chosen = Signal(str)

    def __init__(self, choices: Sequence[Choice], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = tuple(choice.key for choice in choices)
        self.combo = NarrowCombo()
        self.combo.setAccessibleName(name)
        for choice in choices:
            self.combo.addItem(choice.text, choice.key)
        self.combo.activated.connect(lambda place: self.chosen.emit(str(self.combo.itemData(place))))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.combo)

    def choose(self, key: str | None) -> None:
        """Show a choice without telling."""
        self.combo.setCurrentIndex(self.combo.findData(key))
