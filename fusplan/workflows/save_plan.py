"""A plan written to its file, and its review beside it."""

from __future__ import annotations

from fusplan.planning import plan_file, review_file
from fusplan.progress import Progress
from fusplan.workflows.requests import SavePlanRequest, SaveReviewRequest


def save_plan(request: SavePlanRequest, progress: Progress) -> SavePlanRequest:
    """Write a plan; returns what was written and where. Raises FileNotWritableError."""
    progress.report(0.1, f"Saving {request.path.name}")
    plan_file.save_plan(request.plan, request.path)
    return request


def save_review(request: SaveReviewRequest, progress: Progress) -> None:
    """Write the review of a plan beside the plan. Raises FileNotWritableError."""
    progress.report(0.1, f"Keeping the review of {request.plan_path.name}")
    review_file.save_review(request.review, request.plan, request.plan_path)
