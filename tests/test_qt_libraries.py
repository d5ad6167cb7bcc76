"""Missing system libraries are named with the packages that hold them, before Qt could abort."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fusplan import qt_libraries
from fusplan.qt_libraries import explain, has_display, missing_qt_libraries

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has such packages")
X11 = {"DISPLAY": ":0"}


@linux_only
def test_packages_are_named_for_debian_and_fedora() -> None:
    absent = {"libEGL.so.1", "libxcb-cursor.so.0"}
    missing = missing_qt_libraries(X11, lambda file: file not in absent)
    assert {library.file for library in missing} == absent
    text = explain(missing)
    assert "sudo apt install libegl1 libxcb-cursor0" in text
    assert "sudo dnf install libglvnd-egl xcb-util-cursor" in text


@linux_only
def test_x11_libraries_are_not_asked_for_where_x11_is_not_used() -> None:
    def loads(file: str) -> bool:
        return "xcb" not in file

    assert missing_qt_libraries({"QT_QPA_PLATFORM": "offscreen"}, loads) == ()
    assert missing_qt_libraries({"WAYLAND_DISPLAY": "wayland-0"}, loads) == ()
    assert missing_qt_libraries(X11, loads) != ()


def test_other_systems_need_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert missing_qt_libraries(X11, lambda file: False) == ()


def test_a_library_that_is_not_there_cannot_be_loaded() -> None:
    assert not qt_libraries.can_load("libnothing-of-that-name.so.9")


@linux_only
def test_a_screen_is_needed() -> None:
    assert not has_display({})
    assert has_display(X11)
    assert has_display({"QT_QPA_PLATFORM": "offscreen"})


PROGRAM = """
import sys
from fusplan import qt_libraries
{fault}
from fusplan.app.main import main
status = main([])
assert "PySide6.QtWidgets" not in sys.modules
sys.exit(status)
"""


@linux_only
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("qt_libraries.can_load.__code__ = (lambda file: file != 'libEGL.so.1').__code__", "apt install libegl1"),
        ("sys.modules['pyqtgraph'] = None", 'pip install "fusplan[desktop]"'),
        ("import os; os.environ.pop('QT_QPA_PLATFORM'); os.environ.pop('DISPLAY', None)", "no screen"),
    ],
    ids=["library", "package", "screen"],
)
def test_the_program_says_it_and_ends_with_2(fault: str, words: str) -> None:
    project = Path(__file__).resolve().parents[1]
    paths = os.pathsep.join([str(project), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("WAYLAND_DISPLAY", None)
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(fault=fault)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert words in ended.stderr
