"""The help of one window: made when it is first wanted, in the theme of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from fusplan.app.program import Program

if TYPE_CHECKING:
    from fusplan.widgets.help_window import HelpWindow


class HelpOpening(QObject):
    """Opens pages of help beside a window."""

    def __init__(self, program: Program, parent: QWidget) -> None:
        super().__init__(parent)
        self._program = program
        self._over = parent
        self.window: HelpWindow | None = None
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The help goes with its window, so that nothing keeps the program running."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous() and self.window is not None:
            self.window.close()
        return super().eventFilter(watched, event)

    def show(self, page: str) -> None:
        """Show a page, such as ``frames``."""
        if self.window is None:
            from fusplan.widgets.help_window import HelpWindow  # noqa: PLC0415 - loaded when first wanted

            self.window = HelpWindow(parent=self._over)
            self.window.web_wanted.connect(lambda url: self._program.open_url(url))
            self._program.theme_changed.connect(self.window.refresh)
        self.window.open_page(page)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
