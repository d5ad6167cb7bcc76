"""Bad images, plans, names and numbers on the command line: one sentence, a remedy, code 2, and nothing left behind."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from fusplan.cli.console import print_json
from fusplan.errors import FusplanError
from tests.benchmarks.damage_outcomes import told_by_info
from tests.benchmarks.wrong_plans import with_value
from tests.fixtures.ball_heads import ball_head
from tests.fixtures.command_line import fusplan, fusplan_here
from tests.fixtures.ct_heads import write_ct_head
from tests.fixtures.forked_programs import fusplan_forked
from tests.fixtures.limits import LONGEST_PROGRAM_S

LONG_NAME = "x" * 300


class ReadingDoneError(FusplanError):
    """Stands for the registration, which is not wanted here."""


@pytest.fixture
def no_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise ReadingDoneError("The image was read.", "Go on.")

    for module in ("make_plan", "register_head"):
        monkeypatch.setattr(f"fusplan.workflows.{module}.register", stop)


def require_refusal(result: subprocess.CompletedProcess[str], word: str = "") -> None:
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "What to do:" in result.stderr or "Usage:" in result.stderr
    assert word in result.stderr.replace("\n", " ")


# Images


def test_info_and_plan_answer_for_every_odd_file(shared_data: Path, tmp_path: Path, no_registration: None) -> None:
    paths = sorted(path for path in (shared_data / "odd").rglob("*") if path.is_file())
    assert len(paths) > 70
    read = 0
    for path in paths:
        assert told_by_info(path) is None, path
        result = fusplan_here("plan", path, "--out", tmp_path / "out")
        require_refusal(result)
        read += "The image was read" in result.stderr
    assert 50 < read < len(paths)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["nibabel/analyze.hdr", "niivue/complex.nii.gz", "nibabel/example4d.nii.gz"])
def test_odd_files_are_named(shared_data: Path, tmp_path: Path, name: str) -> None:
    run = fusplan if name == "nibabel/example4d.nii.gz" else fusplan_here
    require_refusal(run("plan", shared_data / "odd" / name, "--out", tmp_path / "out"), Path(name).name)
    assert not (tmp_path / "out").exists()


def test_damaged_headers_that_are_described_are_json(tmp_path: Path) -> None:
    path = ball_head(tmp_path / "T1w.nii")
    whole = path.read_bytes()
    for value in (float("nan"), float("inf"), -1e38):
        damaged = bytearray(whole)
        struct.pack_into("<2h", damaged, 252, 0, 0)  # nothing says how it lies
        struct.pack_into("<3f", damaged, 80, value, value, value)
        path.write_bytes(damaged)
        told = json.loads(fusplan_here("info", "--json", path).stdout)
        assert told["problem"]
        assert told["spacing_mm"][0] is None or told["spacing_mm"][0] == pytest.approx(1e38)


def test_json_holds_null_for_what_is_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    names = {"path": "ü\udce9", "e": "ü\udce9"}
    print_json({"a": float("nan"), "b": [1.0, float("inf")], "c": {"d": (float("-inf"), 2)}, **names})
    told = json.loads(capsys.readouterr().out)
    assert (told["a"], told["b"], told["c"]["d"], told["path"]) == (None, [1.0, None], [None, 2], "ü\udce9")
    assert told["e"] == "ü\\udce9"  # what is no path is told, and need not be found again


# Names


@pytest.mark.parametrize("name", ["[bold].nii", "[/bold].nii", "a\\[b].nii", ":brain:.nii", "[red]x[/].nii", "é ☃.nii"])
def test_names_are_shown_as_they_are(tmp_path: Path, name: str) -> None:
    missing = fusplan_here("info", tmp_path / name)
    require_refusal(missing, name)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    told = fusplan_here("info", ball_head(tmp_path / name))
    assert told.returncode == 0
    assert Path(name).name in told.stdout


ONE_AFTER_ANOTHER = """
import sys
from fusplan.cli.main import run
path, out = sys.argv[1:]
for words in (["info", path], ["info", "--json", path], ["plan", path, "--out", out]):
    sys.argv = ["fusplan", *words]
    code = 0
    try:
        run()
    except SystemExit as ended:
        code = ended.code
    for stream in (sys.stdout, sys.stderr):
        print(f"\\0{code}", end="\\0", file=stream, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_name_that_is_not_text_can_be_described_but_not_planned_on(tmp_path: Path, encoding: str) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9 \xe2\x98\x83.nii"
    Path(os.fsdecode(path)).write_bytes(ball_head(tmp_path / "T1w.nii").read_bytes())
    command = [sys.executable, "-c", ONE_AFTER_ANOTHER, path, os.fsencode(tmp_path / "out")]
    surroundings = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, timeout=LONGEST_PROGRAM_S, env=surroundings, check=False)
    assert done.returncode == 0, done.stderr
    told, code, as_json, code_of_json, *_ = done.stdout.split(b"\0")
    assert (code, code_of_json) == (b"0", b"0"), done.stderr
    assert b"caf" in told and b"caf" in as_json
    refused, refusal = done.stderr.split(b"\0")[-3:-1]
    assert refusal == b"2", done.stderr
    assert b"not text" in refused
    assert b"Traceback" not in refused


