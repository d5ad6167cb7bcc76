"""What became of a plan that was to be written; apart from the writing, which loads an engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fusplan.planning.file_content import FileContent, PlanFileChangedError
from fusplan.planning.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class WrittenPlan:
    """A plan that is in its file now.

    Attributes:
        plan, path: what was written, and where.
        content: what the file holds now.
        kept: where that is kept which another program had written into the file, if there was any.
        was_gone: whether the file that the plan was read from was not there any more.
    """

    plan: Plan
    path: Path
    content: FileContent
    kept: Path | None = None
    was_gone: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class UnwrittenPlan:
    """A plan that was not written: its file is not the one that was read. The error says what is there."""

    error: PlanFileChangedError
