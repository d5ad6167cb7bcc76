"""Proposals after a landmark has moved: written into the step of the edit itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.planning import edits, landmark_edits
from fusplan.planning.document import PlanDocument
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.session.proposal_controller import ProposalController
from fusplan.session.session import Session
from fusplan.spatial import Point
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures.session_services import HeldTimers, HeldWork
from tests.fixtures.sessions import atlas_session
from tests.fixtures.small_heads import small_head, small_plan


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
def controller(session: Session, timers: HeldTimers, work: HeldWork) -> ProposalController:
    made = ProposalController(session, timers, work, Workflows())
    session.plan_changed.emit()
    return made


def move_pc(plan: Plan, forward_mm: float = 2.0) -> Plan:
    pc = plan.landmarks.pc.point
    return landmark_edits.move_landmark(plan, "pc", Point(pc.frame, pc.x, pc.y + forward_mm, pc.z))


def test_a_moved_landmark_takes_its_proposals_along_in_one_step(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork
) -> None:
    before = session.plan.proposals
    session.document.apply("Move PC", move_pc)
    assert session.proposals_are_stale
    assert controller.is_busy
    timers.run_out()
    work.finish()
    after = session.plan.proposals
    assert not session.proposals_are_stale
    assert [one.provenance.method for one in after].count("consensus") == 2  # not there before, as of an older plan
    followed = [one for one in after if one.provenance.kind != "consensus"]
    assert [one.provenance.method for one in followed] == [one.provenance.method for one in before]
    assert all(one.point != other.point for one, other in zip(followed, before, strict=True))
    assert session.document.history.labels == ("Open", "Move PC")
    session.document.undo()
    assert session.plan.proposals is before
    assert not session.proposals_are_stale
    session.document.redo()
    assert session.plan.proposals is after
    assert not session.proposals_are_stale
    assert not controller.is_busy


def test_the_rule_follows_before_the_atlases(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork
) -> None:
    rules = [one for one in session.plan.proposals if one.provenance.method == "acpc-rule"]
    session.document.apply("Move PC", move_pc)
    timers.active[0].run_out()
    assert work.started == []
    assert session.plan.proposals is not small_plan().proposals
    assert session.proposals_are_stale
    now = [one for one in session.plan.proposals if one.provenance.method == "acpc-rule"]
    assert all(one.point != other.point for one, other in zip(now, rules, strict=True))
    assert len(session.document.history.steps) == 2


def test_other_edits_meanwhile_are_kept_and_nothing_is_computed_for_them(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork
) -> None:
    session.document.apply("Rename", lambda plan: edits.rename_target(plan, "clp-left", "One"))
    assert not controller.is_busy
    assert timers.active == []
    session.document.apply("Move PC", move_pc)
    timers.run_out()
    session.document.apply("Rename", lambda plan: edits.rename_target(plan, "clp-left", "Two"))
    work.finish()
    assert len(work.started) == 1
    assert not session.proposals_are_stale
    assert session.plan.targets[0].name == "Two"
    assert session.document.history.labels == ("Open", "Rename", "Move PC", "Rename")
    # The step in between was left before its proposals were there: they are computed when one returns to it.
    session.document.undo()
    assert session.proposals_are_stale
    timers.run_out()
    work.finish()
    assert not session.proposals_are_stale
    assert session.document.history.labels == ("Open", "Rename", "Move PC", "Rename")


def test_undoing_while_it_is_computed_drops_the_work(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork
) -> None:
    before = session.plan.proposals
    session.document.apply("Move PC", move_pc)
    timers.run_out()
    assert [piece.title for piece in work.waiting] == ["Comparing proposals"]
    session.document.undo()
    assert work.started[0].is_cancelled
    assert not controller.is_busy
    assert session.plan.proposals is before


def test_work_for_a_landmark_that_has_moved_on_is_dropped_and_begun_anew(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork
) -> None:
    session.document.apply("Move PC", move_pc)
    timers.run_out()
    session.document.apply("Move PC on", move_pc)
    assert work.started[0].is_cancelled
    timers.run_out()
    work.finish()
    assert len(work.started) == 2
    assert not session.proposals_are_stale


def test_proposals_wait_for_the_atlases_they_were_made_with(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork
) -> None:
    atlases = session.atlases
    session.set_atlases({})
    session.document.apply("Move PC", move_pc)
    timers.run_out()
    assert work.started == []
    assert session.proposals_are_stale
    session.set_atlases(atlases)
    timers.run_out()
    work.finish()
    assert not session.proposals_are_stale


def test_closing_ends_all_of_it(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork
) -> None:
    session.document.apply("Move PC", move_pc)
    timers.run_out()
    session.close()
    assert timers.active == []
    assert work.started[0].is_cancelled
    assert not session.proposals_are_stale


def opened(session: Session, plan: Plan, tmp_path: Path) -> None:
    """A plan saved and opened again, with the atlases that are in the head already."""
    save_plan(plan, tmp_path / "plan.fusplan.json")
    atlases = session.atlases
    session.open_document(small_head(), PlanDocument(load_plan(tmp_path / "plan.fusplan.json")))
    session.set_atlases(atlases)


def test_a_plan_saved_before_its_proposals_followed_is_brought_up_to_date_when_it_is_opened(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork, tmp_path: Path
) -> None:
    opened(session, move_pc(small_plan()), tmp_path)
    assert session.proposals_are_stale
    timers.run_out()
    work.finish()
    assert not session.proposals_are_stale
    assert session.plan.proposals_fit
    assert session.has_unsaved_changes


def test_a_plan_saved_with_its_proposals_is_left_alone_in_another_program(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork, tmp_path: Path
) -> None:
    opened(session, small_plan(), tmp_path)
    assert session.plan.proposals_fit
    assert not session.proposals_are_stale
    assert timers.active == []
    session.document.apply("Move PC", move_pc)
    assert session.proposals_are_stale


def test_proposals_of_an_earlier_version_stay_as_they_were_saved_until_a_landmark_moves(
    session: Session, controller: ProposalController, timers: HeldTimers, work: HeldWork, tmp_path: Path
) -> None:
    opened(session, replace(small_plan(), proposals_basis=None), tmp_path)
    assert session.plan.proposals_fit is None
    assert not session.proposals_are_stale
    assert timers.active == []
    session.document.apply("Move PC", move_pc)
    assert session.proposals_are_stale
    timers.run_out()
    work.finish()
    assert session.plan.proposals_fit
