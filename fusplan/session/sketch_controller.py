"""A rough answer to every change of the helmet while it is typed or turned, until the careful one is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fusplan.display.view_state import TREATMENT
from fusplan.errors import FusplanError
from fusplan.session.services import Work, WorkStarter
from fusplan.session.session import Session
from fusplan.workflows.treatment_requests import SketchRequest
from fusplan.workflows.workflow_table import Workflows

if TYPE_CHECKING:
    from fusplan.planning.treatment_sketch import TreatmentSketch


class SketchController:
    """Fills ``session.sketch`` for the selected target: one sketch at a time, of the newest state."""

    def __init__(self, session: Session, work: WorkStarter, workflows: Workflows) -> None:
        self._session = session
        self._work = work
        self._workflows = workflows
        self._job: Work | None = None
        self._tried = ""
        session.plan_changed.connect(self._look)
        session.simulated_changed.connect(self._simulated)

    @property
    def is_busy(self) -> bool:
        """Whether anything is still to be computed."""
        return self._job is not None

    def close(self) -> None:
        """Stop."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    def _simulated(self) -> None:
        """The careful answer takes the place of the rough one."""
        if self._session.simulated is None:
            self.close()
        if self._session.sketch is not None and (self._session.simulated is None or self._session.simulated_is_current):
            self._session.set_sketch(None)

    def _look(self) -> None:
        """Sketch what is not known of the selected target; what comes in the meantime is sketched after it."""
        session = self._session
        plan, simulated, state = session.plan, session.simulated, session.view.state
        if self._job is not None or plan is None or simulated is None or state.workspace != TREATMENT:
            return
        from fusplan.display.treated_spots import shown_target  # noqa: PLC0415 - loaded with a treatment
        from fusplan.planning.simulated_treatment import elements_key  # noqa: PLC0415

        target = shown_target(plan, state.selection)
        if target is None:
            return
        key, found = elements_key(plan, target, simulated.skull_key), simulated.target(target.id)
        if found is None or key == found.keys.elements:
            if session.sketch is not None:
                session.set_sketch(None)
            return
        if key == self._tried or (session.sketch is not None and session.sketch.key == key):
            return
        self._tried = key
        request = SketchRequest(plan, target, simulated)
        title, sketch = f"Sketching what the change does at {target.name}", self._workflows.sketch_treatment
        self._job = self._work.unlisted(sketch, request, title, self._take, self._fail)

    def _take(self, sketch: TreatmentSketch) -> None:
        self._job = None
        if not self._session.simulated_is_current:
            self._session.set_sketch(sketch)
        self._look()

    def _fail(self, _error: FusplanError) -> None:
        """The careful simulation tells what is wrong."""
        self._job = None
