"""Everything the program can do: the actions of every menu, of the panels, the layers and the modes of the pointer.

Menus, tool bar, palette, the sheet of keys and the help page of keys come from here. An action is one entry in its
menu's file; a panel, a layer or a mode of the pointer brings its own with its entry in its own table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from fusplan.app.action_spec import ActionSpec
from fusplan.app.menus.edit_menu import edit_menu
from fusplan.app.menus.file_menu import file_menu
from fusplan.app.menus.go_menu import go_menu
from fusplan.app.menus.help_menu import help_menu
from fusplan.app.menus.panel_actions import panel_actions
from fusplan.app.menus.plan_menu import plan_menu
from fusplan.app.menus.view_menu import view_menu
from fusplan.app.panel_spec import PanelSpec
from fusplan.app.panel_table import PANELS

_MENUS: Mapping[str, Callable[[Sequence[ActionSpec]], tuple[ActionSpec, ...]]] = MappingProxyType(
    {"File": file_menu, "Edit": edit_menu, "Plan": plan_menu, "View": view_menu, "Go": go_menu}
)


def action_table(panels: Sequence[PanelSpec]) -> tuple[ActionSpec, ...]:
    """All actions in the order of the menus; a menu that only panels name stands before Help, which is last."""
    others = dict.fromkeys(panel.menu for panel in panels if panel.menu not in (*_MENUS, "Help"))
    known = [action for menu, made in _MENUS.items() for action in made(panel_actions(panels, menu))]
    new = [action for menu in others for action in panel_actions(panels, menu)]
    return (*known, *new, *help_menu(panel_actions(panels, "Help")))


ACTION_TABLE = action_table(PANELS)
