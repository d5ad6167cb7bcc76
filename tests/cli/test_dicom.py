"""DICOM on the command line: listing, choosing and describing series."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fixtures.command_line import fusplan, fusplan_here
from tests.fixtures.dicom_series import PATIENT, save, series_objects, turned


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two series, the second with a slice missing, and a file that is no DICOM."""
    folder = tmp_path_factory.mktemp("study")
    save(series_objects(), folder / "a")
    gap = series_objects(turned(0, 0))
    for one in gap:
        one.SeriesNumber, one.SeriesDescription = 9, "T2 spc"
    save(gap[:8] + gap[9:], folder / "b")
    (folder / "notes.txt").write_text("nothing")
    return folder


def test_the_series_of_a_folder_are_listed(study: Path) -> None:
    done = fusplan("info", study, "--json")
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    assert [(one["choice"], one["title"]) for one in listed["series"]] == [
        (4, "T1 mprage sag (series 4)"),
        (9, "T2 spc (series 9)"),
    ]
    assert listed["series"][0]["problem"] is None
    assert listed["series"][0]["shape"] == [36, 40, 32]
    assert "1 slice is missing" in listed["series"][1]["problem"]
    assert (listed["other_files"], listed["unreadable_files"]) == (1, 0)
    words = fusplan_here("info", study)
    assert "--series 4 --out" in words.stdout
    for text in (done.stdout, words.stdout):
        assert not any(word in text for word in PATIENT.replace("^", " ").split())


def test_one_series_is_described(study: Path) -> None:
    described = json.loads(fusplan_here("info", study, "--series", "4", "--json").stdout)
    assert described["shape"] == [36, 40, 32]
    assert described["format"] == "DICOM MR"
    assert described["problem"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("plan", ".", "--out", "new"), "Choose one with --series N"),
        (("plan", ".", "--series", "5", "--out", "new"), "no series 5"),
        (("plan", ".", "--series", "9", "--out", "new"), "1 slice is missing"),
        (("info", "notes.txt", "--series", "1"), "Leave --series out"),
    ],
)
def test_mistakes(study: Path, arguments: tuple[str, ...], words: str) -> None:
    done = fusplan_here(*arguments, cwd=study)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (study / "new").exists()
