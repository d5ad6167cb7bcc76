"""The tool bar: the actions of the workspace, and at its right end those of every workspace."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from fusplan.app.actions import Actions
from fusplan.widgets.theme import ICON_SIZE


class ToolBar(QToolBar):
    """Shows actions of the table by their ids.

    Args:
        title: its name.
        actions: the table's.
        at_right: ids of those at the right end.
        parent: the window.
    """

    def __init__(self, title: str, actions: Actions, at_right: Sequence[str], parent: QWidget) -> None:
        super().__init__(title, parent)
        self._table = actions
        self.setMovable(False)
        self.setFloatable(False)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._stretch = self.addWidget(stretch)
        for action_id in at_right:
            self.addAction(actions[action_id])
        self._lines: list[QAction] = []
        self.shown: tuple[str | None, ...] = ()

    def show_actions(self, ids: Sequence[str | None]) -> None:
        """Show these from the left, and no others but those at the right end; None is a line."""
        for action_id in self.shown:
            if action_id is not None:
                self.removeAction(self._table[action_id])
        for line in self._lines:
            self.removeAction(line)
            line.deleteLater()
        self._lines = []
        for action_id in ids:
            if action_id is None:
                self._lines.append(self.insertSeparator(self._stretch))
            else:
                self.insertAction(self._stretch, self._table[action_id])
        self.shown = tuple(ids)
