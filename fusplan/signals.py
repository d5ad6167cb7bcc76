"""Telling others that something has changed, without Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVarTuple

Values = TypeVarTuple("Values")


class Signal(Generic[*Values]):
    """Calls everyone who has connected, in the order in which they did.

    Plain callbacks, no library: what is raised by a listener reaches whoever emits, and a listener stays until it is
    taken away. A window connects its widgets through :class:`fusplan.widgets.qt_signal.QtSignal`, which forgets a
    widget together with its Qt object.

    Args:
        kinds: the classes of the values that are told, for the reader and for a window's own kind of signal.
    """

    def __init__(self, *kinds: type) -> None:
        self.kinds = kinds
        self._listeners: list[Callable[[*Values], object]] = []

    def connect(self, listener: Callable[[*Values], object]) -> Callable[[], None]:
        """Call ``listener`` after every change, until the returned function is called."""
        self._listeners.append(listener)

        def disconnect() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return disconnect

    def emit(self, *values: *Values) -> None:
        """Call everyone who is connected now."""
        for listener in tuple(self._listeners):
            listener(*values)
