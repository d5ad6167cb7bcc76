"""Full disks, names at the limit, programs killed while they save, two programs saving the same plan."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.planning.plan_file import PlanNotStorableError, load_plan, save_plan
from fusplan.planning.stored_warp import REGISTRATION_FOLDER
from fusplan.spatial import Point
from tests.fixtures import plans
from tests.fixtures.limits import LONGEST_PROGRAM_S
from tests.fixtures.plans import larger_plan

PROJECT = Path(__file__).resolve().parents[2]

needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="resource limits and kill -9 are of Unix")


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(program: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Another Python program that can import the tests."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


SAVE_WITH_LITTLE_ROOM = """
import resource, sys
from pathlib import Path
from fusplan.errors import FileNotWritableError
from fusplan.planning.plan_file import save_plan
from tests.fixtures.plans import larger_plan
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    save_plan(larger_plan(), Path(sys.argv[1]))
except FileNotWritableError as error:
    print(error)
"""


@needs_unix
@pytest.mark.parametrize("most_bytes", [0, 5000])
def test_a_disk_without_room_leaves_the_earlier_plan(tmp_path: Path, most_bytes: int) -> None:
    path = tmp_path / "plan.fusplan.json"
    save_plan(plans.plan(), path)
    before = everything_in(tmp_path)
    with run(SAVE_WITH_LITTLE_ROOM, path, most_bytes) as program:
        told, errors = program.communicate(timeout=LONGEST_PROGRAM_S)
    assert program.returncode == 0, errors
    assert "cannot be written" in told
    assert everything_in(tmp_path) == before
    load_plan(path)


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_at_any_write_leaves_the_earlier_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "plan.fusplan.json"
    save_plan(plans.plan(), path)
    before = everything_in(tmp_path)
    for allowed in range(8):
        left = [allowed]

        def full(*_: object, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            if call == "fsync":
                patch.setattr(os, "fsync", full)
            else:
                real = os.fdopen

                def opened(descriptor: int, mode: str, full: object = full, real: object = real) -> object:
                    stream = real(descriptor, mode)  # type: ignore[operator]
                    return _Failing(stream, full)

                patch.setattr(os, "fdopen", opened)
            try:
                save_plan(larger_plan(), path)
            except FileNotWritableError as error:
                assert "disk is full" in str(error)
            else:
                break
        if everything_in(tmp_path) != before:
            # The plan itself is complete by then; only the copy of the affine for other programs is not.
            assert len(load_plan(path).registration.mni_to_scanner.displacements.vectors_mm) == 32
            assert not list(tmp_path.rglob("*.part"))
    assert len(load_plan(path).registration.mni_to_scanner.displacements.vectors_mm) == 32


class _Failing:
    """An open file whose writes fail as told."""

    def __init__(self, stream: object, fail: object) -> None:
        self._stream, self._fail = stream, fail

    def __enter__(self) -> _Failing:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()  # type: ignore[attr-defined]

    def write(self, content: bytes) -> None:
        self._fail()  # type: ignore[operator]
        self._stream.write(content)  # type: ignore[attr-defined]

    def flush(self) -> None:
        self._stream.flush()  # type: ignore[attr-defined]

    def fileno(self) -> int:
        return int(self._stream.fileno())  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["plän ☃ 计划.fusplan.json", "a[b] (1) {2}.fusplan.json", " .fusplan.json"])
def test_any_letters_in_a_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "Ordner mit Ümläuten und 空格"
    folder.mkdir()
    save_plan(plans.plan(str(folder / "头.nii")), folder / name)
    assert Path(load_plan(folder / name).image.path or "") == folder / "头.nii"


@pytest.mark.parametrize("letter", ["x", "é", "计"])
def test_names_up_to_the_limit_are_saved_and_longer_ones_refused(tmp_path: Path, letter: str) -> None:
    most = (255 - len(".fusplan.json")) // len(letter.encode())
    path = tmp_path / f"{letter * most}.fusplan.json"
    save_plan(plans.plan(), path)
    load_plan(path)
    assert len(list((tmp_path / REGISTRATION_FOLDER).iterdir())) == 2
    before = everything_in(tmp_path)
    with pytest.raises(FileNotWritableError, match="name is too long"):
        save_plan(larger_plan(), tmp_path / f"{letter * (most + 8)}.fusplan.json")
    assert everything_in(tmp_path) == before


def test_a_folder_too_deep_for_the_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotWritableError):
        save_plan(plans.plan(), tmp_path.joinpath(*["d" * 200] * 30) / "plan.fusplan.json")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder where nobody may write")
def test_a_folder_where_nobody_may_write_is_refused() -> None:
    with pytest.raises(FileNotWritableError):
        save_plan(plans.plan(), Path("/proc/plan.fusplan.json"))


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_an_image_whose_name_is_not_text_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.nii")
    with pytest.raises(PlanNotStorableError, match="not text"):
        save_plan(plans.plan(str(tmp_path / name)), tmp_path / "plan.fusplan.json")
    assert everything_in(tmp_path) == {}


def test_a_position_that_no_plan_file_holds_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "plan.fusplan.json"
    save_plan(plans.plan(), path)
    before = everything_in(tmp_path)
    plan = plans.plan()
    target = replace(plan.targets[1], point=Point(plans.FRAME, 0.0, 2e7, 0.0))
    with pytest.raises(PlanNotStorableError, match=r"mm\[1\]|mm"):
        save_plan(replace(larger_plan(), targets=(plan.targets[0], target)), path)
    assert everything_in(tmp_path) == before


def test_a_failing_save_leaves_what_another_program_stored_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both save the same new registration; ours fails after theirs is complete."""
    ours, theirs = tmp_path / "ours.fusplan.json", tmp_path / "theirs.fusplan.json"
    real = Path.replace

    def replace_file(self: Path, target: Path) -> Path:
        if target == ours:
            with monkeypatch.context() as patch:
                patch.setattr(Path, "replace", real)
                save_plan(larger_plan(), theirs)
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace_file)
    with pytest.raises(FileNotWritableError):
        save_plan(larger_plan(), ours)
    load_plan(theirs)


