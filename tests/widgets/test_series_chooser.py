"""The list of DICOM series: marks the likely one, says why others cannot be opened, opens by key and by mouse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.imaging.dicom.series import SeriesList
from fusplan.widgets.series_chooser import SeriesChooser
from tests.fixtures.listed_series import LISTED, summary


def chooser(qtbot: QtBot) -> SeriesChooser:
    made = SeriesChooser(LISTED)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_largest_that_can_be_opened_is_marked(qtbot: QtBot) -> None:
    shown = chooser(qtbot)
    assert not shown.isModal()
    assert shown.current == LISTED.series[2]
    assert shown.open_button.isEnabled()
    assert shown.passed_over.text() == "3 files are not DICOM, and passed over."
    with qtbot.waitSignal(shown.chosen) as caught:
        shown.open_button.click()
    assert caught.args == [LISTED.series[2]]
    assert not shown.isVisible()


def test_others_say_why_they_cannot_be_opened(qtbot: QtBot) -> None:
    shown = chooser(qtbot)
    qtbot.keyClick(shown.list, Qt.Key.Key_Home)
    assert shown.current == LISTED.series[0]
    assert not shown.open_button.isEnabled()
    assert shown.reason.text() == "It is a localizer. Choose another."
    with qtbot.assertNotEmitted(shown.chosen):
        qtbot.keyClick(shown.list, Qt.Key.Key_Return)
    assert shown.isVisible()
    qtbot.keyClick(shown.list, Qt.Key.Key_Down)
    assert not shown.reason.isVisible()
    with qtbot.waitSignal(shown.chosen) as caught:
        qtbot.keyClick(shown.list, Qt.Key.Key_Return)
    assert caught.args == [LISTED.series[1]]


def test_what_was_left_out_of_a_series_is_shown_with_it(qtbot: QtBot) -> None:
    note = "Left out of T1 (series 3): IM7, because it is a picture of a screen (secondary capture)."
    shown = SeriesChooser(SeriesList((summary(3, 176, notes=(note,)), summary(4, 30)), 0, 0))
    qtbot.addWidget(shown)
    shown.show()
    assert shown.current is not None
    assert shown.current.choice == 3
    assert shown.open_button.isEnabled()
    assert shown.reason.text() == note
    assert shown.reason.isVisible()
    qtbot.keyClick(shown.list, Qt.Key.Key_Down)
    assert not shown.reason.isVisible()
