"""When an action can be used: plain functions of what is open, for the tables of actions and panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from fusplan.display.view_state import TREATMENT

if TYPE_CHECKING:
    from fusplan.session.session import Session

Condition: TypeAlias = "Callable[[Session], bool]"


def always(_session: Session) -> bool:
    """Whatever is open."""
    return True


def has_image(session: Session) -> bool:
    """An image is open."""
    return session.volume is not None


def has_plan(session: Session) -> bool:
    """The open image has a plan."""
    return session.plan is not None


def has_targets(session: Session) -> bool:
    """The plan has a target."""
    return session.plan is not None and bool(session.plan.targets)


def in_treatment(session: Session) -> bool:
    """There is a plan, and what its treatment does is shown."""
    return session.plan is not None and session.view.state.workspace == TREATMENT


def can_undo(session: Session) -> bool:
    """A change can be taken back."""
    return session.document is not None and session.document.history.undo_label is not None


def can_redo(session: Session) -> bool:
    """A change that was taken back can be done again."""
    return session.document is not None and session.document.history.redo_label is not None


Need: TypeAlias = Literal["always", "has_image", "has_plan", "in_treatment"]
"""Conditions that tables below the window can name."""

CONDITIONS: Mapping[Need, Condition] = MappingProxyType(
    {"always": always, "has_image": has_image, "has_plan": has_plan, "in_treatment": in_treatment}
)
