"""Undo and redo: the list of past plans, each with the words for the step that led to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fusplan.planning.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A plan and how it came about.

    Attributes:
        label: what was done, for a person ("Move CLp left").
        plan: the plan after it.
        merge_key: steps that follow one another with the same key are one step (a drag); None never merges.
    """

    label: str
    plan: Plan
    merge_key: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """All steps of one document, as a value: every change returns a new history.

    Attributes:
        steps: from the first plan on; never empty.
        position: index of the current step.
        saved_position: index of the step that is on the disk, or None when that step is gone or never was.
    """

    steps: tuple[Step, ...]
    position: int = 0
    saved_position: int | None = None

    @classmethod
    def begin(cls, plan: Plan, label: str, saved: bool) -> History:
        """A history of one step; ``saved`` when the plan was just read from a file."""
        return cls((Step(label, plan),), 0, 0 if saved else None)

    @property
    def plan(self) -> Plan:
        """The current plan."""
        return self.steps[self.position].plan

    @property
    def is_saved(self) -> bool:
        return self.position == self.saved_position

    @property
    def is_merging(self) -> bool:
        """Whether the current step may still grow, as that of a drag does."""
        return self.steps[self.position].merge_key is not None

    @property
    def undo_label(self) -> str | None:
        """What undo would take back, or None when there is nothing."""
        return self.steps[self.position].label if self.position > 0 else None

    @property
    def redo_label(self) -> str | None:
        """What redo would do again, or None when there is nothing."""
        return self.steps[self.position + 1].label if self.position + 1 < len(self.steps) else None

    @property
    def labels(self) -> tuple[str, ...]:
        """The words of every step, undone ones included."""
        return tuple(step.label for step in self.steps)

    def with_step(self, label: str, plan: Plan, merge_key: str | None = None) -> History:
        """The history after one more step; undone steps are forgotten."""
        current = self.steps[self.position]
        kept = self.steps[: self.position + 1]
        saved = self.saved_position
        if saved is not None and saved > self.position:
            saved = None
        merges = merge_key is not None and merge_key == current.merge_key and self.position > 0
        # A step that is on the disk is not merged into, or the saved plan could not be gone back to.
        if merges and not self.is_saved:
            return replace(self, steps=(*kept[:-1], Step(label, plan, merge_key)), saved_position=saved)
        return History((*kept, Step(label, plan, merge_key)), self.position + 1, saved)

    def with_amended(self, plan: Plan) -> History:
        """The history whose current step has another plan: what follows from that step was computed a little later.

        No step is added and undone steps stay, so that undo takes back the step together with what followed from it.
        A step that is on the disk counts as changed.
        """
        amended = replace(self.steps[self.position], plan=plan)
        saved = None if self.is_saved else self.saved_position
        steps = (*self.steps[: self.position], amended, *self.steps[self.position + 1 :])
        return replace(self, steps=steps, saved_position=saved)

    def end_merging(self) -> History:
        """The history in which the next step starts anew, whatever its key (the mouse was released)."""
        closed = replace(self.steps[self.position], merge_key=None)
        return replace(self, steps=(*self.steps[: self.position], closed, *self.steps[self.position + 1 :]))

    def go_to(self, position: int) -> History:
        """The history at another of its steps. Raises IndexError."""
        if not 0 <= position < len(self.steps):
            raise IndexError(f"step {position} of {len(self.steps)}")
        return replace(self, position=position).end_merging()

    def undo(self) -> History:
        """One step back; itself when there is none."""
        return self.go_to(self.position - 1) if self.position > 0 else self

    def redo(self) -> History:
        """One step forward again; itself when there is none."""
        return self.go_to(self.position + 1) if self.position + 1 < len(self.steps) else self

    def mark_saved(self) -> History:
        """The history whose current step is on the disk."""
        return replace(self, saved_position=self.position)
