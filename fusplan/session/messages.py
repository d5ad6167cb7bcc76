"""What the program says to the person: a sentence, what to do about it, and a button or two. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.errors import FusplanError

MessageKind: TypeAlias = Literal["info", "ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class MessageAction:
    """A button of a message: what it says and does. The message leaves when it is clicked."""

    text: str
    do: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        kind: info, ok, warning or error.
        text: what happened, one or two sentences.
        remedy: what to do, if anything.
        actions: buttons.
        topic: a later message with the same topic replaces this one ("" replaces nothing).
        outlives_case: whether it says something that still matters when another image, or none, is open.
    """

    kind: MessageKind
    text: str
    remedy: str = ""
    actions: tuple[MessageAction, ...] = ()
    topic: str = ""
    outlives_case: bool = False

    @classmethod
    def of_error(cls, error: FusplanError, actions: tuple[MessageAction, ...] = ()) -> Message:
        """The sentence and the remedy of an error."""
        return cls("error", error.message, error.remedy, actions)
