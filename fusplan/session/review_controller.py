"""The review of the open plan, kept up with it: computed part by part after the last change."""

from __future__ import annotations

from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.planning.open_review import ChecksKey, LesionReviewState, PartKey, ReviewPart, next_part
from fusplan.planning.review import Check
from fusplan.session.services import TimerMaker, Work, WorkStarter
from fusplan.session.session import Session
from fusplan.workflows.requests import CheckPlanRequest, ReviewLesionRequest, SaveReviewRequest
from fusplan.workflows.workflow_table import Workflows

AFTER_LAST_CHANGE_MS = 250
"""Long enough for a drag to be one change, short enough to seem at once after it."""


class ReviewController:
    """Fills ``session.review``: the selected lesion first, one part at a time, each once.

    Not in the list of jobs: it follows every drag, and a bar that flickers with each says nothing.
    """

    def __init__(self, session: Session, timer: TimerMaker, work: WorkStarter, workflows: Workflows) -> None:
        self._session = session
        self._work = work
        self._workflows = workflows
        self._job: Work | None = None
        self._part: ReviewPart | None = None
        self._failed: set[PartKey] = set()
        self._beside: Path | None = None
        self._timer = timer(AFTER_LAST_CHANGE_MS, self._look)
        session.plan_changed.connect(self._follow)
        session.atlases_changed.connect(self._timer.start)
        session.volume_changed.connect(self._timer.start)

    @property
    def is_busy(self) -> bool:
        """Whether anything is still to be computed."""
        return self._timer.is_active or self._job is not None

    def keep_beside(self, plan_path: Path) -> None:
        """Write the review beside a plan that was saved just now, as soon as it is whole."""
        self._beside = plan_path
        self._keep()

    def close(self) -> None:
        """Stop."""
        self._timer.stop()
        self._drop_job()

    def _follow(self) -> None:
        """At once: what is known without computing, and what can no longer be shown."""
        plan, review = self._session.plan, self._session.review
        if plan is not None and not review.holds_for(plan):
            self._session.set_review(review.following(plan))
        self._timer.start()

    def _look(self) -> None:
        """Compute the first part that is not of what is open now."""
        part = self._next_part()
        if self._job is not None:
            if part is not None and self._part is not None and part.key == self._part.key:
                return
            self._drop_job()
        if part is not None:
            self._start(part)
        else:
            self._keep()

    def _keep(self) -> None:
        path, document, review = self._beside, self._session.document, self._session.known_review
        if path is None or document is None or review is None or document.path != path or not document.is_saved:
            return
        if review.is_of_all(document.plan):
            self._beside = None
            request = SaveReviewRequest(review, document.plan, path)
            # The plan is on the disk: a review that cannot be written beside it is computed again, nothing is lost.
            self._work.unlisted(self._workflows.save_review, request, "Keeping the review", _nothing, _nothing)

    def _next_part(self) -> ReviewPart | None:
        subject = self._session.review_subject
        if subject is None:
            return None
        selected = self._session.view.state.selection.lesion_id
        return next_part(self._session.review, subject, selected, self._failed)

    def _start(self, part: ReviewPart) -> None:
        session, subject = self._session, self._session.review_subject
        if subject is None or session.volume is None:
            return
        atlases = tuple(atlas for _, atlas in session.patient_atlases)
        self._part, lesion = part, part.lesion
        if lesion is None:
            checking = CheckPlanRequest(subject.plan, session.volume, atlases)
            self._job = self._work.unlisted(
                self._workflows.check_open_plan, checking, "Checking the plan", self._take, self._fail
            )
            return
        request = ReviewLesionRequest(subject.plan, lesion, atlases, session.review.lesions.get(lesion.id))
        title = f"Computing what {lesion.name} covers"
        self._job = self._work.unlisted(self._workflows.review_open_lesion, request, title, self._take, self._fail)

    def _take(self, found: LesionReviewState | tuple[Check, ...]) -> None:
        """What was computed is kept even where the plan has changed meanwhile: it says itself what it is of."""
        plan, part, review = self._session.plan, self._part, self._session.review
        self._job, self._part = None, None
        if plan is not None:
            if isinstance(found, LesionReviewState):
                review = review.with_lesion(found)
            elif part is not None and isinstance(part.key, ChecksKey):
                review = review.with_checks(found, part.key)
            self._session.set_review(review.following(plan))
        self._look()

    def _fail(self, error: FusplanError) -> None:
        """A bug: say so once, go on with the other parts."""
        if self._part is not None:
            self._failed.add(self._part.key)
        self._job, self._part = None, None
        self._work.tell(error)
        self._look()

    def _drop_job(self) -> None:
        if self._job is not None:
            job = self._job
            self._job, self._part = None, None
            job.cancel()


def _nothing(_: object) -> None:
    return None
