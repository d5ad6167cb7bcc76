"""A session's signals as Qt's own: a widget that is gone is not called any more."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVarTuple

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtCore import Signal as DeclaredSignal

from fusplan.signals import Signal

Values = TypeVarTuple("Values")


@lru_cache(maxsize=8)
def _relay_class(count: int) -> type[Any]:
    """A class of Qt objects with one signal ``told`` of so many values."""
    return type(f"Relay{count}", (QObject,), {"told": DeclaredSignal(*[object] * count)})


class QtSignal(Signal[*Values]):
    """Emits through a Qt object, which forgets a listener when the widget it belongs to is deleted."""

    def __init__(self, *kinds: type) -> None:
        super().__init__(*kinds)
        self._relay = _relay_class(len(kinds))()

    @property
    def qt(self) -> Any:
        """The signal of Qt itself, to be waited for."""
        return self._relay.told

    def connect(self, listener: Callable[[*Values], object]) -> Callable[[], None]:
        connection = self._relay.told.connect(listener)

        def disconnect() -> None:
            if shiboken6.isValid(self._relay):
                QObject.disconnect(connection)

        return disconnect

    def emit(self, *values: *Values) -> None:
        self._relay.told.emit(*values)
