"""What the program knows of a panel before it makes it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from fusplan.app.conditions import Condition, always
from fusplan.display.step_standings import Step, StepReader

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from fusplan.widgets.case import Case
    from fusplan.widgets.desk import Desk

PanelFactory: TypeAlias = "Callable[[Case, Desk], QWidget]"
PanelKind: TypeAlias = Literal["step", "tool"]

PLANNING = "plan"
"""Key of the workspace that every case begins in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSpec:
    """One panel of the area on the right, and the action that shows it.

    Attributes:
        key: ``landmarks``; what ``fusplan open --panel`` calls it too.
        title: its name in the list of steps, the menu and the palette.
        sentence: what the action that shows it does.
        icon: name of a drawing in ``resources/icons``.
        shortcut: the keys that show it, as Qt writes them.
        factory: makes it from the case and the desk: ``module:Class``, imported when it is first shown, or a callable.
        standing: for a step, how it stands; None for a tool.
        order: for a step, its place in the order of work; its place in the list is that in the table.
        workspaces: keys of the workspaces that have it.
        menu: where its action stands.
        enabled: when its action can be used.
        action: id of its action; "" for ``step_`` and the key of a step, or the key of a tool.
    """

    key: str
    title: str
    sentence: str
    icon: str
    shortcut: str
    factory: str | PanelFactory
    standing: StepReader | None = None
    order: int = 0
    workspaces: tuple[str, ...] = (PLANNING,)
    menu: str = "Plan"
    enabled: Condition = always
    action: str = ""

    @property
    def kind(self) -> PanelKind:
        """A step is listed above the panel; a tool is shown by its action alone."""
        return "tool" if self.standing is None else "step"

    @property
    def action_id(self) -> str:
        return self.action or (f"step_{self.key}" if self.kind == "step" else self.key)

    @property
    def module(self) -> str | None:
        """The module that is imported when the panel is first shown, if it is not already."""
        return self.factory.partition(":")[0] if isinstance(self.factory, str) else None

    def make(self, case: Case, desk: Desk) -> QWidget:
        """The panel on a case."""
        return self._found_factory()(case, desk)

    def _found_factory(self) -> PanelFactory:
        if not isinstance(self.factory, str):
            return self.factory
        module, _, name = self.factory.partition(":")
        return cast("PanelFactory", getattr(importlib.import_module(module), name))


def steps_of(panels: Iterable[PanelSpec]) -> tuple[Step, ...]:
    """The steps among panels, as their list shows them."""
    return tuple(
        Step(panel.key, panel.title, panel.icon, panel.shortcut, panel.standing, panel.order)
        for panel in panels
        if panel.standing is not None
    )


def modules_ahead(panels: Iterable[PanelSpec]) -> tuple[str, ...]:
    """Modules of the panels that are steps of planning, in the order of work: every plan will show them."""
    steps = (panel for panel in panels if panel.kind == "step" and PLANNING in panel.workspaces)
    in_turn = sorted(steps, key=lambda panel: panel.order)
    return tuple(panel.module for panel in in_turn if panel.module is not None)
