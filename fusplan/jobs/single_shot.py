"""A timer of Qt that calls once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer


class SingleShot:
    """Calls ``do`` once, ``interval_ms`` after it was started last."""

    def __init__(self, interval_ms: int, do: Callable[[], None]) -> None:
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(do)

    @property
    def is_active(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        """Begin to wait, or begin anew."""
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
