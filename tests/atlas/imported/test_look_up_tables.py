"""Tables as other programs write them, and tables that are broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from fusplan.atlas.imported.look_up_table import read_look_up_table
from fusplan.atlas.imported.shipped_tables import FREESURFER_NUCLEI, THOMAS, shipped_table
from fusplan.atlas.imported.structure_names import (
    abbreviation_of,
    is_central_lateral,
    is_thalamic,
    is_whole_thalamus,
    sided_names,
)
from fusplan.atlas.imported.table_cells import LookUpTableError
from fusplan.errors import FileMissingError
from tests.fixtures.drawn_atlases import FORMS, drawn_morel


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_recognised_by_its_content(tmp_path: Path, form: str) -> None:
    drawn = drawn_morel()
    path = tmp_path / "table"
    path.write_text(FORMS[form](drawn), encoding="utf-8")
    table = read_look_up_table(path)
    assert table.form == form
    assert [row.label for row in table.rows] == [label for label, _, _ in drawn.names]
    sides = [one.side for one in sided_names([row.name for row in table.rows])]
    if form != "BIDS dseg.tsv":
        assert sides == [side for _, _, side in drawn.names]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "known"),
        ("hello\nworld\n", "line 1 is 'hello'"),
        ("1 a\n1 b\n", "names label 1 2 times"),
        ("-3 a\n", "label -3"),
        ("0 Background\n", "names no label"),
        ("index\tname\nx\tA\n", "line 2"),
        ("<atlas><data><label index='0'>A</label>", "not valid XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><atlas/>', "entities"),
        ("<atlas><data><label>A</label></data></atlas>", "without a whole index"),
        ("\0\0\0", "not text"),
    ],
)
def test_a_broken_table_is_refused_with_the_cause(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "table.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LookUpTableError, match=words):
        read_look_up_table(path)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        read_look_up_table(tmp_path / "absent.txt")


def test_fsl_label_atlases_count_from_their_index(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    text = "<atlas><header><type>Label</type></header><data><label index='7'>Left A</label></data></atlas>"
    path.write_text(text, encoding="utf-8")
    assert read_look_up_table(path).rows[0].label == 7


def test_sides_in_names() -> None:
    names = ["Left-L-Sg", "L-Sg", "Thal_L", "Thal_R", "rh.CM", "ctx-lh-insula", "Pulvinar (right)", "3rd-Ventricle"]
    found = [(one.base, one.side) for one in sided_names(names)]
    assert found == [
        ("L-Sg", "left"),
        ("L-Sg", None),
        ("Thal", "left"),
        ("Thal", "right"),
        ("CM", "right"),
        ("ctx-insula", "left"),
        ("Pulvinar", "right"),
        ("3rd-Ventricle", None),
    ]


def test_what_names_say_of_structures() -> None:
    thalamic = ["AV", "VLpd", "PuM", "PuMl", "MV(Re)", "MD-Pf", "LGN", "CL", "Pulvinar", "Thalamus", "THALAMUS", "L-Sg"]
    others = ["STh", "STN", "RN", "Hb", "mtt", "Put", "Putamen", "Caudate", "GPi", "R", "Acc", "Cla", "Pallidum"]
    assert [name for name in thalamic if not is_thalamic(name, name)] == []
    assert [name for name in others if is_thalamic(name, name)] == []
    assert not is_thalamic("STh", "Subthalamic nucleus")
    assert is_whole_thalamus("Thalamus-Proper", "Left thalamus")
    assert is_central_lateral("CL", "x") and is_central_lateral("x", "Central lateral nucleus")
    assert not is_central_lateral("CLp", "x")
    assert abbreviation_of("12-MD-Pf") == "MD-Pf"


def test_the_shipped_tables() -> None:
    thomas = {row.label: row.abbreviation for row in shipped_table(THOMAS).rows}
    assert thomas[8] == "Pul" and thomas[12] == "MD-Pf" and thomas[14] == "MTT" and thomas[32] == "RN"
    nuclei = {row.label: row.name for row in shipped_table(FREESURFER_NUCLEI).rows}
    assert nuclei[8105] == "Left-CL" and nuclei[8205] == "Right-CL"
    assert all(nuclei[label + 100] == name.replace("Left", "Right") for label, name in nuclei.items() if label < 8200)
