"""The table of panels: complete, without clashes, and it feeds steps, actions, the area on the right and preloading."""

from __future__ import annotations

import importlib

import pytest
from PySide6.QtWidgets import QWidget

from fusplan.app.action_table import ACTION_TABLE, action_table
from fusplan.app.main_window import MainWindow
from fusplan.app.panel_spec import PanelSpec, modules_ahead, steps_of
from fusplan.app.panel_table import PANELS
from fusplan.app.workspaces import WORKSPACES
from fusplan.widgets.icons import icon_names

ACTIONS = {spec.id: spec for spec in ACTION_TABLE}


def test_keys_and_actions_are_unique() -> None:
    assert len({panel.key for panel in PANELS}) == len(PANELS)
    assert len({panel.action_id for panel in PANELS}) == len(PANELS)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_every_panel_has_an_action_that_shows_it(panel: PanelSpec, with_plan: MainWindow) -> None:
    spec = ACTIONS[panel.action_id]
    assert (spec.text, spec.tooltip, spec.shortcut, spec.icon) == (
        panel.title,
        panel.sentence,
        panel.shortcut,
        panel.icon,
    )
    assert panel.icon in icon_names()
    with_plan.actions_table[panel.action_id].trigger()
    assert with_plan.side.current == panel.key
    shown = with_plan.side.panel(panel.key)
    assert isinstance(shown, QWidget)
    assert [key for key, row in with_plan.side.steps.rows.items() if row.isChecked()] == (
        [panel.key] if panel.kind == "step" else []
    )


def test_steps_stand_in_the_order_of_the_table_and_are_done_in_their_own() -> None:
    steps = steps_of(panel for panel in PANELS if "plan" in panel.workspaces)
    assert [step.key for step in steps] == ["image", "landmarks", "atlas", "targets", "lesions", "review"]
    by_order = sorted(steps, key=lambda step: step.order)
    assert [step.key for step in by_order] == ["image", "atlas", "landmarks", "targets", "lesions", "review"]
    assert len({step.order for step in steps}) == len(steps)


def test_the_panels_of_the_steps_are_loaded_ahead() -> None:
    names = modules_ahead(PANELS)
    assert names == tuple(
        f"fusplan.widgets.{name}_panel" for name in ("atlas", "landmarks", "targets", "lesions", "review")
    )
    for name in names:
        importlib.import_module(name)


def test_a_panel_that_is_added_brings_its_action_and_a_menu_of_its_own() -> None:
    added_panel = PanelSpec(
        key="of_this_test",
        title="Of this test",
        sentence="Show it",
        icon="info",
        shortcut="Ctrl+Shift+F12",
        factory=lambda case, _desk: QWidget(),
        menu="Games",
    )
    added = [
        spec
        for spec in action_table((*PANELS, added_panel), WORKSPACES)
        if spec not in ACTION_TABLE and spec.id not in ACTIONS
    ]
    assert [(spec.id, spec.menu, spec.text) for spec in added] == [("of_this_test", "Games", "Of this test")]
    menus = list(dict.fromkeys(spec.menu for spec in action_table((*PANELS, added_panel), WORKSPACES)))
    assert menus == ["File", "Edit", "Plan", "Treatment", "View", "Go", "Games", "Help"]
