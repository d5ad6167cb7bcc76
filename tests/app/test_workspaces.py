"""Workspaces: one may stand alone; one more, of this test only, shows that switching works and keeps the case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from fusplan.app.action_table import ACTION_TABLE, action_table
from fusplan.app.main_window import LACK_TOPIC, MainWindow
from fusplan.app.panel_spec import PanelSpec
from fusplan.app.panel_table import PANELS
from fusplan.app.workspaces import TOOL_BAR_RIGHT, WORKSPACES, Lack, WorkspaceSpec
from fusplan.display.step_standings import StepState
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.history_panel import HistoryPanel
from tests.fixtures.stand_ins import move_left_target


def _lacks_fifth(case: Case) -> Lack | None:
    """Misses a plan with a seed of 5, which undo and redo of a test bring and take."""
    missing = case.plan is None or case.plan.seed != 5
    return Lack("The reading needs a seed of 5.", "measurements") if missing else None


def _label(case: Case, desk: Desk) -> QWidget:
    return QLabel("Read on")


READING = WorkspaceSpec(
    key="reading",
    title="Reading",
    sentence="Read a plan",
    icon="info",
    shortcut="Ctrl+Alt+9",
    tool_bar=("undo", None, "axes"),
    views=(("coronal",), ("axial", "sagittal")),
    lacks=_lacks_fifth,
)

READING_PANELS = (
    PanelSpec(
        key="reading_step",
        title="First",
        sentence="Show the step: first",
        icon="info",
        shortcut="Alt+7",
        factory=_label,
        standing=lambda case: StepState("later", "Read"),
        workspaces=("reading",),
    ),
    PanelSpec(
        key="both",
        title="Both",
        sentence="Show what both have",
        icon="info",
        shortcut="Alt+8",
        factory=lambda case, _desk: HistoryPanel(case),
        workspaces=("reading", "plan"),
    ),
)


@pytest.fixture
def panels() -> tuple[PanelSpec, ...]:
    return (*PANELS, *READING_PANELS)


@pytest.fixture
def workspaces() -> tuple[WorkspaceSpec, ...]:
    return (*WORKSPACES, READING)


def bar_ids(window: MainWindow) -> list[str]:
    return [action.objectName() for action in window.tool_bar.actions() if action.objectName()]


def ids_of(workspace: WorkspaceSpec) -> list[str]:
    return [name for name in (*workspace.tool_bar, *TOOL_BAR_RIGHT) if name is not None]


@pytest.mark.parametrize("workspace", WORKSPACES, ids=lambda workspace: workspace.key)
def test_every_workspace_has_panels_and_what_it_lacks_is_brought_by_an_action(workspace: WorkspaceSpec) -> None:
    assert [panel for panel in PANELS if workspace.key in panel.workspaces]
    lack = workspace.lacks(Case())
    assert lack is None or lack.action in {spec.id for spec in ACTION_TABLE}


def test_every_panel_is_in_a_workspace_that_there_is() -> None:
    keys = {workspace.key for workspace in WORKSPACES}
    assert all(set(panel.workspaces) <= keys and panel.workspaces for panel in PANELS)


def test_a_workspace_that_stands_alone_has_no_row_and_no_action() -> None:
    assert [spec.id for spec in action_table(PANELS, WORKSPACES[:1]) if spec.id.startswith("workspace_")] == []
    both = action_table(PANELS, (*WORKSPACES, READING))
    assert [spec.id for spec in both if spec.id.startswith("workspace_")] == [
        "workspace_plan",
        "workspace_treatment",
        "workspace_reading",
    ]
    assert [spec.shortcut for spec in ACTION_TABLE if spec.shortcut == READING.shortcut] == []


class TestAlone:
    """A window with one workspace."""

    @pytest.fixture
    def panels(self) -> tuple[PanelSpec, ...]:
        return PANELS

    @pytest.fixture
    def workspaces(self) -> tuple[WorkspaceSpec, ...]:
        return WORKSPACES[:1]

    def test_no_row_of_words_is_shown(self, with_plan: MainWindow) -> None:
        assert not with_plan.workspace_bar.isVisible()
        assert with_plan.tool_bar.y() == with_plan.menuBar().geometry().bottom() + 1
        assert bar_ids(with_plan) == ids_of(WORKSPACES[0])


def test_a_switch_changes_panels_tool_bar_and_views(with_plan: MainWindow) -> None:
    window, views = with_plan, with_plan.views
    assert views is not None
    assert window.workspace_bar.isVisible()
    assert [action.text() for action in window.workspace_bar.actions()] == ["Plan", "Treatment", "Reading"]
    window.show_panel("lesions")
    window.actions_table["workspace_reading"].trigger()
    assert list(window.side.steps.rows) == ["reading_step"]
    assert window.side.current == "reading_step"
    assert bar_ids(window) == ids_of(READING)
    shown = [name for name in ("axial", "coronal", "sagittal", "scene") if views.view(name).isVisible()]
    assert shown == ["axial", "coronal", "sagittal"]
    assert [action.isChecked() for action in window.workspace_bar.actions()] == [False, False, True]
    window.show_panel("both")
    window.actions_table["workspace_plan"].trigger()
    assert (window.side.current, bar_ids(window)) == ("lesions", ids_of(WORKSPACES[0]))
    assert list(window.side.steps.rows) == ["image", "landmarks", "atlas", "targets", "lesions", "review"]
    assert window.side.steps.rows["lesions"].isChecked()
    assert all(views.view(name).isVisible() for name in ("axial", "coronal", "sagittal", "scene"))
    window.actions_table["workspace_reading"].trigger()
    assert window.side.current == "both"


def test_case_cursor_selection_and_undo_stay(with_plan: MainWindow) -> None:
    window, case = with_plan, with_plan.case
    document, plan = case.document, case.plan
    assert document is not None and plan is not None
    document.apply("Rename the left target", move_left_target)
    case.view.update(cursor=plan.landmarks.pc.point)
    case.view.change(lambda state: state.with_selection(target_id=plan.targets[1].id))
    before = (case.volume, case.document, document.history, case.view.state.cursor, case.view.state.selection)
    window.actions_table["workspace_reading"].trigger()
    after = (case.volume, case.document, document.history, case.view.state.cursor, case.view.state.selection)
    assert after == before
    assert case.view.state.workspace == "reading"
    window.actions_table["undo"].trigger()
    assert document.plan == plan
    window.actions_table["workspace_plan"].trigger()
    window.actions_table["redo"].trigger()
    assert document.plan != plan


def test_a_panel_of_another_workspace_brings_it(with_plan: MainWindow) -> None:
    with_plan.show_panel("reading_step")
    assert (with_plan.workspace.key, with_plan.side.current) == ("reading", "reading_step")
    with_plan.show_panel("both")
    assert with_plan.workspace.key == "reading"
    with_plan.actions_table["step_targets"].trigger()
    assert (with_plan.workspace.key, with_plan.side.current) == ("plan", "targets")
    with_plan.actions_table["workspace_reading"].trigger()
    with_plan.side.offer("atlas")
    assert (with_plan.workspace.key, with_plan.side.current) == ("reading", "both")


def test_a_workspace_says_what_it_lacks_until_it_is_there(with_plan: MainWindow, qtbot: QtBot) -> None:
    window, document = with_plan, with_plan.case.document
    assert document is not None

    def told() -> list[str]:
        return [message.text for message in window.messages.messages if message.topic == LACK_TOPIC]

    assert told() == []
    window.actions_table["workspace_reading"].trigger()
    assert told() == ["The reading needs a seed of 5."]
    (message,) = (message for message in window.messages.messages if message.topic == LACK_TOPIC)
    assert [action.text for action in message.actions] == ["Measurements"]
    document.apply("Choose a seed", lambda plan: replace(plan, seed=5))
    assert told() == []
    document.undo()
    assert told() == ["The reading needs a seed of 5."]
    window.actions_table["workspace_plan"].trigger()
    assert told() == []
    window.actions_table["workspace_reading"].trigger()
    (message,) = (message for message in window.messages.messages if message.topic == LACK_TOPIC)
    message.actions[0].do()
    assert (window.workspace.key, window.side.current) == ("plan", "measure")


def test_without_an_image_the_first_screen_stands_for_every_workspace(window: MainWindow) -> None:
    window.actions_table["workspace_reading"].trigger()
    assert window.first_screen.isVisible()
    assert window.messages.messages == ()


def test_the_row_follows_the_keys_and_hides_in_a_presentation(with_plan: MainWindow, qtbot: QtBot) -> None:
    with_plan.activateWindow()
    qtbot.keyClick(with_plan, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: with_plan.workspace.key == "reading")
    with_plan.actions_table["present"].trigger()
    assert not with_plan.workspace_bar.isVisible()
    with_plan.actions_table["present"].trigger()
    assert with_plan.workspace_bar.isVisible()
