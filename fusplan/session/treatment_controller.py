"""What the treatment of the open plan does, kept up with it while somebody looks, and the CT that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fusplan.display.view_state import TREATMENT, ViewState
from fusplan.errors import FusplanError, JobCrashedError
from fusplan.planning.plan import Plan
from fusplan.planning.plan_images import PlacedImage
from fusplan.planning.review_key import references
from fusplan.session.messages import Message
from fusplan.session.second_image import SecondImage, SecondImageTrouble
from fusplan.session.services import TimerMaker, Work, WorkStarter
from fusplan.session.session import Session
from fusplan.workflows.requests import KeptSecondImage
from fusplan.workflows.treatment_requests import SimulateRequest
from fusplan.workflows.workflow_table import Workflows

if TYPE_CHECKING:
    from fusplan.planning.simulated_treatment import SimulatedTreatment
    from fusplan.workflows.kept_second_image import PlacedSecondImage

AFTER_LAST_CHANGE_MS = 250
"""As for the review: a drag is one change, and the answer seems to come at once."""

MOST_REMEMBERED = 3
"""Simulations that stay in memory, so that undo shows them at once."""

SIMULATION_TOPIC, CT_TOPIC = "simulation", "treatment-ct"
"""Of the messages that nothing could be simulated, and that the CT could not be found."""


class SimulationStoppedError(FusplanError):
    """The person stopped the simulation."""

    def __init__(self) -> None:
        super().__init__("The simulation was stopped.", "It goes on with the next change, or when you ask for it.")


class CtStoppedError(FusplanError):
    """The person stopped the reading of the CT."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Reading {name} was stopped.", "Find it when you want its skull.")


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a simulation is of: key of the plan's, and the atlases it says where the lesion lies by."""

    key: str
    atlases: object


