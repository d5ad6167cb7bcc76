"""The case tells what changes, and only that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from fusplan.display.drawn_atlas import DrawnAtlas
from fusplan.display.view_state import Selection
from fusplan.planning.document import PlanDocument
from fusplan.session.session import SecondImage
from fusplan.spatial import Point
from fusplan.widgets.case import Case
from tests.fixtures import plans


def heard_by(case: Case) -> list[str]:
    heard: list[str] = []
    case.volume_changed.connect(lambda: heard.append("volume"))
    case.plan_changed.connect(lambda: heard.append("plan"))
    case.atlases_changed.connect(lambda: heard.append("atlases"))
    case.second_image_changed.connect(lambda: heard.append("second"))
    case.view_changed.connect(lambda before, after: heard.append("view"))
    return heard


def test_an_image_puts_the_cursor_in_its_middle(qtbot: QtBot) -> None:
    case = Case()
    volume = plans.volume()
    case.open_volume(volume)
    cursor = case.view.state.cursor
    assert cursor is not None
    assert cursor.distance_to(Point.of(volume.scanner_frame, (1.5, -2.25, 3.125))) < 1e-9
    assert case.name == "T1w.nii.gz"
    assert not case.has_unsaved_changes


def test_edits_of_the_document_are_heard_until_another_is_opened(qtbot: QtBot) -> None:
    case = Case()
    first, second = PlanDocument(plans.plan(), Path("a.fusplan.json")), PlanDocument(plans.plan())
    case.open_document(plans.volume(), first)
    assert case.name == "a.fusplan.json"
    heard = heard_by(case)
    first.apply("Change", lambda plan: replace(plan, seed=9))
    assert heard == ["plan"]
    assert case.has_unsaved_changes
    case.open_document(plans.volume(), second)
    heard.clear()
    first.undo()
    assert heard == []


def test_what_is_selected_and_half_measured_leaves_with_its_case(qtbot: QtBot) -> None:
    case, volume, plan = Case(), plans.volume(), plans.plan()
    point = plan.targets[0].point
    for leave in (
        case.close,
        lambda: case.open_volume(volume),
        lambda: case.open_document(volume, PlanDocument(plan)),
    ):
        case.view.change(lambda state: replace(state.with_selection(lesion_id="one"), pending=(point,)))
        leave()
        assert case.view.state.selection == Selection()
        assert case.view.state.pending == ()


def test_the_same_head_keeps_the_cursor(qtbot: QtBot) -> None:
    case = Case()
    case.open_volume(plans.volume())
    case.view.update(cursor=plans.point(1, 2, 3))
    case.open_document(plans.volume(), PlanDocument(plans.plan()))
    assert case.view.state.cursor == plans.point(1, 2, 3)
    case.close()
    assert case.view.state.cursor is None
    assert case.plan is None


def test_atlases_and_second_image(qtbot: QtBot) -> None:
    case = Case()
    case.open_volume(plans.volume())
    heard = heard_by(case)
    atlas = DrawnAtlas("morel", "Morel", None)  # type: ignore[arg-type]
    case.set_atlases({"morel": atlas})
    case.set_second_image(SecondImage(plans.volume(), "T2w"))
    assert heard == ["atlases", "second"]
    assert case.shown_atlas is atlas
    case.view.become(case.view.state.with_layers(atlas=None))
    assert case.shown_atlas is None
