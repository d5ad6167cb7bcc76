"""The command palette: type a few letters, run any action of the program."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fusplan.widgets.fuzzy import ranked
from fusplan.widgets.theme import GAP, set_role, space

WIDTH = 560
MOST_ROWS = 10
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandPalette(QFrame):
    """Lies over its parent window; closed by Escape, by a click elsewhere, or by running an action."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        set_role(self, "overlay")
        self._actions = tuple(actions)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type a few letters of what you want to do")
        self.field.setAccessibleName("Find an action")
        self.list = QListWidget()
        set_role(self.list, "plain")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        layout = QVBoxLayout(self)
        space(layout, GAP, GAP)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._run)
        self.hide()

    def open_over(self) -> None:
        """Show all actions and take the keyboard."""
        self.field.clear()
        self._search("")
        parent = self._over
        width = min(WIDTH, parent.width() - 4 * GAP)
        rows = min(MOST_ROWS, self.list.count())
        height = self.field.sizeHint().height() + rows * max(self.list.sizeHintForRow(0), 24) + 5 * GAP
        self.setGeometry((parent.width() - width) // 2, max(parent.height() // 8, 40), width, height)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def texts(self) -> tuple[str, ...]:
        """The names that are listed, best first."""
        return tuple(self._action_of(self.list.item(row)).text() for row in range(self.list.count()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._took(event):
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def _took(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if (item := self.list.currentItem()) is not None:
                self._run(item)
        elif event.key() in _LIST_KEYS:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -MOST_ROWS}.get(
                Qt.Key(event.key()), MOST_ROWS
            )
            row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
            self.list.setCurrentRow(row)
        else:
            return False
        return True

    def _search(self, query: str) -> None:
        self.list.clear()
        by_name = ranked(query, [action.text() for action in self._actions])
        words = query.lower().split()
        by_sentence = [
            index
            for index, action in enumerate(self._actions)
            if index not in by_name and all(word in action.toolTip().lower() for word in words)
        ]
        for index in (*by_name, *by_sentence):
            self._add(index)
        self.list.setCurrentRow(0)

    def _add(self, index: int) -> None:
        action = self._actions[index]
        keys = action.shortcut().toString()
        item = QListWidgetItem(action.icon(), f"{action.text()}" + (f"    {keys}" if keys else ""))
        item.setToolTip(action.toolTip())
        item.setData(Qt.ItemDataRole.UserRole, index)
        if not action.isEnabled():
            item.setForeground(self.palette().placeholderText())
        self.list.addItem(item)

    def _action_of(self, item: QListWidgetItem) -> QAction:
        return self._actions[int(item.data(Qt.ItemDataRole.UserRole))]

    def _run(self, item: QListWidgetItem) -> None:
        action = self._action_of(item)
        if not action.isEnabled():
            return
        self._leave()
        action.trigger()

    def _leave(self) -> None:
        self.hide()
        self._over.setFocus()