@pytest.mark.parametrize(
    "arguments",
    [
        ("info", f"{LONG_NAME}.nii"),
        ("plan", f"{LONG_NAME}.nii", "--out", "out"),
        ("plan", "T1w.nii", "--out", LONG_NAME),
        ("plan", "T1w.nii", "--out", f"{LONG_NAME}/out"),
        ("register", f"{LONG_NAME}.nii", "--out", "out"),
        ("register", "T1w.nii", "--out", LONG_NAME),
        ("targets", LONG_NAME),
        ("targets", "d/" * 3000),
        ("export", LONG_NAME),
        ("export", "plan", "--image", LONG_NAME),
        ("export", "plan", "--format", "csv", "--out", LONG_NAME),
        ("atlas", "show", LONG_NAME),
    ],
)
def test_names_that_are_too_long(
    planned: Path, monkeypatch: pytest.MonkeyPatch, no_registration: None, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(planned.parent)
    before = sorted(planned.parent.rglob("*"))
    require_refusal(fusplan_here(*arguments))
    assert sorted(planned.parent.rglob("*")) == before


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder where nobody may write")
def test_a_folder_where_nobody_may_write(planned: Path) -> None:
    require_refusal(fusplan_here("export", planned, "--format", "csv", "--out", "/proc/out"), "cannot be written")


# Numbers


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--ac", "nan", "0", "0"), "AC given"),
        (("--pc", "inf", "0", "0"), "PC given"),
        (("--ac", "0", "1e300", "0"), "AC given"),
        (("--ac", "0", "200", "0"), "AC given"),
        (("--midline", "0 0 50", "--midline", "nan 0 0"), "midline point"),
        (("--midline", "0 0 -90"), "midline point"),
        (("--midline", "0,5 -20"), "midline point"),
        (("--midline", "0_5 -20 3"), "midline point"),
        (("--midline", "1.234,5 -20 3"), "midline point"),
        (("--ac", "1,5", "2", "3"), "1.5."),
        (("--pc", "0", "\u22121,5", "3"), "-1.5."),
        (("--ac", "1_5", "2", "3"), "'1_5'"),
        (("--tilt", "1.234,5", "0"), "'1.234,5'"),
        (("--tilt", "0", "1 5"), "'1 5'"),
        (("--left", "1.234,5x4"), "1.234,5x4"),
        (("--left", "0x5"), "0"),
        (("--left", "4x1e5"), "4x1e5"),
        (("--right", "99999999999999999999x4"), "diameter"),
        (("--volume", "7"), "Volume 7"),
        (("--volume", "0"), "--volume"),
        (("--seed", "-1"), "--seed"),
        (("--threads", "0"), "--threads"),
        (("--threads", "6_4"), "'6_4'"),
        (("--threads", "65"), "1 to 64"),
        (("--volume", "1_0"), "'1_0'"),
        (("--series", "1.0"), "'1.0'"),
        (("--seed", "1e3"), "'1e3'"),
        (("--seed", "9" * 30), "999"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_before_the_long_work(
    tmp_path: Path, no_registration: None, arguments: tuple[str, ...], word: str
) -> None:
    result = fusplan_here("plan", ball_head(tmp_path / "T1w.nii"), "--out", tmp_path / "out", *arguments)
    require_refusal(result, word)
    assert "The image was read" not in result.stderr


# Plans


@pytest.mark.parametrize(
    ("field", "wrong", "named"),
    [
        (("schema_version",), 99, "version 99"),
        (("targets", 0, "mm"), [0.0, 1e300, 0.0], "targets[0].mm[1]"),
        (("lesions", 0, "long_axis", "direction"), [0.0, 0.0, 0.0], "lesions[0].long_axis"),
        (("registration", "map", "displacement_field", "shape"), [9, 8, 10], "is not the registration"),
        (("landmarks", "pc", "mm"), [0.2, 12.5, 0.1], "AC and PC"),
    ],
)
def test_wrong_plans_are_refused_by_every_command(
    planned: Path, field: tuple[str | int, ...], wrong: Any, named: str
) -> None:
    path = planned / "plan.fusplan.json"
    path.write_bytes(with_value(json.loads(path.read_bytes()), field, wrong))
    before = sorted(planned.parent.rglob("*"))
    for arguments in (("targets", planned), ("targets", path, "--json"), ("export", planned, "--format", "csv")):
        require_refusal(fusplan_here(*arguments), named)
    require_refusal(fusplan_here("export", planned, "--out", planned.parent / "out"), named)
    assert sorted(planned.parent.rglob("*")) == before


def test_a_plan_that_is_cut_short_in_a_process_of_its_own(planned: Path) -> None:
    path = planned / "plan.fusplan.json"
    path.write_bytes(path.read_bytes()[:-100])
    require_refusal(fusplan_forked("targets", planned), "not valid JSON")
    require_refusal(fusplan_here("export", path), "not valid JSON")


def test_names_in_a_plan_are_shown_as_they_are(planned: Path) -> None:
    path = planned / "plan.fusplan.json"
    path.write_bytes(with_value(json.loads(path.read_bytes()), ("targets", 0, "name"), "left [/] [bold]CLp[/x]"))
    assert "left [/] [bold]CLp[/x]" in fusplan_here("targets", planned).stdout


def test_a_lesion_metres_away_is_refused_where_it_would_fill_the_memory(planned: Path) -> None:
    path = planned / "plan.fusplan.json"
    path.write_bytes(
        with_value(json.loads(path.read_bytes()), ("lesions", 0, "centre", "mm"), [9999.0, -9999.0, 9999.0])
    )
    result = fusplan_here("export", planned, "--format", "nifti", "--out", planned.parent / "out")
    require_refusal(result, "too far")


def changed_content(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def moved_header(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for offset in (268, 292):  # both transforms, by the same
        (place,) = struct.unpack_from("<f", content, offset)
        struct.pack_into("<f", content, offset, place + 2)
    path.write_bytes(content)


def another_size(path: Path) -> None:
    nib.save(nib.Nifti1Image(np.random.default_rng(0).random((80, 80, 80), dtype=np.float32), np.eye(4)), path)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def a_folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (changed_content, "content differs"),
        (moved_header, "lies elsewhere"),
        (another_size, "80 x 80 x 80"),
        (cut_off, "too short"),
        (a_folder_instead, "image of this plan"),
        (Path.unlink, "image of this plan"),
    ],
)
def test_an_image_that_changed_after_the_plan_was_saved(planned: Path, change: Any, word: str) -> None:
    change(planned.parent / "T1w.nii")
    before = sorted(planned.parent.rglob("*"))
    require_refusal(fusplan_here("export", planned, "--format", "csv", "--out", planned.parent / "out"), word)
    assert sorted(planned.parent.rglob("*")) == before
    assert fusplan_here("targets", planned).returncode == 0  # a plan can be read without its image


def test_a_ct_is_not_planned_on(tmp_path: Path) -> None:
    """Known before anything is aligned: code 3, a reason, nothing written."""
    result = fusplan("plan", write_ct_head(tmp_path / "ct.nii"), "--out", tmp_path / "plan")
    assert result.returncode == 3
    assert result.stdout == "" and "Traceback" not in result.stderr
    assert "CT" in result.stderr and "--force" in result.stderr
    assert not (tmp_path / "plan").exists()


@pytest.mark.usefixtures("no_registration")
def test_force_goes_on_with_a_ct(tmp_path: Path) -> None:
    """As far as the registration, which is not wanted here."""
    result = fusplan_here("plan", write_ct_head(tmp_path / "ct.nii"), "--out", tmp_path / "plan", "--force")
    assert result.returncode == 2 and "The image was read." in result.stderr
