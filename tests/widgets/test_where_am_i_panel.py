"""The panel that follows the cursor, by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from fusplan.spatial import Point
from fusplan.widgets.case import Case
from fusplan.widgets.where_am_i_panel import NO_PLAN, WhereAmIPanel
from tests.fixtures.cases import atlas_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.small_heads import small_head


@pytest.fixture
def case() -> Case:
    return atlas_case()


@pytest.fixture
def panel(case: Case, qtbot: QtBot) -> Iterator[WhereAmIPanel]:
    made = WhereAmIPanel(case, TrialDesk().desk)
    qtbot.addWidget(made)
    made.resize(380, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def settle(panel: WhereAmIPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not panel._timer.isActive())


def test_it_names_the_nucleus_by_both_atlases_and_follows_the_cursor(
    panel: WhereAmIPanel, case: Case, qtbot: QtBot
) -> None:
    assert panel.words.text().startswith("Left, 9.1 mm lateral")
    assert len([bars for bars in panel.nuclei if bars.isVisible()]) == 2
    assert all(bars.bars.bars[-1].label == "outside" for bars in panel.nuclei)
    assert len(panel.coordinates.rows) == 7
    for x in range(20):  # many moves are one look-up
        case.view.update(cursor=Point(small_head().scanner_frame, 60.0, 0.5 * x, 40.0))
    settle(panel, qtbot)
    assert panel.nuclei[0].name.text() == "outside its nuclei"
    assert panel.coordinates.row("scanner_ras").reading.coordinates == (60.0, 9.5, 40.0)


def test_a_row_is_copied_with_its_frame_by_button_and_by_key(panel: WhereAmIPanel, qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    qtbot.mouseClick(panel.coordinates.row("acpc_pc").button, Qt.MouseButton.LeftButton)
    assert clipboard.text() == panel.coordinates.row("acpc_pc").reading.text
    assert clipboard.text().startswith("AC-PC mm from PC: -9.")
    assert panel.copied.text() == f"Copied: {clipboard.text()}"
    row = panel.coordinates.row("mni")
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text().startswith("MNI152NLin2009cAsym RAS mm: ")


@pytest.mark.parametrize("key", ["scanner_ras", "scanner_lps", "voxel", "acpc_mcp", "acpc_pc", "acpc_ac", "mni"])
def test_a_typed_coordinate_is_gone_to_in_every_frame(panel: WhereAmIPanel, case: Case, qtbot: QtBot, key: str) -> None:
    wanted = Point(small_head().scanner_frame, 11.0, -18.0, 7.0)
    case.view.update(cursor=wanted)
    settle(panel, qtbot)
    numbers = panel.coordinates.row(key).reading.coordinates
    case.view.update(cursor=case.plan.targets[0].point)
    panel.go_to.frame.setCurrentIndex(panel.go_to.frame.findData(key))
    qtbot.keyClicks(panel.go_to.numbers, ", ".join(f"{number:.3f}" for number in numbers))
    qtbot.keyClick(panel.go_to.numbers, Qt.Key.Key_Return)
    assert case.view.state.cursor.distance_to(wanted) < 0.01


def test_a_pasted_coordinate_brings_its_frame(panel: WhereAmIPanel, case: Case, qtbot: QtBot) -> None:
    panel.go_to.numbers.setText("scanner LPS mm: -11, 18, 7")
    qtbot.mouseClick(panel.go_to.button, Qt.MouseButton.LeftButton)
    assert case.view.state.cursor.coordinates == (11.0, -18.0, 7.0)
    assert panel.go_to.frame.currentData() == "scanner_lps"


def test_what_is_not_understood_is_said_and_moves_nothing(panel: WhereAmIPanel, case: Case, qtbot: QtBot) -> None:
    before = case.view.state.cursor
    for text, words in (("12, 13", "is not a coordinate"), ("900 0 0", "outside the image")):
        panel.go_to.numbers.setText(text)
        qtbot.keyClick(panel.go_to.numbers, Qt.Key.Key_Return)
        assert words in panel.go_to.problem.text()
        assert panel.go_to.problem.isVisible()
    assert case.view.state.cursor == before
    qtbot.keyClick(panel.go_to.numbers, Qt.Key.Key_A)
    assert not panel.go_to.problem.isVisible()


def test_without_a_plan_scanner_and_voxels_work(qtbot: QtBot) -> None:
    case = Case()
    case.open_volume(small_head())
    panel = WhereAmIPanel(case, TrialDesk().desk)
    qtbot.addWidget(panel)
    panel.show()
    settle(panel, qtbot)
    assert panel.hint.text() == NO_PLAN
    assert [row.reading.key for row in panel.coordinates.rows] == ["scanner_ras", "scanner_lps", "voxel"]
    assert not panel.go_to.frame.model().item(panel.go_to.frame.findData("mni")).isEnabled()
    panel.go_to.frame.setCurrentIndex(panel.go_to.frame.findData("voxel"))
    qtbot.keyClicks(panel.go_to.numbers, "5 6 7")
    qtbot.keyClick(panel.go_to.numbers, Qt.Key.Key_Return)
    volume = small_head()
    assert case.view.state.cursor == volume.voxel_to_scanner.apply(Point(volume.voxel_frame, 5, 6, 7))
    case.close()
    assert not panel.go_to.isEnabled()
