"""The lock beside a file: one at a time, nobody's once its program is dead, and nothing left."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import sys
import threading
import types
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.planning import file_lock
from fusplan.planning.file_content import NO_FILE, FileContent, PlanFileChangedError, PlanFileGoneError
from fusplan.planning.file_lock import FileBusyError, locked_for_writing
from fusplan.planning.plan_file import load_saved_plan, save_plan
from tests.fixtures import plans

PROJECT = Path(__file__).resolve().parents[2]

HOLD = """
import sys
from pathlib import Path
from fusplan.planning.file_lock import locked_for_writing
with locked_for_writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_at_a_time_and_nothing_left(tmp_path: Path) -> None:
    path = tmp_path / "plan.fusplan.json"
    path.write_text("0")

    def add() -> None:
        for _ in range(50):
            with locked_for_writing(path):
                path.write_text(str(int(path.read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() == "200"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_another_program_is_waited_for_and_a_killed_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "plan.fusplan.json"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(FileBusyError, match="another program"), locked_for_writing(path, 0.05):
            pass
        other.kill()
        other.wait()
    assert len(list(tmp_path.iterdir())) == 1  # what it left is nobody's
    with locked_for_writing(path, 0.05):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_longest_name_can_be_locked_and_a_missing_folder_is_said(tmp_path: Path) -> None:
    with locked_for_writing(tmp_path / ("头" * 80 + ".fusplan.json")):
        pass
    with pytest.raises(FileNotWritableError, match="does not exist"), locked_for_writing(tmp_path / "none" / "a"):
        pass


# The branch of Windows, with what is known of its locks in place of them -------------------------------------------


class LocksOfWindows(types.ModuleType):
    """As msvcrt.locking does it: a locked byte is refused to every other handle, and closing a handle gives it free."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.holders: dict[tuple[int, int], int] = {}
        self.handles: dict[int, tuple[int, int]] = {}

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        assert (mode, count) == (self.LK_NBLCK, 1)
        assert os.lseek(descriptor, 0, os.SEEK_CUR) == 0  # where the byte is, that all agree on
        of = self.handles[descriptor]
        if self.holders.setdefault(of, descriptor) != descriptor:
            raise PermissionError(errno.EACCES, "Permission denied")

    def opened(self, descriptor: int) -> int:
        self.handles[descriptor] = _identity(os.fstat(descriptor))
        return descriptor

    def closed(self, descriptor: int) -> None:
        of = self.handles.pop(descriptor)
        if self.holders.get(of) == descriptor:
            del self.holders[of]


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> tuple[types.ModuleType, LocksOfWindows]:
    """The module as Windows would load it: its own branch, handles that keep a file from being removed."""
    locks = LocksOfWindows()
    spec = importlib.util.spec_from_file_location("file_lock_of_windows", file_lock.__file__)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    real_open, real_close, real_unlink = os.open, os.close, Path.unlink
    monkeypatch.setitem(sys.modules, "msvcrt", locks)
    monkeypatch.setattr(sys, "platform", "win32")

    def close(descriptor: int) -> None:
        if descriptor in locks.handles:
            locks.closed(descriptor)
        real_close(descriptor)

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self.exists() and _identity(self.stat()) in locks.handles.values():
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        real_unlink(self, missing_ok)

    monkeypatch.setattr(os, "open", lambda *words: locks.opened(real_open(*words)))
    monkeypatch.setattr(os, "close", close)
    monkeypatch.setattr(Path, "unlink", unlink)
    spec.loader.exec_module(module)
    assert module.try_to_lock.__doc__ != file_lock.try_to_lock.__doc__
    return module, locks


def test_on_windows_one_at_a_time_and_nothing_left(
    tmp_path: Path, on_windows: tuple[types.ModuleType, LocksOfWindows]
) -> None:
    module, locks = on_windows
    path = tmp_path / "plan.fusplan.json"
    with module.locked_for_writing(path):
        with pytest.raises(module.FileBusyError), module.locked_for_writing(path, 0.02):
            pass
        path.write_text("1")
    assert not locks.handles and not locks.holders
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    with module.locked_for_writing(path, 0.02):  # and again
        pass


def test_on_windows_an_error_within_lets_go(
    tmp_path: Path, on_windows: tuple[types.ModuleType, LocksOfWindows]
) -> None:
    module, locks = on_windows
    with pytest.raises(ZeroDivisionError), module.locked_for_writing(tmp_path / "a"):
        raise ZeroDivisionError
    assert not locks.handles and list(tmp_path.iterdir()) == []


def test_on_windows_who_waits_takes_the_file_that_cannot_be_removed(
    tmp_path: Path, on_windows: tuple[types.ModuleType, LocksOfWindows]
) -> None:
    """The next program has the file open already when the first lets go: it stays, and is the next one's."""
    module, locks = on_windows
    path = tmp_path / "plan.fusplan.json"
    with module.locked_for_writing(path):
        waiting = module._opened(module._lock_path(path))
        assert not module.try_to_lock(waiting)
    assert module._lock_path(path).exists()
    assert module.try_to_lock(waiting) and module._is_there_still(waiting, module._lock_path(path))
    with pytest.raises(module.FileBusyError), module.locked_for_writing(path, 0.02):
        pass
    module._let_go(waiting, module._lock_path(path))
    assert not locks.handles and list(tmp_path.iterdir()) == []


def test_a_plan_is_written_over_what_was_read_only(tmp_path: Path) -> None:
    path = tmp_path / "plan.fusplan.json"
    first = save_plan(plans.plan(), path, replaces=NO_FILE)
    assert first == FileContent.at(path) == load_saved_plan(path).content
    with pytest.raises(PlanFileChangedError, match="already"):
        save_plan(plans.plan(), path, replaces=NO_FILE)
    path.write_bytes(path.read_bytes() + b"\n")  # still the same plan, but somebody wrote it
    before = {one.name: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
    with pytest.raises(PlanFileChangedError, match="changed by another program"):
        save_plan(plans.larger_plan(), path, replaces=first)
    assert {one.name: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()} == before
    path.unlink()
    with pytest.raises(PlanFileGoneError, match="not there any more"):
        save_plan(plans.plan(), path, replaces=first)
