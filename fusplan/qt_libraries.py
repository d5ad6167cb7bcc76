"""Looking for Qt's system libraries before Qt does: where one is missing, Qt would abort without a useful word.

Imports no Qt.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

PYTHON_PACKAGES = ("PySide6", "pyqtgraph")

INSTALL_DESKTOP = 'The window needs packages that are not installed. Install them with: pip install "fusplan[desktop]"'


@dataclass(frozen=True, slots=True)
class SystemLibrary:
    """A shared library that Qt loads, and the packages that hold it."""

    file: str
    debian: str
    fedora: str


ALWAYS_NEEDED = (
    SystemLibrary("libGL.so.1", "libgl1", "libglvnd-glx"),
    SystemLibrary("libEGL.so.1", "libegl1", "libglvnd-egl"),
    SystemLibrary("libX11.so.6", "libx11-6", "libX11"),
    SystemLibrary("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    SystemLibrary("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    SystemLibrary("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    SystemLibrary("libfreetype.so.6", "libfreetype6", "freetype"),
    SystemLibrary("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
)
"""Linked by QtCore, QtGui, QtDBus and QtWidgets of the PySide6 6.11 wheels (as readelf lists them)."""

NEEDED_BY_XCB = (
    SystemLibrary("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    SystemLibrary("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    SystemLibrary("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    SystemLibrary("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    SystemLibrary("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    SystemLibrary("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    SystemLibrary("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
    SystemLibrary("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    SystemLibrary("libxcb-render.so.0", "libxcb-render0", "libxcb"),
    SystemLibrary("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    SystemLibrary("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    SystemLibrary("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    SystemLibrary("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    SystemLibrary("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    SystemLibrary("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
)
"""Linked by the platform plugin for X11 (libqxcb and libQt6XcbQpa), besides the ones above."""

NEEDED_BY_WAYLAND = (
    SystemLibrary("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
    SystemLibrary("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
)


def missing_packages() -> str:
    """The sentence to print when the Python packages of the window are missing, "" when they are there."""
    missing = [name for name in PYTHON_PACKAGES if importlib.util.find_spec(name) is None]
    return INSTALL_DESKTOP if missing else ""


def can_load(file: str) -> bool:
    """Whether the dynamic linker finds a library and everything it links."""
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def missing_qt_libraries(
    environment: Mapping[str, str] | None = None, loads: Callable[[str], bool] = can_load
) -> tuple[SystemLibrary, ...]:
    """The system libraries that Qt will need here and that are not there. Empty on other systems than Linux.

    Args:
        environment: where the display and Qt's platform are read from.
        loads: tells whether a library can be loaded.
    """
    if not sys.platform.startswith("linux"):
        return ()
    needed = ALWAYS_NEEDED + _platform_libraries(os.environ if environment is None else environment)
    return tuple(library for library in needed if not loads(library.file))


def has_display(environment: Mapping[str, str] | None = None) -> bool:
    """Whether Qt will find a screen to draw on; without one its X11 plugin aborts."""
    seen = os.environ if environment is None else environment
    if not sys.platform.startswith("linux") or seen.get("QT_QPA_PLATFORM"):
        return True
    return bool(seen.get("DISPLAY") or seen.get("WAYLAND_DISPLAY"))


NO_DISPLAY = (
    "There is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set). "
    "Run fusplan on the desktop itself, or use the commands, which need no window: fusplan --help"
)


def explain(missing: tuple[SystemLibrary, ...]) -> str:
    """What is missing and the command that installs it on Debian and Ubuntu, and on Fedora."""
    debian = " ".join(dict.fromkeys(library.debian for library in missing))
    fedora = " ".join(dict.fromkeys(library.fedora for library in missing))
    return (
        f"The window cannot open: system libraries are missing ({', '.join(library.file for library in missing)}).\n"
        f"  Debian, Ubuntu:  sudo apt install {debian}\n"
        f"  Fedora:          sudo dnf install {fedora}\n"
        "The commands (fusplan plan, demo, export, ...) work without them."
    )


def _platform_libraries(environment: Mapping[str, str]) -> tuple[SystemLibrary, ...]:
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if platform:
        return {"xcb": NEEDED_BY_XCB, "wayland": NEEDED_BY_WAYLAND}.get(platform, ())
    if environment.get("WAYLAND_DISPLAY") and not environment.get("DISPLAY"):
        return NEEDED_BY_WAYLAND
    return NEEDED_BY_XCB
