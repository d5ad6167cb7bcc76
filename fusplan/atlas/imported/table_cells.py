"""Lines of a look-up table as cells: without remarks, split by tabs, commas, semicolons or blanks, quotes respected."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fusplan.errors import FusplanError

_REMARK_LINE = re.compile(r"\s*(#(?![0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?\s*[,;\t])|//|%)")
_REMARK_BEHIND = re.compile(r"\s(#(?![0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?\s*(?:$|[,;\t]))|//).*$")
"""What follows a hash or two strokes, unless the hash begins a colour such as ``#aabbcc``."""

_BLANK_CELLS = re.compile(r"\"([^\"]*)\"(?=\s|$)|'([^']*)'(?=\s|$)|(\S+)")
COLOURS_IN_TEXT = re.compile(r"\S +\d+(\.\d+)?( +\d+(\.\d+)?){2,}(?![\d.]*[^\W\d])")
"""Three numbers or more in one text, apart by blanks."""

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


class LookUpTableError(FusplanError):
    """A look-up table cannot be read, or says something impossible."""


FORMS = (
    "A table is a FreeSurfer colour table (No name R G B A), an ITK-SNAP label description, an FSL xml or lut, a BIDS "
    "dseg.tsv (index and name), a table of MRtrix or AAL, a CSV with heads, or lines of a number, a name, and colours."
)


NUMBER_HEADS = (
    "index", "labelvalue", "label value", "value", "id", "no", "no.", "number", "key", "labelid", "label_id",
    "intensity",
)  # fmt: skip
"""Names of the column of labels; the first that is there is taken."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, and whether it stood in quotation marks among blanks: then it is a name, whatever is in it."""

    text: str
    quoted: bool = False

    @property
    def is_number(self) -> bool:
        return not self.quoted and _NUMBER.fullmatch(self.text) is not None

    @property
    def is_colour(self) -> bool:
        """A number, or the six or eight digits of a colour."""
        return self.is_number or (not self.quoted and _COLOUR.fullmatch(self.text) is not None)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is no remark: its number from 1, its text, and its cells."""

    number: int
    text: str
    cells: tuple[Cell, ...]


def line_error(file_name: str, line: Line, why: str) -> LookUpTableError:
    """A line that cannot be read."""
    found = f"line {line.number} is {line.text[:60]!r}; {why}"
    return LookUpTableError(f"{file_name} is not a look-up table that is known: {found}.", FORMS)


def split_lines(file_name: str, text: str) -> tuple[list[Line], str]:
    """The lines that say something, and what separates their cells: a tab, comma, semicolon, or a blank for any blanks.

    Raises:
        LookUpTableError: a quotation mark is not closed.
    """
    numbered = [
        (number, _REMARK_BEHIND.sub("", line).rstrip().lstrip(" "))
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not _REMARK_LINE.match(line)
    ]
    numbered = [(number, line) for number, line in numbered if line.strip()]
    separator = _separator([line for _, line in numbered])
    return [Line(number, line, _cells(file_name, number, line, separator)) for number, line in numbered], separator


def _separator(lines: Sequence[str]) -> str:
    """What stands in every line, and parts the label from the name or the heads from each other."""
    for separator in "\t;,":
        everywhere = bool(lines) and all(separator in line for line in lines)
        # Colours that are apart by blanks alone are so in the whole line, whatever stands behind the label.
        if everywhere and _parts_a_label(lines, separator) and not all(map(COLOURS_IN_TEXT.search, lines)):
            return separator
    return " "


def _parts_a_label(lines: Sequence[str], separator: str) -> bool:
    heads = {head.strip().strip('"').lower() for head in lines[0].split(separator)}
    label = r"\"?[+-]?\d+(\.0*)?\"?"
    return (
        bool(heads & set(NUMBER_HEADS))
        or re.match(rf"\s*{label}\s*{separator}", lines[-1]) is not None
        or re.search(rf"^[^\d\s].*{separator}\s*{label}$", lines[-1]) is not None
    )


def _cells(file_name: str, number: int, line: str, separator: str) -> tuple[Cell, ...]:
    if separator == " ":
        cells = tuple(_blank_cell(found) for found in _BLANK_CELLS.finditer(line))
        if any(cell.text.startswith('"') and not cell.quoted for cell in cells):
            raise line_error(file_name, Line(number, line, ()), "a quotation mark is not closed")
        return cells
    try:
        texts = next(csv.reader([line], delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise line_error(file_name, Line(number, line, ()), "a quotation mark is not closed") from error
    cells = tuple(Cell(text.strip()) for text in texts)
    while len(cells) > 1 and not cells[-1].text:
        cells = cells[:-1]
    return cells


def _blank_cell(found: re.Match[str]) -> Cell:
    if found[3] is not None:
        return Cell(found[3])
    return Cell((found[1] if found[1] is not None else found[2]).strip(), True)
