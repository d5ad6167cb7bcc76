"""Odd look-up tables: names without their colours, CL known as what it is, or a refusal with the line."""

from __future__ import annotations

import re
from pathlib import Path

import nibabel
import numpy as np
import pytest

from fusplan.atlas.imported.central_lateral import central_lateral_of
from fusplan.atlas.imported.label_map_source import read_label_map
from fusplan.atlas.imported.look_up_table import read_look_up_table
from fusplan.atlas.imported.structure_names import abbreviation_of, is_central_lateral, sided_names
from fusplan.atlas.imported.table_cells import LookUpTableError
from fusplan.atlas.imported.table_forms import TableRow
from tests.fixtures.drawn_atlases import drawn_morel

CASES = Path(__file__).parent / "table_cases"

FORM_OF = {
    "aal_short_long.txt": "MRtrix", "bids.tsv": "BIDS dseg.tsv", "bids_float_index.tsv": "BIDS dseg.tsv",
    "csv_header.csv": "CSV", "csv_rgb.csv": "CSV", "fs.txt": "FreeSurfer", "itk_clear.txt": "ITK-SNAP",
    "itk_crlf.txt": "ITK-SNAP", "itk_noheader.txt": "ITK-SNAP", "latin.txt": "FreeSurfer",
    "lh_only_names.txt": "FreeSurfer", "mrtrix_rgb.txt": "plain text", "quoted.txt": "FreeSurfer",
    "rgb.txt": "plain text",
    "seven.txt": "FreeSurfer", "six.txt": "FreeSurfer", "slicer_csv.csv": "CSV", "tabs_spaces.txt": "FreeSurfer",
}  # fmt: skip

SHORT = {(base + number, side + name) for base, side in ((1000, "left "), (2000, "right ")) for number, name in
         ((3, "Pul"), (10, "CL"), (17, "MD"), (24, "AV"))}  # fmt: skip
"""Labels and what they are, in the short tables."""


def central_lateral(rows: tuple[TableRow, ...]) -> set[tuple[int, str | None]]:
    """Labels and sides of the rows that are the central lateral nucleus, as a label map's reader takes them."""
    named = sided_names([row.name for row in rows])
    short = sided_names([row.abbreviation or row.name for row in rows])
    return {
        (row.label, one.side or other.side)
        for row, one, other in zip(rows, named, short, strict=True)
        if is_central_lateral(abbreviation_of(other.base), one.base)
    }


def test_every_case_is_tried() -> None:
    assert {path.name for path in CASES.iterdir()} - {"README.md"} == set(FORM_OF)


@pytest.mark.parametrize(("name", "form"), FORM_OF.items())
def test_names_hold_no_numbers_and_cl_is_known(name: str, form: str) -> None:
    table = read_look_up_table(CASES / name)
    assert table.form == form
    assert not [row.name for row in table.rows if re.search(r"\d\d|\"|#", row.name)]
    if len(table.rows) == 76:
        assert {row.label for row in table.rows} == {*range(1, 75), 1001, 1002}
        assert (table.rows[0], table.rows[-1]) == (TableRow(1, "Left-AD"), TableRow(1002, "Right-CLp"))
        assert central_lateral(table.rows) == {(5, "left"), (42, "right")}
        return
    assert {row.label for row in table.rows} == {label for label, _ in SHORT}
    assert all(what.split()[1] in row.name for row in table.rows for label, what in SHORT if label == row.label)
    if name != "latin.txt":  # CL_für is no CL
        assert central_lateral(table.rows) == {(1010, "left"), (2010, "right")}


def read(tmp_path: Path, text: str) -> tuple[str, list[TableRow]]:
    path = tmp_path / "table.txt"
    path.write_text(text, encoding="utf-8")
    table = read_look_up_table(path)
    return table.form, list(table.rows)


CL, MD = TableRow(1, "Left-CL"), TableRow(2, "Left-MD")


