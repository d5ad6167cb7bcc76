"""What is computed from a step a little later becomes part of that step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fusplan.planning.document import PlanDocument
from fusplan.planning.plan import Plan
from tests.fixtures import plans


def with_seed(seed: int) -> object:
    return lambda plan: replace(plan, seed=seed)


def test_an_amendment_is_undone_with_its_step_and_redone_with_it() -> None:
    document = PlanDocument(plans.plan(), label="Open")
    document.apply("Move AC", with_seed(10))
    document.amend(with_seed(11))
    assert document.history.labels == ("Open", "Move AC")
    document.undo()
    assert document.plan.seed == 7
    document.redo()
    assert document.plan.seed == 11


def test_an_amendment_keeps_what_was_undone() -> None:
    document = PlanDocument(plans.plan())
    for seed in (10, 20):
        document.apply(f"Step {seed}", with_seed(seed))
    document.undo()
    document.amend(with_seed(12))
    document.redo()
    assert document.plan.seed == 20


def test_a_saved_step_that_is_amended_is_unsaved_and_later_steps_still_merge() -> None:
    document = PlanDocument(plans.plan(), Path("a.fusplan.json"))
    document.amend(lambda plan: plan)
    assert document.is_saved
    document.amend(with_seed(8))
    assert not document.is_saved
    document.apply("Drag", with_seed(9), "drag")
    document.amend(with_seed(10))
    seen: list[Plan] = []
    document.changed.connect(lambda: seen.append(document.plan))
    document.apply("Drag", with_seed(11), "drag")
    assert len(document.history.steps) == 2
    assert [plan.seed for plan in seen] == [11]