class TreatmentController:
    """Fills ``session.simulated`` and ``session.ct`` while the workspace "treatment" is shown, or was asked for."""

    def __init__(self, session: Session, timer: TimerMaker, work: WorkStarter, workflows: Workflows) -> None:
        self._session = session
        self._work = work
        self._workflows = workflows
        self._asked = False
        self._head = session.volume.fingerprint if session.volume is not None else ""
        self._job: Work | None = None
        self._job_subject: _Subject | None = None
        self._ct_job: Work | None = None
        self._ct_sought: PlacedImage | None = None
        self._given_up: set[_Subject] = set()
        self._told: set[str] = set()
        self._known: dict[_Subject, SimulatedTreatment] = {}
        self._timer = timer(AFTER_LAST_CHANGE_MS, self._look)
        session.volume_changed.connect(self._forget_another_head)
        session.plan_changed.connect(self._follow)
        session.atlases_changed.connect(self._follow)
        session.ct_changed.connect(self._follow)
        session.view_changed.connect(self._view_changed)

    @property
    def is_busy(self) -> bool:
        """Whether anything is still to be computed."""
        return self._timer.is_active or self._job is not None or self._ct_job is not None

    @property
    def is_wanted(self) -> bool:
        """Whether somebody looks."""
        return self._session.view.state.workspace == TREATMENT or self._asked

    def ask(self) -> None:
        """Keep up with the open plan from now on, wherever the person looks; try again what was stopped or failed."""
        self._asked = True
        self._given_up.clear()
        self._look()

    def close(self) -> None:
        """Stop."""
        self._timer.stop()
        self._drop_job()
        self._drop_ct_job()

    def _follow(self) -> None:
        if self.is_wanted and self._session.plan is not None:
            self._timer.start()

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if after.workspace != before.workspace:
            self._follow()

    def _forget_another_head(self) -> None:
        volume = self._session.volume
        head = volume.fingerprint if volume is not None else ""
        if head != self._head:
            self._head, self._asked = head, False
            self._given_up.clear()
            self._told.clear()
            self._known.clear()
        self.close()
        self._follow()

    # Looking what is missing ------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Read the CT where it is needed, then simulate what is not known."""
        plan = self._session.plan
        if plan is None or not plan.targets or not self.is_wanted:
            self._drop_job()
            self._drop_ct_job()
            if plan is not None and not plan.targets and self._session.simulated is not None:
                self._session.set_simulated(None)
        elif self._has_ct(plan):
            self._simulate(plan)

    def _subject(self, plan: Plan) -> _Subject:
        from fusplan.planning.simulated_treatment import simulation_key  # noqa: PLC0415 - loaded with a treatment

        return _Subject(simulation_key(plan), references(atlas for _, atlas in self._session.patient_atlases))

    def _simulate(self, plan: Plan) -> None:
        subject = self._subject(plan)
        if self._job is not None and subject == self._job_subject:
            return
        self._drop_job()
        known = self._known.get(subject)
        if known is not None:
            if known is not self._session.simulated or self._session.simulation_trouble is not None:
                self._session.set_simulated(known)
        elif subject not in self._given_up:
            self._start(plan, subject)

    def _start(self, plan: Plan, subject: _Subject) -> None:
        session = self._session
        if session.volume is None:
            return
        atlases = tuple(atlas for _, atlas in session.patient_atlases)
        ct = session.ct.volume if session.ct is not None and _needs_ct(plan) else None
        before = session.simulated
        request = SimulateRequest(plan, session.volume, ct, atlases, before=before)
        self._job_subject = subject
        title, simulate = "Simulating the treatment", self._workflows.simulate

        def take(found: SimulatedTreatment) -> None:
            self._take(found, subject)

        def fail(error: FusplanError) -> None:
            self._fail(error, subject)

        if before is None:
            # The first makes the skull and sends all rays: a person sees how far it is, and may stop it.
            self._job = self._work.in_thread(
                simulate, request, title, take, fail, lambda: fail(SimulationStoppedError())
            )
        else:
            self._job = self._work.unlisted(simulate, request, title, take, fail)

    def _take(self, found: SimulatedTreatment, subject: _Subject) -> None:
        """Kept even where the plan has changed meanwhile: it says itself what it is of."""
        if self._job_subject != subject:
            return
        self._job, self._job_subject = None, None
        known = {key: kept for key, kept in self._known.items() if key != subject}
        self._known = dict([*known.items(), (subject, found)][-MOST_REMEMBERED:])
        self._session.set_simulated(found)

    def _fail(self, error: FusplanError, subject: _Subject) -> None:
        """Say each thing once; the next change is tried again."""
        if self._job_subject != subject:
            return
        self._job, self._job_subject = None, None
        self._given_up.add(subject)
        self._session.set_simulated(self._session.simulated, error)
        if isinstance(error, JobCrashedError):
            self._work.tell(error)
        elif not isinstance(error, SimulationStoppedError) and error.message not in self._told:
            self._told.add(error.message)
            self._session.say(Message("error", error.message, error.remedy, topic=SIMULATION_TOPIC))

    def _drop_job(self) -> None:
        job, self._job, self._job_subject = self._job, None, None
        if job is not None:
            job.cancel()

    # The CT -----------------------------------------------------------------------------------------------------

    def _has_ct(self, plan: Plan) -> bool:
        """Whether the CT is at hand, or none is needed; begins to read it otherwise."""
        session, wanted = self._session, plan.image_of("ct")
        held = session.ct.record if session.ct is not None else None
        if wanted is None:
            self._drop_ct_job()
            if held is not None or session.ct_trouble is not None:
                session.set_ct(None)
            return True
        if not _needs_ct(plan) or wanted.shows_the_same(held):
            return True
        trouble = session.ct_trouble
        if trouble is None or not _is_the_same_file(wanted, trouble.record):
            self._read_ct(wanted)
        return False

    def _read_ct(self, wanted: PlacedImage) -> None:
        if self._ct_sought is not None and _is_the_same_file(wanted, self._ct_sought):
            return
        self._drop_ct_job()
        self._drop_job()
        self._ct_sought = wanted

        def show(found: PlacedSecondImage) -> None:
            if self._end_ct(wanted):
                self._session.set_ct(SecondImage(found.volume, found.volume.name, found.record))

        def fail(error: FusplanError) -> None:
            if isinstance(error, JobCrashedError):
                self._work.tell(error)
            if self._end_ct(wanted):
                self._tell_ct(wanted, error)

        document = self._session.document
        folder = document.path.parent if document is not None and document.path is not None else None
        self._ct_job = self._work.in_thread(
            self._workflows.open_second_image,
            KeptSecondImage(wanted, plan_folder=folder),
            f"Finding the CT {wanted.image.name}",
            show,
            fail,
            lambda: fail(CtStoppedError(wanted.image.name)),
        )

    def _tell_ct(self, wanted: PlacedImage, error: FusplanError) -> None:
        from fusplan.planning.placed_image_file import PlacedImageChangedError  # noqa: PLC0415 - loaded by the work

        path = wanted.image.path
        looked_at = Path(path) if isinstance(error, PlacedImageChangedError) and path is not None else None
        self._session.set_ct(None, SecondImageTrouble(wanted, error, looked_at))
        if error.message not in self._told:
            self._told.add(error.message)
            remedy = "The step Skull finds it, lays another one over, forgets it, or takes the T1's skull."
            self._session.say(Message("info", f"The CT is not used. {error.message}", remedy, topic=CT_TOPIC))

    def _end_ct(self, wanted: PlacedImage) -> bool:
        if self._ct_sought is not wanted:
            return False
        self._ct_job, self._ct_sought = None, None
        return True

    def _drop_ct_job(self) -> None:
        job, self._ct_job, self._ct_sought = self._ct_job, None, None
        if job is not None:
            job.cancel()


def _needs_ct(plan: Plan) -> bool:
    """Whether the skull of the plan's CT is meant."""
    wanted = plan.treatment.skull if plan.treatment is not None else None
    return plan.image_of("ct") is not None and wanted in (None, "ct")


def _is_the_same_file(one: PlacedImage, other: PlacedImage) -> bool:
    return one.shows_the_same(other) and one.image.path == other.image.path
