"""Look-up tables of label maps: FreeSurfer, ITK-SNAP, FSL (xml and lut), BIDS (tsv), MRtrix, AAL, CSV and plain text.

The form is recognised by the content, not by the file's name. Label 0 is background everywhere and left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from fusplan.atlas.imported.table_cells import FORMS, LookUpTableError
from fusplan.atlas.imported.table_forms import TableForm, TableRow, recognised
from fusplan.errors import FileMissingError
from fusplan.number_text import NumberTextError, read_whole_number

LARGEST_TABLE_BYTES = 4_000_000
"""FreeSurfer's own table, the longest in use, has 0.1 MB."""

LARGEST_LABEL = 1 << 24
"""Label maps are read as float32, which holds whole numbers exactly up to here."""

FEW_ROWS = 200
"""A table with more rows is one for a whole program (FreeSurfer's has over a thousand), not for one map."""


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
        raise LookUpTableError(f"{path.name} names no label.", FORMS)
    twice = [label for label, count in Counter(row.label for row in named).items() if count > 1]
    if twice:
        raise LookUpTableError(
            f"{path.name} names label {twice[0]} {sum(row.label == twice[0] for row in named)} times.",
            "Give every label one row.",
        )
    wrong = [row.label for row in named if not 0 < row.label <= LARGEST_LABEL]
    if wrong:
        raise LookUpTableError(f"{path.name} has the label {wrong[0]}; labels are whole numbers from 1.", FORMS)
    return LookUpTable(form, named, path.name)


def _text(path: Path) -> str:
    if not path.is_file():
        raise FileMissingError(path, "look-up table")
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST_TABLE_BYTES else None
    except OSError as error:
        raise LookUpTableError(f"{path.name} cannot be read: {error.strerror}.", "Check its permissions.") from error
    if content is None or b"\0" in content:
        raise LookUpTableError(f"{path.name} is not a table: it is not text.", FORMS)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")  # older tables; every byte is a character there


def _recognised(text: str, path: Path) -> tuple[TableForm, list[TableRow]]:
    return ("FSL xml", _fsl_xml(text, path)) if text.lstrip().startswith("<") else recognised(text, path.name)


def _fsl_xml(text: str, path: Path) -> list[TableRow]:
    """FSL's atlas description. Its ``index`` counts from 0; images of probabilistic atlases hold the index plus one."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise LookUpTableError(f"{path.name} declares entities, which no atlas needs.", "Remove the DOCTYPE.")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise LookUpTableError(f"{path.name} is not valid XML ({error}).", FORMS) from error
    kind = next((element.text or "" for element in root.iter("type")), "")
    shift = 0 if kind.strip().lower() == "label" else 1
    rows = []
    for element in root.iter("label"):
        value, index = element.get("value"), element.get("index")
        try:
            label = read_whole_number(value) if value is not None else read_whole_number(index or "") + shift
        except NumberTextError as error:
            raise LookUpTableError(f"{path.name} has a label without a whole index.", FORMS) from error
        rows.append(TableRow(label, "".join(element.itertext()).strip() or f"Label {label}"))
    return rows
