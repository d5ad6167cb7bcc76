"""The window's signals: the same words as without Qt, and no call into a widget that is gone."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fusplan.widgets.qt_signal import QtSignal


class Listener(QLabel):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []

    def hear(self, before: object, after: object) -> None:
        self.heard.append((before, after))
        self.setText(f"{before} {after}")


def test_values_arrive_as_they_are(qtbot: QtBot) -> None:
    signal: QtSignal[object, object] = QtSignal(object, object)
    listener = Listener()
    qtbot.addWidget(listener)
    stop = signal.connect(listener.hear)
    value = (1, "two")
    signal.emit(value, None)
    assert listener.heard == [(value, None)]
    assert listener.heard[0][0] is value
    stop()
    signal.emit(1, 2)
    assert len(listener.heard) == 1


def test_a_widget_that_is_gone_is_not_called(qtbot: QtBot) -> None:
    signal: QtSignal[object, object] = QtSignal(object, object)
    listener, other = Listener(), Listener()
    qtbot.addWidget(other)
    signal.connect(listener.hear)
    signal.connect(other.hear)
    shiboken6.delete(listener)
    with qtbot.captureExceptions() as exceptions:
        signal.emit("before", "after")
    assert exceptions == []
    assert listener.heard == []
    assert other.heard == [("before", "after")]
