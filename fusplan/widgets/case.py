"""The session of a window: its signals are Qt's."""

from __future__ import annotations

from fusplan.display.view_state import ViewStateHolder
from fusplan.session.session import Session
from fusplan.widgets.qt_signal import QtSignal


class Case(Session):
    """What is open in one window. Every widget gets it in its constructor."""

    def __init__(self, view: ViewStateHolder | None = None) -> None:
        super().__init__(view, QtSignal)
