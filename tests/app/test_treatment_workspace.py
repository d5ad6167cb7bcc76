"""The workspace "Treatment" in a whole window: what it lacks, what it simulates, and that all of it is undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.app.main_window import LACK_TOPIC, MainWindow
from fusplan.app.panel_spec import PanelSpec, steps_of
from fusplan.app.panel_table import PANELS
from fusplan.planning.treatment_edits import treatment_of
from fusplan.widgets.helmet_panel import HelmetPanel
from tests.fixtures.waits import wait_for_quiet


def lacks(window: MainWindow) -> list[str]:
    return [message.text for message in window.messages.messages if message.topic == LACK_TOPIC]


def steps() -> list[PanelSpec]:
    return [panel for panel in PANELS if "treatment" in panel.workspaces and panel.kind == "step"]


def test_the_steps_stand_from_skull_to_lesion(with_plan: MainWindow, qtbot: QtBot) -> None:
    with_plan.actions_table["workspace_treatment"].trigger()
    wait_for_quiet(with_plan, qtbot)
    assert list(with_plan.side.steps.rows) == [step.key for step in steps_of(steps())]
    assert with_plan.side.current == "skull"
    states = {key: row.state for key, row in with_plan.side.steps.rows.items()}
    assert states["helmet"].sentence == "Active elements: left 45, right 45"
    assert states["test_sonication"].standing == "next"
    assert states["expected_lesion"].sentence.startswith("51 °C: left 40")


def test_a_head_without_a_plan_is_told_with_the_button_that_makes_one(
    window: MainWindow, head: Path, qtbot: QtBot
) -> None:
    window.program.files.open_path(head)
    wait_for_quiet(window, qtbot)
    window.actions_table["workspace_treatment"].trigger()
    (message,) = (message for message in window.messages.messages if message.topic == LACK_TOPIC)
    assert [action.text for action in message.actions] == ["Make a plan on this head"]
    message.actions[0].do()
    qtbot.waitUntil(lambda: window.case.plan is not None)
    assert lacks(window) == []
    qtbot.waitUntil(lambda: window.case.simulated_is_current)


def test_a_plan_without_targets_is_told_where_they_are_placed(with_plan: MainWindow) -> None:
    with_plan.actions_table["workspace_treatment"].trigger()
    assert lacks(with_plan) == []
    with_plan.case.document.apply("Empty", lambda plan: replace(plan, targets=(), lesions=()))
    assert len(lacks(with_plan)) == 1
    with_plan.actions_table["undo"].trigger()
    assert lacks(with_plan) == []


def test_a_tilt_is_typed_simulated_and_undone_by_the_menu(with_plan: MainWindow, qtbot: QtBot) -> None:
    with_plan.show_panel("helmet")
    wait_for_quiet(with_plan, qtbot)
    panel = with_plan.side.panel("helmet")
    assert isinstance(panel, HelmetPanel)
    before = with_plan.case.simulated
    field = panel.tilt.fields["anterior_deg"]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: with_plan.case.simulated is not before and with_plan.case.simulated_is_current)
    target = with_plan.case.plan.targets[0]
    assert treatment_of(with_plan.case.plan).at(target.id).tilt.anterior_deg == 7.0
    with_plan.actions_table["undo"].trigger()
    assert with_plan.case.plan.treatment is None
    assert field.value() == 0.0
    qtbot.waitUntil(lambda: with_plan.case.simulated is before)
