"""The help in the window: every page opens, leads on and back, is searched, follows the theme; the keys are true."""

from __future__ import annotations

import importlib.util
import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QKeySequence, QTextDocument
from pytestqt.qtbot import QtBot

from fusplan.app.action_table import ACTION_TABLE
from fusplan.app.main_window import MainWindow
from fusplan.display.help_pages import find_page, help_folder, load_pages
from fusplan.widgets import help_browser
from fusplan.widgets.help_page_dress import pictures
from fusplan.widgets.help_window import HelpWindow
from tests.fixtures.waits import wait_for_posted_events

PAGES = load_pages()


@pytest.fixture
def shown(qtbot: QtBot) -> HelpWindow:
    window = HelpWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_page()
    return window


def titles(window: HelpWindow) -> list[str]:
    return [window.list.item(row).text() for row in range(window.list.count())]


@pytest.mark.parametrize("action_id", [spec.id for spec in ACTION_TABLE if spec.id.startswith("help")])
def test_every_help_action_opens_its_page(action_id: str, window: MainWindow) -> None:
    window.actions_table[action_id].trigger()
    help_window = window.help.window
    assert help_window is not None
    assert help_window.isVisible()
    assert help_window.page_name == (action_id.removeprefix("help_") if action_id != "help" else "index")
    assert find_page(PAGES, help_window.page_name).title in help_window.browser.toPlainText()


def test_the_actions_are_in_menu_and_palette(window: MainWindow) -> None:
    (menu,) = (action.menu() for action in window.menuBar().actions() if action.text() == "&Help")
    texts = [action.text() for action in menu.actions()]
    assert {"Help pages", "Tutorial", "Coordinate frames", "Evidence"} <= set(texts)
    assert window.actions_table["help"] in window.actions_table.all()


def test_the_theme_is_followed_and_the_window_closes_with_the_program(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_table["help_frames"].trigger()
    shown = window.help.window
    assert shown is not None
    before = shown.browser.document()
    window.actions_table["theme"].trigger()
    assert shown.browser.document() is not before
    assert shown.page_name == "frames"
    window.program.is_closing = True
    window.close()
    qtbot.waitUntil(lambda: not shown.isVisible())


def wait_until_read(shown: HelpWindow, qtbot: QtBot) -> None:
    """Wait until the page has its width and all its pictures."""
    wait_for_posted_events(qtbot)
    qtbot.waitUntil(lambda: not shown.browser._resized.isActive() and not shown.browser._loading.isActive())


def test_each_picture_of_a_page_is_read_once(shown: HelpWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_until_read(shown, qtbot)
    read: list[str] = []

    class Counted(QImage):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            read.extend(one for one in arguments if isinstance(one, str))

    monkeypatch.setattr(help_browser, "QImage", Counted)
    shown.open_page("tutorial")
    names = [shape.name() for _, shape in pictures(shown.browser.document())]
    assert len(names) > 5
    qtbot.waitUntil(lambda: len(read) >= len(names))
    wait_until_read(shown, qtbot)  # more than there should be, perhaps
    assert sorted(read) == sorted(shown.browser._path_of(name) for name in names)
    # Narrower than the pictures: they are read again, in their new size.
    shown.resize(700, 820)
    qtbot.waitUntil(lambda: len(read) >= 2 * len(names))
    wait_until_read(shown, qtbot)
    assert len(read) == 2 * len(names)


def test_links_lead_on_and_back(shown: HelpWindow, qtbot: QtBot) -> None:
    shown.browser.anchorClicked.emit(QUrl("frames.md"))
    assert shown.page_name == "frames"
    shown.browser.anchorClicked.emit(QUrl("formats.md#out"))
    qtbot.waitUntil(lambda: shown.browser.verticalScrollBar().value() > 0)
    qtbot.mouseClick(shown.back, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(shown.back, Qt.MouseButton.LeftButton)
    assert shown.page_name == "index"
    assert not shown.back.isEnabled()
    qtbot.mouseClick(shown.forward, Qt.MouseButton.LeftButton)
    assert shown.page_name == "frames"
    with qtbot.waitSignal(shown.web_wanted) as asked:
        shown.browser.anchorClicked.emit(QUrl("https://doi.org/10.5281/zenodo.13918589"))
    assert asked.args[0].host() == "doi.org"
    assert shown.page_name == "frames"


def test_a_search_keeps_the_pages_that_have_the_words(shown: HelpWindow, qtbot: QtBot) -> None:
    assert len(titles(shown)) == len(PAGES)
    qtbot.keyClicks(shown.search, "Brainsight")
    found = titles(shown)
    assert any(title.startswith("File formats") for title in found)
    assert len(found) < len(PAGES)
    qtbot.keyClick(shown.search, Qt.Key.Key_Return)
    assert shown.page_name != "index"
    assert shown.browser.extraSelections()
    shown.search.setText("rainbow frames")
    assert shown.nothing.isVisible()
    shown.search.clear()
    assert len(titles(shown)) == len(PAGES)
    assert shown.browser.extraSelections() == []


def test_pictures_are_as_wide_as_there_is_room(shown: HelpWindow, qtbot: QtBot) -> None:
    for width in (1040, 760):
        shown.resize(width, 700)
        shown.open_page("tutorial")
        qtbot.waitUntil(lambda: not shown.browser._resized.isActive() and not shown.browser._loading.isActive())
        shapes = [shape for _, shape in pictures(shown.browser.document())]
        assert [shape.name() for shape in shapes] == list(find_page(PAGES, "tutorial").pictures)
        room = shown.browser.viewport().width()
        assert all(0.6 * room < shape.width() < room for shape in shapes)
        for shape in shapes:
            kind = QTextDocument.ResourceType.ImageResource.value
            image = shown.browser.document().resource(kind, QUrl(shape.name()))
            assert image.deviceIndependentSize().width() == pytest.approx(shape.width(), abs=1)
            assert shape.height() / shape.width() == pytest.approx(900 / 1400, abs=0.01)


def test_the_page_of_keys_is_that_of_the_program() -> None:
    path = help_folder() / "make_pictures.py"
    spec = importlib.util.spec_from_file_location("make_pictures", path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["make_pictures"] = module
    try:
        spec.loader.exec_module(module)
        text = module.keyboard_text()
    finally:
        del sys.modules["make_pictures"]
    assert (help_folder() / "keyboard.md").read_text("utf-8") == text, (
        "run: python resources/help/make_pictures.py --keys"
    )


def test_keys_and_names_that_the_pages_tell_are_those_of_the_actions() -> None:
    by_keys = {QKeySequence(spec.shortcut).toString(): spec for spec in ACTION_TABLE}
    told = re.compile(r"`((?:Ctrl\+|Alt\+|Shift\+)+\w|F\d+)`")
    for page in PAGES:
        for keys in told.findall(page.text):
            assert QKeySequence(keys).toString() in by_keys, (page.name, keys)
    texts = {spec.text for spec in ACTION_TABLE} | {"Try the built-in head"}
    named = re.findall(r"\*\*([^*]+)\*\* \(`[^`]+`\)", find_page(PAGES, "tutorial").text)
    assert {"Try the built-in head", "Landmarks", "Atlas", "Targets", "Lesions", "Review and export"} <= set(named)
    assert {name for name in named if name not in texts} <= {"Open an image"}
