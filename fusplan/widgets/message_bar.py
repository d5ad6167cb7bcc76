"""Messages above the views: non-modal, one row each, with an action or two. Errors say what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from fusplan.harmless import harmless
from fusplan.session.messages import Message, MessageAction, MessageKind
from fusplan.widgets.icons import icon, icon_pixmap
from fusplan.widgets.theme import GAP, GAP_LARGE, GAP_SMALL, ICON_SIZE, current_palette, set_role

MOST_MESSAGES = 4
"""Older ones go; the log has everything."""

OK_SHOWN_MS = 6000
"""Good news leaves by itself; what needs attention stays until it is dismissed."""


class MessageBar(QWidget):
    """Shows the latest messages, newest on top; takes no room when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._rows: list[_MessageRow] = []
        self.hide()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is shown, newest first."""
        return tuple(row.message for row in self._rows)

    def show_message(self, message: Message) -> None:
        """Add a message on top."""
        for row in list(self._rows):
            if message == row.message or (message.topic and row.message.topic == message.topic):
                self._remove(row)
        row = _MessageRow(message, self)
        row.dismiss = lambda: self._remove(row)
        self._rows.insert(0, row)
        self._layout.insertWidget(0, row)
        if message.kind == "ok" and not message.actions:
            QTimer.singleShot(OK_SHOWN_MS, row, lambda: self._remove(row))
        for old in self._rows[MOST_MESSAGES:]:
            self._remove(old)
        self.show()

    def dismiss_topic(self, topic: str) -> None:
        """Take away the message of a topic, if it is shown."""
        for row in [row for row in self._rows if row.message.topic == topic]:
            self._remove(row)

    def clear(self) -> None:
        """Take away every message."""
        for row in list(self._rows):
            self._remove(row)

    def forget_case(self) -> None:
        """Take away what was said about an image that is no longer open."""
        for row in [row for row in self._rows if not row.message.outlives_case]:
            self._remove(row)

    def _remove(self, row: _MessageRow) -> None:
        if row not in self._rows:
            return
        self._rows.remove(row)
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.setVisible(bool(self._rows))


class _MessageRow(QFrame):
    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self.dismiss: Callable[[], None] = self.hide
        set_role(self, "bar")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GAP_LARGE, GAP, GAP, GAP)
        layout.setSpacing(GAP)
        layout.addWidget(_sign(message.kind), 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(_sentences(message), 1)
        for action in message.actions:
            layout.addWidget(self._button(action), 0, Qt.AlignmentFlag.AlignVCenter)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setToolTip("Dismiss this message")
        close.setAccessibleName("Dismiss")
        close.clicked.connect(lambda: self.dismiss())
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)

    def _button(self, action: MessageAction) -> QPushButton:
        button = QPushButton(action.text)

        def act() -> None:
            self.dismiss()
            action.do()

        button.clicked.connect(act)
        return button


def _sign(kind: MessageKind) -> QLabel:
    palette = current_palette()
    colour = {"info": palette.accent, "ok": palette.ok, "warning": palette.warning, "error": palette.error}[kind]
    name = {"info": "info", "ok": "check", "warning": "warning", "error": "error"}[kind]
    label = QLabel()
    ratio = label.devicePixelRatioF()
    label.setPixmap(icon_pixmap(name, colour, round(ICON_SIZE * ratio), ratio))
    label.setAccessibleName(kind)
    return label


def _sentences(message: Message) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setSpacing(GAP_SMALL // 2)
    for text, role in ((message.text, "plain"), (message.remedy, "muted")):
        if text:
            label = QLabel(harmless(text, keeps_lines=True))
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            set_role(label, "muted" if role == "muted" else "plain")
            layout.addWidget(label)
    return layout
