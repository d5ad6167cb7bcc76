"""The list of measurements: begin, go to, rename, remove."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fusplan.planning.measurements import add_measurement
from fusplan.spatial import Point
from fusplan.widgets.case import Case
from fusplan.widgets.measure_panel import MeasurePanel
from tests.fixtures.cases import open_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.small_heads import head

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def case() -> Case:
    case = open_case(volume=head(6.0))
    assert case.document is not None
    frame = head(6.0).scanner_frame
    points = tuple(Point(frame, *place) for place in ((0, 0, 0), (10, 0, 0), (10, 5, 0)))
    case.document.apply("Measure a distance", lambda plan: add_measurement(plan, points[:2]))
    case.document.apply("Measure an angle", lambda plan: add_measurement(plan, points))
    return case


def shown(qtbot: QtBot, case: Case) -> tuple[MeasurePanel, TrialDesk]:
    desk = TrialDesk(case)
    panel = MeasurePanel(case, desk.desk)
    qtbot.addWidget(panel)
    panel.resize(340, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel, desk


def cell(panel: MeasurePanel, row: int) -> QPoint:
    return panel.table.visualItemRect(panel.table.item(row, 0)).center()


def texts(panel: MeasurePanel) -> list[tuple[str, str]]:
    rows = range(panel.table.rowCount())
    return [(panel.table.item(row, 0).text(), panel.table.item(row, 1).text()) for row in rows]


def test_values_stand_beside_names(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    assert texts(panel) == [("Distance 1", "10.0 mm"), ("Angle 1", "90.0°")]


def test_a_click_goes_to_it_and_selects_it(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    qtbot.mouseClick(panel.table.viewport(), LEFT, pos=cell(panel, 0))
    state = case.view.state
    assert state.selection.measurement_id == "distance-1"
    assert state.cursor is not None
    assert np.allclose(state.cursor.array, (5, 0, 0))


def test_it_is_renamed_in_place(qtbot: QtBot, case: Case) -> None:
    panel, desk = shown(qtbot, case)
    panel.table.setCurrentCell(1, 0)
    panel.table.setFocus()
    qtbot.keyClick(panel.table, Qt.Key.Key_F2)
    editor = panel.table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "Tilt")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(panel)[1][0] == "Tilt")
    assert case.plan is not None
    assert [one.name for one in case.plan.measurements] == ["Distance 1", "Tilt"]
    panel.table.item(1, 0).setText("  ")
    qtbot.waitUntil(lambda: len(desk.messages) == 1)
    assert "name" in desk.messages[0].text
    assert texts(panel)[1][0] == "Tilt"


def test_delete_removes_the_chosen_one(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    qtbot.mouseClick(panel.table.viewport(), LEFT, pos=cell(panel, 0))
    qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert case.plan is not None
    assert [one.id for one in case.plan.measurements] == ["angle-1"]
    panel.table.setCurrentCell(0, 0)
    qtbot.mouseClick(panel.remove, LEFT)
    assert case.plan.measurements == ()
    assert "Nothing has been measured" in panel.hint.text()


def test_measuring_is_begun_and_ended_here(qtbot: QtBot, case: Case) -> None:
    panel, _ = shown(qtbot, case)
    qtbot.mouseClick(panel.angle, LEFT)
    assert case.view.state.mode == "measure_angle"
    assert "corner" in panel.hint.text()
    qtbot.mouseClick(panel.distance, LEFT)
    assert (case.view.state.mode, panel.angle.isChecked()) == ("measure_distance", False)
    qtbot.mouseClick(panel.distance, LEFT)
    assert case.view.state.mode == "crosshair"


def test_without_a_plan_it_says_why_not(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, open_case(with_plan=False, volume=head(6.0)))
    assert not panel.distance.isEnabled()
    assert "plan" in panel.hint.text()
