"""Parts of the review of an open plan, one at a time: what a window has computed after every change."""

from __future__ import annotations

from fusplan.planning import checks
from fusplan.planning.aims import covered_structure, leader_first
from fusplan.planning.live_coverage import draw_grids
from fusplan.planning.open_review import LesionReviewState
from fusplan.planning.review import Check
from fusplan.planning.review_key import LesionReviewKey, references
from fusplan.planning.review_plan import measure_atlases, review_lesion
from fusplan.planning.uncertainty import grid_for
from fusplan.progress import PartOfProgress, Progress
from fusplan.workflows.requests import CheckPlanRequest, ReviewLesionRequest


def review_open_lesion(request: ReviewLesionRequest, progress: Progress) -> LesionReviewState:
    """The review of a lesion, and labels about it to follow it on while it is dragged.

    A review that is known already is kept. Raises JobCancelled when told to stop.
    """
    plan, lesion, before = request.plan, request.lesion, request.before
    structure = covered_structure(lesion, plan, request.atlases)
    atlases, named = leader_first(structure, request.atlases), references(request.atlases)
    measure_atlases(atlases, (structure,), PartOfProgress(progress, 0.0, 0.3))
    key = LesionReviewKey.of(lesion, plan, named)
    progress.report(0.3, f"Drawing the nuclei about {lesion.name}")
    grid = grid_for(lesion.ellipsoid, atlases[0])
    if before is not None and before.key == key:
        review = before.review
    else:
        review = review_lesion(lesion, plan, atlases, grid, PartOfProgress(progress, 0.3, 0.8))
    old = before.drag if before is not None and before.drag is not None and before.drag.serve(plan, named) else None
    drag = draw_grids(lesion, plan, atlases, grid, old, PartOfProgress(progress, 0.8, 1.0))
    return LesionReviewState(key, review, drag)


def check_open_plan(request: CheckPlanRequest, progress: Progress) -> tuple[Check, ...]:
    """All checks of a plan: CLp is counted out in the head."""
    progress.report(0.1, "Checking the plan")
    return checks.check_plan(request.plan, request.volume, request.atlases)
