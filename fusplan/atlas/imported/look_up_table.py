"""Look-up tables of label maps: FreeSurfer, ITK-SNAP, FSL (xml and lut), BIDS (tsv) and plain text.

The form is recognised by the content, not by the file's name. Label 0 is background everywhere and left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias
from xml.etree import ElementTree

from fusplan.errors import FileMissingError, FusplanError

TableForm: TypeAlias = Literal[
    "FreeSurfer", "ITK-SNAP", "FSL xml", "FSL lut", "BIDS dseg.tsv", "plain text", "built-in"
]

LARGEST_TABLE_BYTES = 4_000_000
"""FreeSurfer's own table, the longest in use, has 0.1 MB."""

LARGEST_LABEL = 1 << 24
"""Label maps are read as float32, which holds whole numbers exactly up to here."""

FEW_ROWS = 200
"""A table with more rows is one for a whole program (FreeSurfer's has over a thousand), not for one map."""


class LookUpTableError(FusplanError):
    """A look-up table cannot be read, or says something impossible."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """What a table says of one label: its number, its name, and an abbreviation if the table has one."""

    label: int
    name: str
    abbreviation: str = ""


@dataclass(frozen=True, slots=True)
class LookUpTable:
    """All rows of a table, and how it was written."""

    form: TableForm
    rows: tuple[TableRow, ...]
    source: str

    @property
    def is_general(self) -> bool:
        """Whether it is the table of a whole program, of which one map uses some rows."""
        return self.form == "built-in" or len(self.rows) > FEW_ROWS


def read_look_up_table(path: Path) -> LookUpTable:
    """The table in a file.

    Raises:
        FileMissingError: there is none.
        LookUpTableError: it is in none of the known forms, names a label twice or has an impossible number.
    """
    text = _text(path)
    form, rows = _recognised(text, path)
    named = tuple(row for row in rows if row.label != 0)
    if not named:
        raise LookUpTableError(f"{path.name} names no label.", _FORMS)
    twice = [label for label, count in Counter(row.label for row in named).items() if count > 1]
    if twice:
        raise LookUpTableError(
            f"{path.name} names label {twice[0]} {sum(row.label == twice[0] for row in named)} times.",
            "Give every label one row.",
        )
    wrong = [row.label for row in named if not 0 < row.label <= LARGEST_LABEL]
    if wrong:
        raise LookUpTableError(f"{path.name} has the label {wrong[0]}; labels are whole numbers from 1.", _FORMS)
    return LookUpTable(form, named, path.name)


_FORMS = (
    "A table is a FreeSurfer colour table (No name R G B A), an ITK-SNAP label description, an FSL xml or lut, a BIDS "
    "dseg.tsv (index and name), or lines of a number and a name."
)


def _text(path: Path) -> str:
    if not path.is_file():
        raise FileMissingError(path, "look-up table")
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST_TABLE_BYTES else None
    except OSError as error:
        raise LookUpTableError(f"{path.name} cannot be read: {error.strerror}.", "Check its permissions.") from error
    if content is None or b"\0" in content:
        raise LookUpTableError(f"{path.name} is not a table: it is not text.", _FORMS)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")  # older tables; every byte is a character there


def _recognised(text: str, path: Path) -> tuple[TableForm, list[TableRow]]:
    if text.lstrip().startswith("<"):
        return "FSL xml", _fsl_xml(text, path)
    lines = [line.rstrip() for line in text.splitlines()]
    if _bids_columns(lines):
        return "BIDS dseg.tsv", _bids(lines, path)
    content = [line for line in lines if line.strip() and not line.lstrip().startswith(("#", "//"))]
    forms: tuple[tuple[TableForm, Callable[[str], TableRow | None]], ...] = (
        ("ITK-SNAP", _itk_snap_row), ("FreeSurfer", _freesurfer_row), ("FSL lut", _fsl_row), ("plain text", _plain_row),
    )  # fmt: skip
    for form, row_of in forms:
        rows = [row_of(line) for line in content]
        found = [row for row in rows if row is not None]
        if found and len(found) == len(rows):
            return form, found
    number, line = next(_unreadable(lines))
    raise LookUpTableError(f"{path.name} is not a look-up table that is known: line {number} is {line[:60]!r}.", _FORMS)


def _unreadable(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines that have no form at all, numbered from 1; the first line when each has one but not the same."""
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")]
    yield from ((number, line) for number, line in numbered if _plain_row(line) is None)
    yield from numbered or [(1, "")]


_ITK_SNAP = re.compile(r'^\s*(-?\d+)\s+\d+\s+\d+\s+\d+\s+[\d.]+\s+[01]\s+[01]\s+"(.*)"\s*$')
_FREESURFER = re.compile(r"^\s*(-?\d+)\s+(\S.*?)\s+(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s+(\d{1,3})\s*$")
_FSL = re.compile(r"^\s*(-?\d+)\s+[01]?(?:\.\d*)?\s+[01]?(?:\.\d*)?\s+[01]?(?:\.\d*)?\s+(\S.*?)\s*$")
_PLAIN = re.compile(r"^\s*(-?\d+)(?:\s*[,;:\t=]\s*|\s+)(\S.*?)\s*$")


def _itk_snap_row(line: str) -> TableRow | None:
    found = _ITK_SNAP.match(line)
    return TableRow(int(found[1]), found[2].strip() or f"Label {found[1]}") if found else None


def _freesurfer_row(line: str) -> TableRow | None:
    found = _FREESURFER.match(line)
    return TableRow(int(found[1]), found[2]) if found else None


def _fsl_row(line: str) -> TableRow | None:
    found = _FSL.match(line)
    return TableRow(int(found[1]), found[2]) if found else None


def _plain_row(line: str) -> TableRow | None:
    found = _PLAIN.match(line)
    return TableRow(int(found[1]), found[2].strip("\"'")) if found else None


def _bids_columns(lines: list[str]) -> list[str] | None:
    """The columns of a BIDS table, if the first line names them."""
    columns = [column.strip().lower() for column in lines[0].split("\t")] if lines else []
    return columns if {"index", "name"} <= set(columns) else None


def _bids(lines: list[str], path: Path) -> list[TableRow]:
    columns = _bids_columns(lines) or []
    rows = []
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = dict(zip(columns, (cell.strip() for cell in line.split("\t")), strict=False))
        if not re.fullmatch(r"-?\d+(\.0*)?", cells.get("index", "")) or not cells.get("name"):
            raise LookUpTableError(f"{path.name}: line {number} has no whole index with a name.", _FORMS)
        abbreviation = cells.get("abbreviation", "")
        rows.append(TableRow(int(float(cells["index"])), cells["name"], "" if abbreviation == "n/a" else abbreviation))
    return rows


def _fsl_xml(text: str, path: Path) -> list[TableRow]:
    """FSL's atlas description. Its ``index`` counts from 0; images of probabilistic atlases hold the index plus one."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise LookUpTableError(f"{path.name} declares entities, which no atlas needs.", "Remove the DOCTYPE.")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise LookUpTableError(f"{path.name} is not valid XML ({error}).", _FORMS) from error
    kind = next((element.text or "" for element in root.iter("type")), "")
    shift = 0 if kind.strip().lower() == "label" else 1
    rows = []
    for element in root.iter("label"):
        value, index = element.get("value"), element.get("index")
        try:
            label = int(value) if value is not None else int(index or "") + shift
        except ValueError as error:
            raise LookUpTableError(f"{path.name} has a label without a whole index.", _FORMS) from error
        rows.append(TableRow(label, "".join(element.itertext()).strip() or f"Label {label}"))
    return rows
