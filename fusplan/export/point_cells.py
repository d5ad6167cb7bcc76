"""Rows of text files of points: cells that fit their head, and coordinates with one decimal sign; anything else is
refused with its line, since a shifted column is a wrong place.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fusplan.export.named_points import Coordinates, PointFileError
from fusplan.number_text import NumberTextError, decimal_sign, may_be_grouped, read_number

UNDEFINED_WORDS = frozenset({"", "nan", "n/a", "na", "null", "none", "(null)", "undefined", "-"})
"""What programs write in place of a coordinate that is not there (BIDS: n/a; Brainsight: (null))."""

_LONGEST_SHOWN = 60


def shown(text: str) -> str:
    """A text of a file as it is quoted in a sentence."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return f"'{line[:_LONGEST_SHOWN]}…'" if len(line) > _LONGEST_SHOWN else f"'{line}'"


def row_error(path: Path, line: int, why: str, remedy: str) -> PointFileError:
    """A row that cannot be read. ``why`` says what was read and what was expected."""
    return PointFileError(f"{path.name} cannot be read as points: line {line}: {why}.", remedy)


def split_row(path: Path, line: int, text: str, separator: str) -> list[str]:
    """The cells of one line, stripped; quotes hold separators together and must be closed in the same line.

    Raises:
        PointFileError: a quote is not closed.
    """
    try:
        cells = next(csv.reader([text], delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error as error:
        raise row_error(
            path, line, f"a quotation mark is opened and not closed, or stands within a cell, in {shown(text)}",
            "Close the quotation mark in the same line, or leave it out; a quotation mark in a name is written twice.",
        ) from error  # fmt: skip
    return [cell.strip() for cell in cells]


def fitting(path: Path, line: int, cells: Sequence[str], heads: Sequence[str], separator: str) -> dict[str, str]:
    """The cells of a row by the names of their columns. Empty cells beyond the last column are forgiven.

    Raises:
        PointFileError: there are more or fewer cells than columns.
    """
    filled = list(cells)
    while len(filled) > len(heads) and not filled[-1]:
        filled.pop()
    if len(filled) == len(heads):
        return dict(zip(heads, filled, strict=True))
    word = {",": "commas", ";": "semicolons", "\t": "tabs"}[separator]
    remedy = (
        "Write decimal points, put names and numbers that hold commas into quotation marks, or separate the columns "
        "by semicolons or tabs."
        if separator == "," and len(filled) > len(heads)
        else "Give every row as many cells as the head has columns, empty ones included."
    )
    found = f"{len(filled)} cells separated by {word} where the head names {len(heads)} columns"
    raise row_error(path, line, f"{found}, in {shown(separator.join(cells))}", remedy)


def is_undefined(cell: object) -> bool:
    """Whether a cell says that there is no number."""
    return cell is None or str(cell).strip().lower() in UNDEFINED_WORDS


@dataclass(slots=True)
class CoordinateCells:
    """Reads the coordinates of one file, which writes all of them with one decimal sign.

    Attributes:
        path: the file, for what is said.
        separator: of its columns.
    """

    path: Path
    separator: str
    _first_with: dict[str, tuple[int, str]] = field(default_factory=dict)
    _comma_is_sure: bool = False

    def read(self, cells: Sequence[str], line: int, name: str) -> Coordinates | None:
        """Three numbers, or None where the row says that there are none.

        Raises:
            PointFileError: some of the three are missing, are no numbers, or are written with the other decimal sign.
        """
        if all(is_undefined(cell) for cell in cells):
            return None
        x, y, z = (self._number(cell, line, name) for cell in cells)
        return (x, y, z)

    def finish(self) -> None:
        """Raise PointFileError when all that was read with commas may have thousands separators."""
        if "," in self._first_with and self.separator == "," and not self._comma_is_sure:
            line, cell = self._first_with[","]
            raise row_error(
                self.path, line, f"{shown(cell)} may have a decimal comma or a thousands separator",
                "Write it with a decimal point and without thousands separators.",
            )  # fmt: skip

    def _number(self, cell: str, line: int, name: str) -> float:
        try:
            number = read_number(cell)
        except NumberTextError as error:
            raise row_error(
                self.path, line, f"{shown(cell)} stands for a coordinate of {shown(name)}; one number is expected",
                error.remedy,
            ) from error  # fmt: skip
        if not np.isfinite(number):
            raise row_error(self.path, line, f"{shown(cell)} is too large a number", "Correct it.")
        self._keep_sign(cell, line)
        return number

    def _keep_sign(self, cell: str, line: int) -> None:
        sign = decimal_sign(cell)
        if not sign:
            return
        self._first_with.setdefault(sign, (line, cell))
        self._comma_is_sure |= sign == "," and not may_be_grouped(cell)
        if len(self._first_with) > 1:
            other_line, other = self._first_with["." if sign == "," else ","]
            raise row_error(
                self.path, line,
                f"{shown(cell)} and, in line {other_line}, {shown(other)} have different decimal signs; one of them "
                "may be a thousands separator",
                "Write all numbers with the same decimal sign and without thousands separators.",
            )  # fmt: skip
