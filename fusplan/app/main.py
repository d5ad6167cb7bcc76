"""Opening the window. Qt's widgets are imported only when it is known that they can be."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from fusplan.app.qt_libraries import NO_DISPLAY, explain, has_display, missing_packages, missing_qt_libraries
from fusplan.errors import FileMissingError, FileNotWritableError, FusplanError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from fusplan.app.main_window import MainWindow
    from fusplan.widgets.palette import ThemeName

USER_ERROR_EXIT_CODE = 2
SETTLED_MS = 400
LONGEST_SCREENSHOT_MS = 180_000
SCREENSHOT_SIZE = (1600, 1000)


class UnknownThemeError(FusplanError):
    """A theme that there is not."""


def main(argv: list[str] | None = None) -> int:
    """``fusplan-window [PATH]``: open the window with a plan or an image. Returns the exit code."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return open_window(Path(arguments[0]) if arguments else None)
    except FusplanError as error:
        print(error, file=sys.stderr)
        return USER_ERROR_EXIT_CODE


def open_window(path: Path | None = None, screenshot: Path | None = None, theme: str | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        path: an image or a plan to open.
        screenshot: write the window's picture to this PNG file once everything is shown, and return.
        theme: dark or light, this time only; None as last time.

    Returns:
        The exit code: 0, or 2 when something of the system is missing (said on stderr).

    Raises:
        FusplanError: ``path`` does not exist, no such theme, or the picture cannot be written.
    """
    problem = _what_is_missing()
    if problem:
        print(problem, file=sys.stderr)
        return USER_ERROR_EXIT_CODE
    if path is not None and not path.exists():
        raise FileMissingError(path)
    chosen = _theme(theme)
    application = _application()
    window = make_window(application, chosen, remembers=screenshot is None)
    if path is not None:
        window.program.files.open_path(path.absolute())
    if screenshot is not None:
        return _write_screenshot(application, window, screenshot)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window.show()
    window.program.start()
    load_ahead()
    status = application.exec()
    window.deleteLater()
    return status


def make_window(application: QApplication, theme: ThemeName | None = None, remembers: bool = True) -> MainWindow:
    """The window with all its parts, not shown yet; errors are caught from now on."""
    from fusplan.app.main_window import MainWindow  # noqa: PLC0415 - Qt, see the module's docstring
    from fusplan.app.program import Program  # noqa: PLC0415

    program = Program(application, theme=theme, remembers=remembers)
    program.reporter.install()
    return MainWindow(program)


def load_ahead() -> None:
    """Import what the first image will need while the person looks at the first screen."""

    def load() -> None:
        for name in ("fusplan.imaging.read", "fusplan.widgets.view_grid", "fusplan.workflows.open_plan"):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)

    threading.Thread(target=load, daemon=True, name="loading ahead").start()


def _what_is_missing() -> str:
    problem = missing_packages()
    if problem:
        return problem
    missing = missing_qt_libraries()
    if missing:
        return explain(missing)
    return "" if has_display() else NO_DISPLAY


def _theme(name: str | None) -> ThemeName | None:
    if not name:
        return None
    themes: dict[str, ThemeName] = {"dark": "dark", "light": "light"}
    if name not in themes:
        raise UnknownThemeError(f"There is no theme {name!r}.", "Choose dark or light.")
    return themes[name]


def _application() -> QApplication:
    from PySide6.QtGui import QIcon  # noqa: PLC0415 - Qt, see the module's docstring
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from fusplan.paths import resources_folder  # noqa: PLC0415

    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("fusplan")
    application.setApplicationDisplayName("fusplan")
    application.setDesktopFileName("fusplan")
    application.setWindowIcon(QIcon(str(resources_folder() / "fusplan.svg")))
    return application


def _write_screenshot(application: QApplication, window: MainWindow, path: Path) -> int:
    """Show, wait until no job has run for a moment, write the picture, close."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - Qt, see the module's docstring

    window.resize(*SCREENSHOT_SIZE)
    window.show()
    quiet = QTimer()
    quiet.setSingleShot(True)
    quiet.setInterval(SETTLED_MS)
    quiet.timeout.connect(lambda: application.exit(0) if not window.program.jobs.running else quiet.start())
    quiet.start()
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(lambda: application.exit(0))
    limit.start(LONGEST_SCREENSHOT_MS)
    application.exec()
    failed = [message for message in window.messages.messages if message.kind == "error"]
    written = window.grab().save(str(path), "PNG")
    window.program.is_closing = True
    window.close()
    window.deleteLater()
    if not written:
        raise FileNotWritableError(f"The picture cannot be written to {path}.", "Choose another folder.")
    for message in failed:
        print(f"{message.text} {message.remedy}", file=sys.stderr)
    return USER_ERROR_EXIT_CODE if failed else 0


if __name__ == "__main__":
    sys.exit(main())
