"""From the table of actions to menus, shortcuts and the palette."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from fusplan.app.action_spec import ActionSpec, Run, WindowParts, menus_of
from fusplan.widgets.case import Case
from fusplan.widgets.icons import icon
from fusplan.widgets.shortcuts_overlay import MOUSE_IN_VIEWS, ShortcutGroup


class Actions(QObject):
    """The QActions of one window, made from a table.

    Args:
        table: the entries.
        parts: what carries them out.
        case: what conditions are asked about.
        parent: the window.
    """

    def __init__(self, table: Sequence[ActionSpec], parts: WindowParts, case: Case, parent: QObject) -> None:
        super().__init__(parent)
        self._parts = parts
        self._case = case
        self.specs = {spec.id: spec for spec in table}
        self.by_id = {spec.id: self._made(spec) for spec in table}
        for signal in (case.volume_changed, case.plan_changed, case.saved_changed, case.second_image_changed):
            signal.connect(self.refresh)
        case.view_changed.connect(lambda *_: self.refresh())
        self.refresh()

    def __getitem__(self, action_id: str) -> QAction:
        return self.by_id[action_id]

    def all(self) -> tuple[QAction, ...]:
        """In the table's order."""
        return tuple(self.by_id.values())

    @property
    def menus(self) -> tuple[str, ...]:
        """The menus, from left to right."""
        return menus_of(self.specs.values())

    def of_menu(self, menu: str) -> tuple[ActionSpec, ...]:
        """The entries of one menu."""
        return tuple(spec for spec in self.specs.values() if spec.menu == menu)

    def refresh(self) -> None:
        """Ask every condition again."""
        for spec in self.specs.values():
            action = self.by_id[spec.id]
            action.setEnabled(spec.enabled(self._case))
            if spec.checked is not None:
                action.setChecked(spec.checked(self._case))
            if spec.text_now is not None:
                action.setText(spec.text_now(self._case))

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the theme in use."""
        for spec in self.specs.values():
            if spec.icon:
                self.by_id[spec.id].setIcon(icon(spec.icon))

    def shortcut_groups(self) -> tuple[ShortcutGroup, ...]:
        """All shortcuts for the sheet that F1 shows."""
        groups = [MOUSE_IN_VIEWS]
        for menu in self.menus:
            entries = tuple((_shown_keys(spec.shortcut), spec.text) for spec in self.of_menu(menu))
            groups.append(ShortcutGroup(menu, entries))
        return tuple(groups)

    def _made(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setToolTip(f"{spec.tooltip} ({_shown_keys(spec.shortcut)})")
        action.setStatusTip(spec.tooltip)
        action.setShortcut(QKeySequence(spec.shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(spec.checked is not None)
        if spec.icon:
            action.setIcon(icon(spec.icon))
        action.triggered.connect(lambda _checked=False: self._do(spec.run))
        return action

    def _do(self, run: Run) -> None:
        run(self._parts)
        self.refresh()


def _shown_keys(shortcut: str) -> str:
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
