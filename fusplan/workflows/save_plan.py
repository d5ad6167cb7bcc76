"""A plan written to its file."""

from __future__ import annotations

from fusplan.planning import plan_file
from fusplan.progress import Progress
from fusplan.workflows.requests import SavePlanRequest


def save_plan(request: SavePlanRequest, progress: Progress) -> SavePlanRequest:
    """Write a plan; returns what was written and where. Raises FileNotWritableError."""
    progress.report(0.1, f"Saving {request.path.name}")
    plan_file.save_plan(request.plan, request.path)
    return request
