"""Shows one help page: the text at once, its pictures one after another, each as wide as there is room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QImage, QImageReader, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from fusplan.display.help_pages import HelpPage
from fusplan.widgets.help_page_dress import MARGIN, dress, find_anchor, pictures
from fusplan.widgets.theme import current_palette

WIDEST_PICTURE = 1000
FOLLOW_MS = 120
MOST_MARKED = 500


class HelpBrowser(QTextBrowser):
    """A page of help.

    Signals:
        link_wanted: the target of a link that was clicked.
    """

    link_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setAccessibleName("Help page")
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.anchorClicked.connect(lambda url: self.link_wanted.emit(url.toString()))
        self._page: HelpPage | None = None
        self._shown: QTextDocument | None = None
        self._waiting: list[str] = []
        self._sizes: dict[str, QSize] = {}
        # Always there: where it came with the first pictures, the page got narrower and all were read a second time.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._loading = QTimer(self)
        self._loading.setInterval(0)
        self._loading.timeout.connect(self._load_one)
        self._resized = QTimer(self)
        self._resized.setSingleShot(True)
        self._resized.setInterval(FOLLOW_MS)
        self._resized.timeout.connect(self._fit_pictures)

    def show_page(self, page: HelpPage, anchor: str = "") -> None:
        """Show a page, from a heading on."""
        self._page = page
        self._sizes, self._waiting = {}, []
        made = QTextDocument(self)
        # Without a base, so that Qt does not read the pictures itself, all at once.
        for name in page.pictures:
            made.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), _nothing_yet())
        made.setMarkdown(page.text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        dress(made, current_palette(), self.font())
        before, self._shown = self._shown, made
        self.setDocument(made)
        if before is not None:
            before.deleteLater()
        self._fit_pictures()
        self.go_to_anchor(anchor)

    def refresh(self) -> None:
        """Show the page again, in the theme in use now; stay where it was."""
        if self._page is not None:
            place = self.verticalScrollBar().value()
            self.show_page(self._page)
            self.verticalScrollBar().setValue(place)

    def go_to_anchor(self, anchor: str) -> None:
        """Scroll to a heading; to the top when there is none of that name."""
        block = find_anchor(self.document(), anchor) if anchor else None
        top = 0.0 if block is None else self.document().documentLayout().blockBoundingRect(block).top()
        self.verticalScrollBar().setValue(max(round(top) - MARGIN // 2, 0) if block is not None else 0)

    def mark(self, words: list[str]) -> int:
        """Mark every place where one of the words stands and go to the first. Returns how many there are."""
        found: list[QTextCursor] = []
        for word in words:
            cursor = self.document().find(word)
            while not cursor.isNull() and len(found) < MOST_MARKED:
                found.append(cursor)
                cursor = self.document().find(word, cursor)
        found.sort(key=QTextCursor.selectionStart)
        palette = current_palette()
        marks = []
        for cursor in found:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(QColor(palette.selected))
            marks.append(mark)
        self.setExtraSelections(marks)
        if found:
            first = QTextCursor(found[0])
            first.clearSelection()
            self.setTextCursor(first)
            self.ensureCursorVisible()
        return len(found)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if self._page is not None:
            self._resized.start()

    def _fit_pictures(self) -> None:
        """Give every picture its size now; their pixels follow, one picture a turn of the event loop.

        Pictures that have their size keep their pixels, or wait for them as before.
        """
        for cursor, shape in pictures(self.document()):
            size = self._size_of(shape.name())
            if size is not None and size != self._sizes.get(shape.name()):
                self._sizes[shape.name()] = size
                shape.setWidth(size.width())
                shape.setHeight(size.height())
                cursor.setCharFormat(shape)
                if shape.name() not in self._waiting:
                    self._waiting.append(shape.name())
        if self._waiting:
            self._loading.start()

    def _size_of(self, name: str) -> QSize | None:
        native = QImageReader(self._path_of(name)).size()
        if not native.isValid():
            return None
        room = min(self.viewport().width() - 2 * MARGIN - 4, WIDEST_PICTURE, native.width())
        return native.scaled(max(room, 100), native.height() * 2, Qt.AspectRatioMode.KeepAspectRatio)

    def _load_one(self) -> None:
        if not self._waiting:
            self._loading.stop()
            return
        name = self._waiting.pop(0)
        size, ratio = self._size_of(name), self.devicePixelRatioF()
        image = QImage(self._path_of(name))
        if size is None or image.isNull():
            return
        smooth = Qt.TransformationMode.SmoothTransformation
        scaled = image.scaled(size * ratio, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        scaled.setDevicePixelRatio(ratio)
        document = self.document()
        document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), scaled)
        document.markContentsDirty(0, document.characterCount())

    def _path_of(self, name: str) -> str:
        return str(self._page.path.parent / name) if self._page is not None else name


def _nothing_yet() -> QImage:
    """What stands for a picture until it is read."""
    image = QImage(1, 1, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    return image
