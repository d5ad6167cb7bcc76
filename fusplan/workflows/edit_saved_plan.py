"""An edit of a plan in its file by a program that does not keep it open: what others write meanwhile stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from fusplan.planning.file_content import PlanFileChangedError
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import load_saved_plan, save_plan

ResultT = TypeVar("ResultT")

MOST_TRIES = 100
"""Each failure means that somebody else has saved: so many at once are not to be expected."""


@dataclass(frozen=True, slots=True, eq=False)
class EditedPlan(Generic[ResultT]):
    """A plan that was edited in its file.

    Attributes:
        before, plan: as it was and as it is; the same value where the edit changed nothing and nothing was written.
        result: of the edit.
        overtaken: how many times another program had saved meanwhile, so that the edit was made again.
    """

    before: Plan
    plan: Plan
    result: ResultT
    overtaken: int


def edit_saved_plan(path: Path, edit: Callable[[Plan], tuple[Plan, ResultT]]) -> EditedPlan[ResultT]:
    """Read a plan, edit it and write it; again on the newest file when another program has written it meanwhile.

    Args:
        path: the plan's file.
        edit: a pure function of the plan; it may be called several times.

    Raises:
        FusplanError: what reading, the edit and writing raise; the file is then as the others left it.
    """
    for overtaken in range(MOST_TRIES):
        saved = load_saved_plan(path)
        changed, result = edit(saved.plan)
        if changed is saved.plan:
            return EditedPlan(saved.plan, saved.plan, result, overtaken)
        try:
            save_plan(changed, path, replaces=saved.content)
        except PlanFileChangedError:
            continue  # one that is gone by now is told of by reading it
        return EditedPlan(saved.plan, changed, result, overtaken)
    raise PlanFileChangedError(
        f"{path} was changed by other programs again and again, so nothing was written.",
        "Try again when they are done.",
    )
