"""Everything the program can do: the actions of every menu, of the panels, the layers and the modes of the pointer.

Menus, tool bar, palette, the sheet of keys and the help page of keys come from here. An action is one entry in its
menu's file; a panel, a layer or a mode of the pointer brings its own with its entry in its own table.
"""

from __future__ import annotations

from collections.abc import Sequence

from fusplan.app.action_spec import ActionSpec
from fusplan.app.menus.edit_menu import edit_menu
from fusplan.app.menus.file_menu import file_menu
from fusplan.app.menus.go_menu import go_menu
from fusplan.app.menus.help_menu import help_menu
from fusplan.app.menus.panel_actions import panel_actions
from fusplan.app.menus.plan_menu import plan_menu
from fusplan.app.menus.treatment_menu import treatment_menu
from fusplan.app.menus.view_menu import view_menu
from fusplan.app.menus.workspace_actions import workspace_actions
from fusplan.app.panel_spec import PanelSpec
from fusplan.app.panel_table import PANELS
from fusplan.app.workspaces import WORKSPACES, WorkspaceSpec

MENUS = ("File", "Edit", "Plan", "Treatment", "View", "Go", "Help")
"""Those whose places are given."""


def action_table(panels: Sequence[PanelSpec], workspaces: Sequence[WorkspaceSpec]) -> tuple[ActionSpec, ...]:
    """All actions in the order of the menus; a menu that only panels name stands before Help, which is last."""

    def of(menu: str) -> tuple[ActionSpec, ...]:
        return panel_actions(panels, menu)

    others = dict.fromkeys(panel.menu for panel in panels if panel.menu not in MENUS)
    return (
        *file_menu(of("File")),
        *edit_menu(of("Edit")),
        *plan_menu(of("Plan")),
        *treatment_menu(of("Treatment")),
        *view_menu(of("View"), workspace_actions(workspaces)),
        *go_menu(of("Go")),
        *(action for menu in others for action in of(menu)),
        *help_menu(of("Help")),
    )


ACTION_TABLE = action_table(PANELS, WORKSPACES)
