"""When an action can be used: plain functions of the case for the tables of actions and panels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from fusplan.widgets.case import Case

Condition: TypeAlias = "Callable[[Case], bool]"


def always(_case: Case) -> bool:
    """Whatever is open."""
    return True


def has_image(case: Case) -> bool:
    """An image is open."""
    return case.volume is not None


def has_plan(case: Case) -> bool:
    """The open image has a plan."""
    return case.plan is not None


def has_targets(case: Case) -> bool:
    """The plan has a target."""
    return case.plan is not None and bool(case.plan.targets)


def can_undo(case: Case) -> bool:
    """A change can be taken back."""
    return case.document is not None and case.document.history.undo_label is not None


def can_redo(case: Case) -> bool:
    """A change that was taken back can be done again."""
    return case.document is not None and case.document.history.redo_label is not None


Need: TypeAlias = Literal["always", "has_image", "has_plan"]
"""Conditions that tables below the window can name."""

CONDITIONS: Mapping[Need, Condition] = MappingProxyType(
    {"always": always, "has_image": has_image, "has_plan": has_plan}
)
