"""What is drawn of the treatment while its workspace is shown, and the heat of spots while they are dragged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fusplan.display.treatment_pictures import with_treatment_layers
from fusplan.display.view_state import TREATMENT, SliceCamera, ViewState
from fusplan.errors import FusplanError
from fusplan.session.services import Work, WorkStarter
from fusplan.session.session import Session
from fusplan.workflows.treatment_requests import DraggedHeatRequest, SightsRequest
from fusplan.workflows.workflow_table import Workflows

if TYPE_CHECKING:
    from fusplan.display.treatment_sights import TreatmentSights
    from fusplan.planning.plan import Plan, Target
    from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
    from fusplan.planning.treatment_sketch import TreatmentSketch
    from fusplan.simulation.sonication import HeatingCalibration, Sonication
    from fusplan.workflows.treatment_sights import DraggedHeat, LaidOutDrag

FIRST_SWITCHES: dict[str, Any] = {"proposals": False, "uncertainty": False, "head_surface": True}
"""What is switched otherwise when the workspace is entered first: targets are chosen, the head is cut open."""


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    """What is drawn: the plan, its target, and what was simulated of it."""

    plan: Plan
    target: Target
    simulated: SimulatedTreatment
    found: SimulatedTarget
    sonications: tuple[Sonication, ...]

    @property
    def calibration(self) -> HeatingCalibration:
        from fusplan.planning.treatment_edits import treatment_of  # noqa: PLC0415 - with a treatment

        return treatment_of(self.plan).calibration

    @property
    def is_dragged(self) -> bool:
        """Whether the spots are no longer those of the simulation, while all else of it still holds."""
        same_place = self.target.point == self.found.pose.target
        return bool(self.sonications) and self.sonications != self.found.sonications and same_place


class SightsController:
    """Fills ``session.sights``; work beside the window, one piece at a time, the last change wins."""

    def __init__(self, session: Session, work: WorkStarter, workflows: Workflows) -> None:
        self._session = session
        self._work = work
        self._workflows = workflows
        self._made: dict[str, TreatmentSights] = {}
        self._heat: DraggedHeat | None = None
        self._leaning: tuple[TreatmentSights, TreatmentSketch, TreatmentSights] | None = None
        self._job: Work | None = None
        self._failed: SimulatedTarget | None = None
        self._switches: dict[str, Any] = dict(FIRST_SWITCHES)
        self._cameras: Mapping[str, SliceCamera] | None = None
        session.volume_changed.connect(self._forget)
        session.plan_changed.connect(self._look)
        session.simulated_changed.connect(self._look)
        session.sketch_changed.connect(self._look)
        session.view_changed.connect(self._view_changed)

    @property
    def is_busy(self) -> bool:
        """Whether something is being made."""
        return self._job is not None

    def close(self) -> None:
        """Stop."""
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()

    def _forget(self) -> None:
        self.close()
        self._made.clear()
        self._heat = self._failed = self._leaning = None
        # The zoom that is kept is of the other workspace; None: this one has not been entered with the image yet.
        self._cameras = {} if self._session.view.state.workspace == TREATMENT else None

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if before.workspace != after.workspace and TREATMENT in (before.workspace, after.workspace):
            self._swap_switches(after)
        if (before.workspace, before.selection) != (after.workspace, after.selection):
            self._look()

    def _swap_switches(self, state: ViewState) -> None:
        """Some layers and the zoom are this workspace's own; those of the others come back when it is left."""
        now = {name: getattr(state.layers, name) for name in self._switches}
        there, self._switches = self._switches, now
        cameras, self._cameras = self._cameras, state.cameras
        state = replace(state.with_layers(**there), image_layers=with_treatment_layers(state.image_layers))
        self._session.view.become(state if cameras is None else replace(state, cameras=cameras))
        if cameras is None:
            self._session.look_at_target()

    # What is missing

    def _subject(self) -> _Subject | None:
        session = self._session
        plan, simulated, state = session.plan, session.simulated, session.view.state
        if plan is None or simulated is None or state.workspace != TREATMENT:
            return None
        from fusplan.display.treated_spots import shown_target, treated_spots  # noqa: PLC0415 - with a treatment

        target = shown_target(plan, state.selection)
        found = None if target is None else simulated.target(target.id)
        if target is None or found is None:
            return None
        return _Subject(plan, target, simulated, found, treated_spots(plan, target, simulated).sonications)

    def _look(self) -> None:
        """Show what is there, and begin with what is not."""
        subject = self._subject()
        if subject is None:
            self._show(None)
            return
        made = self._made.get(subject.target.id)
        if made is None or made.simulated is not subject.found:
            self._show_of(subject)
            if self._job is None and self._failed is not subject.found:
                self._make(subject, made)
        elif not subject.is_dragged:
            self._show(self._sketched(made))
            is_about_to_be = self._session.view.state.selection.spot is not None and bool(subject.sonications)
            if is_about_to_be and self._laid_out(subject) is None and self._failed is not subject.found:
                self._follow_drag(subject, made)
        elif not self._is_followed(subject) and self._failed is not subject.found:
            self._follow_drag(subject, made)

    def _sketched(self, made: TreatmentSights) -> TreatmentSights:
        """With the helmet as it leans now, roughly, until that has been simulated; else as it is."""
        sketch, kept = self._session.sketch, self._leaning
        if sketch is None or sketch.target_id != made.simulated.target_id:
            return made
        if kept is None or kept[0] is not made or kept[1] is not sketch:
            kept = self._leaning = (made, sketch, made.leaning(sketch))
        return kept[2]

    def _is_followed(self, subject: _Subject) -> bool:
        """Whether the last quick look is of the spots as they are."""
        return (
            self._laid_out(subject) is not None
            and self._heat is not None
            and (self._heat.sonications == subject.sonications)
        )

    def _show_of(self, subject: _Subject) -> None:
        """What is shown of the same target stays until there is better; of another it goes."""
        shown = self._session.sights
        if shown is not None and shown.simulated.target_id != subject.target.id:
            self._show(self._made.get(subject.target.id))

    def _show(self, sights: TreatmentSights | None) -> None:
        if self._session.sights is not sights:
            self._session.set_sights(sights)

    # Work

    def _make(self, subject: _Subject, before: TreatmentSights | None) -> None:
        latest = before or next(iter(self._made.values()), None)
        request = SightsRequest(subject.simulated, subject.found, latest)

        def take(made: TreatmentSights) -> None:
            self._job = None
            self._made[subject.target.id] = made
            self._look()

        def fail(error: FusplanError) -> None:
            self._job, self._failed = None, subject.found
            self._work.tell(error)

        self._job = self._work.unlisted(
            self._workflows.make_sights, request, "Drawing what the treatment does", take, fail
        )

    def _laid_out(self, subject: _Subject) -> LaidOutDrag | None:
        """What was laid out for drags of these spots, if it still serves."""
        laid_out = None if self._heat is None else self._heat.laid_out
        if laid_out is None or not laid_out.serves(subject.found, subject.sonications, subject.calibration):
            return None
        return laid_out

    def _follow_drag(self, subject: _Subject, made: TreatmentSights) -> None:
        """The spots as they are now; what comes meanwhile is gathered."""
        if self._job is not None or subject.found.focus.gain <= 0:
            return
        lesions = subject.plan.lesions_of(subject.target.id)
        planned = lesions[0].ellipsoid if lesions else None
        request = DraggedHeatRequest(
            subject.found, subject.sonications, subject.calibration, planned, made, self._laid_out(subject)
        )

        def take(heat: DraggedHeat) -> None:
            self._job, self._heat = None, heat
            now = self._subject()
            if now is not None and now.is_dragged and now.found is subject.found:
                self._show(heat.sights)
            self._look()

        def fail(error: FusplanError) -> None:
            self._job, self._failed = None, subject.found
            self._work.tell(error)

        self._job = self._work.unlisted(self._workflows.drag_heat, request, "Following the spots", take, fail)
