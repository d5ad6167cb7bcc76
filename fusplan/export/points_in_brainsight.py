"""Targets and planned landmarks of Brainsight's text files; samples and electrodes are not places that were planned."""

from __future__ import annotations

import re
from pathlib import Path

from fusplan.export.named_points import (
    NamedPoint,
    NamedTransform,
    PointFile,
    PointFrame,
    PointFrameConflictError,
    TransformMeaning,
    TransformName,
)
from fusplan.export.names_in_files import plain_name
from fusplan.export.point_cells import CoordinateCells, fitting

_PLANNED = ("Target Name", "Planned Landmark Name")

_FORMS: dict[str, TransformName] = {"S": "sform", "Q": "qform"}
_MEANINGS: dict[str, TransformMeaning] = {"Scanner": "scanner", "Aligned": "aligned to another image"}


def read_brainsight(path: Path, text: str) -> PointFile:
    """Columns are separated by tabs; numbers have the decimal sign of the computer that wrote them.

    Raises:
        PointFileError: a row does not fit its head, or has no three numbers.
        PointFrameConflictError: the coordinates are a template's, or Brainsight's own.
    """
    frame, transform = _system(path, text)
    coordinates = CoordinateCells(path, "\t")
    points: list[NamedPoint] = []
    undefined: list[str] = []
    heads: list[str] | None = None
    for line, row_text in enumerate(text.split("\n"), start=1):
        cells = [cell.strip() for cell in row_text.split("\t")]
        if row_text.startswith("#") and not _is_row(cells, heads):
            if len(cells) > 1:
                named = [cells[0].lstrip("# "), *cells[1:]]
                heads = named if named[0] in _PLANNED and "Loc. X" in named else None
            continue
        if heads is None or not row_text.strip():
            continue
        row = fitting(path, line, cells, heads, "\t")
        name = plain_name(row[heads[0]]) or f"point {len(points) + len(undefined) + 1}"
        place = coordinates.read([row.get(f"Loc. {axis}", "") for axis in "XYZ"], line, name)
        if place is None:
            undefined.append(name)
        else:
            points.append(NamedPoint(name, place))
    return PointFile("Brainsight targets", frame, tuple(points), tuple(undefined), transform)


def _is_row(cells: list[str], heads: list[str] | None) -> bool:
    """Whether a line that begins with a hash is a point whose name does: it has numbers where a head has words."""
    return heads is not None and len(cells) > 1 and any(re.search(r"\d[.,]\d|^\W?\d+$", cell) for cell in cells[1:4])


def _system(path: Path, text: str) -> tuple[PointFrame | None, NamedTransform | None]:
    """NIfTI's world is RAS, by one of two transforms of a header: by the sform (S), the qform (Q), or, up to version
    13, by the one that leads to where the name says. What this program wrote is in the transform that it used itself.
    """
    stated = re.search(r"^# *Coordinate system: *(.+)$", text, re.MULTILINE)
    if stated is None:
        return None, None
    system = stated.group(1).strip()
    first, *forms, kind = system.split(":") if ":" in system else (system, "")
    if first != "NIfTI" or kind not in _MEANINGS or not all(form in _FORMS for form in forms):
        raise PointFrameConflictError(
            f"The targets of {path.name} are in the coordinate system {system!r}, which is not the scanner frame "
            "of this image.",
            "Export them from Brainsight in NIfTI:Scanner coordinates of the same image.",
        )
    if re.search(r"^# *Created by: *fusplan\s*$", text, re.MULTILINE):
        return "ras", None
    return "ras", NamedTransform(_FORMS[forms[0]] if forms else None, _MEANINGS[kind], system)
