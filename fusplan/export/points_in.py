"""Named points from the files of other programs: 3D Slicer (``.mrk.json``, ``.fcsv``, control-point tables),
Brainsight (``.txt``), and plain CSV or TSV tables.

Which way the axes run is never guessed: it is what the file states, or what the user states when the file does not.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from fusplan.errors import FileMissingError, FileUnreadableError, FusplanError
from fusplan.export.names_in_files import plain_name
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.lps import flip_ras_lps

PointFrame: TypeAlias = Literal["ras", "lps"]
Coordinates: TypeAlias = tuple[float, float, float]

_LARGEST_FILE_BYTES = 20_000_000


class PointFileError(FileUnreadableError):
    """A file holds no points in a form that is known."""


class PointFrameUnknownError(FusplanError):
    """A file does not say which way its axes run, and nobody else did."""


class PointFrameConflictError(FusplanError):
    """The user says one frame, the file another; or the file's frame is none of this head's."""


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """One point as a file gives it.

    Attributes:
        name: its label.
        coordinates_mm: three numbers in the frame of its :class:`PointFile`.
        aim_key: abbreviation of the structure that it aims at, where a table of this program's says so.
    """

    name: str
    coordinates_mm: Coordinates
    aim_key: str | None = None


@dataclass(frozen=True, slots=True)
class PointFile:
    """What a file of points holds.

    Attributes:
        format_name: what kind of file it is, for a person.
        frame: the frame that the file states, None when it states none.
        points: in the order of the file.
    """

    format_name: str
    frame: PointFrame | None
    points: tuple[NamedPoint, ...]

    def settle_frame(self, said: PointFrame | None) -> PointFrame:
        """The frame of the points.

        Args:
            said: what the user says, if anything.

        Raises:
            PointFrameUnknownError: neither file nor user says.
            PointFrameConflictError: they disagree.
        """
        if self.frame is None and said is None:
            raise PointFrameUnknownError(
                "The file does not say whether its x and y run to the right and front (RAS) or to the left and back "
                "(LPS).",
                "State it: --frame ras (NIfTI world, Brainsight, FSL) or --frame lps (DICOM, ITK, 3D Slicer's files).",
            )
        if self.frame is not None and said is not None and said != self.frame:
            raise PointFrameConflictError(
                f"The file states {self.frame.upper()} itself; you said {said.upper()}.",
                "Leave --frame out, or correct the file.",
            )
        return self.frame or said or "ras"


def place_points(file: PointFile, frame: PointFrame, scanner: ScannerRas) -> tuple[tuple[str, Point[ScannerRas]], ...]:
    """Names and places of a file's points in the scanner frame of a head."""
    return tuple((one.name, place_point(one, frame, scanner)) for one in file.points)


def place_point(point: NamedPoint, frame: PointFrame, scanner: ScannerRas) -> Point[ScannerRas]:
    """The place of a file's point in the scanner frame of a head."""
    return Point.of(scanner, scanner_ras_mm(point, frame))


def scanner_ras_mm(point: NamedPoint, frame: PointFrame) -> Coordinates:
    """A file's point in scanner RAS mm of the head it was marked on."""
    if frame == "ras":
        return point.coordinates_mm
    x, y, z = (float(value) for value in flip_ras_lps(point.coordinates_mm))
    return (x, y, z)


def read_points(path: Path) -> PointFile:
    """Read a file of points; the kind is told by its content.

    Raises:
        FileMissingError, PointFileError: no such file, or nothing in it that is known.
        PointFrameConflictError: its coordinates are in a frame that is not the scanner's, such as a template's.
    """
    text = _text_of(path)
    if path.name.lower().endswith(".json") or text.lstrip().startswith("{"):
        found = _read_markups(path, text)
    elif re.search(r"^# *(CoordinateSystem *=|columns *= *id,)", text, re.MULTILINE):
        found = _read_fcsv(path, text)
    elif re.search(r"^# *(Target Name|Planned Landmark Name)\t", text, re.MULTILINE):
        found = _read_brainsight(path, text)
    else:
        found = _read_table(path, text)
    if not found.points:
        raise PointFileError(f"There is no point in {path.name}.", "Choose a file that holds named points.")
    return found


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise PointFileError(f"{path.name} is far too large for a list of points.", "Choose another file.")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise FileMissingError(path) from error
    except OSError as error:
        raise PointFileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    except UnicodeDecodeError as error:
        raise PointFileError(f"{path.name} is not a text file in UTF-8.", "Save it as UTF-8 text.") from error


