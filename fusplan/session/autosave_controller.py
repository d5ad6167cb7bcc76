"""Keeps the plan of a running window against crashes: at most two seconds of work are lost."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.planning.autosave import Autosave
from fusplan.planning.plan import Plan
from fusplan.session.services import TimerMaker
from fusplan.session.session import Session

log = logging.getLogger("fusplan")

KEPT_AFTER_MS = 1000
"""After the first change that is not kept yet; writing takes well under a second."""


class AutosaveController:
    """Writes changed plans to the user's state folder, in a thread, and forgets them once they are saved."""

    def __init__(self, session: Session, timer: TimerMaker) -> None:
        self._session = session
        self._autosave = Autosave()
        self._thread: threading.Thread | None = None
        self._kept: Plan | None = None
        self._timer = timer(KEPT_AFTER_MS, self._keep)
        session.plan_changed.connect(self._look)
        session.saved_changed.connect(self._look)

    @property
    def is_waiting(self) -> bool:
        """Whether a change is not on the disk yet."""
        return self._timer.is_active or (self._thread is not None and self._thread.is_alive())

    def close(self) -> None:
        """The program ends in order: nothing needs to be kept."""
        self._timer.stop()
        self._wait()
        self._autosave.close()

    def _look(self) -> None:
        if not self._session.has_unsaved_changes:
            self._timer.stop()
            self._wait()
            self._kept = None
            self._autosave.forget()
        elif self._session.plan is not self._kept and not self._timer.is_active:
            self._timer.start()

    def _keep(self) -> None:
        plan = self._session.plan
        if plan is None or not self._session.has_unsaved_changes:
            return
        if self._thread is not None and self._thread.is_alive():
            self._timer.start()
            return
        self._kept = plan
        self._thread = threading.Thread(target=self._write, args=(plan, self._session.saved_path), daemon=True)
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
