"""DICOM on the command line: listing, choosing and describing series."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import SecondaryCaptureImageStorage

from tests.fixtures.command_line import fusplan, fusplan_here
from tests.fixtures.dicom_series import PATIENT, SPACING_MM, decimal, save, series_objects, turned


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


def test_acquisitions_and_strays_are_listed(tmp_path: Path) -> None:
    """Two echoes half a slice apart under one series UID, a screenshot in it, and a damaged file."""
    objects = series_objects()
    for one in series_objects():
        one.SeriesInstanceUID, one.FrameOfReferenceUID = objects[0].SeriesInstanceUID, objects[0].FrameOfReferenceUID
        place = np.array(one.ImagePositionPatient, float) + 0.5 * SPACING_MM[2] * turned()[:, 2]
        one.EchoTime, one.ImagePositionPatient = "30", decimal(place)
        objects.append(one)
    shot = series_objects()[0]
    shot.SeriesInstanceUID = objects[0].SeriesInstanceUID
    shot.SOPClassUID = shot.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    folder = save([*objects, shot], tmp_path / "study")
    (folder / "CUT").write_bytes((folder / "IM00000").read_bytes()[:200])
    listed = json.loads(fusplan_here("info", folder, "--json").stdout)
    assert [one["title"] for one in listed["series"]] == [
        f"T1 mprage sag, echo {echo} ms (series 4)" for echo in ("3.1", "30")
    ]
    assert all("picture of a screen" in one["notes"][0] for one in listed["series"])
    assert listed["notes"] == ["1 file is DICOM but damaged or deflated, and passed over: CUT."]
    words = " ".join(fusplan_here("info", folder).stdout.split())
    assert "because it is a picture of a screen (secondary capture)" in words
    assert "passed over: CUT." in words
    described = json.loads(fusplan_here("info", folder, "--series", "2", "--json").stdout)
    assert described["shape"] == [36, 40, 32]
    refused = fusplan_here("plan", folder, "--out", tmp_path / "new")
    assert refused.returncode == 2
    assert "1: T1 mprage sag, echo 3.1 ms (series 4), 32 images; 2: T1 mprage sag, echo 30 ms" in " ".join(
        refused.stderr.split()
    )
