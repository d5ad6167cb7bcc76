"""Odd files of points: the right place or a refusal that names the line; never a shifted column, never a lost row."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusplan.errors import FusplanError
from fusplan.export.named_points import PointFileError, PointFrameConflictError, PointFrameUnknownError, place_points
from fusplan.export.points_in import read_points
from tests.fixtures import plans

CASES = Path(__file__).parent / "point_cases"
LEFT, RIGHT, VIM = (-9.3, -20.8, 11.3), (6.2, -22.2, 9.2), (-12.0, -15.0, 1.0)

READ: dict[str, list[tuple[str, tuple[float, float, float]]]] = {
    "b_decimal_comma.txt": [("tL", LEFT)],
    "b_v13.txt": [("tL", LEFT)],
    "c_arabic_digits.csv": [("tL", LEFT)],
    "c_both_sets.csv": [("tL", LEFT)],
    "c_comma_decimal_quoted.csv": [("tL", LEFT)],
    "c_control_names.csv": [("\\u202etL\\x1b[31m", LEFT)],
    "c_frame_column.csv": [("tL", LEFT), ("tR", RIGHT)],
    "c_hash_names.csv": [("#1 CLp left", LEFT), ("#2 CLp right", RIGHT), ("Vim", VIM)],
    "c_latin1.csv": [("Kern für L", LEFT)],
    "c_long_name.csv": [("n" * 5000, LEFT)],
    "c_mixed_r_p_s.csv": [("tL", LEFT)],
    "c_na_bids.tsv": [("tL", LEFT)],
    "c_nan.csv": [("tL", LEFT)],
    "c_null_bytes.csv": [("t\\x00L", LEFT)],
    "c_semicolon_comma.csv": [("tL", LEFT)],
    "c_semicolon_ras.csv": [("tL", LEFT), ("tR", RIGHT)],
    "c_sep_line.csv": [("tL", LEFT)],
    "c_slicer_table.csv": [("tL", LEFT)],
    "c_slicer_table_spaces.csv": [("tL", LEFT)],
    "c_unicode_minus.csv": [("tL", LEFT)],
    "c_unit_cm.csv": [("tL", LEFT)],
    "c_units_in_head.csv": [("tL", LEFT)],
    "f_410_1.fcsv": [("tL", LEFT)],
    "f_413_lps.fcsv": [("tL", LEFT)],
    "f_46_0.fcsv": [("tL", LEFT), ("tR", RIGHT)],
    "f_afids_desc.fcsv": [("AC", LEFT), ("PC", RIGHT)],
    "f_crlf_bom.fcsv": [("tL", LEFT)],
    "f_no_cs.fcsv": [("tL", LEFT)],
    "f_old_cr_only.fcsv": [("tL", LEFT), ("tR", RIGHT)],
    "f_quoted_comma.fcsv": [('CLp, left "main"', LEFT)],
    "f_spaces_in_columns.fcsv": [("tL", LEFT)],
    "m_bom.mrk.json": [("tL", LEFT)],
    "m_cs_number0.mrk.json": [("tL", LEFT)],
    "m_cs_number1.mrk.json": [("tL", LEFT)],
    "m_line.mrk.json": [("AC", (0.5, 4.4, -4.1)), ("PC", (0.2, -23.2, -2.1))],
    "m_missing_status_position.mrk.json": [("tL", LEFT)],
    "m_nan.mrk.json": [("tL", LEFT)],
    "m_null_undefined.mrk.json": [("tL", LEFT)],
    "m_number_label_long_description.mrk.json": [("1", LEFT), ("2", RIGHT)],
    "m_same_label.mrk.json": [("F", LEFT), ("F", RIGHT), ("f", (-8.0, -20.0, 10.0)), ("a/b", (-7.0, -20.0, 10.0)),
                              ("a_b", (-7.0, -21.0, 10.0))],
    "m_two_frames.mrk.json": [("tL", LEFT), ("tR", RIGHT)],
    "m_um.mrk.json": [("tL", LEFT)],
    "m_v100_lps.mrk.json": [("tL", LEFT), ("tR", RIGHT)],
}  # fmt: skip

SILENT = {"c_na_bids.tsv", "c_semicolon_comma.csv", "c_sep_line.csv", "f_no_cs.fcsv"}
"""They do not state their frame."""

WITHOUT_A_PLACE = {
    "c_na_bids.tsv", "c_nan.csv", "c_slicer_table.csv", "m_missing_status_position.mrk.json", "m_nan.mrk.json",
    "m_null_undefined.mrk.json",
}  # fmt: skip

REFUSED = {
    "b_brainsight.txt": "coordinate system 'Brainsight'",
    "b_mni.txt": "MNI-152",
    "c_comma_decimal_comma.csv": "line 2: 7 cells",
    "c_thousands.csv": "line 2: '-1.009,3'",
    "c_underscore_digits.csv": "line 2: '-9_3'",
    "f_410_2_ijk.fcsv": "voxel indices",
    "f_decimal_comma_excel.fcsv": "line 4: 4 cells",
    "m_index.mrk.json": "voxel indices",
    "m_parent_transform_matrix.mrk.json": "beneath a transform",
    "m_utf16.mrk.json": "UTF-8",
    "unclosed_quote_in_last_column.csv": "line 2: a quotation mark",
}


def test_every_case_is_tried() -> None:
    assert {path.name for path in CASES.iterdir()} - {"README.md"} == {*READ, *REFUSED}


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_lies_where_it_should(name: str) -> None:
    file = read_points(CASES / name)
    if name in SILENT:
        with pytest.raises(PointFrameUnknownError):
            file.settle_frame(None)
    placed = place_points(file, file.settle_frame("ras" if name in SILENT else None), plans.FRAME)
    assert [name for name, _ in placed] == [name for name, _ in READ[name]]
    for (_, point), (_, place) in zip(placed, READ[name], strict=True):
        assert point.coordinates == pytest.approx(place)
    assert file.undefined == (("unset",) if name in WITHOUT_A_PLACE else ())


@pytest.mark.parametrize(("name", "why"), REFUSED.items())
def test_what_cannot_be_read_for_certain_is_refused(name: str, why: str) -> None:
    with pytest.raises(FusplanError) as caught:
        read_points(CASES / name)
    assert why in caught.value.message
    assert caught.value.remedy


def made(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


FCSV = "# CoordinateSystem = RAS\n# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n"
BRAINSIGHT = "# Coordinate system: NIfTI:Scanner\n# Target Name\tLoc. X\tLoc. Y\tLoc. Z\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "name,r,a,s\nCLp, left,-9.3,-20.8,11.3\n"),
        ("a.csv", "name,r,a,s\nA,1,2\n"),
        ("a.csv", "r,a,s,name\n-9,3,-20.8,11.3\n"),
        ("a.csv", "name,r,a,s\nA\t1\t2\t3\n"),
        ("a.csv", "name,r,a,s\nA;1;2;3\n"),
        ("a.csv", "name,r,a,s\ntL;-9,3;-20,8;11,3\n"),
        ("a.csv", "r,a,s,name,remark\n1,2,3,A,a, b\n"),
        ("a.csv", "name,r,a,s\n#1 left,-9,3,-20.8,11.3\n"),
        ("a.tsv", "name\tr\ta\ts\nA\t1\t2\t3\t4\n"),
        ("a.csv", 'name,r,a,s\n"A,1,2,3\n"B",1,2,3\n'),
        ("a.csv", 'name,r,a,s\n"A,1,2,3\nB",1,2,3\n'),
        ("a.csv", "name;r;a;s\nA;-9,3;-20.8;11.3\n"),
        ("a.csv", 'name,x_um,y_um,z_um\nA,"9,300","20,800","11,300"\n'),
        ("a.csv", "name,r,a,s\nA,1 009,2,3\n"),
        ("a.csv", "name,r,a,s\nA,1,,3\n"),
        ("a.csv", "name,r,a,s\nA,1,nan,3\n"),
        ("a.csv", "name,r,a,s\nA,1,inf,3\n"),
        ("a.csv", "name,r,a,s\nA,1,1e999,3\n"),
        ("a.csv", "name,x,y,z,frame\nA,1,2,3,RAS\nB,1,2,3,\n"),
        ("a.csv", "name,x,y,z,frame\nA,1,2,3,RAS\nB,1,2,3,MNI152 RAS\n"),
        ("a.csv", "name,l,p,s,frame\nA,1,2,3,RAS\n"),
        ("a.csv", "name,x,y,z,space\nA,1,2,3,MNI152NLin2009cAsym\n"),
        ("a.csv", "name,x,y,z,x\nA,1,2,3,4\n"),
        ("a.csv", "name,l,p,s,r,a,s\nA,1,2,3,-1,-2,3\n"),
        ("a.csv", "name,r,a,s,x_lps,y_lps,z_lps\nA,1,2,3,4,5,6\n"),
        ("a.csv", "name,x (vox),y (vox),z (vox)\nA,1,2,3\n"),
        ("a.csv", "name,i,j,k\nA,1,2,3\n"),
        ("a.csv", "name,mni_x,mni_y,mni_z\nA,1,2,3\n"),
        ("a.fcsv", FCSV + "a,9,3,20,8,11,3,0,0,0,1,1,1,0,tL,,vtk\n"),
        ("a.fcsv", FCSV + "a,9,3,20,11,0,0,0,1,1,1,0,tL,\n"),
        ("a.fcsv", FCSV + "a,9.3,20.8,11.3,0,0,0,1,1,1,0,CLp, left,,vtk\n"),
        ("a.fcsv", FCSV + 'a,9.3,20.8,11.3,0,0,0,1,1,1,0,"CLp,,vtk\nb,1,2,3,0,0,0,1,1,1,0,"CLp,,vtk\n'),
        ("a.txt", BRAINSIGHT + "A\t1\t2\n"),
        ("a.txt", BRAINSIGHT + "A\t1\t2,5\t3.5\n"),
        ("a.txt", BRAINSIGHT + "A\t1\t(null)\t3.5\n"),
    ],
)  # fmt: skip
def test_rows_that_do_not_fit_are_refused_with_their_line(name: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(PointFileError, match=r"a\.\w+ cannot be read as points: line \d: ") as caught:
        read_points(made(tmp_path, name, text))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("a.csv", "# by hand\nname,r,a,s\n# more\n#A,-9.3,-20.8,11.3,\n", ["#A"]),
        ("a.csv", 'name, r, a, s\n"CLp, left", -9.3, -20.8, 11.3\n', ["CLp, left"]),
        ("a.csv", 'name,r,a,s\n5" lead,-9.3,-20.8,11.3\n', ['5" lead']),
        ("a.csv", "sep=\t\nname\tR/mm\tA/mm\tS/mm\nA\t-9,300\t-20,800\t11,300\n", ["A"]),
        ("a.csv", "Target Name;Right [cm];Anterior [cm];Superior [cm]\nA;-,93;-2,08;1,13\n", ["A"]),
        ("a.csv", "name,l,a,i\nA,9.3,-20.8,-11.3\n", ["A"]),
        ("a.csv", "name,Loc. X (RAS),Loc. Y (RAS),Loc. Z (RAS)\nA,-9.3,-20.8,11.3\n", ["A"]),
        ("a.csv", "name,x,y,z,frame\nA,9.3,20.8,11.3,scanner LPS\n", ["A"]),
        ("a.csv", "name,x_um,y_um,z_um,frame\nA,-9300,-20800,11300,ras\nnot,,,,\n", ["A"]),
        ("a.csv", "name,r,a,s\nA,\u200e\u22129.3,\uff0d20.8,\u0661\u0661.\u0663\n", ["A"]),
        ("a.csv", "name,r,a,s\nA\u2028B,-9.3,-20.8,11.3\n", ["A B"]),
        ("a.fcsv", FCSV + "1,-9.3,-20.8,11.3,0,0,0,1,1,1,0,F-1,,,2,0\n", ["F-1"]),
        ("a.fcsv", FCSV + "1,-9.3,-20.8,11.3,0,1,0,1,1,1,0,F_1,,\n", ["F_1"]),
        ("a.fcsv", FCSV + "#1,-9.3,-20.8,11.3,0,0,0,1,1,1,0,#1,,\n# done\n", ["#1"]),
        ("a.txt", BRAINSIGHT + "#1 left\t-9.3\t-20.8\t11.3\nB\t(null)\t(null)\t(null)\n", ["#1 left"]),
        ("a.txt", BRAINSIGHT + "A\t-9.3\t-20.8\t11.3\n# Sample Name\tIndex\tLoc. X\nS\t1\t2\n", ["A"]),
    ],
)  # fmt: skip
def test_more_that_is_certain_is_read(name: str, text: str, names: list[str], tmp_path: Path) -> None:
    file = read_points(made(tmp_path, name, text))
    placed = place_points(file, file.settle_frame(None), plans.FRAME)
    assert [name for name, _ in placed] == names
    assert placed[0][1].coordinates == pytest.approx(LEFT)


def test_old_macintosh_and_windows_line_ends_are_the_same(tmp_path: Path) -> None:
    text = "# by hand\nname,r,a,s\nA,-9.3,-20.8,11.3\nB,6.2,-22.2,9.2\n"
    for end in ("\r", "\r\n"):
        file = read_points(made(tmp_path, "a.csv", text.replace("\n", end)))
        assert [point.coordinates_mm for point in file.points] == [LEFT, RIGHT]


@pytest.mark.parametrize("key", ["parentTransform", "transformNodeID", "parentTransformMatrix"])
def test_points_beneath_a_transform_are_refused_unless_it_does_nothing(key: str, tmp_path: Path) -> None:
    points = '"controlPoints": [{"label": "A", "position": [9.3, 20.8, 11.3]}]'
    with pytest.raises(PointFrameConflictError, match=key):
        read_points(made(tmp_path, "a.mrk.json", f'{{"markups": [{{{points}, "{key}": "Linear_1"}}]}}'))
    same = "[1,0,0,0, 0,1,0,0, 0,0,1,0, 0,0,0,1]"
    for nothing in (same, "null", '""'):
        assert read_points(made(tmp_path, "a.mrk.json", f'{{"markups": [{{{points}, "{key}": {nothing}}}]}}')).points


def test_planes_and_curves_beside_points_are_named_as_left_out(tmp_path: Path) -> None:
    points = '{"controlPoints": [{"label": "A", "position": [9.3, 20.8, 11.3]}]}'
    file = read_points(made(tmp_path, "a.mrk.json", f'{{"markups": [{points}, {{"type": "Plane"}}]}}'))
    assert len(file.points) == 1
    assert file.remarks == ("Not points, so left out: Plane.",)
