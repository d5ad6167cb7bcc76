"""Points of 3D Slicer's earlier point list (``.fcsv``)."""

from __future__ import annotations

import re
from pathlib import Path

from fusplan.export.named_points import NamedPoint, PointFile, PointFrame
from fusplan.export.names_in_files import plain_name
from fusplan.export.point_cells import CoordinateCells, fitting, row_error, shown, split_row
from fusplan.export.slicer_words import slicer_frame, slicer_name
from fusplan.number_text import NumberTextError, read_number

_USUAL_COLUMNS = "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID"

_STATUS_CELLS = 2
"""Slicer 5 writes two whole numbers behind the columns that its head names (position status, and another)."""

_LARGEST_TURN = 1.001
"""Of the four numbers of an orientation: they are those of a unit quaternion, or cosines."""


def read_fcsv(path: Path, text: str) -> PointFile:
    """The frame is what the head states: ``LPS`` or ``1``, ``RAS`` or ``0``; None when it states none.

    Raises:
        PointFileError: a row does not fit the columns, or has no three numbers.
        PointFrameConflictError: voxel indices, or an unknown coordinate system.
    """
    stated = re.search(r"^# *CoordinateSystem *= *(\S+)", text, re.MULTILINE)
    frame: PointFrame | None = slicer_frame(path, stated.group(1)) if stated else None
    columns = re.search(r"^# *columns *= *(.+)$", text, re.MULTILINE)
    heads = [head.strip() for head in (columns.group(1) if columns else _USUAL_COLUMNS).split(",")]
    start = text.count("\n", 0, columns.end()) + 1 if columns else 0
    coordinates = CoordinateCells(path, ",")
    points: list[NamedPoint] = []
    undefined: list[str] = []
    for line, row_text in enumerate(text.split("\n"), start=1):
        if not row_text.strip() or (row_text.startswith("#") and (line <= start or "," not in row_text)):
            continue
        row = _row(path, line, row_text, heads)
        name = plain_name(slicer_name(row.get("label", ""), row.get("desc", "")))
        name = name or f"point {len(points) + len(undefined) + 1}"
        place = coordinates.read([row.get(axis, "") for axis in "xyz"], line, name)
        if place is None:
            undefined.append(name)
        else:
            points.append(NamedPoint(name, place))
    coordinates.finish()
    return PointFile("3D Slicer point list (.fcsv)", frame, tuple(points), tuple(undefined))


def _row(path: Path, line: int, text: str, heads: list[str]) -> dict[str, str]:
    cells = split_row(path, line, text, ",")
    if len(cells) == len(heads) + _STATUS_CELLS and all(re.fullmatch(r"\d", cell) for cell in cells[-_STATUS_CELLS:]):
        cells = cells[:-_STATUS_CELLS]
    if len(cells) == len(heads) - 1 and heads[-1] == "associatedNodeID":
        cells.append("")
    row = fitting(path, line, cells, heads, ",")
    wrong = next((head for head in row if not _may_be(head, row[head])), None)
    if wrong is not None:
        why = f"{shown(row[wrong])} stands in the column {wrong}, so the cells seem to be shifted"
        raise row_error(path, line, why, "Write decimal points, and put names with commas into quotation marks.")
    return row


def _may_be(head: str, cell: str) -> bool:
    """Whether a cell can be what its column holds: switches are 0 or 1, the parts of an orientation at most 1."""
    if head in ("vis", "sel", "lock"):
        return cell in ("0", "1", "")
    if head in ("ow", "ox", "oy", "oz") and cell:
        try:
            return abs(read_number(cell)) <= _LARGEST_TURN
        except NumberTextError:
            return False
    return True
