"""The one place that deals with errors: log them, tell the user, go on.

A FusplanError is the user's to mend and is shown with its remedy. Anything else is a bug: its traceback goes to the
log, the message bar offers to copy a report, and the program goes on.
"""

from __future__ import annotations

import logging
import logging.handlers
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from fusplan import __version__
from fusplan.errors import FusplanError
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.paths import user_state_folder
from fusplan.progress import JobCancelled

LOG_FILE = "fusplan.log"
LARGEST_LOG_BYTES = 500_000
REPORTED_LOG_LINES = 80
_PACKAGES = ("PySide6-Essentials", "numpy", "scipy", "nibabel", "SimpleITK", "picsl-greedy", "numba", "pyqtgraph")

log = logging.getLogger("fusplan")


def log_folder() -> Path:
    """Where logs are (may not exist yet)."""
    return user_state_folder() / "logs"


class ErrorReporter(QObject):
    """Catches what no one else caught, in slots and in threads.

    Signals:
        user_error: a FusplanError, to be shown.
        bug: a one-line summary of an unexpected error that is in the log now.
    """

    user_error = Signal(object)
    bug = Signal(str)
    _caught = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Threads may fail too: their errors are told in the window's thread.
        self._caught.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._uninstall: Callable[[], None] = lambda: None
        self._handler: logging.Handler | None = None

    def install(self) -> None:
        """Take over the hooks of Python and Qt and begin the log."""
        self._handler = _begin_log()
        before, thread_before = sys.excepthook, threading.excepthook
        qt_before = qInstallMessageHandler(_log_qt_message)
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self.report(args.exc_value) if args.exc_value is not None else None

        def uninstall() -> None:
            sys.excepthook, threading.excepthook = before, thread_before
            qInstallMessageHandler(qt_before)

        self._uninstall = uninstall

    def uninstall(self) -> None:
        """Give the hooks back and end the log."""
        self._uninstall()
        self._uninstall = lambda: None
        if self._handler is not None:
            log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None

    def report(self, error: BaseException) -> None:
        """Log an error and tell the user. Callable from any thread."""
        if isinstance(error, JobCancelled):
            return
        if isinstance(error, FusplanError):
            log.warning("%s: %s", type(error).__name__, error)
        else:
            log.error("unexpected error\n%s", "".join(traceback.format_exception(error)))
        self._caught.emit(error)

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error)

    def _tell(self, error: object) -> None:
        if isinstance(error, FusplanError):
            self.user_error.emit(error)
        elif isinstance(error, BaseException):
            self.bug.emit(f"{type(error).__name__}: {error}")


def report_text(details: str = "") -> str:
    """What to send to the developers: versions, system, and the end of the log. File names in it may name a person."""
    lines = ["fusplan problem report", RESEARCH_ONLY, f"fusplan {__version__}", f"Python {platform.python_version()}"]
    lines += [platform.platform(), *(_version(name) for name in _PACKAGES), ""]
    if details:
        lines += [details, ""]
    path = log_folder() / LOG_FILE
    if path.is_file():
        lines += [
            "End of the log:",
            *path.read_text(encoding="utf-8", errors="replace").splitlines()[-REPORTED_LOG_LINES:],
        ]
    return "\n".join(lines)


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} not installed"


def _begin_log() -> logging.Handler:
    """A rotating file, or nothing where none can be written: a full disk is no reason not to start."""
    handler: logging.Handler
    try:
        log_folder().mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            log_folder() / LOG_FILE, maxBytes=LARGEST_LOG_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    return handler


def _log_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    level = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}.get(kind, logging.WARNING)
    log.log(level, "Qt: %s", text)
