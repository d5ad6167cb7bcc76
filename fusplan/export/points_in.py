"""Named points from the files of other programs: 3D Slicer (``.mrk.json``, ``.fcsv``, control-point tables),
Brainsight (``.txt``), and plain CSV or TSV tables. The kind of a file is told by its content.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from fusplan.errors import FileMissingError
from fusplan.export.named_points import NoPointInFileError, PointFile, PointFileError
from fusplan.export.points_in_brainsight import read_brainsight
from fusplan.export.points_in_fcsv import read_fcsv
from fusplan.export.points_in_markups import read_markups
from fusplan.export.points_in_table import read_table

_LARGEST_FILE_BYTES = 20_000_000


def read_points(path: Path) -> PointFile:
    """Read a file of points; the kind is told by its content.

    Raises:
        FileMissingError, PointFileError: no such file, or nothing in it that is known.
        PointFrameConflictError: its coordinates are in a frame that is not the scanner's, such as a template's.
    """
    text = _text_of(path)
    if path.name.lower().endswith(".json") or text.lstrip().startswith("{"):
        found = read_markups(path, text)
    elif re.search(r"^# *(CoordinateSystem *=|columns *= *id *,)", text, re.MULTILINE):
        found = read_fcsv(path, text)
    elif re.search(r"^# *(Target Name|Planned Landmark Name)\t", text, re.MULTILINE):
        found = read_brainsight(path, text)
    else:
        found = read_table(path, text)
    if not found.points:
        left = f" ({', '.join(found.undefined)}: without a place)" if found.undefined else ""
        raise NoPointInFileError(f"There is no point in {path.name}{left}.", "Choose a file that holds named points.")
    return found


def _text_of(path: Path) -> str:
    """The text with line feeds alone; in UTF-8, or in the alphabet of older Windows programs."""
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise PointFileError(f"{path.name} is far too large for a list of points.", "Choose another file.")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise FileMissingError(path) from error
    except OSError as error:
        raise PointFileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    return _decoded(path, content).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in content or content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise PointFileError(f"{path.name} is not a text file in UTF-8.", "Save it as UTF-8 text.") from error
    return content.decode("cp1252", errors="replace")
