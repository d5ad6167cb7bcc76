"""What the reader of an image noticed reaches everybody who reads of the plan: checks, review, tables, files, JSON."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest

from fusplan.export.formats import FORMATS, ExportMaterial, export_files
from fusplan.export.self_check import self_check
from fusplan.imaging.notes import ImageNote
from fusplan.imaging.read import read_volume
from fusplan.planning.checks import check_image_notes
from fusplan.planning.plan import ImageReference
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.review_file import load_review, review_path, save_review
from fusplan.progress import NoProgress
from fusplan.workflows.open_plan import image_notes, open_plan
from fusplan.workflows.requests import OpenPlanRequest
from tests.fixtures import dicom_head, plans
from tests.fixtures.command_line import fusplan_here
from tests.fixtures.lesion_reviews import plan_review
from tests.fixtures.simulated_plans import simulated_plan
from tests.fixtures.small_heads import head, plan_of

SENTENCE = "Left and right may be exchanged"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan on a head whose two transforms exchange left and right."""
    folder = tmp_path_factory.mktemp("plan")
    image = nib.Nifti1Image(head().data, head().affine)
    image.set_sform(head().affine, 1)
    image.set_qform(np.diag([-1.0, 1.0, 1.0, 1.0]) @ head().affine, 1)
    nib.save(image, folder / "head.nii.gz")
    volume = read_volume(folder / "head.nii.gz")
    save_plan(
        replace(plan_of(volume), image=ImageReference.of_volume(volume)),
        folder / "plan.fusplan.json",
    )
    return folder


def test_checks_and_the_stored_review_have_them(folder: Path) -> None:
    opened = open_plan(OpenPlanRequest(folder), NoProgress())
    (found,) = [check for check in opened.review.checks if check.image_note is not None]
    assert (found.name, found.verdict, found.image_note) == ("image: handedness", "warning", opened.volume.notes[0])
    path = folder / "plan.fusplan.json"
    save_review(opened.review, opened.plan, path)
    assert load_review(review_path(path)).review.image_notes == opened.volume.notes
    assert image_notes(opened.plan, path) == opened.volume.notes
    review_path(path).unlink()


def test_targets_have_them_from_the_image_where_no_review_is_stored(folder: Path) -> None:
    done = fusplan_here("targets", folder, "--json")
    (note,) = json.loads(done.stdout)["image_notes"]
    assert (note["kind"], note["severity"]) == ("handedness", "warning") and SENTENCE in note["sentence"]
    assert SENTENCE in " ".join(done.stderr.split())


@pytest.fixture
def own_folder(folder: Path, tmp_path: Path) -> Path:
    """The same, to be written to."""
    return Path(shutil.copytree(folder, tmp_path / "own"))


def test_every_command_on_a_plan_has_them(own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = load_plan(own_folder / "plan.fusplan.json").targets[0].point.coordinates
    points = tmp_path / "points.csv"
    points.write_text("name,r,a,s\nVim,{:.3f},{:.3f},{:.3f}\n".format(*place), encoding="utf-8")
    ac = load_plan(own_folder / "plan.fusplan.json").landmarks.ac.point.coordinates
    marks = tmp_path / "marks.csv"
    marks.write_text("name,r,a,s\nAC,{:.6f},{:.6f},{:.6f}\n".format(*ac), encoding="utf-8")
    commands = (("landmarks", own_folder), ("landmarks", own_folder, "--from", marks), ("targets", own_folder))
    for words in (*commands, ("targets", own_folder, "--add", points)):
        done = fusplan_here(*words, "--json")
        (note,) = json.loads(done.stdout)["image_notes"]
        assert note["kind"] == "handedness", words
        assert SENTENCE in " ".join(done.stderr.split()), words
    (own_folder / "head.nii.gz").unlink()
    for command in ("landmarks", "targets"):
        assert json.loads(fusplan_here(command, own_folder, "--json").stdout)["image_notes"] is None


def test_an_image_that_is_gone_leaves_its_notes_unknown(own_folder: Path) -> None:
    (own_folder / "head.nii.gz").unlink()
    assert image_notes(load_plan(own_folder / "plan.fusplan.json"), own_folder / "plan.fusplan.json") is None


def test_info_has_them_as_values_and_as_sentences(folder: Path) -> None:
    described = json.loads(fusplan_here("info", folder / "head.nii.gz", "--json").stdout)
    assert [note["sentence"] for note in described["image_notes"]] == described["notes"]
    assert described["image_notes"][0]["kind"] == "handedness"


def test_an_export_says_them(folder: Path, tmp_path: Path) -> None:
    done = fusplan_here("export", folder, "--format", "json", "--format", "report", "--out", tmp_path, "--json")
    assert [note["kind"] for note in json.loads(done.stdout)["image_notes"]] == ["handedness"]
    assert SENTENCE in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_notices_pass_as_checks_and_warnings_do_not() -> None:
    notes = (ImageNote("chosen volume", "Volume 2 of 3.", "notice"), ImageNote("shear", "Slanted."))
    assert [(check.verdict, check.sentence) for check in check_image_notes(notes)] == [
        ("ok", "Volume 2 of 3."),
        ("warning", "Slanted."),
    ]


TEXT_OF = {
    "csv": "targets.csv",
    "mrk.json": "targets.mrk.json",
    "nifti": "nuclei.json",
    "json": "targets.json",
    "fcsv": "targets.fcsv",
    "brainsight": "targets_brainsight.txt",
    "localite": "targets_localite.xml",
    "bids": "bids/sub-01/anat/sub-01_space-T1w_desc-lesions_dseg.json",
    "itk": "transforms/README",
    "masks": "masks/README",
    "surfaces": "surfaces/README",
    "frames": "frames.json",
    "treatment": "treatment/treatment.json",
}
DICOM = {"dicom-seg": "ImageComments", "rtstruct": "StructureSetDescription"}


def test_every_format_says_them_and_is_read_back_all_the_same(tmp_path: Path) -> None:
    note = ImageNote("handedness", f"{SENTENCE}, \u201cperhaps\u201d; look -- twice.")
    assert {*TEXT_OF, *DICOM} == {*FORMATS}
    plan, series = plans.plan(), tmp_path / "series"
    series.mkdir()
    volume = replace(plans.volume(), notes=(note,))
    atlases = (plans.patient_atlas(),)
    material = ExportMaterial(plan, plan_review(plan), volume, atlases, dicom_head.write_series(series))
    material = replace(material, simulated=simulated_plan(plan))
    out = tmp_path / "out"
    out.mkdir()
    export_files(material, tuple(FORMATS), out)
    for name in TEXT_OF.values():
        assert SENTENCE in (out / name).read_text(encoding="utf-8"), name
    for name, keyword in DICOM.items():
        (file_name,) = FORMATS[name].file_names
        assert SENTENCE in pydicom.dcmread(out / file_name)[keyword].value, name
    # The made-up map of this plan cannot be inverted to 0.01 mm on ITK's grid, whatever is noted.
    assert not self_check(material, tuple(name for name in FORMATS if name != "itk"), out).failed