SAVE_AGAIN_AND_AGAIN = """
import sys
from dataclasses import replace
from pathlib import Path
from fusplan.planning.plan_file import save_plan
from tests.fixtures import plans
from tests.fixtures.plans import larger_plan
path, times, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
both = [replace(plan, seed=seed) for plan in (plans.plan(), larger_plan())]
for number in range(times):
    save_plan(both[number % 2], path)
    print(number, flush=True)
"""


def test_two_programs_saving_one_plan_while_a_third_loads_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.fusplan.json"
    save_plan(replace(plans.plan(), seed=1), path)
    seeds = set()
    with run(SAVE_AGAIN_AND_AGAIN, path, 50, 1) as first, run(SAVE_AGAIN_AND_AGAIN, path, 50, 2) as second:
        while first.poll() is None or second.poll() is None:
            seeds.add(load_plan(path).seed)
        assert first.returncode == 0, first.communicate()[1]
        assert second.returncode == 0, second.communicate()[1]
    assert load_plan(path).seed in (1, 2)
    assert seeds <= {1, 2}
    assert not list(tmp_path.rglob("*.part"))
    assert len(list((tmp_path / REGISTRATION_FOLDER).glob("*.nii.gz"))) == 2


@needs_unix
def test_a_program_killed_while_it_saves_leaves_a_whole_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.fusplan.json"
    save_plan(plans.plan(), path)
    for turn in range(4):
        with run(SAVE_AGAIN_AND_AGAIN, path, 100_000, 3) as program:
            assert program.stdout is not None
            for number in range(3 + turn):
                assert program.stdout.readline().strip() == str(number)
            # It saves on at once, so that the kill comes somewhere in the next saves.
            program.kill()
        load_plan(path)
        json.loads(path.read_bytes())
        save_plan(plans.plan(), path)
