"""What follows the plan in the background: figures of lesions, proposals after a landmark has moved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fusplan.app.job_list import JobList
from fusplan.app.lesion_figuring import LesionFiguring
from fusplan.display.lesion_figures import regions_95
from fusplan.jobs.single_shot import SingleShot
from fusplan.planning import edits, landmark_edits
from fusplan.planning.lesion_size import LesionSize
from fusplan.planning.plan import Plan
from fusplan.session.proposal_controller import ProposalController
from fusplan.spatial import Point
from fusplan.widgets.case import Case
from tests.fixtures.cases import atlas_case
from tests.fixtures.small_heads import small_plan


@pytest.fixture
def case() -> Case:
    return atlas_case()


@pytest.fixture
def figuring(case: Case) -> Iterator[LesionFiguring]:
    parent = QObject()
    made = LesionFiguring(case, parent)
    case.plan_changed.emit()
    yield made
    made.close()


@pytest.fixture
def following(case: Case) -> Iterator[ProposalController]:
    made = ProposalController(case, SingleShot, JobList())
    case.plan_changed.emit()
    yield made
    made.close()


def move_pc(plan: Plan, forward_mm: float = 2.0) -> Plan:
    pc = plan.landmarks.pc.point
    return landmark_edits.move_landmark(plan, "pc", Point(pc.frame, pc.x, pc.y + forward_mm, pc.z))


def test_every_lesion_gets_figures_and_a_changed_one_anew(case: Case, figuring: LesionFiguring, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not figuring.is_busy)
    first, second = case.plan.lesions
    assert set(case.lesion_figures) == {first.id, second.id}
    before = dict(case.lesion_figures)
    size = LesionSize((3.0, 3.0), 6.0)
    case.document.apply("Resize", lambda plan: edits.resize_lesion(plan, first.id, size))
    assert not case.lesion_figures[first.id].are_of(case.plan.lesions[0], case.plan)
    qtbot.waitUntil(lambda: not figuring.is_busy)
    assert case.lesion_figures[first.id].are_of(case.plan.lesions[0], case.plan)
    assert case.lesion_figures[second.id] is before[second.id]
    assert case.lesion_figures[first.id].grids is before[first.id].grids
    assert len(regions_95(case.plan, case.lesion_figures)) == 2
    case.document.apply("Remove", lambda plan: edits.remove_lesion(plan, first.id))
    qtbot.waitUntil(lambda: not figuring.is_busy)
    assert set(case.lesion_figures) == {second.id}
    case.close()
    assert case.lesion_figures == {}


def test_a_moved_landmark_takes_its_proposals_along_in_one_step(
    case: Case, following: ProposalController, qtbot: QtBot
) -> None:
    before = case.plan.proposals
    case.document.apply("Move PC", move_pc)
    assert case.proposals_are_stale
    qtbot.waitUntil(lambda: not case.proposals_are_stale)
    after = case.plan.proposals
    assert [one.provenance.method for one in after] == [one.provenance.method for one in before]
    assert all(one.point != other.point for one, other in zip(after, before, strict=True))
    assert case.document.history.labels == ("Open", "Move PC")
    case.document.undo()
    assert case.plan.proposals is before
    assert not case.proposals_are_stale
    case.document.redo()
    assert case.plan.proposals is after
    assert not case.proposals_are_stale
    assert not following.is_busy


def test_the_rule_follows_before_the_atlases(case: Case, following: ProposalController, qtbot: QtBot) -> None:
    rules = [one for one in case.plan.proposals if one.provenance.method == "acpc-rule"]
    case.document.apply("Move PC", move_pc)
    qtbot.waitUntil(lambda: case.plan.proposals is not small_plan().proposals)
    assert case.proposals_are_stale
    now = [one for one in case.plan.proposals if one.provenance.method == "acpc-rule"]
    assert all(one.point != other.point for one, other in zip(now, rules, strict=True))
    assert len(case.document.history.steps) == 2


def test_other_edits_meanwhile_are_kept_and_nothing_is_computed_for_them(
    case: Case, following: ProposalController, qtbot: QtBot
) -> None:
    case.document.apply("Rename", lambda plan: edits.rename_target(plan, "clp-left", "One"))
    assert not following.is_busy
    case.document.apply("Move PC", move_pc)
    case.document.apply("Rename", lambda plan: edits.rename_target(plan, "clp-left", "Two"))
    qtbot.waitUntil(lambda: not case.proposals_are_stale)
    assert case.plan.targets[0].name == "Two"
    assert case.document.history.labels == ("Open", "Rename", "Move PC", "Rename")
    # The step in between was left before its proposals were there: they are computed when one returns to it.
    case.document.undo()
    assert case.proposals_are_stale
    qtbot.waitUntil(lambda: not case.proposals_are_stale)
    assert case.document.history.labels == ("Open", "Rename", "Move PC", "Rename")


def test_undoing_while_it_is_computed_drops_the_work(case: Case, following: ProposalController, qtbot: QtBot) -> None:
    before = case.plan.proposals
    case.document.apply("Move PC", move_pc)
    qtbot.waitUntil(lambda: following._job is not None)
    case.document.undo()
    assert not following.is_busy
    assert case.plan.proposals is before
