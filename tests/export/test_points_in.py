"""Points of other programs' files, with the frame they state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fusplan.errors import FileMissingError
from fusplan.export.formats import FORMATS, ExportMaterial
from fusplan.export.named_points import PointFileError, PointFrameConflictError, PointFrameUnknownError, place_points
from fusplan.export.points_in import read_points
from tests.fixtures import plans


def made(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def markups(**changes: object) -> str:
    point = {"label": "A", "position": [1.0, -2.0, 3.0]}
    markup = {"type": "Fiducial", "coordinateSystem": "LPS", "controlPoints": [point]} | changes
    return json.dumps({"@schema": "markups-schema-v1.0.3.json#", "markups": [markup]})


@pytest.mark.parametrize("name", ["mrk.json", "fcsv", "brainsight", "csv"])
def test_own_exports_come_back_where_they_were(name: str, material: ExportMaterial, tmp_path: Path) -> None:
    FORMATS[name].write(material, tmp_path)
    file = read_points(tmp_path / FORMATS[name].file_names[0])
    placed = dict(place_points(file, file.settle_frame(None), plans.FRAME))
    for target in material.plan.targets:
        assert placed[target.name].distance_to(target.point) < 1e-4


FCSV_COLUMNS = "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc\n"
BRAINSIGHT = (
    "# Version: 13\n# Coordinate system: NIfTI:Aligned\n# Target Name\tLoc. X\tLoc. Y\tLoc. Z\tm0n0\n"
    "A\t1\t-2\t3\t1\n# Sample Name\tIndex\tLoc. X\tLoc. Y\tLoc. Z\nS1\t0\t9\t9\t9\n"
)


@pytest.mark.parametrize(
    ("name", "text", "frame", "lps"),
    [
        ("a.mrk.json", markups(), "lps", (1, -2, 3)),
        ("a.json", markups(coordinateSystem="RAS"), "ras", (-1, 2, 3)),
        ("b.json", markups(coordinateUnits="um", coordinateSystem="LPS"), "lps", (0.001, -0.002, 0.003)),
        ("a.fcsv", "# CoordinateSystem = LPS\n" + FCSV_COLUMNS + "0,1,-2,3,0,0,0,1,1,1,0,A,\n", "lps", (1, -2, 3)),
        ("b.fcsv", "# CoordinateSystem = 0\n" + FCSV_COLUMNS + "0,1,-2,3,0,0,0,1,1,1,0,7,A\n", "ras", (-1, 2, 3)),
        ("a.txt", BRAINSIGHT, "ras", (-1, 2, 3)),
        ("a.csv", "label,l,p,s,defined\nA,1,-2,3,1\nB,0,0,0,0\n", "lps", (1, -2, 3)),
        ("b.tsv", "\ufefflabel\tr\ta\ts\nA\t1\t-2\t3\n", "ras", (-1, 2, 3)),
        ("c.csv", "Name;X;Y;Z\nA;1,0;-2,0;3,0\n", None, (1, -2, 3)),
        ("d.csv", "x,y,z\n1,-2,3\n", None, (1, -2, 3)),
    ],
)  # fmt: skip
def test_each_form_is_read_with_the_frame_it_states(
    name: str, text: str, frame: str | None, lps: tuple[float, float, float], tmp_path: Path
) -> None:
    file = read_points(made(tmp_path, name, text))
    assert file.frame == frame
    settled = file.settle_frame(None if frame else "lps")
    ((label, point),) = place_points(file, settled, plans.FRAME)
    assert label == ("point 1" if name == "d.csv" else "A")
    assert point.coordinates == pytest.approx((-lps[0], -lps[1], lps[2]))


def test_afids_landmarks_are_read_as_ras(shared_data: Path) -> None:
    path = next((shared_data / "landmarks" / "afids-templates").glob("*2009cAsym*.fcsv"))
    file = read_points(path)
    assert file.frame == "ras"
    by_name = {one.name: one for one in file.points}
    assert by_name["AC"].coordinates_mm == pytest.approx((-0.231, 2.933, -4.899), abs=0.01)


def test_a_frame_is_asked_for_and_never_contradicted(tmp_path: Path) -> None:
    silent = read_points(made(tmp_path, "a.csv", "name,x,y,z\nA,1,2,3\n"))
    with pytest.raises(PointFrameUnknownError, match="--frame ras"):
        silent.settle_frame(None)
    assert silent.settle_frame("lps") == "lps"
    stating = read_points(made(tmp_path, "a.mrk.json", markups()))
    assert stating.settle_frame("lps") == "lps"
    with pytest.raises(PointFrameConflictError, match="LPS itself; you said RAS"):
        stating.settle_frame("ras")


@pytest.mark.parametrize("system", ["NIfTI:MNI-152", "MNI-152", "Talairach", "Brainsight", "NIfTI:Q:Other-Template"])
def test_template_coordinates_are_refused(system: str, tmp_path: Path) -> None:
    text = f"# Coordinate system: {system}\n# Target Name\tLoc. X\tLoc. Y\tLoc. Z\nA\t1\t2\t3\n"
    with pytest.raises(PointFrameConflictError, match="not the scanner frame"):
        read_points(made(tmp_path, "a.txt", text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", "{"),
        ("a.json", "[]"),
        ("a.json", '{"markups": [3]}'),
        ("a.json", '{"markups": []}'),
        ("a.json", markups(controlPoints=[{"label": "A", "position": [1, 2]}])),
        ("a.json", markups(controlPoints=[{"label": "A", "position": [1, 2, None]}])),
        ("a.json", markups(type="Plane")),
        ("a.json", markups(coordinateUnits="inch")),
        ("a.fcsv", "# CoordinateSystem = LPS\n0,a,b,c\n"),
        ("a.csv", ""),
        ("a.csv", "name,x,y\nA,1,2\n"),
        ("a.csv", "name,x,y,z\nA,1,2,nan\n"),
        ("a.csv", "name,x,y,z\n"),
        ("a.txt", "some words\n"),
    ],
)
def test_what_is_no_list_of_points_is_refused_with_a_remedy(name: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(PointFileError) as caught:
        read_points(made(tmp_path, name, text))
    assert caught.value.remedy


def test_binary_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(PointFileError, match="UTF-8"):
        read_points(tmp_path / "a.csv")
    with pytest.raises(FileMissingError):
        read_points(tmp_path / "b.csv")
    with pytest.raises(PointFrameConflictError, match="'4'"):
        read_points(made(tmp_path, "c.json", markups(coordinateSystem="4")))
