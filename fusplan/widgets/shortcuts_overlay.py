"""All shortcuts on one sheet over the window (F1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from fusplan.widgets.theme import GAP, GAP_HUGE, GAP_LARGE, GAP_SMALL, set_role, space

COLUMNS = 3


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    """A heading and its ``(keys, what they do)``."""

    title: str
    entries: tuple[tuple[str, str], ...]


MOUSE_IN_VIEWS = ShortcutGroup(
    "In the views",
    (
        ("Click, drag", "Move the cursor; drag a target, lesion or landmark"),
        ("Wheel", "Next or previous slice"),
        ("Ctrl+Wheel", "Zoom at the pointer"),
        ("Middle drag", "Pan"),
        ("Right drag", "Window and level"),
        ("Double click", "One view fills the window, and back"),
        ("Arrow keys", "Nudge the chosen target 0.1 mm; Shift 0.5, Ctrl 1.0"),
    ),
)


class ShortcutsOverlay(QFrame):
    """Lies over its parent window; any key or click closes it."""

    def __init__(self, groups: Sequence[ShortcutGroup], parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        set_role(self, "overlay")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.groups = tuple(groups)
        title = QLabel("Keys and mouse")
        set_role(title, "heading")
        hint = QLabel("Ctrl+K finds any action by name. Any key closes this sheet.")
        set_role(hint, "muted")
        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(GAP_HUGE)
        for part in _in_columns(self.groups):
            columns.addLayout(_column(part), 1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE + GAP, GAP)
        layout.addWidget(title)
        layout.addWidget(hint)
        layout.addWidget(area, 1)
        self.hide()

    def open_over(self) -> None:
        """Show the sheet and take the keyboard."""
        margin = GAP_HUGE
        self.setGeometry(self._over.rect().adjusted(margin, margin, -margin, -margin))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()
        self._leave()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()
        self._leave()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.hide()

    def _leave(self) -> None:
        self.hide()
        self._over.setFocus()


def _in_columns(groups: tuple[ShortcutGroup, ...]) -> list[tuple[ShortcutGroup, ...]]:
    """Groups in order, over columns so that the longest is as short as can be."""
    count = len(groups)
    sizes = [len(group.entries) + 2 for group in groups]

    def longest(cuts: tuple[int, ...]) -> int:
        return max(sum(sizes[first:last]) for first, last in pairwise((0, *cuts, count)))

    best = min(combinations_with_replacement(range(count + 1), COLUMNS - 1), key=longest)
    return [groups[first:last] for first, last in pairwise((0, *best, count))]


def _column(groups: Sequence[ShortcutGroup]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GAP_LARGE)
    for group in groups:
        heading = QLabel(group.title)
        set_role(heading, "strong")
        column.addWidget(heading)
        grid = QGridLayout()
        grid.setVerticalSpacing(GAP_SMALL)
        grid.setHorizontalSpacing(GAP_LARGE)
        grid.setColumnStretch(1, 1)
        for row, (keys, what) in enumerate(group.entries):
            key = QLabel(keys)
            set_role(key, "key")
            grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            words = QLabel(what)
            words.setWordWrap(True)
            grid.addWidget(words, row, 1)
        column.addLayout(grid)
    column.addStretch(1)
    return column
