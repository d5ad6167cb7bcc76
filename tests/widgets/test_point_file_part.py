"""Points from a file in the panels: seen first, the frame stated, taken as one step that undo takes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.atlas.structure_ref import clp
from fusplan.widgets.case import Case
from fusplan.widgets.landmarks_panel import LandmarksPanel
from fusplan.widgets.point_file_part import PointFilePart
from fusplan.widgets.targets_panel import TargetsPanel
from tests.fixtures.cases import open_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.small_heads import head

LEFT = Qt.MouseButton.LeftButton


def shown(
    qtbot: QtBot, kind: type[TargetsPanel] | type[LandmarksPanel] = TargetsPanel
) -> tuple[PointFilePart, Case, TrialDesk]:
    case = open_case(volume=head(6.0))
    desk = TrialDesk(case)
    panel = kind(case, desk.desk)
    qtbot.addWidget(panel)
    panel.resize(360, 900)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel.points, case, desk


def chosen(qtbot: QtBot, part: PointFilePart, desk: TrialDesk, path: Path) -> None:
    desk.points = path
    qtbot.mouseClick(part.button, LEFT)
    qtbot.waitUntil(lambda: part.card.isVisible())


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text("name,x,y,z\nVim,-14,-18,-1\nAC,0.6,2.6,-4.4\n")
    return path


@pytest.fixture
def markups(tmp_path: Path) -> Path:
    path = tmp_path / "points.mrk.json"
    listed = [{"label": "Vim right", "position": [-14.0, 18.0, -1.0]}]
    path.write_text(json.dumps({"markups": [{"type": "Fiducial", "coordinateSystem": "LPS", "controlPoints": listed}]}))
    return path


def test_a_file_that_states_its_frame_is_taken_and_taken_back(qtbot: QtBot, markups: Path) -> None:
    part, case, desk = shown(qtbot)
    chosen(qtbot, part, desk, markups)
    assert part.frame.isHidden()
    assert "in LPS, as the file states" in part.kind.text()
    # From PC (0.1, -24.3, -2.2) it is (13.9, 6.3, 1.2) mm, and AC-PC runs along (0, 26.6, -2.2).
    assert part.rows.texts == {"Vim right": "right 13.9, front 6.2, above 1.7"}
    assert part.take_landmarks.isHidden()
    qtbot.mouseClick(part.take_targets, LEFT)
    assert case.plan is not None
    assert case.plan.targets[-1].point.coordinates == (14.0, -18.0, -1.0)
    assert case.view.state.selection.target_id == case.plan.targets[-1].id
    assert case.plan.targets[-1].aim is None
    assert part.card.isHidden()
    assert case.document is not None
    assert case.document.history.undo_label == "Add targets from a file"
    case.document.undo()
    assert [one.name for one in case.plan.targets] == ["CLp left", "CLp right"]


def test_a_silent_file_waits_for_its_frame(qtbot: QtBot, table: Path) -> None:
    part, case, desk = shown(qtbot)
    before = case.plan
    chosen(qtbot, part, desk, table)
    assert part.question.isVisible()
    assert not part.take_targets.isEnabled()
    assert not part.take_landmarks.isEnabled()
    qtbot.mouseClick(part.frame.buttons["ras"], LEFT)
    assert part.rows.texts["Vim"].startswith("left 14")
    assert part.rows.texts["AC"] == "AC, moves 0.6 mm"
    qtbot.mouseClick(part.frame.buttons["lps"], LEFT)
    assert part.rows.texts["Vim"].startswith("right 13")
    assert case.plan is before
    qtbot.mouseClick(part.take_targets, LEFT)
    assert case.plan is not None
    assert case.plan.targets[-1].point.coordinates == (14.0, 18.0, -1.0)
    # Its landmarks can still be taken.
    assert part.take_targets.isHidden()
    qtbot.mouseClick(part.take_landmarks, LEFT)
    assert case.plan.landmarks.ac.point.coordinates == (-0.6, -2.6, -4.4)
    assert part.card.isHidden()


def test_landmarks_are_one_step_of_the_history(qtbot: QtBot, table: Path) -> None:
    part, case, desk = shown(qtbot, LandmarksPanel)
    assert case.plan is not None
    before = case.plan.landmarks
    chosen(qtbot, part, desk, table)
    qtbot.mouseClick(part.frame.buttons["ras"], LEFT)
    assert part.take_landmarks.text() == "Use as AC"
    qtbot.mouseClick(part.take_landmarks, LEFT)
    assert case.plan.landmarks.ac.point.coordinates == (0.6, 2.6, -4.4)
    assert case.plan.landmarks.pc is before.pc
    assert case.document is not None
    case.document.undo()
    assert case.plan.landmarks is before


def test_refusals_are_said_and_change_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    part, case, desk = shown(qtbot)
    before = case.plan
    ill = tmp_path / "ill.csv"
    ill.write_text("no points here\n")
    desk.points = ill
    qtbot.mouseClick(part.button, LEFT)
    qtbot.waitUntil(lambda: bool(desk.messages))
    assert desk.messages[-1].kind == "error"
    assert "ill.csv cannot be read as points" in desk.messages[-1].text
    assert part.card.isHidden()
    far = tmp_path / "far.csv"
    far.write_text("name,r,a,s\nVim,0,0,900\n")
    chosen(qtbot, part, desk, far)
    assert part.rows.texts["Vim"] == "outside the image"
    qtbot.mouseClick(part.take_targets, LEFT)
    assert "outside the image" in desk.messages[-1].text
    assert case.plan is before
    qtbot.mouseClick(part.away, LEFT)
    assert part.card.isHidden()


def test_closing_the_case_puts_the_file_away(qtbot: QtBot, markups: Path) -> None:
    part, case, desk = shown(qtbot)
    chosen(qtbot, part, desk, markups)
    case.close()
    assert part.card.isHidden()


def test_what_its_targets_aim_at_is_stated_with_them(qtbot: QtBot, markups: Path) -> None:
    part, case, desk = shown(qtbot)
    chosen(qtbot, part, desk, markups)
    assert part.aim.isVisible() and part.aim.combo.currentText() == "nothing in particular"
    part.aim.combo.setFocus()
    qtbot.keyClick(part.aim.combo, Qt.Key.Key_Up)
    qtbot.mouseClick(part.take_targets, LEFT)
    assert case.plan is not None
    assert case.plan.targets[-1].aim == clp("right")
    chosen(qtbot, part, desk, markups)
    assert part.aim.aim_key is None
