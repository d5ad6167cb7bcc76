"""What the treatment does: its steps, and the spots of its sonications."""

from __future__ import annotations

from collections.abc import Sequence

from fusplan.app.action_spec import ActionSpec, WindowParts
from fusplan.app.conditions import in_treatment


def treatment_menu(panels: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Actions in order; ``panels`` are those that show the panels of this menu."""
    return (*panels, _ADD_SPOT, _REMOVE_SPOT)


def _add_spot(parts: WindowParts) -> None:
    from fusplan.display.interaction.drag_spot import add_spot  # noqa: PLC0415 - loaded with a treatment

    if parts.window.views is not None:
        parts.window.views.do(add_spot)


def _remove_spot(parts: WindowParts) -> None:
    from fusplan.display.interaction.drag_spot import remove_spot  # noqa: PLC0415 - loaded with a treatment

    if parts.window.views is not None:
        parts.window.views.do(remove_spot)


_ADD_SPOT = ActionSpec(
    id="add_spot",
    menu="Treatment",
    text="Add a spot at the cursor",
    tooltip="Add an ablation where the cursor is, after all others and as strong as the last",
    shortcut="Shift+S",
    icon="add_spot",
    run=_add_spot,
    enabled=in_treatment,
)

_REMOVE_SPOT = ActionSpec(
    id="remove_spot",
    menu="Treatment",
    text="Remove the selected spot",
    tooltip="Take the selected spot and its sonication away (Delete in a slice)",
    shortcut="Ctrl+Shift+X",
    icon="remove",
    run=_remove_spot,
    enabled=in_treatment,
    ends_section=True,
)
