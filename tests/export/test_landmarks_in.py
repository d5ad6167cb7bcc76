"""Which points of a file are landmarks: by the names people write, by AFIDs' names and numbers; never by guess."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from scipy.spatial.transform import Rotation

from fusplan.export.landmark_names import landmark_role
from fusplan.export.landmarks_in import LandmarkTwiceError, NoLandmarkInFileError, find_landmarks
from fusplan.export.named_points import PointFile
from fusplan.export.points_in import read_points

HEADER = "# Markups fiducial file version = 4.6\n# CoordinateSystem = {}\n" + (
    "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
)


def fcsv(path: Path, rows: list[tuple[str, str, tuple[float, float, float]]], system: str = "LPS") -> PointFile:
    lines = [
        f"{number},{x},{y},{z},0,0,0,1,1,1,0,{label},{desc},"
        for number, (label, desc, (x, y, z)) in enumerate(rows, start=1)
    ]
    path.write_text(HEADER.format(system) + "\n".join(lines) + "\n", encoding="utf-8")
    return read_points(path)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("ac", ["AC", "ac", " Ac ", "AC-1", "AC_1", "anterior commissure", "Anterior_Commissure",
                "Anterior commissure (AC)", "AC point", "commissura anterior"]),
        ("pc", ["PC", "pc", "PC 1", "posterior commissure", "POSTERIOR-COMMISSURE", "PC centre"]),
        ("midline", ["midline", "Midline 3", "midline_2", "Midline point 4", "mid-line", "Mid-sagittal", "MSP",
                     "First mid-sag pt", "Another mid-sag pt", "falx", "Falx cerebri", "interhemispheric fissure",
                     "xzpoint", "PMJ", "infracollicular sulcus", "genu of CC", "splenium of corpus callosum"]),
        (None, ["ACPC-1", "AC superior edge", "AC posterior margin", "PC inferior edge", "ACA", "PCA", "MCP", "Vim",
                "CLp left", "R MB", "culmen", "anterior nucleus", "capsule", "1", "", "midbrain", "F-1"]),
    ],
)  # fmt: skip
def test_names_that_people_write(role: str | None, names: list[str]) -> None:
    assert {name: landmark_role(name) for name in names} == dict.fromkeys(names, role)


def test_the_afids_templates_give_ac_pc_and_the_midline_of_the_protocol(shared_data: Path) -> None:
    paths = sorted((shared_data / "landmarks" / "afids-templates").glob("*.fcsv"))
    assert len(paths) == 6
    for path in paths:
        found = find_landmarks(read_points(path))
        assert found.ac is not None
        assert found.pc is not None
        rows = [line.split(",") for line in path.read_text().splitlines() if not line.startswith("#")]
        table = {row[11]: tuple(map(float, row[1:4])) for row in rows}
        assert (found.ac.coordinates_mm, found.pc.coordinates_mm) == (table["1"], table["2"])
        assert [one.coordinates_mm for one in found.midline] == [
            table[key] for key in ("3", "4", "5", "11", "19", "20")
        ]
        assert len(found.left_out) == 24
        # What lies on the midline by the protocol does so in the experts' marks.
        assert max(abs(one.coordinates_mm[0]) for one in found.midline) < 1.5


def test_afids_numbers_alone_are_enough_when_all_32_are_there(tmp_path: Path) -> None:
    rows = [(str(number), "", (float(number), 0.5, -0.5)) for number in range(1, 33)]
    found = find_landmarks(fcsv(tmp_path / "a.fcsv", rows, "RAS"))
    assert found.ac is not None
    assert found.pc is not None
    assert [one.name for one in (found.ac, found.pc, *found.midline)] == ["1", "2", "3", "4", "5", "11", "19", "20"]
    with pytest.raises(NoLandmarkInFileError, match="1, 2, 3"):
        find_landmarks(fcsv(tmp_path / "b.fcsv", rows[:31], "RAS"))


def test_numbered_points_have_their_names_in_the_description_whatever_the_frame(tmp_path: Path) -> None:
    found = find_landmarks(fcsv(tmp_path / "a.fcsv", [("1", "AC", (1, 2, 3)), ("2", "PC", (4, 5, 6))], "LPS"))
    assert (found.ac and found.ac.name, found.pc and found.pc.name) == ("AC", "PC")
    points = [{"label": "1", "description": "AC", "position": [1, 2, 3]}]
    markup = {"type": "Fiducial", "coordinateSystem": "LPS", "controlPoints": points}
    (tmp_path / "a.mrk.json").write_text(json.dumps({"markups": [markup]}))
    assert find_landmarks(read_points(tmp_path / "a.mrk.json")).ac is not None


def test_slicer_points_lie_where_nibabel_and_itk_see_the_voxel(tmp_path: Path) -> None:
    oblique = Rotation.from_euler("xyz", (8.0, -5.0, 12.0), degrees=True).as_matrix()
    affine = np.eye(4)
    affine[:3, :3] = oblique @ np.diag([-0.9, 0.9, 1.1])
    affine[:3, 3] = (80.0, -95.0, -60.0)
    nibabel.save(nibabel.Nifti1Image(np.zeros((9, 10, 11), np.float32), affine), tmp_path / "a.nii")
    image = SimpleITK.ReadImage(str(tmp_path / "a.nii"))
    voxels = {"AC": (3, 4, 5), "PC": (3, 1, 5), "midline 1": (3, 3, 9)}
    rows = [(name, "", image.TransformIndexToPhysicalPoint(voxel)) for name, voxel in voxels.items()]
    by_itk = find_landmarks(fcsv(tmp_path / "a.fcsv", rows, "1"))  # 1 is LPS, ITK's frame
    ac, pc, midline = by_itk.scanner_ras_mm("lps")
    for found, voxel in zip((ac, pc, midline[0]), voxels.values(), strict=True):
        assert found == pytest.approx(tuple(nibabel.affines.apply_affine(affine, voxel)), abs=1e-4)


def test_two_different_acs_are_refused_and_the_same_one_twice_is_not(tmp_path: Path) -> None:
    rows = [("AC", "", (1.0, 2.0, 3.0)), ("AC-2", "", (1.0, 2.0, 4.0))]
    with pytest.raises(LandmarkTwiceError, match="AC, AC-2") as caught:
        find_landmarks(fcsv(tmp_path / "a.fcsv", rows))
    assert "rename" in caught.value.remedy
    assert find_landmarks(fcsv(tmp_path / "a.fcsv", [rows[0], rows[0]])).ac is not None


def test_a_file_without_landmarks_says_which_names_it_has(tmp_path: Path) -> None:
    with pytest.raises(NoLandmarkInFileError, match="Vim left"):
        find_landmarks(fcsv(tmp_path / "a.fcsv", [("Vim left", "", (1, 2, 3))]))
