"""Landmarks of a file in place of a plan's: in the plan as the file has them, everything else kept or computed anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest

from fusplan.export.landmarks_in import NoLandmarkInFileError
from fusplan.export.named_points import PointFrameConflictError, PointFrameUnknownError
from fusplan.export.slicer_markups import write_slicer_markups
from fusplan.imaging.read import read_volume
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.plan_images import ImageReference
from fusplan.progress import NoProgress
from fusplan.spatial import Point
from fusplan.spatial.acpc import DegenerateLandmarksError
from fusplan.workflows import edit_saved_plan as module
from fusplan.workflows.point_file import PointsOutsideImageError, read_point_file
from fusplan.workflows.requests import ReadPointsRequest, SetLandmarksRequest
from fusplan.workflows.set_landmarks import set_landmarks_from_file, with_landmarks_of_file
from tests.fixtures import small_heads

NEW_RAS = {"AC": (0.5, 3.0, -4.0), "PC": (0.3, -23.0, -2.0), "midline 1": (0.8, -12.0, 50.0)}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A plan with proposals, beside the image it belongs to."""
    path = tmp_path / "head.nii"
    small = small_heads.head(3.0)
    nibabel.save(nibabel.Nifti1Image(np.asarray(small.data), small.affine), path)
    volume = read_volume(path)
    plan = small_heads.plan_of(volume)
    made_up = tuple(
        replace(one, point=Point.of(volume.scanner_frame, one.point.array))
        for one in small_heads.small_plan().proposals
    )
    plan = replace(plan, image=ImageReference.of_volume(volume), proposals=made_up)
    (tmp_path / "plan").mkdir()
    save_plan(plan, tmp_path / "plan" / "plan.fusplan.json")
    return tmp_path / "plan"


def written(path: Path, points: dict[str, tuple[float, float, float]], frame: str) -> Path:
    """A Slicer markups file of points given in RAS."""
    sign = -1.0 if frame == "LPS" else 1.0
    listed = [
        {"label": name, "position": [sign * x, sign * y, z], "positionStatus": "defined"}
        for name, (x, y, z) in points.items()
    ]
    markup = {"type": "Fiducial", "coordinateSystem": frame, "controlPoints": listed}
    path.write_text(json.dumps({"markups": [markup]}))
    return path


def landmarks_of(plan: Plan) -> dict[str, tuple[float, float, float]]:
    marks = plan.landmarks
    named = {"AC": marks.ac, "PC": marks.pc}
    named |= {f"midline {number}": mark for number, mark in enumerate(marks.midline, start=1)}
    return {name: mark.point.coordinates for name, mark in named.items()}


@pytest.mark.parametrize("frame", ["LPS", "RAS"])
def test_landmarks_of_a_file_are_the_plans(frame: str, saved: Path, tmp_path: Path) -> None:
    before = load_plan(saved / "plan.fusplan.json")
    points = written(tmp_path / "a.mrk.json", NEW_RAS | {"Vim": (1.0, 2.0, 3.0)}, frame)
    done = set_landmarks_from_file(SetLandmarksRequest(saved, points), NoProgress())
    plan = load_plan(saved / "plan.fusplan.json")
    assert landmarks_of(plan) == {name: pytest.approx(place) for name, place in NEW_RAS.items()}
    assert {mark.source for mark in (plan.landmarks.ac, plan.landmarks.pc, *plan.landmarks.midline)} == {"user"}
    assert done.left_out == ("Vim",)
    assert [(one.id, one.point.coordinates) for one in plan.targets] == [
        (one.id, one.point.coordinates) for one in before.targets
    ]
    assert [one.centre.coordinates for one in plan.lesions] == [one.centre.coordinates for one in before.lesions]
    # Proposals are computed for the new frame: the rule's point lies where the rule says, from the new PC.
    rule = next(one for one in plan.proposals if one.provenance.method == "acpc-rule" and one.side == "right")
    inside = plan.landmarks.geometry().scanner_to_acpc("pc").apply(rule.point)
    assert (inside.y, inside.z) == pytest.approx((0.5, 6.5))
    assert all("Made up" not in one.provenance.sentence for one in plan.proposals)
    assert done.effect.length_mm == pytest.approx(np.linalg.norm(np.subtract(NEW_RAS["AC"], NEW_RAS["PC"])))


def test_what_the_file_does_not_have_stays(saved: Path, tmp_path: Path) -> None:
    plan = load_plan(saved / "plan.fusplan.json")
    path = written(tmp_path / "a.mrk.json", {"AC": NEW_RAS["AC"]}, "LPS")
    file = read_point_file(ReadPointsRequest(path, plan.image), NoProgress()).file
    changed = with_landmarks_of_file(plan, file, "lps")
    assert changed.landmarks.ac.point.coordinates == pytest.approx(NEW_RAS["AC"])
    assert changed.landmarks.pc is plan.landmarks.pc
    assert changed.landmarks.midline is plan.landmarks.midline
    assert changed.targets is plan.targets


def test_its_own_export_changes_nothing_and_keeps_the_sources(saved: Path, tmp_path: Path) -> None:
    plan = load_plan(saved / "plan.fusplan.json")
    write_slicer_markups(plan, tmp_path / "own.mrk.json")
    before = (saved / "plan.fusplan.json").read_bytes()
    done = set_landmarks_from_file(SetLandmarksRequest(saved, tmp_path / "own.mrk.json"), NoProgress())
    assert done.plan is done.before
    assert done.plan.landmarks.ac.source == "template"
    assert (saved / "plan.fusplan.json").read_bytes() == before


def test_refusals_leave_the_plan_as_it_was(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in saved.rglob("*") if path.is_file()}
    table = tmp_path / "a.csv"

    def take(text: str, frame: str | None = None) -> None:
        table.write_text(text)
        set_landmarks_from_file(SetLandmarksRequest(saved, table, frame), NoProgress())

    with pytest.raises(PointFrameUnknownError):
        take("name,x,y,z\nAC,0,3,-4\n")
    with pytest.raises(PointFrameConflictError):
        take("name,r,a,s\nAC,0,3,-4\n", "lps")
    with pytest.raises(NoLandmarkInFileError, match="Vim"):
        take("name,x,y,z\nVim,0,3,-4\n", "ras")
    with pytest.raises(PointsOutsideImageError, match="PC would lie outside"):
        take("name,x,y,z\nPC,0,-2000,-4\n", "ras")
    with pytest.raises(DegenerateLandmarksError, match="backwards") as caught:
        take("name,x,y,z\nAC,0,3,-4\nPC,0,-23,-2\n", "lps")  # RAS numbers called LPS
    assert "in LPS as you stated" in caught.value.remedy

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("pulled plug")

    monkeypatch.setattr(module, "save_plan", fail)
    with pytest.raises(RuntimeError):
        take("name,x,y,z\nAC,0,3,-4\n", "ras")
    assert {path: path.read_bytes() for path in saved.rglob("*") if path.is_file()} == before
