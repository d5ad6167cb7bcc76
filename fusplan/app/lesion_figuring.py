"""Coverage, distances and uncertainty of the lesions, computed in a thread after the last change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from fusplan.errors import JobCrashedError
from fusplan.jobs.thread_job import ThreadJob
from fusplan.planning.plan import Lesion, Plan
from fusplan.widgets.case import Case

if TYPE_CHECKING:
    from fusplan.display.lesion_figures import FiguredAtlas, LesionFigures

AFTER_LAST_CHANGE_MS = 250
"""Long enough for a drag to be one change, short enough to seem at once after it."""


class LesionFiguring(QObject):
    """Keeps ``case.lesion_figures`` up with the plan: the selected lesion first, one lesion at a time.

    Not in the list of jobs: it follows every drag, and a bar that flickers with each says nothing.
    """

    def __init__(self, case: Case, parent: QObject) -> None:
        super().__init__(parent)
        self._case = case
        self._job: ThreadJob | None = None
        self._job_lesion: Lesion | None = None
        self._figured: tuple[FiguredAtlas, ...] = ()
        self._failed: list[Lesion] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_LAST_CHANGE_MS)
        self._timer.timeout.connect(self._look)
        for signal in (case.plan_changed, case.atlases_changed):
            signal.connect(self._timer.start)

    @property
    def is_busy(self) -> bool:
        """Whether anything is still to be computed."""
        return self._timer.isActive() or self._job is not None

    def close(self) -> None:
        """Stop."""
        self._timer.stop()
        self._drop_job()

    def _look(self) -> None:
        """Compute the first lesion whose figures are not of the lesion as it is now."""
        plan, atlases = self._case.plan, self._case.patient_atlases
        if plan is None or not atlases:
            self._drop_job()
            return
        self._forget_others(plan)
        waiting = [lesion for lesion in self._in_order(plan) if not self._is_done(lesion, plan)]
        if self._job is not None:
            if any(lesion is self._job_lesion for lesion in waiting):
                return
            self._drop_job()
        if waiting:
            self._start(waiting[0], plan)

    def _start(self, lesion: Lesion, plan: Plan) -> None:
        # The engine is imported when work begins: the window is on the screen before.
        from fusplan.workflows.figure_lesion import FigureLesionRequest, figure_lesion  # noqa: PLC0415

        atlases = self._case.patient_atlases
        known = tuple(one.patient_atlas for one in self._figured)
        if len(known) != len(atlases) or any(one is not two for one, (_, two) in zip(known, atlases, strict=True)):
            self._figured = ()
        before = self._case.lesion_figures.get(lesion.id)
        grids = before.grids if before is not None and before.stand_on(plan) and self._figured else ()
        request = FigureLesionRequest(plan, lesion, atlases, self._figured, grids)
        self._job = ThreadJob(figure_lesion, request, f"Computing the figures of {lesion.name}", self)
        self._job_lesion = lesion
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._fail)
        self._job.start()

    def _take(self, figures: LesionFigures) -> None:
        self._end_job()
        plan = self._case.plan
        self._figured = figures.atlases
        if plan is not None and figures.stand_on(plan):
            self._case.set_lesion_figures({**self._case.lesion_figures, figures.lesion.id: figures})
        self._look()

    def _fail(self, error: JobCrashedError) -> None:
        """A bug: say so once, go on with the other lesions."""
        if self._job_lesion is not None:
            self._failed.append(self._job_lesion)
        self._end_job()
        self._look()
        raise error

    def _is_done(self, lesion: Lesion, plan: Plan) -> bool:
        figures = self._case.lesion_figures.get(lesion.id)
        atlases = len(self._case.patient_atlases)
        fresh = figures is not None and len(figures.atlases) == atlases and figures.are_of(lesion, plan)
        return fresh or lesion in self._failed

    def _in_order(self, plan: Plan) -> list[Lesion]:
        selected = self._case.view.state.selection.lesion_id
        return sorted(plan.lesions, key=lambda lesion: lesion.id != selected)

    def _forget_others(self, plan: Plan) -> None:
        """Forget figures of lesions that are gone and of atlases that lie elsewhere by now."""
        ids = {lesion.id for lesion in plan.lesions}
        figures = self._case.lesion_figures
        kept = {key: value for key, value in figures.items() if key in ids and value.stand_on(plan)}
        if len(kept) < len(figures):
            self._case.set_lesion_figures(kept)

    def _drop_job(self) -> None:
        if self._job is not None:
            job = self._job
            self._end_job()
            job.cancel()

    def _end_job(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
        self._job, self._job_lesion = None, None
