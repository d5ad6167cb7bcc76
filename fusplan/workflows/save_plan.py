"""A plan written to its file, and its review beside it."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from fusplan.planning import plan_file, review_file
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.file_content import (
    NO_FILE,
    FileContent,
    PlanFileChangedError,
    PlanFileGoneError,
)
from fusplan.planning.file_names import PLAN_SUFFIX
from fusplan.progress import Progress
from fusplan.workflows.requests import SavePlanRequest, SaveReviewRequest
from fusplan.workflows.written_plan import UnwrittenPlan, WrittenPlan


def save_plan(request: SavePlanRequest, progress: Progress) -> WrittenPlan | UnwrittenPlan:
    """Write a plan, unless its file is not the one that was read; one that is gone is written again.

    Raises:
        FileNotWritableError: it cannot be written.
    """
    progress.report(0.1, f"Saving {request.path.name}")
    try:
        if request.keeps_other:
            return _saved_beside_other(request)
        try:
            content = plan_file.save_plan(request.plan, request.path, replaces=request.replaces)
        except PlanFileGoneError:
            # Nothing is lost by writing it again, unless another one has come meanwhile.
            content = plan_file.save_plan(request.plan, request.path, replaces=NO_FILE)
            return WrittenPlan(request.plan, request.path, content, was_gone=True)
    except PlanFileChangedError as error:
        return UnwrittenPlan(error)
    return WrittenPlan(request.plan, request.path, content)


def _saved_beside_other(request: SavePlanRequest) -> WrittenPlan:
    """Write a plan in place of what another program has written, and keep that under a name of its own."""
    path = request.path
    try:
        other = path.read_bytes()
    except OSError:  # gone, or in the way: then there is nothing to keep, or saving says what is wrong
        return WrittenPlan(request.plan, path, plan_file.save_plan(request.plan, path))
    kept = _free_name(path)
    write_atomically(kept, other)
    try:
        content = plan_file.save_plan(request.plan, path, replaces=FileContent.of(other))
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    return WrittenPlan(request.plan, path, content, kept)


def _free_name(path: Path) -> Path:
    """``plan.other-1.fusplan.json`` beside ``plan.fusplan.json``: the first that is not there."""
    suffix = PLAN_SUFFIX if path.name.endswith(PLAN_SUFFIX) else path.suffix
    stem = path.name.removesuffix(suffix)
    names = (path.with_name(f"{stem}.other-{number}{suffix}") for number in count(1))
    return next(name for name in names if not name.exists())


def save_review(request: SaveReviewRequest, progress: Progress) -> None:
    """Write the review of a plan beside the plan. Raises FileNotWritableError."""
    progress.report(0.1, f"Keeping the review of {request.plan_path.name}")
    review_file.save_review(request.review, request.plan, request.plan_path)
