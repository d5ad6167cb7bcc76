"""The plan that is being worked on: the current value, its history, its file, and who wants to know of changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fusplan.harmless import harmless
from fusplan.planning.file_content import FileContent
from fusplan.planning.history import History
from fusplan.planning.plan import Plan
from fusplan.signals import Signal


class PlanDocument:
    """One open plan.

    ``changed`` is emitted after the plan, its place in the history, its saved mark or its path has changed; a
    listener looks at what it needs.

    Args:
        plan: the plan to begin with.
        path: the file it was read from, if any.
        label: the words for the first entry of the history list.
        content: what that file held when it was read.
    """

    def __init__(
        self, plan: Plan, path: Path | None = None, label: str = "Open", content: FileContent | None = None
    ) -> None:
        self._history = History.begin(plan, label, saved=path is not None)
        self._path = path
        self._content = content
        self.changed: Signal[()] = Signal()

    @classmethod
    def open(cls, path: Path) -> PlanDocument:
        """The document of a plan file. Raises as :func:`fusplan.planning.plan_file.load_plan`."""
        from fusplan.planning.plan_file import load_saved_plan  # noqa: PLC0415 - the first screen does without

        saved = load_saved_plan(path)
        return cls(saved.plan, path, f"Open {harmless(path.name)}", saved.content)

    @property
    def plan(self) -> Plan:
        return self._history.plan

    @property
    def history(self) -> History:
        return self._history

    @property
    def path(self) -> Path | None:
        return self._path

    def content_to_replace(self, path: Path) -> FileContent | None:
        """What a file must still hold when the plan is saved to it; None for another file than the plan's own."""
        is_own = self._path is not None and os.path.realpath(path) == os.path.realpath(self._path)
        return self._content if is_own else None

    @property
    def is_saved(self) -> bool:
        return self._history.is_saved

    @property
    def is_merging(self) -> bool:
        """Whether the last edit was a step of a drag, or of anything else that may go on."""
        return self._history.is_merging

    def apply(self, label: str, edit: Callable[[Plan], Plan], merge_key: str | None = None) -> None:
        """Make one edit, an entry in the history under ``label``; an edit that returns the same plan is none.

        Raises:
            FusplanError: what the edit raises; the document is then unchanged.
        """
        changed = edit(self.plan)
        if changed is not self.plan:
            self._become(self._history.with_step(label, changed, merge_key))

    def amend(self, edit: Callable[[Plan], Plan]) -> None:
        """Change the current step itself: for what is computed in the background from an edit. Adds no step."""
        changed = edit(self.plan)
        if changed is not self.plan:
            self._become(self._history.with_amended(changed))

    def end_merging(self) -> None:
        """The drag is over: the next edit is a step of its own."""
        self._history = self._history.end_merging()

    def undo(self) -> None:
        """One step back, if there is one."""
        self._become(self._history.undo())

    def redo(self) -> None:
        """One step forward again, if there is one."""
        self._become(self._history.redo())

    def go_to(self, position: int) -> None:
        """To any step of the history list."""
        self._become(self._history.go_to(position))

    def save(self, path: Path | None = None) -> Path:
        """Write the plan to its file, or to another one which becomes its file.

        Raises:
            ValueError: no path was ever given.
            FileNotWritableError: it cannot be written; the document stays unsaved.
            PlanFileChangedError: another program has changed the plan's file since it was read or saved.
        """
        destination = path if path is not None else self._path
        if destination is None:
            raise ValueError("a new plan needs a path to be saved to")
        from fusplan.planning.plan_file import save_plan  # noqa: PLC0415 - as above

        self._content = save_plan(self.plan, destination, replaces=self.content_to_replace(destination))
        self._path = destination
        self._become(self._history.mark_saved())
        return destination

    def mark_saved(self, plan: Plan, path: Path, content: FileContent | None = None) -> None:
        """``plan``, one of the steps, is in ``path``, which holds ``content``: by a thread that holds up no window."""
        saved = next((index for index, step in enumerate(self._history.steps) if step.plan is plan), None)
        self._path, self._content = path, content
        self._become(replace(self._history, saved_position=saved))

    def _become(self, history: History) -> None:
        if history is not self._history:
            self._history = history
            self.changed.emit()
