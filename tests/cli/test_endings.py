"""Disks without room, readers that leave, names that are files: how the program ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.cli import endings
from fusplan.paths import user_atlases_folder
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.workflows.made_plan import MadePlan
from tests.fixtures import plans
from tests.fixtures.command_line import fusplan_here
from tests.fixtures.forked_programs import fusplan_forked
from tests.fixtures.lesion_reviews import plan_review
from tests.fixtures.limits import LONGEST_PROGRAM_S
from tests.fixtures.user_atlases import add_drawn_atlas

FULL = Path("/dev/full")
needs_a_full_disk = pytest.mark.skipif(not FULL.exists(), reason="no disk is always full here")


@pytest.fixture
def plan_folder(tmp_path: Path) -> Path:
    (tmp_path / "T1w.nii.gz").write_bytes(plans.IMAGE_BYTES)
    save_plan(plans.plan(str(tmp_path / "T1w.nii.gz")), tmp_path / "plan.fusplan.json")
    return tmp_path


def started(words: list[str | Path], stdout: object, stderr: object = subprocess.PIPE) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fusplan", *map(str, words)]
    return subprocess.Popen(command, stdout=stdout, stderr=stderr, text=True)  # type: ignore[call-overload, no-any-return]


@needs_a_full_disk
@pytest.mark.parametrize(
    "words",
    [
        ("targets",),
        ("targets", "PLAN"),
        ("targets", "PLAN", "--json"),
        ("landmarks", "PLAN"),
        ("atlas", "list"),
        ("info", "PLAN/T1w.nii.gz", "--json"),
        ("help", "frames"),
        ("--version",),
        ("--help",),
    ],
    ids=" ".join,
)
def test_what_finds_no_room_on_the_disk_is_a_sentence_and_code_2(words: tuple[str, ...], plan_folder: Path) -> None:
    named = [word.replace("PLAN", str(plan_folder)) for word in words]
    done = fusplan_forked(*named, stdout=FULL)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    if "info" not in words:  # which refuses that file before it prints
        assert "the disk is full" in done.stderr
        assert "What to do:" in done.stderr


@needs_a_full_disk
def test_a_program_that_was_started_finds_no_room_either(plan_folder: Path) -> None:
    with FULL.open("w") as full, started(["targets", plan_folder], full) as program:
        _, errors = program.communicate(timeout=LONGEST_PROGRAM_S)
    assert program.returncode == 2
    assert "the disk is full" in errors and "Exception ignored" not in errors


@needs_a_full_disk
def test_no_room_for_the_sentence_either_is_code_2() -> None:
    assert fusplan_forked("targets", stdout=FULL, stderr=FULL).returncode == 2


def test_a_reader_that_leaves_is_no_trouble() -> None:
    with started(["atlas", "show", "morel", "--json"], subprocess.PIPE) as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.close()
        assert program.wait(LONGEST_PROGRAM_S) in (1, 2)
        assert program.stderr.read() == ""


WITH_LITTLE_ROOM = """
import resource, sys
from fusplan.cli.main import run
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
run()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are of Unix")
def test_files_that_find_no_room_leave_what_was_there(plan_folder: Path) -> None:
    (plan_folder / "points.csv").write_text("name,x,y,z\nVim,12,-14,1\n")
    before = {path: path.read_bytes() for path in plan_folder.rglob("*") if path.is_file()}
    words = ["targets", str(plan_folder), "--add", str(plan_folder / "points.csv"), "--frame", "ras"]
    command = [sys.executable, "-c", WITH_LITTLE_ROOM, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_PROGRAM_S, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert done.stdout == ""
    assert {path: path.read_bytes() for path in plan_folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("code", sorted(endings.FULL))
def test_whatever_is_written_without_a_word_of_its_own_gets_one(code: int, capsys: pytest.CaptureFixture[str]) -> None:
    def fill() -> None:
        raise OSError(code, os.strerror(code), "/data/picture.png")

    assert endings.run_to_the_end(fill) == 2
    assert "picture.png cannot be written" in capsys.readouterr().err


def test_a_bug_stays_a_bug_and_a_code_stays_a_code() -> None:
    def bug() -> None:
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input"):
        endings.run_to_the_end(bug)
    assert endings.run_to_the_end(lambda: None) == 0
    assert endings.run_to_the_end(lambda: sys.exit(1)) == 1
    assert endings.run_to_the_end(lambda: sys.exit("words")) == 1


# A file in the place of a command ------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """What the window would open."""
    paths: list[Path | None] = []

    def remember(path: Path | None, **_: object) -> int:
        paths.append(path)
        return 0

    monkeypatch.setattr("fusplan.app.main.open_window", remember)
    return paths


def test_a_file_in_the_place_of_a_command_is_opened(
    opened: list[Path | None], plan_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (plan_folder, plan_folder / "plan.fusplan.json", plan_folder / "T1w.nii.gz"):
        assert fusplan_here(path).returncode == 0
        assert opened[-1] == path
    assert fusplan_here("T1w.nii.gz", "--theme", "dark", cwd=plan_folder).returncode == 0
    assert opened[-1] == Path("T1w.nii.gz")


def test_a_name_that_is_a_command_stays_a_command(opened: list[Path | None], tmp_path: Path) -> None:
    (tmp_path / "targets").mkdir()
    assert "preset" in fusplan_here("targets", cwd=tmp_path).stdout
    assert opened == []
    assert fusplan_here("./targets", cwd=tmp_path).returncode == 0
    assert opened == [Path("targets")]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("missing.nii.gz", "The file missing.nii.gz does not exist"),
        ("folder/missing", "does not exist"),
        ("tragets", "Did you mean 'fusplan targets'?"),
        ("xyz", "neither a command nor a file"),
    ],
)
def test_what_is_neither_is_said(word: str, said: str, opened: list[Path | None], tmp_path: Path) -> None:
    done = fusplan_here(word, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert opened == []


# Nothing compared ----------------------------------------------------------------------------------------------------


def test_an_export_in_which_nothing_was_compared_is_not_called_verified(planned: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    save_plan(replace(load_plan(planned / "plan.fusplan.json"), targets=(), lesions=()), empty / "plan.fusplan.json")
    told = fusplan_here("export", empty, "--format", "fcsv", "--format", "csv", "--out", tmp_path / "one")
    assert told.returncode == 0, told.stderr
    assert "agree" not in told.stdout
    assert "not verified" in told.stderr
    assert "Nothing to compare in fcsv, csv" in told.stderr
    result = json.loads(fusplan_here("export", empty, "--format", "csv", "--out", tmp_path / "two", "--json").stdout)
    assert result["self_check"]["passed"] is False
    assert result["self_check"]["nothing_to_compare_in"] == ["csv"]


# A disk that fills while a folder is written -------------------------------------------------------------------------


@contextmanager
def room_for(most_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond this; the system then says the like of a full disk."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def everything_in(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def require_nothing(words: list[str | Path], where: Path, rooms_bytes: tuple[int, ...]) -> None:
    """A file may grow so far, and the first one fails or a later one: code 2, a sentence, and what was there before."""
    before = everything_in(where)
    for most_bytes in rooms_bytes:
        with room_for(most_bytes):
            done = fusplan_here(*words)
        assert done.returncode == 2 and done.stdout == ""
        told = " ".join(done.stderr.split())
        assert "cannot be written: files that large are not allowed there." in told and "What to do:" in told
        assert everything_in(where) == before


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are of Unix")
@pytest.mark.parametrize(("command", "rooms_bytes"), [("plan", (0, 30_000)), ("demo", (200,))])
def test_a_plan_folder_is_written_whole_or_not_at_all(
    command: str, rooms_bytes: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = tmp_path / "T1w.nii.gz"
    image.write_bytes(plans.IMAGE_BYTES)
    plan = plans.plan(str(image))
    made = MadePlan(plan, plan_review(plan), plans.volume(), (plans.patient_atlas(),))
    monkeypatch.setattr("fusplan.cli.plan.make_plan", lambda *_: made)
    where = tmp_path / "where"
    out = where / "new" / "plan"
    where.mkdir()
    overwrite = ["--overwrite"] if command == "plan" else []
    if overwrite:
        out.mkdir(parents=True)
        save_plan(plan, out / "plan.fusplan.json")
    words: list[str | Path] = [command, *([image] if command == "plan" else []), "--out", out]
    require_nothing([*words, *overwrite], where, rooms_bytes)


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are of Unix")
def test_an_atlas_is_added_whole_or_not_at_all(tmp_path: Path) -> None:
    source = tmp_path / "source"
    add_drawn_atlas(source, "2009cAsym", name="mine")
    words = ["atlas", "add", source / "mine.nii.gz", "--template", "2009cAsym", "--table", source / "mine.tsv"]
    for name in ("mine", "other"):
        require_nothing([*words, "--name", name, "--overwrite"], user_atlases_folder(), (0, 200, 3_000))
