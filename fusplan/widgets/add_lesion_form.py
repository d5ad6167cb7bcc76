"""Add a lesion at a target: 4 x 5, 4 x 7, or any size."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fusplan.planning.plan import Plan
from fusplan.widgets.narrow_combo import NarrowCombo
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role, space

SIZES = ("4x5", "4x7")


class AddLesionForm(QFrame):
    """A target and a size.

    Signals:
        wanted: id of the target and the size as it was written.
    """

    wanted = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.target = NarrowCombo()
        self.target.setAccessibleName("Target of the new lesion")
        self.target.setToolTip("The target that the new lesion belongs to")
        self.buttons = {size: QPushButton(size.replace("x", " x ")) for size in SIZES}
        for size, button in self.buttons.items():
            across, along = size.split("x")
            button.setToolTip(f"Add a lesion of {across} mm across and {along} mm along")
            button.clicked.connect(lambda _=False, size=size: self._tell(size))
        self.size_field = QLineEdit()
        self.size_field.setPlaceholderText("any size")
        self.size_field.setAccessibleName("Size of the new lesion, mm")
        self.size_field.setToolTip("Across x along, or across x across x along, mm: 3x6 or 3x4x6; Enter adds")
        self.size_field.returnPressed.connect(lambda: self._tell(self.size_field.text()))
        label = QLabel("Add at")
        set_role(label, "muted")
        first = QHBoxLayout()
        first.setSpacing(GAP_SMALL * 2)
        first.addWidget(label)
        first.addWidget(self.target, 1)
        second = QHBoxLayout()
        second.setSpacing(GAP_SMALL)
        for button in self.buttons.values():
            second.addWidget(button)
        second.addWidget(self.size_field, 1)
        layout = QVBoxLayout(self)
        space(layout, GAP + GAP_SMALL, GAP)
        layout.addLayout(first)
        layout.addLayout(second)

    def show_targets(self, plan: Plan, chosen: str | None) -> None:
        """List the targets of a plan."""
        listed = [(self.target.itemText(row), self.target.itemData(row)) for row in range(self.target.count())]
        wanted = [(target.name, target.id) for target in plan.targets]
        if listed != wanted:
            self.target.clear()
            for name, target_id in wanted:
                self.target.addItem(name, target_id)
        place = self.target.findData(chosen)
        if place >= 0:
            self.target.setCurrentIndex(place)
        for part in (self.target, self.size_field, *self.buttons.values()):
            part.setEnabled(bool(wanted))

    def _tell(self, size: str) -> None:
        if self.target.currentData() is not None and size.strip():
            self.wanted.emit(str(self.target.currentData()), size)
