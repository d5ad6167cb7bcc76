"""What a target aims at, chosen from a list: CLp, nothing in particular, or what it aims at already."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.widgets.narrow_combo import NarrowCombo
from fusplan.widgets.theme import GAP, set_role

NOTHING = "nothing in particular"
TOOLTIP = "What is to be hit: the checks compare the position with it, whatever the target is called"


class AimChoice(QWidget):
    """Tells the key of a structure, or "" for nothing in particular.

    Signals:
        chosen: what a person chose.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = QLabel("Aims at")
        set_role(words, "small")
        self.combo = NarrowCombo()
        self.combo.setAccessibleName("What the target aims at")
        self.combo.setToolTip(
            "What is to be hit: the checks compare the position with it, however the target is called"
        )
        self.combo.activated.connect(lambda place: self.chosen.emit(str(self.combo.itemData(place))))
        self.show_aim(None)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(words)
        layout.addWidget(self.combo, 1)

    @property
    def aim_key(self) -> str | None:
        """What is chosen; None for nothing in particular."""
        return str(self.combo.currentData()) or None

    def show_aim(self, key: str | None) -> None:
        """Show what a target aims at, without telling."""
        self.combo.clear()
        for choice in dict.fromkeys((CLP_KEY, *((key,) if key else ()))):
            self.combo.addItem(choice, choice)
        self.combo.addItem(NOTHING, "")
        self.combo.setCurrentIndex(self.combo.findData(key or ""))
