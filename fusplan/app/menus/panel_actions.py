"""The actions that show panels, made from the table of panels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fusplan.app.action_spec import ActionSpec
from fusplan.app.panel_spec import PanelSpec


def panel_actions(panels: Iterable[PanelSpec], menu: str) -> tuple[ActionSpec, ...]:
    """Of the panels whose actions stand in a menu: the steps, a line, the tools."""
    here = [panel for panel in panels if panel.menu == menu]
    steps = section([_shows(panel) for panel in here if panel.kind == "step"])
    return (*steps, *(_shows(panel) for panel in here if panel.kind == "tool"))


def section(actions: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Actions with a line after the last."""
    return (*actions[:-1], *(replace(action, ends_section=True) for action in actions[-1:]))


def _shows(panel: PanelSpec) -> ActionSpec:
    return ActionSpec(
        id=panel.action_id,
        menu=panel.menu,
        text=panel.title,
        tooltip=panel.sentence,
        shortcut=panel.shortcut,
        icon=panel.icon,
        run=lambda parts: parts.window.show_panel(panel.key),
        enabled=panel.enabled,
    )
