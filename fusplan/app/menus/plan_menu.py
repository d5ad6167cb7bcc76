"""Making a plan: the alignment, panels, points, and what the pointer does."""

from __future__ import annotations

from collections.abc import Sequence

from fusplan.app.action_spec import ActionSpec
from fusplan.app.conditions import CONDITIONS, has_image, has_plan
from fusplan.display.interaction.mode_table import MODE_TABLE, ModeSpec


def plan_menu(panels: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Actions in order; ``panels`` are those that show the panels of this menu."""
    return (_MAKE_PLAN, *panels, _ADD_POINTS, *map(_chooses, MODE_TABLE))


def _chooses(mode: ModeSpec) -> ActionSpec:
    return ActionSpec(
        id=mode.action,
        menu="Plan",
        text=mode.text,
        tooltip=mode.tooltip,
        shortcut=mode.shortcut,
        icon=mode.icon,
        run=lambda parts: parts.view.set_mode(mode.key),
        enabled=CONDITIONS[mode.needs],
        checked=lambda session: session.view.state.mode == mode.key,
    )


_MAKE_PLAN = ActionSpec(
    id="make_plan",
    menu="Plan",
    text="Make a plan on this head",
    tooltip="Align the atlas to the head and propose targets and lesions",
    shortcut="Ctrl+R",
    icon="register",
    run=lambda parts: parts.planning.make_plan(),
    enabled=has_image,
    ends_section=True,
)

_ADD_POINTS = ActionSpec(
    id="add_points",
    menu="Plan",
    text="Add points from a file…",
    tooltip="Take targets or landmarks from 3D Slicer, Brainsight or CSV",
    shortcut="Ctrl+Shift+A",
    icon="add",
    run=lambda parts: parts.points.choose(),
    enabled=has_plan,
    ends_section=True,
)
