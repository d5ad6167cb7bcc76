"""Signals without Qt: who hears, in which order, and until when."""

from __future__ import annotations

from fusplan.signals import Signal


def test_everyone_who_is_connected_hears_the_values_in_the_order_of_connecting() -> None:
    signal: Signal[int, str] = Signal(int, str)
    heard: list[tuple[str, int, str]] = []
    signal.connect(lambda number, word: heard.append(("first", number, word)))
    signal.connect(lambda number, word: heard.append(("second", number, word)))
    signal.emit(7, "mm")
    assert heard == [("first", 7, "mm"), ("second", 7, "mm")]


def test_one_that_goes_or_comes_while_others_are_told_changes_nothing_for_them() -> None:
    signal: Signal[()] = Signal()
    heard: list[str] = []

    def leave() -> None:
        heard.append("leaving")
        stop()
        signal.connect(lambda: heard.append("late"))

    stop = signal.connect(leave)
    signal.connect(lambda: heard.append("stays"))
    signal.emit()
    assert heard == ["leaving", "stays"]
    signal.emit()
    assert heard == ["leaving", "stays", "stays", "late"]
    stop()
