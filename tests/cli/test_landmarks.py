"""``fusplan landmarks`` and ``fusplan plan --landmarks`` as their users start them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fusplan.planning.plan_file import save_plan
from tests.fixtures import plans
from tests.fixtures.command_line import fusplan, fusplan_here


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan").mkdir()
    (tmp_path / "T1w.nii.gz").write_bytes(plans.IMAGE_BYTES)
    save_plan(plans.plan(str(tmp_path / "T1w.nii.gz")), tmp_path / "plan" / "plan.fusplan.json")
    return tmp_path / "plan"


def test_landmarks_are_listed_in_two_frames(folder: Path) -> None:
    done = fusplan("landmarks", folder)
    assert done.returncode == 0, done.stderr
    assert "0.2, 12.5, 0.1" in done.stdout
    assert "Research and education only" in done.stdout
    listed = json.loads(fusplan_here("landmarks", folder, "--json").stdout)
    assert listed["landmarks"][0] == {"name": "ac", "scanner_ras_mm": [0.2, 12.5, 0.1], "source": "template"}
    assert listed["acpc_length_mm"] == pytest.approx(24.904, abs=0.001)


def test_what_cannot_be_taken_says_why_and_what_to_do(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("name,x,y,z\nAC,1,12,0\n")
    for arguments, words in (
        (("--from", table), "Error: The file does not say"),
        (("--from", table, "--frame", "xyz"), "'xyz' is not a frame"),
        (("--from", tmp_path / "missing.csv"), "does not exist"),
    ):
        done = fusplan_here("landmarks", folder, *arguments)
        assert done.returncode == 2
        assert words in done.stderr
        assert "What to do:" in done.stderr
        assert done.stdout == ""


def test_a_plan_takes_landmarks_from_a_file_or_one_by_one_but_not_both(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("name,r,a,s\nAC,1,12,0\n")
    both = fusplan_here("plan", "head.nii", "--out", tmp_path / "out", "--landmarks", table, "--ac", "0", "1", "2")
    assert both.returncode == 2
    assert "both as a file and one by one" in both.stderr
    table.write_text("name,x,y,z\nAC,1,12,0\n")
    silent = fusplan_here("plan", "head.nii", "--out", tmp_path / "out", "--landmarks", table)
    assert silent.returncode == 2
    assert "--frame ras" in silent.stderr
