"""A short list whose rows are widgets: as high as its rows, one of them chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from fusplan.registration.request import Verdict
from fusplan.widgets.dot import dot
from fusplan.widgets.theme import GAP, set_role

DOT_SIZE = 12
LINE_GAP = 2
ITEM_PADDING = (8, 6)
"""Left and right, above and below: what the theme keeps free in every list item."""
MOST_SEEN = 6
"""More rows than this are scrolled."""


class ListRow(QWidget):
    """One row: a coloured dot, a name in bold with a word behind it, a sentence below, and room for a button."""

    def __init__(self) -> None:
        super().__init__()
        self._dot = QLabel()
        self._colour = ""
        self.name = _label("strong")
        self.word = _label("small")
        self.word.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.sentence = _label("small")
        self.sentence.setWordWrap(True)
        self.alert = _label("warning")
        self.alert.setWordWrap(True)
        self.alert.hide()
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self.name)
        head.addWidget(self.word, 1)
        words = QVBoxLayout()
        words.setSpacing(LINE_GAP)
        words.addLayout(head)
        words.addWidget(self.sentence)
        words.addWidget(self.alert)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(words, 1)
        layout.addLayout(self.buttons)

    def height_in(self, width: int) -> int:
        """The height that the words take in a row of a width. Asked of fonts, since layouts of hidden rows lie."""
        for label in (self.name, self.sentence, self.alert):
            label.ensurePolished()
        beside = self.buttons.sizeHint().width() + DOT_SIZE + 2 * GAP + 2 * ITEM_PADDING[0]
        height = self.name.sizeHint().height()
        room = QRect(0, 0, max(width - beside, 40), 1000)
        for label in (label for label in (self.sentence, self.alert) if label.text()):
            flags = Qt.TextFlag.TextWordWrap.value
            height += LINE_GAP + label.fontMetrics().boundingRect(room, flags, label.text()).height()
        return max(height, self.buttons.sizeHint().height()) + 2 * ITEM_PADDING[1]

    def show_words(self, colour: str, name: str, word: str, sentence: str) -> None:
        """Show these words beside a dot of this colour."""
        if colour != self._colour:
            self._colour = colour
            self._dot.setPixmap(dot(colour, DOT_SIZE, self.devicePixelRatioF()))
        self.name.setText(name)
        self.word.setText(word)
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{name}, {word}, {sentence}" if word else f"{name}, {sentence}")

    def show_alert(self, words: str, verdict: Verdict) -> None:
        """What is wrong with it, in a line of its own; "" for nothing."""
        self.alert.setText(words)
        self.alert.setVisible(bool(words))
        set_role(self.alert, "error" if verdict == "error" else "warning")
        if words:
            self.setAccessibleName(f"{self.accessibleName()} {words}")


R = TypeVar("R", bound=ListRow)


class RowList(QListWidget, Generic[R]):
    """Rows by id.

    Args:
        make_row: makes a row for an id.
        name: for screen readers.

    Signals:
        chosen: id of the row that was clicked or moved to by key.
        opened: id of a row after a double click or Enter.
        delete_wanted: id of the row when Delete was pressed.
    """

    chosen = Signal(str)
    opened = Signal(str)
    delete_wanted = Signal(str)

    def __init__(self, make_row: Callable[[str], R], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_row = make_row
        self.rows: dict[str, R] = {}
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.itemSelectionChanged.connect(self._tell_chosen)
        self.itemActivated.connect(lambda item: self.opened.emit(_id_of(item)))
        self.itemDoubleClicked.connect(lambda item: self.opened.emit(_id_of(item)))
        self._showing = False

    def show_ids(self, ids: Sequence[str]) -> None:
        """Have rows for these, in this order; those that are there already stay."""
        if list(self.rows) == list(ids):
            return
        self._showing = True
        self.clear()
        self.rows = {}
        for one in ids:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, one)
            self.addItem(item)
            self.rows[one] = self._make_row(one)
            self.setItemWidget(item, self.rows[one])
        self._showing = False

    def fit(self) -> None:
        """Take the height of the rows, after their words have changed."""
        heights = []
        for number, row in enumerate(self.rows.values()):
            height = row.height_in(self.viewport().width())
            heights.append(height)
            item = self.item(number)
            if item.sizeHint().height() != height:
                item.setSizeHint(QSize(0, height))
        self.setFixedHeight(sum(heights[:MOST_SEEN]) + 2 * self.frameWidth() + 2)

    def choose(self, wanted: str | None) -> None:
        """Mark a row, or none, without telling."""
        self._showing = True
        numbers = [number for number, one in enumerate(self.rows) if one == wanted]
        self.setCurrentRow(numbers[0] if numbers else -1)
        self._showing = False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        # While rows come and go, not each has its item yet; whoever shows rows fits the list afterwards.
        if not self._showing and event.oldSize().width() != event.size().width():
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        item = self.currentItem()
        if item is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit(_id_of(item))
        elif item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(_id_of(item))
        else:
            super().keyPressEvent(event)

    def _tell_chosen(self) -> None:
        items = self.selectedItems()
        if items and not self._showing:
            self.chosen.emit(_id_of(items[0]))


def _id_of(item: QListWidgetItem) -> str:
    return str(item.data(Qt.ItemDataRole.UserRole))


def _label(role: str) -> QLabel:
    label = QLabel()
    set_role(label, role)  # type: ignore[arg-type]
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
