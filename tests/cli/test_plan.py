"""``fusplan demo`` and what it leaves, read back by other readers."""

from __future__ import annotations

import csv
import json
import math
import shutil
from pathlib import Path

import nibabel
import numpy as np
import pytest

from fusplan.notice import RESEARCH_ONLY
from tests.fixtures.command_line import Demo, fusplan_here
from tests.fixtures.forked_programs import fusplan_forked

pytestmark = pytest.mark.slow

COLIN_AC_MM = (0.5, 4.4, -4.1)
COLIN_PC_MM = (0.2, -23.2, -2.1)
"""Marked by eye on this very file, expected error 0.5 and 0.7 mm."""


def test_landmarks_lie_on_the_commissures(demo: Demo) -> None:
    landmarks = demo.result["landmarks"]
    assert math.dist(landmarks["ac_mm"], COLIN_AC_MM) < 0.8
    assert math.dist(landmarks["pc_mm"], COLIN_PC_MM) < 0.8
    assert landmarks["frame"] == "scanner RAS mm"


def test_everything_promised_is_there(demo: Demo) -> None:
    names = {path.name for path in demo.folder.iterdir()}
    assert names >= {
        "plan.fusplan.json",
        "review.fusplan.json",
        "registration",
        "targets.csv",
        "lesions.csv",
        "targets.mrk.json",
        "lesions.nii.gz",
        "lesions.tsv",
        "lesions_supersampled.nii.gz",
        "nuclei.nii.gz",
        "nuclei.tsv",
        "report.html",
    }
    assert not [path for path in demo.folder.parent.iterdir() if path != demo.folder]


def test_plan_file_has_the_promised_fields(demo: Demo) -> None:
    plan = json.loads((demo.folder / "plan.fusplan.json").read_text(encoding="utf-8"))
    assert plan["landmarks"]["ac"]["mm"] == pytest.approx(demo.result["landmarks"]["ac_mm"])
    assert len(plan["landmarks"]["pc"]["mm"]) == 3
    assert all(len(point["mm"]) == 3 for point in plan["landmarks"]["midline"])
    assert {target["name"] for target in plan["targets"]} == {"CLp left", "CLp right"}
    assert plan["registration"]["quality"]["verdict"] == "ok"
    assert plan["registration"]["versions"]


def test_targets_are_on_their_sides_and_in_the_posterior_thalamus(demo: Demo) -> None:
    with (demo.folder / "targets.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["side"]: row for row in csv.DictReader(stream)}
    for side, sign in (("left", -1), ("right", 1)):
        row = rows[side]
        assert sign * float(row["acpc_from_pc_right_mm"]) > 3
        assert float(row["scanner_ras_x_mm"]) == pytest.approx(-float(row["scanner_lps_x_mm"]))
        assert -4 < float(row["acpc_from_pc_anterior_mm"]) < 5  # CLp ends 4 mm in front of the PC in the template
        assert 0 < float(row["acpc_from_pc_superior_mm"]) < 18
        assert row["notice"] == RESEARCH_ONLY


def test_lesion_volumes_survive_the_label_map(demo: Demo) -> None:
    image = nibabel.load(demo.folder / "lesions_supersampled.nii.gz")
    voxel_mm3 = abs(np.linalg.det(image.affine[:3, :3]))
    volumes = [np.sum(np.asarray(image.dataobj) == label) * voxel_mm3 for label in (1, 2)]
    assert volumes == pytest.approx([math.pi / 6 * 80, math.pi / 6 * 112], rel=0.03)  # 4x4x5 and 4x4x7 mm


def test_lesions_lie_mostly_in_clp_by_every_atlas(demo: Demo) -> None:
    for lesion in demo.result["lesions"]:
        assert all(lesion["coverage"][atlas]["clp_share_of_lesion"] > 0.5 for atlas in ("morel", "julich"))


def test_an_earlier_folder_is_not_overwritten_unasked(demo: Demo) -> None:
    before = (demo.folder / "plan.fusplan.json").read_bytes()
    done = fusplan_here("demo", "--out", demo.folder)
    assert done.returncode == 2
    assert "--overwrite" in done.stderr
    assert (demo.folder / "plan.fusplan.json").read_bytes() == before


def test_targets_lists_every_frame(demo: Demo) -> None:
    listed = json.loads(fusplan_forked("targets", demo.folder, "--json", "--presets").stdout)["targets"]
    kinds = [place["kind"] for place in listed]
    assert kinds.count("target") == 2
    assert kinds.count("proposal") == 12
    assert kinds.count("preset") > 10
    for place in listed:
        assert {"scanner_ras_x_mm", "scanner_lps_x_mm", "voxel_i_from_0", "acpc_from_ac_right_mm"} <= place.keys()
    shown = fusplan_here("targets", demo.folder)
    assert "AC-PC mm from MCP" in shown.stdout
    assert RESEARCH_ONLY in shown.stdout


def test_export_writes_again_what_was_asked_for(demo: Demo, tmp_path: Path) -> None:
    done = fusplan_forked("export", demo.folder, "--format", "csv", "--format", "mrk.json", "--out", tmp_path / "csv")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "csv").iterdir()} == {"targets.csv", "lesions.csv", "targets.mrk.json"}
    assert (tmp_path / "csv" / "targets.csv").read_bytes() == (demo.folder / "targets.csv").read_bytes()
    again = fusplan_here("export", demo.folder, "--format", "csv", "--out", tmp_path / "csv")
    assert again.returncode == 2
    unknown = fusplan_here("export", demo.folder, "--format", "docx", "--out", tmp_path / "other")
    assert unknown.returncode == 2
    assert "csv" in unknown.stderr
    assert not (tmp_path / "other").exists()


def test_a_plan_whose_image_changed_is_refused(demo: Demo, tmp_path: Path) -> None:
    copy = tmp_path / "plan"
    shutil.copytree(demo.folder, copy)
    other = nibabel.Nifti1Image(np.random.default_rng(0).random((90, 90, 90)).astype("f4"), np.diag([2.0, 2, 2, 1]))
    nibabel.save(other, tmp_path / "other.nii.gz")
    done = fusplan_here(
        "export", copy, "--image", tmp_path / "other.nii.gz", "--format", "csv", "--out", tmp_path / "out"
    )
    assert done.returncode == 2
    assert "is not the image" in done.stderr
