"""Points of plain tables: CSV and TSV, the control-point tables of 3D Slicer, and ``targets.csv`` of this program."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fusplan.export.named_points import (
    Coordinates,
    NamedPoint,
    PointFile,
    PointFileError,
    PointFrame,
    scanner_ras_mm,
)
from fusplan.export.names_in_files import plain_name
from fusplan.export.point_cells import CoordinateCells, fitting, row_error, shown, split_row
from fusplan.export.table_columns import OWN_HEADS, AxisColumns, coordinate_columns, frame_word

_NAME_HEADS = ("name", "label", "target", "target name", "point", "id")
_FRAME_HEADS = ("frame", "coordinate system", "coordinate_system", "coordinatesystem", "coordsystem", "space")
_SEPARATOR_LINE = re.compile(r"\s*\"?sep=(?P<separator>\\t|.)\"?\s*", re.IGNORECASE)
"""With it programs tell Excel what separates the columns."""

_REMEDY = "Give a .mrk.json or .fcsv of 3D Slicer, a Brainsight .txt, or a table with the columns name, x, y, z."


@dataclass(frozen=True, slots=True)
class _Head:
    """The first line of a table that is no remark: number, separator, names of the columns."""

    line: int
    separator: str
    names: tuple[str, ...]

    def first(self, known: Sequence[str]) -> str | None:
        return next((name for name in known if name in self.names), None)


def read_table(path: Path, text: str) -> PointFile:
    """The heads name columns and, by ``r``, ``a``, ``s`` or ``l``, ``p``, ``s`` or in words, the frame; a column
    ``frame`` states it for each row.

    Raises:
        PointFileError: no head that names coordinates, or a row that does not fit it or has no three numbers.
    """
    lines = text.split("\n")
    head = _head(path, lines)
    axes = _axes(path, head)
    cells = CoordinateCells(path, head.separator)
    rows = [
        (line, fitting(path, line, split_row(path, line, row, head.separator), head.names, head.separator))
        for line, row in enumerate(lines[head.line :], start=head.line + 1)
        if row.strip() and not _is_remark(row, head.separator)
    ]
    named = [(_name(path, head, row, number, line), line, row) for number, (line, row) in enumerate(rows, start=1)]
    read = [(name, line, row, _place(cells, axes, name, line, row)) for name, line, row in named]
    cells.finish()
    placed = [(name, line, row, place) for name, line, row, place in read if place is not None]
    undefined = tuple(name for name, *_, place in read if place is None)
    frames = _frames(path, head, axes, [(line, row) for _, line, row, _ in placed])
    own = axes.heads == OWN_HEADS
    points = [NamedPoint(name, place, (row.get("aim") or None) if own else None) for name, _, row, place in placed]
    if len(set(frames)) < 2:
        return PointFile("table", next(iter(frames), axes.frame), tuple(points), undefined)
    turned = [_in_ras(point, frame) for point, frame in zip(points, frames, strict=True)]
    return PointFile("table with a frame for each row", "ras", tuple(turned), undefined)


def _head(path: Path, lines: Sequence[str]) -> _Head:
    """The head, and the line it stands in, counted from 1. Lines before it that begin with a hash are remarks."""
    stated = None
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _SEPARATOR_LINE.fullmatch(line)
        if found and stated is None:
            stated = "\t" if found["separator"] == "\\t" else found["separator"]
            continue
        separator = stated if stated in ("\t", ";", ",") else max("\t;,", key=line.count)
        names = [name.lower() for name in split_row(path, number, line, separator)]
        while names and not names[-1]:
            names.pop()
        return _Head(number, separator, tuple(names))
    raise PointFileError(f"{path.name} cannot be read as points: it is empty.", _REMEDY)


def _axes(path: Path, head: _Head) -> AxisColumns:
    twice = [name for name, count in Counter(head.names).items() if count > 1 and name]
    if twice:
        raise row_error(path, head.line, f"the head names the column {shown(twice[0])} twice", "Rename one of them.")
    found = coordinate_columns(head.names)
    if not found:
        names = "i, j, k (voxel indices)" if {"i", "j", "k"} <= set(head.names) else shown(", ".join(head.names))
        raise row_error(
            path, head.line,
            f"it names no columns x, y, z (or r, a, s or l, p, s), but {names}",
            _REMEDY,
        )  # fmt: skip
    stating = [axes for axes in found if axes.frame is not None]
    if len(stating) > 1:
        sets = " and ".join(", ".join(axes.heads) for axes in stating)
        raise row_error(
            path, head.line, f"the head states coordinates twice: {sets}", "Leave the columns that are meant."
        )
    unknown = next((column for column in found[0].columns if column.unit), None)
    if unknown is not None:
        why = f"the unit {unknown.unit!r} of the column {shown(unknown.head)} is not known"
        raise row_error(path, head.line, why, "State the coordinates in mm.")
    return found[0]


def _is_remark(line: str, separator: str) -> bool:
    """A line with a hash that has no second cell. With one it is a row, whose name begins with a hash."""
    return line.startswith("#") and separator not in line


def _name(path: Path, head: _Head, row: dict[str, str], number: int, line: int) -> str:
    """The name of a row. A number with decimals is none: it is a coordinate that decimal commas have shifted."""
    column = head.first(_NAME_HEADS)
    if column and head.separator == "," and re.fullmatch(r"[+-]?\d+\.\d+", row[column]):
        why = f"the column {column} holds the number {shown(row[column])}, so the cells seem to be shifted"
        raise row_error(path, line, why, "Write decimal points, and give every row a name.")
    return (plain_name(row[column]) if column else "") or f"point {number}"


def _place(cells: CoordinateCells, axes: AxisColumns, name: str, line: int, row: dict[str, str]) -> Coordinates | None:
    if row.get("defined", "1").lower() in ("0", "false"):
        return None
    numbers = cells.read([row[head] for head in axes.heads], line, name)
    if numbers is None:
        return None
    units = (column.mm_per_unit for column in axes.columns)
    x, y, z = (number * unit * flip for number, unit, flip in zip(numbers, units, axes.flips, strict=True))
    return (x, y, z)


def _frames(path: Path, head: _Head, axes: AxisColumns, rows: Sequence[tuple[int, dict[str, str]]]) -> list[PointFrame]:
    """The frame of each row by a column that states it; nothing where there is no such column, or it is empty."""
    column = head.first(_FRAME_HEADS)
    if column is None or not any(row[column] for _, row in rows):
        return []
    frames: list[PointFrame] = []
    for line, row in rows:
        frame = frame_word(row[column])
        if frame is None or frame != (axes.frame or frame):
            expected = "RAS or LPS is" if axes.frame is None else f"{axes.frame.upper()}, as the heads state, is"
            why = f"the column {column} says {shown(row[column])}, where {expected} expected"
            raise row_error(path, line, why, "Correct the row, or state the frame of all rows alike.")
        frames.append(frame)
    return frames


def _in_ras(point: NamedPoint, frame: PointFrame) -> NamedPoint:
    return NamedPoint(point.name, scanner_ras_mm(point, frame), point.aim_key)
