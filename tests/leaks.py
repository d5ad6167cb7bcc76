"""A test that leaves a window or a process behind fails. Import ``nothing_is_left`` in a conftest."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget

LONGEST_WAIT_S = 3.0


def windows() -> list[QWidget]:
    """Windows that are on the screen, and main windows and dialogs that still exist."""
    if not isinstance(QApplication.instance(), QApplication):
        return []
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() or isinstance(widget, (QMainWindow, QDialog))
    ]


def _settled() -> list[object]:
    """Windows and child processes, after what is to be deleted has been deleted."""
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return [*windows(), *multiprocessing.active_children()]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Compare what there is after the test with what there was before."""
    before = {id(one) for one in _settled()}
    yield
    deadline = time.monotonic() + LONGEST_WAIT_S
    while left := [one for one in _settled() if id(one) not in before]:
        if time.monotonic() > deadline:
            pytest.fail(f"left behind: {left}")
        QCoreApplication.processEvents()
        time.sleep(0.01)
