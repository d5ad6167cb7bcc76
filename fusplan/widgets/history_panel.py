"""Every step of the plan by name; a click goes there. Later steps stay until something new is done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fusplan.widgets.case import Case
from fusplan.widgets.theme import GAP, set_role, space

EMPTY = "Nothing has been changed yet. Every change of the plan will be listed here and can be taken back."


class HistoryPanel(QFrame):
    """The undo history as a list, the oldest step first."""

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        heading = QLabel("History")
        set_role(heading, "heading")
        self.list = QListWidget()
        set_role(self.list, "plain")
        self.list.setAccessibleName("History of the plan")
        self.list.itemClicked.connect(self._go_to)
        self.list.itemActivated.connect(self._go_to)
        self._empty = QLabel(EMPTY)
        self._empty.setWordWrap(True)
        set_role(self._empty, "muted")
        layout = QVBoxLayout(self)
        space(layout, GAP * 2, GAP)
        layout.addWidget(heading)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        case.plan_changed.connect(self.refresh)
        case.saved_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the document again."""
        document = self._case.document
        self.list.clear()
        labels = document.history.labels if document is not None else ()
        position = document.history.position if document is not None else 0
        for index, label in enumerate(labels):
            item = QListWidgetItem(label)
            if index > position:
                item.setForeground(self.palette().placeholderText())
                item.setToolTip("Undone. Click to do it again.")
            else:
                item.setToolTip("Now" if index == position else "Click to go back to this step.")
            item.setData(Qt.ItemDataRole.UserRole, index)
            self.list.addItem(item)
        self.list.setCurrentRow(position if labels else -1)
        self._empty.setVisible(len(labels) <= 1)

    def _go_to(self, item: QListWidgetItem) -> None:
        document = self._case.document
        if document is not None:
            document.go_to(int(item.data(Qt.ItemDataRole.UserRole)))
