"""The review that is kept up with the open plan: what is computed, in which order, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.errors import FusplanError
from fusplan.planning import edits
from fusplan.planning.checks import check_plan
from fusplan.planning.document import PlanDocument
from fusplan.planning.lesion_size import LesionSize
from fusplan.planning.open_review import regions_95
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview
from fusplan.planning.review_file import load_review, review_path
from fusplan.session.review_controller import ReviewController
from fusplan.session.session import Session
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures.reviews import every_digit, small_review
from tests.fixtures.session_services import HeldTimers, HeldWork
from tests.fixtures.sessions import atlas_session
from tests.fixtures.small_heads import patient_atlases, small_head, small_plan

LEFT, RIGHT = small_plan().lesions
COVERS_LEFT, COVERS_RIGHT = (f"Computing what {lesion.name} covers" for lesion in (LEFT, RIGHT))
CHECKS = "Checking the plan"


@pytest.fixture
def session() -> Session:
    return atlas_session()


@pytest.fixture
def timers() -> HeldTimers:
    return HeldTimers()


@pytest.fixture
def work() -> HeldWork:
    return HeldWork()


@pytest.fixture
def controller(session: Session, timers: HeldTimers, work: HeldWork) -> ReviewController:
    made = ReviewController(session, timers, work, Workflows())
    session.plan_changed.emit()
    return made


@pytest.fixture
def settle(controller: ReviewController, timers: HeldTimers, work: HeldWork) -> Callable[[], list[str]]:
    """Lets time pass and work end; the titles of the work that was done, in its order."""

    def run() -> list[str]:
        before = len(work.started)
        timers.run_out()
        work.finish()
        assert not controller.is_busy
        return [piece.title for piece in work.started[before:]]

    return run


def whole(session: Session) -> PlanReview:
    assert session.review_subject is not None
    return session.review.of(session.review_subject)


def resize_left(plan: Plan) -> Plan:
    return edits.resize_lesion(plan, LEFT.id, LesionSize((3.0, 3.0), 6.0))


def test_the_selected_lesion_comes_first_then_the_checks_and_each_once(
    session: Session, settle: Callable[[], list[str]]
) -> None:
    session.view.change(lambda state: state.with_selection(lesion_id=RIGHT.id))
    assert settle() == [COVERS_RIGHT, CHECKS, COVERS_LEFT]
    assert every_digit(whole(session)) == every_digit(small_review())
    assert settle() == []


def test_only_what_changed_is_computed_anew_and_undo_gives_the_very_numbers_back(
    session: Session, settle: Callable[[], list[str]]
) -> None:
    settle()
    before = dict(session.review.lesions)
    session.document.apply("Resize", resize_left)
    assert not session.review.is_current(session.plan.lesions[0], session.review_subject)
    assert [one.lesion_id for one in whole(session).lesions] == [RIGHT.id]
    assert settle() == [COVERS_LEFT, CHECKS]
    assert session.review.is_current(session.plan.lesions[0], session.review_subject)
    assert session.review.lesions[RIGHT.id] is before[RIGHT.id]
    assert len(regions_95(session.plan, session.review)) == 2
    assert session.review.checks == check_plan(session.plan, small_head(), patient_atlases())
    session.document.undo()
    assert settle() == [COVERS_LEFT, CHECKS]
    assert every_digit(whole(session)) == every_digit(small_review())


def test_nothing_is_computed_again_of_a_plan_that_comes_with_its_review(
    session: Session, settle: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    small_review()  # made once for all tests, before it is counted what is computed

    def counted(*_: object) -> None:
        calls.append("computed")

    for engine in ("cover", "lesion_distances", "estimate_uncertainty"):
        monkeypatch.setattr(f"fusplan.planning.review_plan.{engine}", counted)
    monkeypatch.setattr("fusplan.planning.checks.check_plan", counted)
    session.open_document(small_head(), PlanDocument(small_plan()), small_review())
    # Before the atlases are there the review is on the screen.
    assert every_digit(whole(session)) == every_digit(small_review())
    session.set_atlases({name: atlas for name, atlas in atlas_session().atlases.items() if name == "morel"}, False)
    assert settle() == []
    assert every_digit(whole(session)) == every_digit(small_review())
    session.set_atlases(atlas_session().atlases)
    assert settle() == [COVERS_LEFT, COVERS_RIGHT]  # the labels that a drag is followed on
    assert calls == []
    assert all(state.drag is not None for state in session.review.lesions.values())
    assert every_digit(whole(session)) == every_digit(small_review())


def test_an_atlas_more_is_an_atlas_to_review_by(session: Session, settle: Callable[[], list[str]]) -> None:
    atlases = session.atlases
    session.set_atlases({"morel": atlases["morel"]})
    assert settle() == [COVERS_LEFT, CHECKS, COVERS_RIGHT]
    assert [one.atlas for one in session.review.lesions[LEFT.id].review.coverage] == ["morel"]
    session.set_atlases(atlases)
    assert settle() == [COVERS_LEFT, CHECKS, COVERS_RIGHT]
    assert [one.atlas for one in session.review.lesions[LEFT.id].review.coverage] == ["morel", "julich"]


def test_a_name_is_in_the_checks_but_in_no_number(session: Session, settle: Callable[[], list[str]]) -> None:
    settle()
    session.document.apply("Rename", lambda plan: edits.rename_lesion(plan, LEFT.id, "First"))
    assert settle() == [CHECKS]
    assert any("First" in check.sentence for check in session.review.checks)


def test_work_that_the_next_change_makes_vain_is_stopped(
    session: Session, controller: ReviewController, timers: HeldTimers, work: HeldWork
) -> None:
    timers.run_out()
    (first,) = work.waiting
    session.document.apply("Resize", resize_left)
    timers.run_out()
    assert first.is_cancelled
    (second,) = work.waiting
    session.document.apply("Rename", lambda plan: edits.rename_lesion(plan, LEFT.id, "First"))
    timers.run_out()
    assert work.waiting == [second]
    controller.close()
    assert second.is_cancelled
    assert not controller.is_busy


def test_what_is_gone_is_forgotten(
    session: Session, settle: Callable[[], list[str]], timers: HeldTimers, work: HeldWork
) -> None:
    settle()
    session.document.apply("Remove", lambda plan: edits.remove_lesion(plan, LEFT.id))
    assert set(session.review.lesions) == {RIGHT.id}
    timers.run_out()
    session.close()
    assert session.review.lesions == {}
    # What was under way comes to its end after the case has gone.
    work.finish()
    timers.run_out()
    assert session.review.lesions == {}
    assert session.review.checks == ()


def test_a_part_that_fails_is_told_once_and_the_others_are_computed(
    session: Session, settle: Callable[[], list[str]], work: HeldWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FusplanError("It went wrong.", "Nothing.")

    monkeypatch.setattr("fusplan.planning.checks.check_plan", fail)
    assert settle() == [COVERS_LEFT, CHECKS, COVERS_RIGHT]
    assert [error.message for error in work.told] == ["It went wrong."]
    session.document.apply("Lock", lambda plan: edits.set_target_locked(plan, "clp-left", False))
    assert settle() == []
    session.document.apply("Another seed", lambda plan: replace(plan, seed=plan.seed + 1))
    assert settle() == [COVERS_LEFT, CHECKS, COVERS_RIGHT]


def test_the_review_is_kept_beside_a_plan_that_was_saved_once_it_is_whole(
    session: Session, controller: ReviewController, settle: Callable[[], list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "plan.fusplan.json"
    settle()
    assert not review_path(path).exists()
    session.document.apply("Resize", resize_left)
    session.document.mark_saved(session.plan, path)
    controller.keep_beside(path)
    assert not review_path(path).exists()
    assert settle() == [COVERS_LEFT, CHECKS, "Keeping the review"]
    assert every_digit(load_review(review_path(path)).review) == every_digit(whole(session))
    review_path(path).unlink()
    # What was not saved is not kept.
    session.document.apply("Another seed", lambda plan: replace(plan, seed=plan.seed + 1))
    controller.keep_beside(path)
    settle()
    assert not review_path(path).exists()
