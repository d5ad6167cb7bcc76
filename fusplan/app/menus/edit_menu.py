"""Taking back changes of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fusplan.app.action_spec import ActionSpec
from fusplan.app.conditions import can_redo, can_undo

if TYPE_CHECKING:
    from fusplan.session.session import Session


def edit_menu(panels: Sequence[ActionSpec]) -> tuple[ActionSpec, ...]:
    """Actions in order; ``panels`` are those that show the panels of this menu."""
    return (*_UNDO_AND_REDO, *panels)


def _undo_text(session: Session) -> str:
    label = session.document.history.undo_label if session.document is not None else None
    return f"Undo: {label}" if label else "Undo"


def _redo_text(session: Session) -> str:
    label = session.document.history.redo_label if session.document is not None else None
    return f"Redo: {label}" if label else "Redo"


_UNDO_AND_REDO = (
    ActionSpec(
        id="undo",
        menu="Edit",
        text="Undo",
        tooltip="Take back the last change of the plan",
        shortcut="Ctrl+Z",
        icon="undo",
        run=lambda parts: parts.planning.undo(),
        enabled=can_undo,
        text_now=_undo_text,
    ),
    ActionSpec(
        id="redo",
        menu="Edit",
        text="Redo",
        tooltip="Do the change again that was taken back",
        shortcut="Ctrl+Shift+Z",
        icon="redo",
        run=lambda parts: parts.planning.redo(),
        enabled=can_redo,
        text_now=_redo_text,
    ),
)
