"""Proposals that follow the landmarks and the registration, as part of the step that changed those.

An edit of a landmark is on the screen at once; its proposals follow: the AC-PC rule within a blink, those of the
atlases when a thread has found them. They are written into the history step of the edit itself, so that one undo
takes back both, and no step appears that the person did not make.
"""

from __future__ import annotations

from fusplan.errors import FusplanError
from fusplan.planning.plan import Plan
from fusplan.session.services import TimerMaker, Work, WorkStarter
from fusplan.session.session import Session
from fusplan.workflows.requests import RecomputeRequest
from fusplan.workflows.workflow_table import Workflows

RULE_AFTER_MS = 60
ATLASES_AFTER_MS = 400
"""After the last change; a drag is not followed at every step."""


class ProposalController:
    """Watches the plan; starts work when its proposals no longer fit what it stands on."""

    def __init__(self, session: Session, timer: TimerMaker, work: WorkStarter, workflows: Workflows) -> None:
        self._session = session
        self._work = work
        self._workflows = workflows
        self._ruled_for: str | None = None
        self._job: Work | None = None
        self._job_for: str | None = None
        self._rule_timer = timer(RULE_AFTER_MS, self._follow_rule)
        self._atlas_timer = timer(ATLASES_AFTER_MS, self._start)
        session.plan_changed.connect(self._look)
        session.atlases_changed.connect(self._look)

    @property
    def is_busy(self) -> bool:
        """Whether proposals are still to be computed."""
        return self._atlas_timer.is_active or self._job is not None

    def close(self) -> None:
        """Stop."""
        self._rule_timer.stop()
        self._atlas_timer.stop()
        self._drop_job()

    def _look(self) -> None:
        plan = self._session.plan
        if plan is None or not plan.proposals:
            self.close()
            self._session.set_proposals_stale(False)
            return
        # Of plans of earlier versions it is not known what their proposals belong to: they stay as they were saved.
        stale = plan.proposals_fit is False
        self._session.set_proposals_stale(stale)
        if not stale:
            self._rule_timer.stop()
            self._atlas_timer.stop()
            self._drop_job()
            return
        if self._job_for == plan.basis:
            return
        self._drop_job()
        if self._ruled_for != plan.basis:
            self._rule_timer.start()
        self._atlas_timer.start()

    def _follow_rule(self) -> None:
        """The rule needs no atlas: written into the plan at once, in some milliseconds."""
        volume, document = self._session.volume, self._session.document
        if volume is None or document is None or not self._session.proposals_are_stale:
            return
        from fusplan.workflows.recompute import recompute_rule  # noqa: PLC0415 - as above

        ruled = recompute_rule(document.plan, volume)
        self._ruled_for = ruled.basis
        document.amend(lambda _: ruled)

    def _start(self) -> None:
        volume, plan, atlases = self._session.volume, self._session.plan, self._session.patient_atlases
        if volume is None or plan is None or not _proposing(plan) <= {atlas.atlas.name for _, atlas in atlases}:
            return  # looked at again when the atlases have come
        request = RecomputeRequest(plan, volume, tuple(atlas for _, atlas in atlases))
        self._job_for = plan.basis
        self._job = self._work.unlisted(
            self._workflows.recompute, request, "Comparing proposals", self._take, self._fail
        )

    def _take(self, computed: Plan) -> None:
        self._end_job()
        document = self._session.document
        if document is None or document.plan.basis != computed.basis:
            self._look()
            return
        from fusplan.workflows.recompute import adopt_proposals  # noqa: PLC0415 - as above

        document.amend(lambda plan: adopt_proposals(plan, computed))

    def _fail(self, error: FusplanError) -> None:
        self._end_job()
        raise error

    def _drop_job(self) -> None:
        if self._job is not None:
            job = self._job
            self._end_job()
            job.cancel()

    def _end_job(self) -> None:
        self._job, self._job_for = None, None


def _proposing(plan: Plan) -> set[str]:
    """Names of the atlases that the plan has proposals of."""
    return {one.provenance.atlas for one in plan.proposals if one.provenance.atlas is not None}
