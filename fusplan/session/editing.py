"""How the plan is changed from outside: through the document, and what refuses a change is said to the person."""

from __future__ import annotations

from collections.abc import Callable

from fusplan.errors import FusplanError
from fusplan.planning import edits
from fusplan.planning.plan import Plan
from fusplan.session.messages import Message, MessageAction
from fusplan.session.session import Session

REFUSED = "refused-edit"
"""Topic of the message, so that the same refusal is not listed twice."""


def apply_edit(session: Session, label: str, edit: Callable[[Plan], Plan], merge_key: str | None = None) -> bool:
    """Make an edit of the open plan; what refuses it is said to the person.

    Returns:
        Whether it was made.
    """
    document = session.document
    if document is None:
        return False
    try:
        document.apply(label, edit, merge_key)
    except edits.TargetLockedError as error:
        session.say(_of(error, tuple(_unlocking(session))))
    except FusplanError as error:
        session.say(_of(error, ()))
    else:
        return True
    return False


def refusal_of(
    session: Session, label: str, edit: Callable[[Plan], Plan], merge_key: str | None = None
) -> FusplanError | None:
    """Make an edit of the open plan; what refuses it is given back, to be told where it was typed."""
    document = session.document
    if document is None:
        return None
    try:
        document.apply(label, edit, merge_key)
    except FusplanError as error:
        return error
    return None


def set_locked(session: Session, target_id: str, locked: bool) -> None:
    """Lock or unlock a target, as a step of the history."""
    plan = session.plan
    if plan is not None:
        name = edits.find_target(plan, target_id).name
        verb = "Lock" if locked else "Unlock"
        apply_edit(session, f"{verb} {name}", lambda now: edits.set_target_locked(now, target_id, locked))


def _of(error: FusplanError, actions: tuple[MessageAction, ...]) -> Message:
    return Message("warning", error.message, error.remedy, actions, REFUSED)


def _unlocking(session: Session) -> list[MessageAction]:
    """A button that unlocks the selected target, the one that edits of panels act on."""
    plan, chosen = session.plan, session.view.state.selection.target_id
    target = next((one for one in plan.targets if one.id == chosen), None) if plan is not None else None
    if target is None or not target.locked:
        return []
    return [MessageAction(f"Unlock {target.name}", lambda: set_locked(session, target.id, False))]