def _unreadable(path: Path, why: str) -> PointFileError:
    return PointFileError(
        f"{path.name} cannot be read as points: {why}.",
        "Give a .mrk.json or .fcsv of 3D Slicer, a Brainsight .txt, or a table with the columns name, x, y, z.",
    )


# 3D Slicer


def _read_markups(path: Path, text: str) -> PointFile:
    """Markups of the schema 1.0.x. A missing coordinate system means LPS, a missing unit mm, by that schema."""
    try:
        content = json.loads(text)
        markups = [one for one in content["markups"] if one.get("type", "Fiducial") == "Fiducial"]
        frames = {_slicer_frame(path, str(one.get("coordinateSystem", "LPS"))) for one in markups}
        points = [
            _named(
                path,
                _label(str(point.get("label", "")), str(point.get("description", ""))),
                point["position"],
                number,
                _mm_per_unit(path, markup),
            )
            for markup in markups
            for number, point in enumerate(markup.get("controlPoints", []), start=1)
            if point.get("positionStatus", "defined") == "defined"
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(path, "it is not a markups file of 3D Slicer") from error
    if len(frames) > 1:
        raise _unreadable(path, "its point lists are in different frames")
    return PointFile("3D Slicer point list", next(iter(frames), "lps"), tuple(points))


def _mm_per_unit(path: Path, markup: Mapping[str, Any]) -> float:
    unit = markup.get("coordinateUnits", "mm")
    if unit in ("mm", ["mm", "mm", "mm"]):
        return 1.0
    if unit == "um":
        return 0.001
    raise _unreadable(path, f"the unit {unit!r} is not known")


def _slicer_frame(path: Path, name: str) -> PointFrame:
    """Old files number the systems: 0 is RAS, 1 is LPS."""
    frames: dict[str, PointFrame] = {"LPS": "lps", "RAS": "ras", "1": "lps", "0": "ras"}
    frame = frames.get(name.strip().upper())
    if frame is None:
        raise PointFrameConflictError(
            f"The points of {path.name} are in the frame {name.strip()!r}, not in the scanner's.",
            "Save them in LPS or RAS scanner coordinates.",
        )
    return frame


def _read_fcsv(path: Path, text: str) -> PointFile:
    stated = re.search(r"^# *CoordinateSystem *= *(\S+)", text, re.MULTILINE)
    columns = re.search(r"^# *columns *= *(\S+)", text, re.MULTILINE)
    names = (columns.group(1) if columns else "id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc").split(",")
    points = []
    for number, cells in enumerate(csv.reader(_data_lines(text)), start=1):
        row = dict(zip(names, cells, strict=False))
        name = _label(row.get("label", ""), row.get("desc", ""))
        points.append(_named(path, name, (row.get(axis, "") for axis in "xyz"), number))
    frame = _slicer_frame(path, stated.group(1)) if stated else None
    return PointFile("3D Slicer point list (.fcsv)", frame, tuple(points))


def _label(label: str, description: str) -> str:
    """The name of a point. Some files (AFIDs' are such) number the points and have their names as descriptions."""
    return description if label.strip().isdigit() and description.strip() else label


def _data_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


# Brainsight


def _read_brainsight(path: Path, text: str) -> PointFile:
    """Targets and planned landmarks; samples and electrodes are not places that were planned."""
    stated = re.search(r"^# *Coordinate system: *(.+)$", text, re.MULTILINE)
    points: list[NamedPoint] = []
    columns: list[str] | None = None
    for line in text.splitlines():
        if line.startswith("#"):
            heads = [cell.strip() for cell in line.lstrip("# ").split("\t")]
            if "Loc. X" in heads:
                columns = heads if heads[0] in ("Target Name", "Planned Landmark Name") else None
            continue
        cells = line.split("\t")
        if columns is None or len(cells) < 4:
            continue
        row = dict(zip(columns, cells, strict=False))
        places = [row.get(f"Loc. {axis}", "") for axis in "XYZ"]
        if "(null)" not in places:
            points.append(_named(path, cells[0], places, len(points) + 1))
    return PointFile("Brainsight targets", _brainsight_frame(path, stated), tuple(points))


def _brainsight_frame(path: Path, stated: re.Match[str] | None) -> PointFrame | None:
    """NIfTI's world is RAS; which transform of a header it is (Q or S, scanner or aligned) does not change the axes."""
    if stated is None:
        return None
    system = stated.group(1).strip()
    kind = system.split(":")[-1]
    if system.startswith("NIfTI") and kind in ("Scanner", "Aligned"):
        return "ras"
    raise PointFrameConflictError(
        f"The targets of {path.name} are in the coordinate system {system!r}, which is not the scanner frame of this "
        "image.",
        "Export them from Brainsight in NIfTI:Scanner coordinates of the same image.",
    )


# Tables

_OWN_AXES = ("scanner_ras_x_mm", "scanner_ras_y_mm", "scanner_ras_z_mm")
"""Of ``targets.csv``, which this program writes."""

_TABLE_AXES: tuple[tuple[tuple[str, str, str], PointFrame | None], ...] = (
    (_OWN_AXES, "ras"),
    (("l", "p", "s"), "lps"),
    (("r", "a", "s"), "ras"),
    (("x_lps", "y_lps", "z_lps"), "lps"),
    (("x_ras", "y_ras", "z_ras"), "ras"),
    (("x_mm", "y_mm", "z_mm"), None),
    (("x", "y", "z"), None),
)
"""Column names of the coordinates and the frame they state; the first that is there is taken."""

_NAME_COLUMNS = ("name", "label", "target", "id")


def _read_table(path: Path, text: str) -> PointFile:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise _unreadable(path, "it is empty")
    separator = max("\t;,", key=lines[0].count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    heads = [head.lower() for head in rows[0]]
    known = [(axes, frame) for axes, frame in _TABLE_AXES if set(axes) <= set(heads)]
    if not known:
        raise _unreadable(path, "its first line names no columns x, y, z (or r, a, s or l, p, s)")
    axes, frame = known[0]
    name_column = next((name for name in _NAME_COLUMNS if name in heads), None)
    points = []
    for number, cells in enumerate(rows[1:], start=1):
        row = dict(zip(heads, cells, strict=False))
        if row.get("defined", "1") in ("0", "false"):
            continue
        numbers = (row.get(axis, "") for axis in axes)
        # A decimal comma can only be meant where commas do not separate.
        places = [text.replace(",", ".") if separator != "," else text for text in numbers]
        point = _named(path, row.get(name_column, "") if name_column else "", places, number)
        points.append(replace(point, aim_key=(row.get("aim") or None) if axes == _OWN_AXES else None))
    return PointFile("table", frame, tuple(points))


def _named(path: Path, name: str, coordinates: Iterable[object], number: int, mm_per_unit: float = 1.0) -> NamedPoint:
    """A point, named by its number when it has no name. Raises PointFileError unless it has three finite numbers."""
    label = plain_name(name) or f"point {number}"
    try:
        x, y, z = (float(str(value)) * mm_per_unit for value in coordinates)
    except ValueError as error:
        raise _unreadable(path, f"the point {label!r} does not have three numbers") from error
    if not np.all(np.isfinite((x, y, z))):
        raise _unreadable(path, f"the point {label!r} has no finite coordinates")
    return NamedPoint(label, (x, y, z))
