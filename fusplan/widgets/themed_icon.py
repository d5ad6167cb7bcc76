"""Icons on buttons that are drawn anew in the colours of another theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton

from fusplan.widgets.icons import icon


class _IconKeeper(QObject):
    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button
        self.name = ""
        button.installEventFilter(self)

    def draw(self) -> None:
        self._button.setIcon(icon(self.name))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.PaletteChange:
            self.draw()
        return super().eventFilter(watched, event)


def set_themed_icon(button: QAbstractButton, name: str) -> None:
    """Give a button the icon ``name`` in the theme's text colour, now and after a change of theme."""
    keeper = next((one for one in button.children() if isinstance(one, _IconKeeper)), None) or _IconKeeper(button)
    if keeper.name != name:
        keeper.name = name
        keeper.draw()
