"""How panels change the plan: through the document, with refusals shown in the message bar."""

from __future__ import annotations

from collections.abc import Callable

from fusplan.errors import FusplanError
from fusplan.planning import edits
from fusplan.planning.plan import Plan
from fusplan.session.messages import Message, MessageAction
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk

REFUSED = "refused-edit"
"""Topic of the message, so that the same refusal is not listed twice."""


def apply_edit(case: Case, desk: Desk, label: str, edit: Callable[[Plan], Plan], merge_key: str | None = None) -> bool:
    """Make an edit of the open plan; what refuses it is said in the message bar.

    Returns:
        Whether it was made.
    """
    document = case.document
    if document is None:
        return False
    try:
        document.apply(label, edit, merge_key)
    except edits.TargetLockedError as error:
        desk.say(_of(error, tuple(_unlocking(case, desk))))
    except FusplanError as error:
        desk.say(_of(error, ()))
    else:
        return True
    return False


def set_locked(case: Case, desk: Desk, target_id: str, locked: bool) -> None:
    """Lock or unlock a target, as a step of the history."""
    plan = case.plan
    if plan is not None:
        name = edits.find_target(plan, target_id).name
        verb = "Lock" if locked else "Unlock"
        apply_edit(case, desk, f"{verb} {name}", lambda now: edits.set_target_locked(now, target_id, locked))


def _of(error: FusplanError, actions: tuple[MessageAction, ...]) -> Message:
    return Message("warning", error.message, error.remedy, actions, REFUSED)


def _unlocking(case: Case, desk: Desk) -> list[MessageAction]:
    """A button that unlocks the selected target, the one that edits of panels act on."""
    plan, chosen = case.plan, case.view.state.selection.target_id
    target = next((one for one in plan.targets if one.id == chosen), None) if plan is not None else None
    if target is None or not target.locked:
        return []
    return [MessageAction(f"Unlock {target.name}", lambda: set_locked(case, desk, target.id, False))]
