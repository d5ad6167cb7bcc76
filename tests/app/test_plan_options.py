"""Options of a new plan in the whole window: typed in the step Atlas, sent to the worker, refused where bad."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.app.main_window import MainWindow
from fusplan.widgets.atlas_panel import AtlasPanel
from tests.fixtures.waits import wait_for_quiet

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


def atlas_step(window: MainWindow, qtbot: QtBot) -> AtlasPanel:
    """The step Atlas with its options unfolded."""
    qtbot.keyClick(window, Key.Key_3, Qt.KeyboardModifier.AltModifier)
    panel = window.side.panel("atlas")
    assert isinstance(panel, AtlasPanel)
    qtbot.mouseClick(panel.options_section.heading, LEFT)
    assert panel.options.isVisible()
    return panel


def write(qtbot: QtBot, field: object, text: str) -> None:
    qtbot.mouseClick(field, LEFT)
    qtbot.keyClick(field, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)


def test_what_is_typed_reaches_the_worker(with_image: MainWindow, qtbot: QtBot) -> None:
    panel = atlas_step(with_image, qtbot)
    write(qtbot, panel.options.seed, "42")
    qtbot.mouseClick(panel.start, LEFT)
    qtbot.waitUntil(lambda: with_image.case.plan is not None)
    wait_for_quiet(with_image, qtbot)
    assert with_image.case.plan.seed == 42
    assert panel.options.seed.text() == "42"
    assert panel.options_section.heading.text() == "Align anew, with options"


def test_a_bad_size_begins_no_work_and_is_said(with_image: MainWindow, qtbot: QtBot) -> None:
    panel = atlas_step(with_image, qtbot)
    write(qtbot, panel.options.sizes["left"], "big")
    qtbot.mouseClick(panel.start, LEFT)
    assert not with_image.program.jobs.running
    assert with_image.messages.messages[0].text == "Left lesion: 'big' is not a lesion size."
    write(qtbot, panel.options.sizes["left"], "4x6")
    qtbot.mouseClick(panel.start, LEFT)
    qtbot.waitUntil(lambda: with_image.case.plan is not None)
    wait_for_quiet(with_image, qtbot)
    assert not any("lesion size" in message.text for message in with_image.messages.messages)
