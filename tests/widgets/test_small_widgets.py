"""Message bar, job bar, palette, shortcuts, first screen, icons: each by mouse and keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from fusplan.errors import FileMissingError
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.jobs.job import Job
from fusplan.session.messages import Message, MessageAction
from fusplan.widgets.command_palette import CommandPalette
from fusplan.widgets.elided_button import ElidedButton
from fusplan.widgets.first_screen import FirstScreen
from fusplan.widgets.icons import icon, icon_names, icon_pixmap
from fusplan.widgets.job_bar import JobBar
from fusplan.widgets.message_bar import MOST_MESSAGES, MessageBar
from fusplan.widgets.palette import PALETTES
from fusplan.widgets.row_list import MOST_SEEN, ListRow, RowList
from fusplan.widgets.shortcuts_overlay import MOUSE_IN_VIEWS, ShortcutGroup, ShortcutsOverlay
from fusplan.widgets.theme import apply_theme, current_palette


def test_messages_are_dismissed_replaced_and_limited(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    assert bar.isHidden()
    bar.show_message(Message("info", "One", topic="a"))
    bar.show_message(Message("info", "Two", topic="a"))
    assert [message.text for message in bar.messages] == ["Two"]
    for number in range(9):
        bar.show_message(Message("warning", f"Number {number}"))
    assert len(bar.messages) == MOST_MESSAGES
    assert bar.messages[0].text == "Number 8"
    bar.findChildren(QToolButton)[-1].click()
    assert len(bar.messages) == MOST_MESSAGES - 1
    bar.clear()
    assert bar.isHidden()


def test_an_error_shows_its_remedy_and_its_button_acts_once(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    done: list[str] = []
    error = FileMissingError("head.nii")
    bar.show_message(Message.of_error(error, (MessageAction("Choose", lambda: done.append("chosen")),)))
    assert {label.text() for label in bar.findChildren(QLabel)} >= {error.message, error.remedy}
    bar.findChild(QPushButton).click()
    assert done == ["chosen"]
    assert bar.messages == ()


class HandJob(Job):
    """A job that a test moves on by hand."""

    def start(self) -> None:
        self._tell_progress(0.25, "Step 1 of 4")

    def cancel(self) -> None:
        self._end_cancelled()


def test_the_job_bar_shows_progress_and_cancels(qtbot: QtBot) -> None:
    bar = JobBar()
    qtbot.addWidget(bar)
    job = HandJob("Aligning")
    bar.watch(job)
    job.start()
    assert bar.isHidden()
    qtbot.waitUntil(bar.isVisible)
    row = bar.rows[0]
    assert (row.percent.text(), row.sentence.text(), row.progress.value()) == ("25 %", "Step 1 of 4", 250)
    qtbot.mouseClick(row.cancel_button, Qt.MouseButton.LeftButton)
    assert job.is_over
    assert bar.rows == ()
    assert bar.isHidden()


def test_the_palette_finds_and_runs_and_leaves_disabled_actions_alone(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    done: list[str] = []
    actions = []
    for name in ("Open an image", "Save", "Save as", "Undo"):
        actions.append(QAction(name, window))
        actions[-1].triggered.connect(lambda _=False, name=name: done.append(name))
    actions[1].setShortcut(QKeySequence("Ctrl+S"))
    actions[3].setEnabled(False)
    palette = CommandPalette(actions, window)
    palette.open_over()
    assert len(palette.texts()) == 4
    qtbot.keyClicks(palette.field, "save")
    assert palette.texts() == ("Save", "Save as")
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == ["Save as"]
    assert palette.isHidden()
    palette.open_over()
    qtbot.keyClicks(palette.field, "undo")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == ["Save as"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert palette.isHidden()


def test_the_sheet_of_shortcuts_lists_everything_and_any_key_closes_it(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    sheet = ShortcutsOverlay((MOUSE_IN_VIEWS, ShortcutGroup("File", (("Ctrl+O", "Open an image"),))), window)
    sheet.open_over()
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    assert {"Ctrl+O", "Open an image", "File", *(keys for keys, _ in MOUSE_IN_VIEWS.entries)} <= shown
    qtbot.keyClick(sheet, Qt.Key.Key_Space)
    assert sheet.isHidden()


def test_the_first_screen_says_what_it_is_and_leads_on(qtbot: QtBot, tmp_path: Path) -> None:
    screen = FirstScreen()
    qtbot.addWidget(screen)
    texts = " ".join(label.text() for label in screen.findChildren(QLabel))
    assert RESEARCH_ONLY in texts
    assert "not a medical device" in texts
    present = tmp_path / "T1w.nii.gz"
    present.touch()
    screen.show_recent([tmp_path / "gone.nii", present])
    wanted: list[str] = []
    screen.action_wanted.connect(wanted.append)
    screen.recent_wanted.connect(wanted.append)
    for button in (*screen.buttons.values(), *screen.recent_buttons):
        button.click()
    assert wanted == ["open_image", "open_plan", "try_demo", str(present)]


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_draws_something_in_the_given_colour(name: str, qtbot: QtBot) -> None:
    image = icon_pixmap(name, "#ff8000", 48).toImage()
    inks = {image.pixelColor(x, y).name() for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 250}
    assert "#ff8000" in inks
    assert not icon(name).isNull()


def test_themes_change_palette_and_style(qapp: QApplication, qtbot: QtBot) -> None:
    for name, palette in PALETTES.items():
        apply_theme(qapp, name)
        assert current_palette() is palette
        assert qapp.palette().window().color().name() == palette.window
    apply_theme(qapp, "dark")


def test_a_narrow_button_ends_in_an_ellipsis_and_keeps_its_whole_name(qtbot: QtBot) -> None:
    button = ElidedButton("Morel best cover of the nucleus")
    qtbot.addWidget(button)
    button.resize(90, 28)
    button.show()
    assert button.text().startswith("Morel") and button.text().endswith("…")
    assert button.accessibleName() == "Morel best cover of the nucleus"
    button.resize(600, 28)
    assert button.text() == "Morel best cover of the nucleus"


def test_a_list_may_change_its_width_while_its_rows_are_replaced(qtbot: QtBot) -> None:
    rows: RowList[ListRow] = RowList(lambda _id: ListRow(), "Rows")
    qtbot.addWidget(rows)
    rows.resize(300, 200)
    with qtbot.waitExposed(rows):
        rows.show()
    # As when the scroll bar goes with the rows that it was for.
    narrowing = rows.model().modelReset.connect(lambda: rows.resize(rows.width() - 10, rows.height()))
    for count in (3, 12, 2):
        rows.show_ids([str(number) for number in range(count)])
        rows.fit()
        heights = [rows.item(number).sizeHint().height() for number in range(count)]
        assert rows.height() == pytest.approx(sum(heights[:MOST_SEEN]) + 2, abs=4)
    rows.model().modelReset.disconnect(narrowing)
