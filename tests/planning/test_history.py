from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusplan.errors import FusplanError
from fusplan.planning import edits, landmark_edits
from fusplan.planning.history import History
from fusplan.planning.lesion_size import LesionSize
from fusplan.planning.plan import Plan
from fusplan.planning.provenance import Provenance
from tests.fixtures import plans

millimetres = st.floats(-30, 30)
points = st.builds(plans.point, millimetres, millimetres, millimetres)
target_ids = st.sampled_from(["clp-left", "clp-right", "new"])
lesion_ids = st.sampled_from(["lesion-clp-left", "lesion-clp-right", "lesion-new", "lesion-clp-left-2"])
sizes = st.builds(lambda a, b, c: LesionSize((a, b), c), *[st.floats(1, 15)] * 3)
PROVENANCE = Provenance("placed by hand", "By hand.", "derived")

Edit = Callable[[Plan], Plan]
random_edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(lambda i, p: lambda plan: edits.move_target(plan, i, p), target_ids, points),
    st.builds(lambda i, locked: lambda plan: edits.set_target_locked(plan, i, locked), target_ids, st.booleans()),
    st.builds(lambda p: lambda plan: edits.add_target(plan, "New", p, PROVENANCE), points),
    st.builds(lambda i: lambda plan: edits.remove_target(plan, i), target_ids),
    st.builds(lambda i, s: lambda plan: edits.add_lesion(plan, i, s), target_ids, sizes),
    st.builds(lambda i, s: lambda plan: edits.resize_lesion(plan, i, s), lesion_ids, sizes),
    st.builds(lambda i, p: lambda plan: edits.move_lesion(plan, i, p), lesion_ids, points),
    st.builds(lambda i: lambda plan: edits.mirror_lesion(plan, i), lesion_ids),
    st.builds(lambda p: lambda plan: landmark_edits.move_landmark(plan, "ac", p), points),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(random_edits, st.sampled_from([None, "drag", "other"])), max_size=12))
def test_undoing_everything_returns_the_first_plan_and_redoing_the_last(done: list[tuple[Edit, str | None]]) -> None:
    first = plans.plan()
    history = History.begin(first, "Open", saved=True)
    for edit, merge_key in done:
        try:
            changed = edit(history.plan)
        except FusplanError:
            continue
        history = history.with_step("Edit", changed, merge_key)
    last, steps = history.plan, len(history.steps)
    for _ in range(steps):
        history = history.undo()
    assert history.plan is first
    assert history.is_saved
    assert history.undo_label is None
    for _ in range(steps):
        history = history.redo()
    assert history.plan is last
    assert history.redo_label is None


@pytest.fixture
def history() -> History:
    return History.begin(plans.plan(), "Open", saved=True)


def another() -> Plan:
    return plans.plan()


def test_labels_name_what_undo_and_redo_would_do(history: History) -> None:
    two = history.with_step("Move", another()).with_step("Resize", another())
    assert (two.undo_label, two.redo_label) == ("Resize", None)
    assert two.labels == ("Open", "Move", "Resize")
    one = two.undo()
    assert (one.undo_label, one.redo_label) == ("Move", "Resize")
    assert one.with_step("Other", another()).labels == ("Open", "Move", "Other")


def test_steps_of_a_drag_are_one_step_until_it_ends(history: History) -> None:
    last = another()
    drag = history.with_step("Drag", another(), "drag").with_step("Drag", last, "drag")
    assert drag.labels == ("Open", "Drag")
    assert drag.plan is last
    assert drag.undo().plan is history.plan
    assert drag.end_merging().with_step("Drag", another(), "drag").labels == ("Open", "Drag", "Drag")
    assert drag.with_step("Drag", another(), "other").labels == ("Open", "Drag", "Drag")
    assert drag.undo().redo().with_step("Drag", another(), "drag").labels == ("Open", "Drag", "Drag")


def test_the_first_plan_is_never_merged_away() -> None:
    history = History.begin(plans.plan(), "Open", saved=False).with_step("Drag", another(), "drag")
    assert len(history.steps) == 2


def test_the_saved_mark_stays_with_its_plan(history: History) -> None:
    moved = history.with_step("Move", another())
    assert not moved.is_saved
    saved = moved.mark_saved()
    assert saved.is_saved
    assert not saved.undo().is_saved
    assert saved.undo().redo().is_saved
    # Undone, then changed: the plan on the disk can no longer be reached.
    other = saved.undo().with_step("Other", another())
    assert other.saved_position is None
    assert not other.undo().is_saved


def test_a_drag_that_goes_on_after_a_save_keeps_the_saved_plan(history: History) -> None:
    saved = history.with_step("Drag", another(), "drag").mark_saved()
    on = saved.with_step("Drag", another(), "drag")
    assert on.undo().plan is saved.plan
    assert on.undo().is_saved


def test_going_to_a_step_that_is_not_there_is_an_error(history: History) -> None:
    with pytest.raises(IndexError):
        history.go_to(1)