@pytest.mark.parametrize(
    ("text", "form", "rows"),
    [
        ("1 Left-CL 10 20 30 0 # the target\n2 Left-MD 10 20 30 0\n", "FreeSurfer", [CL, MD]),
        ("1 Left-CL 10 20 30 0 the target\n2 Left-MD 10 20 30 0 beside it\n", "FreeSurfer", [CL, MD]),
        ("# a\n\n1 Left-CL 10 20 30 // note\n% b\n2 Left-MD 10 20 30\n", "plain text", [CL, MD]),
        ("1\tLeft-CL\t#aabbcc\n2\tLeft-MD\t#aabb00\n", "plain text", [CL, MD]),
        ("1 Left-CL #aabbcc\n2 Left-MD #aabb00ff\n", "plain text", [CL, MD]),
        ("1 10 20 30 Left-CL\n2 10 20 31 Left-MD\n", "plain text", [CL, MD]),
        ("1 0.1 0.2 .3 Left-CL\n2 0 1 0 Left-MD\n", "FSL lut", [CL, MD]),
        ("1 0.1 0.2 0.3 1 Left-CL\n2 0 1 0 1 Left-MD\n", "FSL lut", [CL, MD]),
        ("1 Left-CL 0.1 0.2 0.3 1.0\n2 Left-MD 0 1 0 1\n", "FreeSurfer", [CL, MD]),
        ('"1","Left-CL","10","20","30"\n"2","Left-MD","10","20","30"\n', "CSV", [CL, MD]),
        ("1;Left-CL;10;20;30;0\n2;Left-MD;10;20;30;0\n", "CSV", [CL, MD]),
        ("1, Left-CL, 10, 20, 30, in front\n2, Left-MD, 10, 20, 30, behind\n", "CSV", [CL, MD]),
        ("1,Left-CL\n2,Left-MD\n", "CSV", [CL, MD]),
        ("1: Left-CL\n2: Left-MD\n", "plain text", [CL, MD]),
        ("1=Left-CL\n2=Left-MD\n", "plain text", [CL, MD]),
        ("1\t\tLeft-CL 10 20 30\n2\t\tLeft-MD 10 20 30\n", "plain text", [CL, MD]),
        ("1\tLeft-CL\t10 20 30 0\n2\tLeft-MD\t10 20 30 0\n", "FreeSurfer", [CL, MD]),
        ("1, Left-CL 10 20 30\n2, Left-MD 10 20 30\n", "plain text", [CL, MD]),
        ("1 Left-CL\t10\t20\t30\t0\n2 Left-MD\t10\t20\t30\t0\n", "FreeSurfer", [CL, MD]),
        ("color\tindex\tname\n\t1\tLeft-CL\n#aabbcc\t2\tLeft-MD\n", "BIDS dseg.tsv", [CL, MD]),
        ("r,g,b,name,id\n1,2,3,Left-CL,1\n1,2,3,Left-MD,2\n", "CSV", [CL, MD]),
        ("Value,Name,Abbreviation\n1,Left-CL,n/a\n2,Left-MD,\n", "CSV", [CL, MD]),
        ("1 Left-CL 1\n2 Left-MD 2\n", "plain text", [CL, MD]),
        ("LCL\tLeft-CL\t1\nLMD\tLeft-MD\t2\n", "AAL", [CL, MD]),
        ("1 CL_lh Left-CL 1 2 3 255\n2 MD_lh Left-MD 1 2 3 255\n", "MRtrix",
         [TableRow(1, "Left-CL", "CL_lh"), TableRow(2, "Left-MD", "MD_lh")]),
        ("1 LCL Left-CL 1 2 3 255\n2 LMD Left-MD 1 2 3 255\n", "MRtrix", [CL, MD]),
        ("1 Central lateral 1 2 3 0\n2 Medial dorsal 1 2 3 0\n", "FreeSurfer",
         [TableRow(1, "Central lateral"), TableRow(2, "Medial dorsal")]),
        ("1 BA 44\n2 Left-MD\n", "plain text", [TableRow(1, "BA 44"), MD]),
        ("1 Area 1\n2 Area 2\n", "plain text", [TableRow(1, "Area 1"), TableRow(2, "Area 2")]),
        ('1 "BA 44" 1 2 3 0\n2 "BA 45" 1 2 3 0\n', "FreeSurfer", [TableRow(1, "BA 44"), TableRow(2, "BA 45")]),
        ("1,left,CL,1,2,3\n2,left,MD,1,2,3\n", "CSV", [TableRow(1, "left CL"), TableRow(2, "left MD")]),
    ],
)  # fmt: skip
def test_more_tables_that_are_certain(text: str, form: str, rows: list[TableRow], tmp_path: Path) -> None:
    assert read(tmp_path, text) == (form, rows)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1 Left-CL 10 20\n2 Left-MD 10 20\n", 1),
        ("1 Left-CL 834\n2 Left-MD 20\n", 1),
        ("1 Left-CL 10 20 30 0\n2 Left-MD 10 20 30\n", 2),
        ("1 Left-CL 10 20 30 0\n2 Left-MD\n", 2),
        ("1 Left-CL 10 20 30 0 2 7\n2 Left-MD 10 20 30 0 2 7\n", 1),
        ("1 Left-CL 10 20 300\n2 Left-MD 10 20 30\n", 1),
        ("1 BA 44 10 20 30 0\n2 BA 45 10 20 30 0\n3 BA 46 10 20 30 0\n", 1),
        ("1 BA 44 10 20 30\n2 BA 45 10 20 30\n3 BA 46 10 20 30\n", 1),
        ("1 Left-CL 10 20 30 0\nLeft-MD 10 20 30 0\n", 2),
        ('1 Left-CL 10 20 30 0\n2 "Left-MD 10 20 30 0\n', 2),
        ('1,"Left-CL,1,2,3\n2,Left-MD,1,2,3\n', 1),
        ("1,Left-CL,834,mm3\n2,Left-MD,20,mm3\n", 1),
        ("1, Left-CL 10 20 30\n2, Left-MD, 10, 20, 30\n", 1),
        ("1 10 20 30\n2 10 20 30\n", 1),
        ("1 10 20 30 Left-CL\n2 Left-MD\n", 1),
        ("index,name\n1,Left-CL,dorsal\n", 2),
        ("index,name\nx,Left-CL\n", 2),
        ("name,colour\nLeft-CL,red\n", 1),
        ("colour\tindex\tname\n\t1\tLeft-CL\textra\n", 2),
    ],
)
def test_what_fits_no_form_is_refused_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(LookUpTableError, match=rf"line {line} is ") as caught:
        read(tmp_path, text)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "line",
    [
        "{label} {side}-{name} 10 20 30 0 2",
        "{label} {side}-{name} 10 20 30",
        "{label},{side}-{name},10,20,30,255",
        "{label} {side}-{name} 10 20 30 0 # remark",
        '{label} "{side}-{name}" 10 20 30 0',
        "{label} {name}_{side} {side}-{name}-long 10 20 30 255",
        "{side[0]}{name}\t{side}-{name}\t{label}",
    ],
)
def test_an_atlas_with_such_a_table_has_its_clp(line: str, tmp_path: Path) -> None:
    drawn = drawn_morel()
    nibabel.save(nibabel.Nifti1Image(drawn.values.astype(np.int32), drawn.affine), tmp_path / "map.nii.gz")
    rows = [line.format(label=label, name=name, side=side.capitalize()) for label, name, side in drawn.names]
    (tmp_path / "table.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    raw = read_label_map(tmp_path / "map.nii.gz", tmp_path / "table.txt")
    assert {(one.abbreviation, one.side) for one in raw.structures} == {(name, side) for _, name, side in drawn.names}
    assert central_lateral_of(raw).abbreviation == "CL"
