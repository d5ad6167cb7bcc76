"""Keeps the plan of a running window against crashes: at most two seconds of work are lost."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from fusplan.app.error_reporting import log
from fusplan.errors import FusplanError
from fusplan.planning.autosave import Autosave
from fusplan.planning.plan import Plan
from fusplan.widgets.case import Case

KEPT_AFTER_MS = 1000
"""After the first change that is not kept yet; writing takes well under a second."""


class Autosaving(QObject):
    """Writes changed plans to the user's state folder, in a thread, and forgets them once they are saved."""

    def __init__(self, case: Case, parent: QObject) -> None:
        super().__init__(parent)
        self._case = case
        self._autosave = Autosave()
        self._thread: threading.Thread | None = None
        self._kept: Plan | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEPT_AFTER_MS)
        self._timer.timeout.connect(self._keep)
        case.plan_changed.connect(self._look)
        case.saved_changed.connect(self._look)

    @property
    def is_waiting(self) -> bool:
        """Whether a change is not on the disk yet."""
        return self._timer.isActive() or (self._thread is not None and self._thread.is_alive())

    def close(self) -> None:
        """The program ends in order: nothing needs to be kept."""
        self._timer.stop()
        self._wait()
        self._autosave.close()

    def _look(self) -> None:
        if not self._case.has_unsaved_changes:
            self._timer.stop()
            self._wait()
            self._kept = None
            self._autosave.forget()
        elif self._case.plan is not self._kept and not self._timer.isActive():
            self._timer.start()

    def _keep(self) -> None:
        plan = self._case.plan
        if plan is None or not self._case.has_unsaved_changes:
            return
        if self._thread is not None and self._thread.is_alive():
            self._timer.start()
            return
        self._kept = plan
        self._thread = threading.Thread(target=self._write, args=(plan, self._case.saved_path), daemon=True)
        self._thread.start()

    def _write(self, plan: Plan, original_path: Path | None) -> None:
        try:
            self._autosave.keep(plan, original_path)
        except (FusplanError, OSError) as error:  # a full disk must not stop the work
            log.warning("autosave failed: %s", error)

    def _wait(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
