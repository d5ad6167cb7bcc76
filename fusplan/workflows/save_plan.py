"""A plan written to its file."""

from __future__ import annotations

import contextlib

from fusplan.errors import FileNotWritableError
from fusplan.planning import plan_file, review_file
from fusplan.progress import Progress
from fusplan.workflows.requests import SavePlanRequest


def save_plan(request: SavePlanRequest, progress: Progress) -> SavePlanRequest:
    """Write a plan, and its review beside it; returns what was written and where. Raises FileNotWritableError."""
    progress.report(0.1, f"Saving {request.path.name}")
    plan_file.save_plan(request.plan, request.path)
    if request.review is not None:
        # The plan is on the disk: a review that cannot be written beside it is computed again, nothing is lost.
        with contextlib.suppress(FileNotWritableError):
            review_file.save_review(request.review, request.plan, request.path)
    return request
