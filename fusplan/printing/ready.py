"""Whether Qt can draw here, told before it is loaded: a missing system library would end the program without a word.

Imports no Qt.
"""

from __future__ import annotations

import importlib.util

from fusplan.errors import FusplanError
from fusplan.qt_libraries import SystemLibrary, missing_qt_libraries

QT_PACKAGE = "PySide6"
INSTEAD = "The format report writes a page that a browser can print."
NO_SCREEN = {"QT_QPA_PLATFORM": "offscreen"}
"""Printing draws into a file and needs no screen."""


class PrintingNotPossibleError(FusplanError):
    """What draws the pages is not here."""


def printing_problem() -> PrintingNotPossibleError | None:
    """What stands in the way of a printed report, None when nothing does."""
    if importlib.util.find_spec(QT_PACKAGE) is None:
        return PrintingNotPossibleError(
            "The printed report (pdf) needs a package that is not installed (PySide6).",
            f'Install it with: pip install "fusplan[desktop]". {INSTEAD}',
        )
    missing = missing_qt_libraries(NO_SCREEN)
    return _libraries_missing(missing) if missing else None


def require_printing() -> None:
    """Raises PrintingNotPossibleError, which names the packages to install."""
    problem = printing_problem()
    if problem is not None:
        raise problem


def _libraries_missing(missing: tuple[SystemLibrary, ...]) -> PrintingNotPossibleError:
    files = ", ".join(library.file for library in missing)
    debian = " ".join(dict.fromkeys(library.debian for library in missing))
    fedora = " ".join(dict.fromkeys(library.fedora for library in missing))
    return PrintingNotPossibleError(
        f"The printed report (pdf) cannot be drawn: system libraries are missing ({files}).",
        f"Debian, Ubuntu: sudo apt install {debian}. Fedora: sudo dnf install {fedora}. {INSTEAD}",
    )
