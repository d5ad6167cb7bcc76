"""Moving the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from fusplan.app.action_spec import ActionSpec
from fusplan.app.conditions import has_image, has_plan, has_targets


def go_menu(panels: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Actions in order; ``panels`` are those that show the panels of this menu."""
    return (*_ENTRIES, *panels)


_ENTRIES = (
    ActionSpec(
        id="next_target",
        menu="Go",
        text="Next target",
        tooltip="Move the cursor to the next target",
        shortcut="]",
        icon="next",
        run=lambda parts: parts.view.go_target(1),
        enabled=has_targets,
    ),
    ActionSpec(
        id="previous_target",
        menu="Go",
        text="Previous target",
        tooltip="Move the cursor to the previous target",
        shortcut="[",
        icon="previous",
        run=lambda parts: parts.view.go_target(-1),
        enabled=has_targets,
        ends_section=True,
    ),
    ActionSpec(
        id="go_ac",
        menu="Go",
        text="Anterior commissure",
        tooltip="Move the cursor to AC",
        shortcut="Ctrl+1",
        icon="landmarks",
        run=lambda parts: parts.view.go_landmark("ac"),
        enabled=has_plan,
    ),
    ActionSpec(
        id="go_pc",
        menu="Go",
        text="Posterior commissure",
        tooltip="Move the cursor to PC",
        shortcut="Ctrl+2",
        icon="landmarks",
        run=lambda parts: parts.view.go_landmark("pc"),
        enabled=has_plan,
    ),
    ActionSpec(
        id="go_mcp",
        menu="Go",
        text="Mid-commissural point",
        tooltip="Move the cursor to the middle between AC and PC",
        shortcut="Ctrl+3",
        icon="landmarks",
        run=lambda parts: parts.view.go_landmark("mcp"),
        enabled=has_plan,
    ),
    ActionSpec(
        id="go_middle",
        menu="Go",
        text="Middle of the image",
        tooltip="Move the cursor to the middle of the image",
        shortcut="Ctrl+0",
        icon="crosshair",
        run=lambda parts: parts.view.go_middle(),
        enabled=has_image,
    ),
)
