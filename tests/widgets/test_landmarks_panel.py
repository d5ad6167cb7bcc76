"""The landmarks panel: go there, put it at the cursor, add and take away, and what that does."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.spatial import Point
from fusplan.widgets.case import Case
from fusplan.widgets.landmarks_panel import LandmarksPanel
from tests.fixtures.cases import open_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.small_heads import head

LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot, case: Case) -> tuple[LandmarksPanel, TrialDesk]:
    desk = TrialDesk(case)
    panel = LandmarksPanel(case, desk.desk)
    qtbot.addWidget(panel)
    panel.resize(340, 900)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel, desk


def settled(qtbot: QtBot, panel: LandmarksPanel) -> None:
    qtbot.waitUntil(lambda: not panel._timer.isActive())


def titles(panel: LandmarksPanel) -> list[str]:
    return [row.title.text() for row in panel.rows if not row.isHidden()]


def test_without_a_plan_it_offers_one(qtbot: QtBot) -> None:
    panel, desk = shown(qtbot, open_case(with_plan=False, volume=head(6.0)))
    assert panel.rows == []
    qtbot.mouseClick(panel.make_plan, LEFT)
    assert desk.done == ["make_plan"]


def test_a_click_goes_there(qtbot: QtBot) -> None:
    case = open_case(volume=head(6.0))
    panel, _ = shown(qtbot, case)
    assert titles(panel) == ["AC", "PC", "Midline 1", "Midline 2"]
    qtbot.mouseClick(panel.rows[1].title, LEFT)
    assert case.plan is not None
    assert case.view.state.cursor == case.plan.landmarks.pc.point
    panel.rows[0].setFocus()
    qtbot.keyClick(panel.rows[0], Qt.Key.Key_Return)
    assert case.view.state.cursor == case.plan.landmarks.ac.point


def test_pc_is_put_at_the_cursor_and_the_effect_is_told(qtbot: QtBot) -> None:
    case = open_case(volume=head(6.0))
    panel, _ = shown(qtbot, case)
    assert case.plan is not None
    pc = case.plan.landmarks.pc.point
    case.view.update(cursor=Point(pc.frame, pc.x, pc.y - 2.0, pc.z))
    qtbot.mouseClick(panel.rows[1].here, LEFT)
    settled(qtbot, panel)
    assert case.plan.landmarks.pc.source == "user"
    assert "by hand" in panel.rows[1].details.text()
    assert "Move PC to the cursor" in panel.effect_words.text()
    assert case.document is not None
    case.document.undo()
    settled(qtbot, panel)
    assert case.plan.landmarks.pc.point == pc
    assert "Move AC, PC" in panel.effect_words.text()


def test_midline_points_come_and_go(qtbot: QtBot) -> None:
    case = open_case(volume=head(6.0))
    panel, desk = shown(qtbot, case)
    assert case.plan is not None
    case.view.update(cursor=Point(case.plan.image.frame, 0.5, -20.0, 60.0))
    qtbot.mouseClick(panel.add, LEFT)
    settled(qtbot, panel)
    assert titles(panel)[-1] == "Midline 3"
    assert len(case.plan.landmarks.midline) == 3
    qtbot.mouseClick(panel.rows[2].away, LEFT)
    qtbot.mouseClick(panel.rows[2].away, LEFT)
    settled(qtbot, panel)
    assert len(case.plan.landmarks.midline) == 1
    assert not panel.rows[2].away.isEnabled()
    assert desk.messages == []


def test_landmarks_that_make_no_frame_are_refused_with_words(qtbot: QtBot) -> None:
    case = open_case(volume=head(6.0))
    panel, desk = shown(qtbot, case)
    assert case.plan is not None
    case.view.update(cursor=case.plan.landmarks.pc.point)
    qtbot.mouseClick(panel.rows[0].here, LEFT)
    assert "apart" in desk.messages[0].text
    assert case.plan.landmarks.ac.source == "template"


def test_coordinates_in_the_chosen_frame(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, open_case(volume=head(6.0)))
    assert "scanner RAS" in panel.frame_words.text()
    assert [number.text() for number in panel.rows[0].numbers] == ["0.1", "2.3", "-4.4"]
    qtbot.mouseClick(panel.frame.buttons["acpc"], LEFT)
    assert "AC-PC" in panel.frame_words.text()
    assert [number.text() for number in panel.rows[0].numbers] == ["0.0", "13.3", "0.0"]
    assert len(panel.verdicts.rows) == 3


def test_the_doubt_is_told_while_the_program_has_found_ac_or_pc(qtbot: QtBot) -> None:
    case = open_case(volume=head(6.0))
    plan = case.plan
    assert plan is not None

    def with_sources(source: str) -> None:
        marks = plan.landmarks
        changed = replace(marks, ac=replace(marks.ac, source=source), pc=replace(marks.pc, source=source))
        case.document.apply("Change the sources", lambda now: replace(now, landmarks=changed))

    panel, _ = shown(qtbot, case)
    with_sources("template")
    settled(qtbot, panel)
    assert panel.doubt.isVisible() and "95 %" in panel.doubt.text() and "mm up or down" in panel.doubt.text()
    with_sources("user")
    settled(qtbot, panel)
    assert not panel.doubt.isVisible()
