"""The help window: the list of pages, a search over all of them, and the page, without any network."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fusplan.display.help_pages import START, HelpPage, find_page, load_pages, search_pages, split_link
from fusplan.widgets.help_browser import HelpBrowser
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role
from fusplan.widgets.themed_icon import set_themed_icon

USUAL_SIZE = (1040, 820)
LIST_WIDTH = 220
NAME = Qt.ItemDataRole.UserRole


class HelpWindow(QWidget):
    """A window of its own beside the program's; one is enough.

    Args:
        pages: the pages; by default those of the program.
        parent: the window it belongs to and is closed with.

    Signals:
        web_wanted: a link to the web (:class:`QUrl`) was clicked.
    """

    web_wanted = Signal(object)

    def __init__(self, pages: tuple[HelpPage, ...] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.pages = pages if pages is not None else load_pages()
        self.setWindowTitle("fusplan help")
        self.resize(*USUAL_SIZE)
        self.list = QListWidget()
        self.list.setAccessibleName("Help pages")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search all pages")
        self.search.setAccessibleName("Search all pages")
        self.search.setClearButtonEnabled(True)
        self.nothing = QLabel("No page has these words.")
        self.nothing.setWordWrap(True)
        set_role(self.nothing, "small")
        self.browser = HelpBrowser()
        self.back = self._button("previous", "Back (Alt+Left)")
        self.forward = self._button("next", "Forward (Alt+Right)")
        self.home = self._button("help", "First page (Alt+Home)")
        self._past: list[tuple[str, str]] = []
        self._place = -1
        self._lay_out()
        self._connect()
        self._list_pages({})
        self.browser.setFocus()

    @property
    def page_name(self) -> str:
        """The page that is shown."""
        return self._past[self._place][0] if self._past else ""

    def open_page(self, name: str = START, anchor: str = "") -> None:
        """Show a page and remember it as visited. Raises UnknownHelpPageError."""
        find_page(self.pages, name)
        if self._past[self._place : self._place + 1] != [(name, anchor)]:
            self._past = [*self._past[: self._place + 1], (name, anchor)]
            self._place = len(self._past) - 1
        self._show_place()

    def refresh(self) -> None:
        """Take on the theme in use now."""
        self.browser.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        self.search.clear()
        super().closeEvent(event)

    def _go(self, step: int) -> None:
        if 0 <= self._place + step < len(self._past):
            self._place += step
            self._show_place()

    def _show_place(self) -> None:
        name, anchor = self._past[self._place]
        self.browser.show_page(find_page(self.pages, name), anchor)
        self.back.setEnabled(self._place > 0)
        self.forward.setEnabled(self._place < len(self._past) - 1)
        for row in range(self.list.count()):
            if self.list.item(row).data(NAME) == name:
                self.list.setCurrentRow(row)
        words = self.search.text().split()
        if words:
            self.browser.mark(words)

    def _follow(self, link: str) -> None:
        """A link of a page: to the web, or to another page or place."""
        if "://" in link:
            self.web_wanted.emit(QUrl(link))
            return
        name, anchor = split_link(link)
        self.open_page(name or self.page_name, anchor)

    def _search(self, text: str) -> None:
        counts = search_pages(self.pages, text) if text.strip() else {}
        self._list_pages(counts, searching=bool(text.strip()))
        if text.strip():
            self.browser.mark(text.split())
        else:
            self.browser.setExtraSelections([])

    def _open_first_found(self) -> None:
        if self.list.count():
            current = next((row for row in range(self.list.count()) if self._name_at(row) == self.page_name), 0)
            self.open_page(self._name_at(current))

    def _list_pages(self, counts: dict[str, int], searching: bool = False) -> None:
        self.list.clear()
        for page in self.pages:
            if searching and page.name not in counts:
                continue
            item = QListWidgetItem(f"{page.title}  ({counts[page.name]})" if searching else page.title)
            item.setData(NAME, page.name)
            self.list.addItem(item)
            if page.name == self.page_name:
                self.list.setCurrentItem(item)
        self.nothing.setVisible(searching and not counts)

    def _name_at(self, row: int) -> str:
        return str(self.list.item(row).data(NAME))

    def _connect(self) -> None:
        self.list.itemClicked.connect(lambda item: self.open_page(str(item.data(NAME))))
        self.list.itemActivated.connect(lambda item: self.open_page(str(item.data(NAME))))
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self._open_first_found)
        self.browser.link_wanted.connect(self._follow)
        self.back.clicked.connect(lambda: self._go(-1))
        self.forward.clicked.connect(lambda: self._go(1))
        self.home.clicked.connect(lambda: self.open_page(START))
        for keys, do in (
            ("Alt+Left", lambda: self._go(-1)),
            ("Alt+Right", lambda: self._go(1)),
            ("Alt+Home", lambda: self.open_page(START)),
            ("Ctrl+F", self._to_search),
            ("Escape", self.close),
        ):
            QShortcut(QKeySequence(keys), self, do)

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _button(self, icon: str, tooltip: str) -> QToolButton:
        button = QToolButton()
        set_themed_icon(button, icon)
        button.setToolTip(tooltip)
        button.setAccessibleName(tooltip)
        return button

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(GAP_SMALL)
        for button in (self.back, self.forward, self.home):
            bar.addWidget(button)
        bar.addStretch(1)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        column.addLayout(bar)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setHandleWidth(1)
        parts.setChildrenCollapsible(False)
        parts.addWidget(side)
        parts.addWidget(self.browser)
        parts.setStretchFactor(1, 1)
        parts.setSizes([LIST_WIDTH, USUAL_SIZE[0] - LIST_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(parts)
