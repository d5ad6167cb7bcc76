"""What only a person can decide when another program has changed the file of the open plan: whose plan goes on."""

from __future__ import annotations

from collections.abc import Callable

from fusplan.errors import FusplanError
from fusplan.session.messages import Message, MessageAction

TOPIC = "plan-file-changed"


def changed_file_question(
    error: FusplanError,
    keep_mine: Callable[[], None],
    take_theirs: Callable[[], None] | None,
    save_elsewhere: Callable[[], None],
) -> Message:
    """The question, with a button for each answer. It waits beside the work; nothing is written before.

    Args:
        error: what was found at the file.
        keep_mine: saves in its place and keeps the other one under a name of its own.
        take_theirs: shows the other one, from which undo leads back; None where it is of no use here.
        save_elsewhere: asks where.
    """
    theirs = () if take_theirs is None else (MessageAction("Take theirs", take_theirs),)
    actions = (MessageAction("Keep mine", keep_mine), *theirs, MessageAction("Save elsewhere…", save_elsewhere))
    can_take = "" if take_theirs is None else " Take theirs shows it; Undo leads back to yours."
    remedy = f"Yours is not saved yet. Keep mine saves it and keeps the other one beside it.{can_take}"
    return Message("warning", error.message, remedy, actions, TOPIC)
