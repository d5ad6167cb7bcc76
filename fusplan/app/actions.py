"""From the table of actions to menus, shortcuts and the palette. Adding an action is one entry of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from fusplan.app.conditions import CHECKED, ENABLED
from fusplan.widgets.case import Case
from fusplan.widgets.icons import icon
from fusplan.widgets.shortcuts_overlay import MOUSE_IN_VIEWS, ShortcutGroup

Menu: TypeAlias = Literal["File", "Edit", "Plan", "View", "Go", "Help"]
MENUS: tuple[Menu, ...] = ("File", "Edit", "Plan", "View", "Go", "Help")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the program can do.

    Attributes:
        id: unique name.
        menu: where it stands.
        text: its name in the menu and the palette.
        tooltip: what it does, one sentence.
        shortcut: its keys, as Qt writes them.
        icon: name of a drawing in ``resources/icons``, or "".
        slot: ``handler.method`` or ``handler.method:argument``.
        enabled: name of a condition in :data:`fusplan.app.conditions.ENABLED`.
        checked: for a switch, the name of a condition in :data:`fusplan.app.conditions.CHECKED`.
        ends_section: whether a line follows it in the menu.
    """

    id: str
    menu: Menu
    text: str
    tooltip: str
    shortcut: str
    icon: str
    slot: str
    enabled: str = "always"
    checked: str = ""
    ends_section: bool = False


class Actions(QObject):
    """The QActions of one window, made from a table.

    Args:
        table: the entries.
        handlers: the objects that slots are looked up on, by the name before the dot.
        case: what conditions are asked about.
        parent: the window.
    """

    def __init__(
        self, table: Sequence[ActionSpec], handlers: Mapping[str, object], case: Case, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._case = case
        self.specs = {spec.id: spec for spec in table}
        self.by_id = {spec.id: self._made(spec, handlers) for spec in table}
        for signal in (case.volume_changed, case.plan_changed, case.saved_changed, case.second_image_changed):
            signal.connect(self.refresh)
        case.view_changed.connect(lambda *_: self.refresh())
        self.refresh()

    def __getitem__(self, action_id: str) -> QAction:
        return self.by_id[action_id]

    def all(self) -> tuple[QAction, ...]:
        """In the table's order."""
        return tuple(self.by_id.values())

    def of_menu(self, menu: Menu) -> tuple[ActionSpec, ...]:
        """The entries of one menu."""
        return tuple(spec for spec in self.specs.values() if spec.menu == menu)

    def refresh(self) -> None:
        """Ask every condition again."""
        for spec in self.specs.values():
            action = self.by_id[spec.id]
            action.setEnabled(ENABLED[spec.enabled](self._case))
            if spec.checked:
                action.setChecked(CHECKED[spec.checked](self._case))
        self._name_undo()

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the theme in use."""
        for spec in self.specs.values():
            if spec.icon:
                self.by_id[spec.id].setIcon(icon(spec.icon))

    def shortcut_groups(self) -> tuple[ShortcutGroup, ...]:
        """All shortcuts for the sheet that F1 shows."""
        groups = [MOUSE_IN_VIEWS]
        for menu in MENUS:
            entries = tuple((_shown_keys(spec.shortcut), spec.text) for spec in self.of_menu(menu))
            groups.append(ShortcutGroup(menu, entries))
        return tuple(groups)

    def _made(self, spec: ActionSpec, handlers: Mapping[str, object]) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setToolTip(f"{spec.tooltip} ({_shown_keys(spec.shortcut)})")
        action.setStatusTip(spec.tooltip)
        action.setShortcut(QKeySequence(spec.shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(bool(spec.checked))
        if spec.icon:
            action.setIcon(icon(spec.icon))
        slot = find_slot(spec.slot, handlers)
        action.triggered.connect(lambda _checked=False: self._do(slot))
        return action

    def _do(self, slot: Callable[[], object]) -> None:
        slot()
        self.refresh()

    def _name_undo(self) -> None:
        document = self._case.document
        for action_id, word in (("undo", "Undo"), ("redo", "Redo")):
            if action_id in self.by_id:
                history = document.history if document is not None else None
                label = None if history is None else history.undo_label if word == "Undo" else history.redo_label
                self.by_id[action_id].setText(f"{word}: {label}" if label else word)


def find_slot(name: str, handlers: Mapping[str, object]) -> Callable[[], object]:
    """The function that ``handler.method`` or ``handler.method:argument`` names. Raises KeyError, AttributeError."""
    path, _, argument = name.partition(":")
    handler, _, method = path.partition(".")
    function: Callable[..., object] = getattr(handlers[handler], method)
    return partial(function, argument) if argument else function


def _shown_keys(shortcut: str) -> str:
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
