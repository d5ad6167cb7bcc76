"""Errors that no one caught: logged, told, and the program goes on."""

from __future__ import annotations

import threading

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from fusplan.app.error_reporting import LOG_FILE, ErrorReporter, log_folder, report_text
from fusplan.app.main_window import MainWindow
from fusplan.errors import FileMissingError
from fusplan.progress import JobCancelled


def test_a_bug_in_a_slot_is_logged_told_and_survived(window: MainWindow, qtbot: QtBot) -> None:
    reporter = window.program.reporter
    reporter.install()
    try:
        with qtbot.captureExceptions():
            reporter.install()
            QTimer.singleShot(0, window, lambda: 1 / 0)
            qtbot.waitUntil(lambda: bool(window.messages.messages))
    finally:
        reporter.uninstall()
    message = window.messages.messages[0]
    assert message.kind == "error"
    assert "ZeroDivisionError" in message.text
    assert "division by zero" in (log_folder() / LOG_FILE).read_text()
    message.actions[0].do()
    copied = QGuiApplication.clipboard().text()
    assert "ZeroDivisionError" in copied
    assert "Python 3" in copied
    assert window.isVisible()


def test_errors_of_the_user_are_shown_with_their_remedy_and_cancelling_is_silent(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.program.reporter.report(JobCancelled())
    window.program.reporter.report(FileMissingError("head.nii"))
    qtbot.waitUntil(lambda: bool(window.messages.messages))
    assert [message.text for message in window.messages.messages] == ["The file head.nii does not exist."]


def test_threads_report_in_the_windows_thread(qtbot: QtBot) -> None:
    reporter = ErrorReporter()
    heard: list[threading.Thread] = []
    reporter.bug.connect(lambda _: heard.append(threading.current_thread()))
    thread = threading.Thread(target=lambda: reporter.report(ValueError("in a thread")))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [threading.main_thread()]


def test_a_report_without_a_log_still_names_versions() -> None:
    text = report_text("details here")
    assert "details here" in text
    assert "numpy" in text
