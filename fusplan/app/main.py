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

from fusplan.errors import FileMissingError, FileNotWritableError, FusplanError
from fusplan.qt_libraries import NO_DISPLAY, explain, has_display, missing_packages, missing_qt_libraries

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from fusplan.app.main_window import MainWindow
    from fusplan.display.view_state import ViewName
    from fusplan.widgets.palette import ThemeName

USER_ERROR_EXIT_CODE = 2
SETTLED_MS = 400
LONGEST_SCREENSHOT_MS = 180_000
SCREENSHOT_SIZE = (1600, 1000)
SMALLEST_SCREENSHOT, LARGEST_SCREENSHOT = (960, 640), (8000, 6000)
SMALL_ICONS = (16, 22, 24, 32)
SWITCH_INTERVAL_S = 0.001
"""The window's thread waits at most this long for one that computes in Python; five times as long is usual."""

LOADED_AHEAD = (
    "fusplan.imaging.read",
    "fusplan.widgets.view_grid",
    "fusplan.planning.plan_file",
    "fusplan.workflows.open_plan",
)
"""The panels of the steps are loaded after these."""

QUIET_LOOKS = 2
"""When nothing was under way at so many looks in a row, the view is chosen; at the next look the picture is taken."""

LOOKS_AT_PANEL = 4
"""A panel may begin some work a moment after it is shown: so many more quiet looks are waited for."""

SCREENSHOT_VIEWS: dict[str, ViewName | None] = {
    "grid": None,
    "axial": "axial",
    "coronal": "coronal",
    "sagittal": "sagittal",
    "3d": "scene",
}


class UnknownThemeError(FusplanError):
    """A theme that there is not."""


class UnknownPictureError(FusplanError):
    """A size or a view of a picture that there is not."""


def main(argv: list[str] | None = None) -> int:
    """``fusplan-window [PATH]``: open the window with a plan or an image. Returns the exit code."""
    multiprocessing.freeze_support()
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return open_window(Path(arguments[0]) if arguments else None)
    except FusplanError as error:
        print(error, file=sys.stderr)
        return USER_ERROR_EXIT_CODE


def open_window(
    path: Path | None = None,
    screenshot: Path | None = None,
    theme: str | None = None,
    size: str | None = None,
    view: str | None = None,
    panel: str | None = None,
    demo: bool = False,
) -> int:
    """Open the window and stay until it is closed.

    Args:
        path: an image or a plan to open.
        screenshot: write the window's picture to this PNG file once everything is shown, and return.
        theme: dark or light, this time only; None as last time.
        size: of the screenshot, such as ``1400x900``.
        view: of the screenshot: the view that fills it (axial, coronal, sagittal, 3d), or grid for all four.
        panel: of the screenshot: the step or tool shown on the right, by its key such as ``landmarks``.
        demo: open the built-in head and plan on it, unless ``path`` names something.

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
    chosen, pixels, filling = _theme(theme), _size(size), _view(view)
    beside = _panel(panel)
    application = _application()
    window = make_window(application, chosen, remembers=screenshot is None)
    if path is not None:
        window.program.files.open_path(path.absolute())
    elif demo:
        window.program.files.try_demo()
    if screenshot is not None:
        return _write_screenshot(application, window, screenshot, pixels, filling, beside)
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

    sys.setswitchinterval(SWITCH_INTERVAL_S)
    program = Program(application, theme=theme, remembers=remembers)
    program.reporter.install()
    return MainWindow(program)


def load_ahead() -> None:
    """Import what the first image will need while the person looks at the first screen."""
    from fusplan.app.panel_spec import modules_ahead  # noqa: PLC0415 - Qt, see the module's docstring
    from fusplan.app.panel_table import PANELS  # noqa: PLC0415

    def load() -> None:
        for name in (*LOADED_AHEAD, *modules_ahead(PANELS)):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        from fusplan.display.warm_up import warm_up  # noqa: PLC0415 - loads numba

        warm_up()

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


def _size(text: str | None) -> tuple[int, int]:
    if not text:
        return SCREENSHOT_SIZE
    parts = text.lower().split("x")
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit()]
    if len(parts) == 2 and len(numbers) == 2:
        limits = zip(SMALLEST_SCREENSHOT, numbers, LARGEST_SCREENSHOT, strict=True)
        if all(smallest <= number <= largest for smallest, number, largest in limits):
            return (numbers[0], numbers[1])
    smallest, largest = (f"{width}x{height}" for width, height in (SMALLEST_SCREENSHOT, LARGEST_SCREENSHOT))
    raise UnknownPictureError(
        f"{text!r} is no size of a picture.", f"Give width x height in pixels, from {smallest} to {largest}."
    )


def _view(name: str | None) -> ViewName | None:
    if not name:
        return None
    if name not in SCREENSHOT_VIEWS:
        raise UnknownPictureError(f"There is no view {name!r}.", f"Choose one of: {', '.join(SCREENSHOT_VIEWS)}.")
    return SCREENSHOT_VIEWS[name]


def _panel(name: str | None) -> str | None:
    if not name:
        return None
    from fusplan.app.panel_table import PANELS  # noqa: PLC0415 - Qt, see the module's docstring

    keys = [panel.key for panel in PANELS]
    if name not in keys:
        raise UnknownPictureError(f"There is no panel {name!r}.", f"Choose one of: {', '.join(keys)}.")
    return name


def _application() -> QApplication:
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from fusplan.paths import resources_folder  # noqa: PLC0415

    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("fusplan")
    application.setApplicationDisplayName("fusplan")
    application.setDesktopFileName("fusplan")
    application.setWindowIcon(_icon(resources_folder()))
    return application


def _icon(resources: Path) -> QIcon:
    """The program's icon; the smallest sizes have a drawing of their own."""
    from PySide6.QtGui import QIcon  # noqa: PLC0415 - Qt, see the module's docstring

    icon = QIcon(str(resources / "fusplan.svg"))
    for size in SMALL_ICONS:
        icon.addFile(str(resources / "program-icons" / f"fusplan-{size}.png"))
    return icon


def _write_screenshot(
    application: QApplication,
    window: MainWindow,
    path: Path,
    size: tuple[int, int],
    filling: ViewName | None,
    panel: str | None,
) -> int:
    """Show, wait until nothing has been under way for a moment, write the picture, close."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - Qt, see the module's docstring

    window.resize(*size)
    window.show()
    looks = 0

    def look() -> None:
        nonlocal looks
        looks = 0 if window.program.is_busy else looks + 1
        if looks == QUIET_LOOKS:
            if panel is not None:
                window.show_panel(panel)
            window.program.view_commands.fill(filling)
        elif looks > QUIET_LOOKS + (LOOKS_AT_PANEL if panel is not None else 0):
            application.exit(0)

    quiet = QTimer()
    quiet.setInterval(SETTLED_MS)
    quiet.timeout.connect(look)
    quiet.start()
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(lambda: application.exit(0))
    limit.start(LONGEST_SCREENSHOT_MS)
    application.exec()
    quiet.stop()
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
