"""The lock beside a file: one at a time, nobody's once its program is dead, and nothing left."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
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
