from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.atlas.structure_ref import clp
from fusplan.export.csv_tables import write_targets_csv
from fusplan.export.named_points import PointFrameUnknownError
from fusplan.export.slicer_markups import write_slicer_markups
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.progress import NoProgress, Progress
from fusplan.workflows import edit_saved_plan as module
from fusplan.workflows.add_points import NoTargetInFileError, add_points
from fusplan.workflows.point_file import PointsOutsideImageError, ReadPoints, read_point_file
from fusplan.workflows.requests import AddPointsRequest, ReadPointsRequest
from tests.fixtures import plans
from tests.fixtures.command_line import fusplan_here


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "plan"
    made.mkdir()
    save_plan(plans.plan(str(tmp_path / "T1w.nii.gz")), made / "plan.fusplan.json")
    return made


def points(tmp_path: Path, text: str) -> Path:
    (tmp_path / "Doe_Jane.csv").write_text(text, encoding="utf-8")
    return tmp_path / "Doe_Jane.csv"


def test_points_become_targets_of_the_saved_plan(folder: Path, tmp_path: Path) -> None:
    added = add_points(AddPointsRequest(folder, points(tmp_path, "name,x,y,z\nVim,12.5,14,1\n"), "lps"), NoProgress())
    assert [(one.name, one.side) for one in added.added] == [("Vim", "left")]
    plan = load_plan(folder / "plan.fusplan.json")
    assert [target.name for target in plan.targets] == ["CLp left", "CLp right", "Vim"]
    vim = plan.targets[-1]
    assert vim.point.coordinates == (-12.5, -14.0, 1.0)
    assert vim.provenance.method == "file"
    assert "LPS stated by the user" in vim.provenance.sentence
    assert "Doe" not in (folder / "plan.fusplan.json").read_text()


def test_what_points_aim_at_is_said_by_the_user_or_by_the_programs_own_table_never_by_a_name(
    folder: Path, tmp_path: Path
) -> None:
    text = "name,x,y,z\nCLp by hand,12.5,-14,1\nCLp other,-12.5,-14,1\n"
    said = add_points(AddPointsRequest(folder, points(tmp_path, text), "ras", "CLp"), NoProgress())
    assert [target.aim for target in said.added] == [clp("right"), clp("left")]
    more = points(tmp_path, text.replace("CLp", "CLp more"))
    named = add_points(AddPointsRequest(folder, more, "ras"), NoProgress())
    assert [target.aim for target in named.added] == [None, None]
    write_targets_csv(load_plan(folder / "plan.fusplan.json"), tmp_path / "targets.csv")
    other = tmp_path / "other"
    other.mkdir()
    save_plan(replace(plans.plan(str(tmp_path / "T1w.nii.gz")), targets=(), lesions=()), other / "plan.fusplan.json")
    own = add_points(AddPointsRequest(other, tmp_path / "targets.csv"), NoProgress())
    assert [target.aim for target in own.added] == [clp("left"), clp("right"), clp("right"), clp("left"), None, None]


def test_its_own_export_adds_nothing_twice_and_no_landmarks(folder: Path, tmp_path: Path) -> None:
    plan = load_plan(folder / "plan.fusplan.json")
    write_slicer_markups(plan, tmp_path / "a.mrk.json")
    before = (folder / "plan.fusplan.json").read_bytes()
    added = add_points(AddPointsRequest(folder, tmp_path / "a.mrk.json"), NoProgress())
    assert added.added == ()
    assert added.present == ("CLp left", "CLp right")
    assert added.landmarks == ("AC", "PC", "midline 1", "midline 2", "midline 3")
    assert (folder / "plan.fusplan.json").read_bytes() == before


def test_the_image_whose_header_is_asked_may_be_named(folder: Path, tmp_path: Path) -> None:
    path = points(tmp_path, "name,r,a,s\nVim,12,14,1\n")
    moved = tmp_path / "moved.nii"
    asked = []

    def read(request: ReadPointsRequest, progress: Progress) -> ReadPoints:
        asked.append(request.image.path)
        return read_point_file(request, progress)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fusplan.workflows.add_points.read_point_file", read)
        done = fusplan_here("targets", folder, "--add", path, "--image", moved)
    assert done.returncode == 0 and asked == [str(moved)]
    assert load_plan(folder / "plan.fusplan.json").image.path != str(moved)


def test_refusals_leave_the_plan_as_it_was(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "plan.fusplan.json").read_bytes()
    with pytest.raises(PointFrameUnknownError):
        add_points(AddPointsRequest(folder, points(tmp_path, "name,x,y,z\nVim,12,14,1\n")), NoProgress())
    with pytest.raises(PointsOutsideImageError, match="Far"):
        add_points(
            AddPointsRequest(folder, points(tmp_path, "name,x,y,z\nVim,12,14,1\nFar,0,0,300\n"), "ras"), NoProgress()
        )
    with pytest.raises(NoTargetInFileError):
        add_points(AddPointsRequest(folder, points(tmp_path, "name,x,y,z\nAC,0,12,0\n"), "ras"), NoProgress())

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("pulled plug")

    monkeypatch.setattr(module, "save_plan", fail)
    with pytest.raises(RuntimeError):
        add_points(AddPointsRequest(folder, points(tmp_path, "name,x,y,z\nVim,12,14,1\n"), "ras"), NoProgress())
    assert (folder / "plan.fusplan.json").read_bytes() == before


def test_the_same_name_elsewhere_is_another_target(folder: Path, tmp_path: Path) -> None:
    request = AddPointsRequest(folder, points(tmp_path, "name,x,y,z\nCLp left,-9,-12,5\n"), "ras")
    assert [one.id for one in add_points(request, NoProgress()).added] == ["clp-left-2"]
    assert add_points(request, NoProgress()).added == ()
