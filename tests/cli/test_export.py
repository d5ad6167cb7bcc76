"""``fusplan export`` and ``fusplan targets --add`` as their users start them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.command_line import Demo, fusplan, fusplan_here
from tests.fixtures.forked_programs import fusplan_forked
from tests.fixtures.limits import LONGEST_PROGRAM_S

pytestmark = pytest.mark.slow


def test_all_formats_are_written_read_back_and_agree(demo: Demo, tmp_path: Path) -> None:
    done = fusplan("export", demo.folder, "--format", "all", "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["self_check"]["passed"]
    rows = result["self_check"]["rows"]
    points = [row for row in rows if row["kind"] == "point"]
    assert {row["subject"] for row in points} >= {"CLp left", "CLp right"}
    assert max(row["error"] for row in points) < 0.01
    assert max(abs(row["error"]) for row in rows if row["kind"] == "volume") < 3
    assert "--dicom-series" in result["left_out"][0]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"targets.fcsv", "targets_brainsight.txt", "bids", "transforms", "masks", "surfaces", "frames.json"}
    again = fusplan_here("export", demo.folder, "--format", "masks", "--out", tmp_path / "out")
    assert again.returncode == 2
    assert "--overwrite" in again.stderr


def test_the_differences_are_told_on_a_narrow_screen_too(
    demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = fusplan_here("export", demo.folder, "--format", "bids", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("bids/") and "res-fine" in line]
    assert row.count(" %") == 2 and len(row) <= 80


def test_the_printed_report_is_two_pages_of_the_paper_asked_for(demo: Demo, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="the reader of printed reports is not installed")
    done = fusplan_forked("export", demo.folder, "--format", "pdf", "--paper", "letter", "--out", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["self_check"]["passed"]
    pages = pypdf.PdfReader(tmp_path / "report.pdf").pages
    assert [float(page.mediabox.height) for page in pages] == pytest.approx([792, 792], abs=1)
    refused = fusplan_here("export", demo.folder, "--format", "pdf", "--paper", "A3", "--out", tmp_path / "more")
    assert refused.returncode == 2
    assert "A4 or Letter" in refused.stderr


WITHOUT_QT = """
import importlib.util, sys
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "PySide6" else real(name, *rest)
from fusplan.cli.main import run
run()
"""


def test_without_qt_only_the_printed_report_is_missing(demo: Demo, tmp_path: Path) -> None:
    def export(form: str, out: Path) -> subprocess.CompletedProcess[str]:
        arguments = ["export", str(demo.folder), "--format", form, "--out", str(out), "--json"]
        command = [sys.executable, "-c", WITHOUT_QT, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_PROGRAM_S, check=False)

    refused = export("pdf", tmp_path / "one")
    assert refused.returncode == 2
    assert "fusplan[desktop]" in refused.stderr
    assert not (tmp_path / "one").exists()
    result = json.loads(export("all", tmp_path / "all").stdout)
    assert any(sentence.startswith("Left out: pdf") for sentence in result["left_out"])
    assert result["self_check"]["passed"]
    assert not (tmp_path / "all" / "report.pdf").exists()


def test_dicom_without_a_series_is_refused_with_a_remedy(demo: Demo, tmp_path: Path) -> None:
    done = fusplan_here("export", demo.folder, "--format", "rtstruct", "--out", tmp_path)
    assert done.returncode == 2
    assert "--dicom-series" in done.stderr
    assert list(tmp_path.glob("*.dcm")) == []


def test_targets_are_added_from_a_file(demo: Demo, tmp_path: Path) -> None:
    shutil.copytree(demo.folder, tmp_path / "plan")
    # The image is found relative to the plan, which has moved; adding points does not need it.
    (tmp_path / "points.csv").write_text("name,x,y,z\nVim left,-13,-17,0\n")
    refused = fusplan_here("targets", tmp_path / "plan", "--add", tmp_path / "points.csv")
    assert refused.returncode == 2
    assert "--frame" in refused.stderr
    added = fusplan_forked("targets", tmp_path / "plan", "--add", tmp_path / "points.csv", "--frame", "ras", "--json")
    assert added.returncode == 0, added.stderr
    (target,) = json.loads(added.stdout)["added"]
    assert (target["side"], target["aim"]) == ("left", None)
    listed = json.loads(fusplan_here("targets", tmp_path / "plan", "--json").stdout)["targets"]
    assert "Vim left" in [one["name"] for one in listed]
    assert fusplan_here("targets", "--add", tmp_path / "points.csv").returncode == 2
    (tmp_path / "more.csv").write_text("name,x,y,z\nBeside left,-12,-17,0\n")
    more = ("targets", tmp_path / "plan", "--add", tmp_path / "more.csv", "--frame", "ras", "--aim")
    wrong = fusplan_here(*more, "vim")
    assert (wrong.returncode, "Say CLp, or none." in wrong.stderr) == (2, True)
    assert "aims at CLp" in fusplan_here(*more, "clp").stdout
    assert (
        fusplan_here("targets", tmp_path / "plan", "--add", tmp_path / "points.csv", "--frame", "mni").returncode == 2
    )
