"""Targets for other programs, parsed by hand as their forms are documented."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.export.brainsight import write_brainsight
from fusplan.export.formats import FORMATS, ExportMaterial
from fusplan.export.frames_json import write_frames_json
from fusplan.export.localite import write_localite
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.slicer_fcsv import write_slicer_fcsv
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.plan import Plan
from tests.fixtures import plans

LEFT_RAS = (-8.25, -13.1, 5.5)
LEFT_LPS = (8.25, 13.1, 5.5)


def renamed(plan: Plan, name: str) -> Plan:
    return replace(plan, targets=(replace(plan.targets[0], name=name), *plan.targets[1:]))


def test_fcsv_is_slicers_earlier_form(plan: Plan, tmp_path: Path) -> None:
    write_slicer_fcsv(renamed(plan, 'CLp, "left"'), tmp_path / "a.fcsv")
    lines = (tmp_path / "a.fcsv").read_text().splitlines()
    assert lines[:3] == [
        "# Markups fiducial file version = 4.13",
        "# CoordinateSystem = LPS",
        "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID",
    ]
    assert lines[3].startswith('0,8.250000,13.100000,5.500000,0,0,0,1,1,1,1,"CLp, ""left""",')
    assert RESEARCH_ONLY in lines[3]
    assert len(lines) == 5
    assert len(lines[4].split(",")) == 14


def test_brainsight_has_its_header_and_thirteen_columns(plan: Plan, tmp_path: Path) -> None:
    write_brainsight(renamed(plan, "CLp\tleft\n1"), tmp_path / "a.txt")
    lines = (tmp_path / "a.txt").read_text().splitlines()
    assert lines[0] == "# Version: 14"
    assert "# Coordinate system: NIfTI:S:Scanner" in lines
    assert any(RESEARCH_ONLY in line for line in lines)
    heads = lines[-3].removeprefix("# ").split("\t")
    assert heads[:4] == ["Target Name", "Loc. X", "Loc. Y", "Loc. Z"]
    cells = lines[-2].split("\t")
    assert len(cells) == len(heads) == 13
    assert cells[0] == "CLp left 1"
    assert tuple(float(cell) for cell in cells[1:4]) == LEFT_RAS
    assert np.array_equal(np.array(cells[4:], dtype=float).reshape(3, 3), np.eye(3))


def test_localite_pairs_each_target_with_an_entry_that_is_not_set(plan: Plan, tmp_path: Path) -> None:
    write_localite(renamed(plan, 'CLp <"left"> & \x01'), tmp_path / "a.xml")
    root = ElementTree.parse(tmp_path / "a.xml").getroot()
    assert root.tag == "EntryTargetList"
    assert root.attrib == {"coordinateSpace": "LPS"}
    assert [child.tag for child in root] == ["Entry", "Target", "Entry", "Target"]
    assert [marker.get("set") for marker in root.iter("Marker")] == ["false", "true", "false", "true"]
    place = root[1].find("Marker/ColVec3D")
    assert place is not None
    assert tuple(float(place.attrib[f"data{axis}"]) for axis in range(3)) == LEFT_LPS
    assert root[1].get("description") == 'CLp <"left"> & \\x01'
    assert RESEARCH_ONLY in (tmp_path / "a.xml").read_text()


def test_targets_json_has_the_columns_of_the_tables(material: ExportMaterial, tmp_path: Path) -> None:
    FORMATS["json"].write(material, tmp_path)
    content = json.loads((tmp_path / "targets.json").read_text())
    assert content["notice"] == RESEARCH_ONLY
    left = content["targets"][0]
    assert [left[f"scanner_ras_{axis}_mm"] for axis in "xyz"] == list(LEFT_RAS)
    assert [left[f"scanner_lps_{axis}_mm"] for axis in "xyz"] == list(LEFT_LPS)
    assert content["lesions"][1]["length_mm"] == 7.0
    assert [one["name"] for one in content["landmarks"]] == ["AC", "PC", "midline 1", "midline 2", "midline 3"]


def test_the_motion_of_the_second_image_is_told_when_there_is_one(plan: Plan, tmp_path: Path) -> None:
    write_frames_json(plan, tmp_path / "frames.json")
    assert "second_image" not in json.loads((tmp_path / "frames.json").read_text())
    record = plans.second_image()
    write_frames_json(set_image(plan, "second", record), tmp_path / "frames.json")
    told = json.loads((tmp_path / "frames.json").read_text())["second_image"]
    assert told["sha256"] == record.image.sha256
    assert np.array_equal(told["to_scanner_ras_mm"], record.to_reference.matrix)
    assert "T2w" not in (tmp_path / "frames.json").read_text()


def test_the_matrices_of_the_frames_are_those_of_their_definitions(plan: Plan, tmp_path: Path) -> None:
    write_frames_json(plan, tmp_path / "frames.json")
    content = json.loads((tmp_path / "frames.json").read_text())
    assert content["notice"] == RESEARCH_ONLY
    frames = {one["key"]: one for one in content["frames"]}
    matrices = {key: np.array(one["to_scanner_ras_mm"]) for key, one in frames.items() if one["to_scanner_ras_mm"]}
    assert np.array_equal(matrices["scanner_ras"], np.eye(4))
    assert np.array_equal(matrices["scanner_lps"], np.diag([-1, -1, 1, 1]))
    assert matrices["voxel"] == pytest.approx(plans.image_affine())
    ac, pc = plan.landmarks.ac.point.array, plan.landmarks.pc.point.array
    for key, origin in (("acpc_ac", ac), ("acpc_pc", pc), ("acpc_mcp", (ac + pc) / 2)):
        assert matrices[key][:3, 3] == pytest.approx(origin)
        assert matrices[key][:3, 1] == pytest.approx((ac - pc) / np.linalg.norm(ac - pc))
        assert np.linalg.det(matrices[key][:3, :3]) == pytest.approx(1)
        assert matrices[key] @ np.array(frames[key]["from_scanner_ras_mm"]) == pytest.approx(np.eye(4))
    warp = frames["MNI152NLin2009cAsym"]
    assert warp["to_scanner_ras_mm"] is None
    assert np.array(warp["nonlinear"]["affine"]) == pytest.approx(plans.warp().affine.matrix)
