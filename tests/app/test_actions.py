"""The table of actions: complete, without clashes, and every entry can be triggered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fusplan.app.action_spec import ActionSpec, menus_of
from fusplan.app.action_table import ACTION_TABLE
from fusplan.app.main_window import MainWindow
from fusplan.app.workspaces import TOOL_BAR_RIGHT, WORKSPACES, WorkspaceSpec
from fusplan.widgets.icons import icon_names
from tests.fixtures.answers import Answers
from tests.fixtures.stand_ins import move_left_target
from tests.fixtures.waits import wait_for_quiet

IDS = [spec.id for spec in ACTION_TABLE]


def test_ids_and_shortcuts_are_unique() -> None:
    keys = Counter(QKeySequence(spec.shortcut).toString() for spec in ACTION_TABLE)
    assert {key for key, count in keys.items() if count > 1} == set()
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("spec", ACTION_TABLE, ids=IDS)
def test_every_action_has_words_keys_and_icon(spec: ActionSpec) -> None:
    assert spec.text
    assert len(spec.tooltip) > 3
    assert not QKeySequence(spec.shortcut).isEmpty()
    assert spec.icon in icon_names()


def test_menus_follow_the_table() -> None:
    assert menus_of(ACTION_TABLE) == ("File", "Edit", "Plan", "Treatment", "View", "Go", "Help")
    sections = [spec.id for spec in ACTION_TABLE if spec.menu == "Plan" and spec.ends_section]
    assert sections == ["make_plan", "step_review", "add_points"]


@pytest.mark.parametrize("workspace", WORKSPACES, ids=lambda workspace: workspace.key)
def test_the_tool_bar_names_actions(workspace: WorkspaceSpec) -> None:
    assert {name for name in (*workspace.tool_bar, *TOOL_BAR_RIGHT) if name is not None} <= set(IDS)


def test_the_tool_bar_shows_them_in_order(window: MainWindow) -> None:
    shown = [action.objectName() for action in window.tool_bar.actions() if action.objectName()]
    assert shown == [name for name in (*WORKSPACES[0].tool_bar, *TOOL_BAR_RIGHT) if name is not None]


LEAVING = ("make_plan", "open_image", "open_plan", "try_demo", "close_case", "quit")
"""Triggered at the end: nothing is open afterwards, or another thing."""


def test_every_action_can_be_triggered(with_plan: MainWindow, answers: Answers, head: Path, qtbot: QtBot) -> None:
    window = with_plan
    bugs: list[str] = []
    window.program.reporter.bug.connect(bugs.append)
    done = set()
    answers.image, answers.unsaved_answer = head, "discard"
    for action_id in [*(name for name in IDS if name not in LEAVING), *LEAVING]:
        action = window.actions_table[action_id]
        assert action.isEnabled() or action_id in ("undo", "redo"), action_id
        action.trigger() if action.isEnabled() else window.actions_table.specs[action_id].run(window.parts)
        wait_for_quiet(window, qtbot)
        done.add(action_id)
    assert done == set(IDS)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert bugs == []


HOLDS_ALREADY = ("mode_crosshair", f"workspace_{WORKSPACES[0].key}")
SWITCHES = [spec.id for spec in ACTION_TABLE if spec.checked is not None and spec.id not in (*HOLDS_ALREADY, "present")]


def test_switches_follow_the_view_state(with_plan: MainWindow) -> None:
    assert len(SWITCHES) > 15
    for action_id in SWITCHES:
        action = with_plan.actions_table[action_id]
        before = action.isChecked()
        action.trigger()
        assert action.isChecked() is not before, action_id


def test_what_needs_an_image_or_a_plan_says_so_by_being_disabled(window: MainWindow) -> None:
    disabled = {action_id for action_id in IDS if not window.actions_table[action_id].isEnabled()}
    assert {"save", "undo", "make_plan", "axes", "next_target"} <= disabled
    assert {"open_image", "open_plan", "try_demo", "quit", "palette", "shortcuts"}.isdisjoint(disabled)


def test_keys_reach_their_action(with_plan: MainWindow, qtbot: QtBot) -> None:
    from PySide6.QtCore import Qt

    with_plan.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is with_plan)
    before = with_plan.case.view.state.layers.contours
    qtbot.keyClick(with_plan, Qt.Key.Key_C)
    assert with_plan.case.view.state.layers.contours is not before


def test_undo_and_redo_name_what_they_do(with_plan: MainWindow) -> None:
    document = with_plan.case.document
    assert document is not None
    document.apply("Rename the left target", move_left_target)
    assert with_plan.actions_table["undo"].text() == "Undo: Rename the left target"
    with_plan.actions_table["undo"].trigger()
    assert document.plan.targets[0].name == "CLp left"
    assert with_plan.actions_table["redo"].text() == "Redo: Rename the left target"
    with_plan.actions_table["redo"].trigger()
    assert document.plan.targets[0].name == "CLp left+"


def test_go_to_targets_and_landmarks(with_plan: MainWindow) -> None:
    plan = with_plan.case.plan
    assert plan is not None
    go = with_plan.actions_table
    visited = []
    for action_id in ("next_target", "next_target", "previous_target", "go_ac", "go_pc", "go_mcp"):
        go[action_id].trigger()
        visited.append(with_plan.case.view.state.cursor)
    left, right = (target.point for target in plan.targets)
    ac, pc = plan.landmarks.ac.point, plan.landmarks.pc.point
    assert visited[:5] == [left, right, left, ac, pc]
    assert visited[5] is not None
    assert visited[5].distance_to(ac) == pytest.approx(visited[5].distance_to(pc))


def test_pictures(with_plan: MainWindow, answers: Answers, tmp_path: Path) -> None:
    answers.picture = tmp_path / "window.png"
    with_plan.actions_table["save_picture"].trigger()
    assert answers.picture.stat().st_size > 1000
    answers.picture = tmp_path / "missing" / "window.png"
    with_plan.actions_table["save_picture"].trigger()
    assert with_plan.messages.messages[0].kind == "error"


def test_a_presentation_shows_no_handles_and_the_step_has_them_back(with_plan: MainWindow, qtbot: QtBot) -> None:
    with_plan.side.show_panel("lesions")
    chosen = with_plan.case.view.state.selection.lesion_id
    assert chosen is not None
    with_plan.actions_table["present"].trigger()
    assert with_plan.case.view.state.presenting
    assert with_plan.case.view.state.selection.lesion_id is None
    with_plan.actions_table["present"].trigger()
    qtbot.waitUntil(lambda: with_plan.case.view.state.selection.lesion_id == chosen)
