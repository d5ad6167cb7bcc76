"""Points of 3D Slicer's markups (``.mrk.json``, schema 1.0.x): point lists, and the ends of lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from fusplan.export.named_points import (
    Coordinates,
    NamedPoint,
    PointFile,
    PointFileError,
    PointFrame,
    PointFrameConflictError,
    scanner_ras_mm,
)
from fusplan.export.names_in_files import plain_name
from fusplan.export.point_cells import is_undefined
from fusplan.export.slicer_words import slicer_frame, slicer_name
from fusplan.number_text import NumberTextError, read_number

POINT_KINDS = ("Fiducial", "Line")
"""Markups whose control points are places that somebody meant. Those of curves and planes only shape them."""

_MORE_TRANSFORM_KEYS = ("objectToNode", "baseToNode")
"""Beside every key that has "transform" in it: how planes and regions are turned within their own list."""


def read_markups(path: Path, text: str) -> PointFile:
    """A missing coordinate system means LPS, a missing unit mm, by the schema.

    Raises:
        PointFileError: not such a file, an unknown unit, or a point without three numbers.
        PointFrameConflictError: the points are in no scanner frame, or hang on a transform.
    """
    try:
        content = json.loads(text)
        markups: list[Mapping[str, Any]] = [dict(markup) for markup in content["markups"]]
        lists = [markup for markup in markups if markup.get("type", "Fiducial") in POINT_KINDS]
        frames = [slicer_frame(path, str(markup.get("coordinateSystem", "LPS"))) for markup in lists]
        read = [[_point(path, point, number, markup) for number, point in _numbered(markup)] for markup in lists]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(path, "it is not a markups file of 3D Slicer") from error
    for holder in (content, *lists):
        _refuse_transform(path, holder)
    others = [str(markup.get("type")) for markup in markups if markup.get("type", "Fiducial") not in POINT_KINDS]
    if others and not lists:
        raise _unreadable(path, f"it holds no list of points but a {' and a '.join(sorted(set(others)))}")
    notes = (f"Not points, so left out: {', '.join(others)}.",) if others else ()
    undefined = tuple(name for points in read for name, place in points if place is None)
    placed = [[NamedPoint(name, place) for name, place in points if place is not None] for points in read]
    whole, in_one = _in_one_frame(placed, frames)
    return PointFile("3D Slicer point list", whole, in_one, undefined, notes=notes)


def _in_one_frame(
    lists: Sequence[Sequence[NamedPoint]], frames: Sequence[PointFrame]
) -> tuple[PointFrame, tuple[NamedPoint, ...]]:
    """The points of all lists: in their own frame where it is that of all, else in RAS."""
    if len(set(frames)) <= 1:
        return next(iter(frames), "lps"), tuple(chain.from_iterable(lists))
    pairs = [(point, frame) for points, frame in zip(lists, frames, strict=True) for point in points]
    return "ras", tuple(NamedPoint(point.name, scanner_ras_mm(point, frame)) for point, frame in pairs)


def _numbered(markup: Mapping[str, Any]) -> Iterable[tuple[int, Mapping[str, Any]]]:
    return enumerate(markup.get("controlPoints", []), start=1)


def _point(
    path: Path, point: Mapping[str, Any], number: int, markup: Mapping[str, Any]
) -> tuple[str, Coordinates | None]:
    mm_per_unit = _mm_per_unit(path, markup)
    name = plain_name(slicer_name(str(point.get("label", "")), str(point.get("description", "")))) or f"point {number}"
    place = point.get("position")
    if point.get("positionStatus", "defined") != "defined" or place is None:
        return name, None
    if isinstance(place, list) and len(place) == 3 and all(map(is_undefined, place)):
        return name, None
    return name, _coordinates(path, name, place, mm_per_unit)


def _coordinates(path: Path, name: str, place: object, mm_per_unit: float) -> Coordinates:
    if not isinstance(place, list) or len(place) != 3:
        raise _unreadable(path, f"the point {name!r} does not have three numbers")
    try:
        x, y, z = (read_number(str(value)) * mm_per_unit for value in place)
    except NumberTextError as error:
        raise _unreadable(path, f"the point {name!r} does not have three numbers: {error.message}") from error
    if not np.all(np.isfinite((x, y, z))):
        raise _unreadable(path, f"the point {name!r} has no finite coordinates")
    return (x, y, z)


def _mm_per_unit(path: Path, markup: Mapping[str, Any]) -> float:
    unit = markup.get("coordinateUnits", "mm")
    if unit in ("mm", ["mm", "mm", "mm"]):
        return 1.0
    if unit in ("um", ["um", "um", "um"]):
        return 0.001
    raise _unreadable(path, f"the unit {unit!r} is not known")


def _refuse_transform(path: Path, markup: Mapping[str, Any]) -> None:
    """Coordinates beneath a transform are those before it, and the transform is not in the file."""
    keys = [key for key in markup if "transform" in key.lower() or key in _MORE_TRANSFORM_KEYS]
    named = next((key for key in keys if not _is_nothing(markup[key])), None)
    if named is not None:
        raise PointFrameConflictError(
            f"The points of {path.name} lie beneath a transform ({named}: {str(markup[named])[:60]}), so their numbers "
            "are not places in the scanner.",
            "In 3D Slicer harden the transform of the point list (Transforms, Harden), and save it again.",
        )


def _is_nothing(value: object) -> bool:
    """Whether a transform is absent, or leaves everything where it is."""
    if value in (None, "", [], {}):
        return True
    try:
        numbers = np.array(value, dtype=float).reshape(4, 4)
    except (ValueError, TypeError):
        return False
    return bool(np.allclose(numbers, np.eye(4)))


def _unreadable(path: Path, why: str) -> PointFileError:
    return PointFileError(
        f"{path.name} cannot be read as points: {why}.",
        "Save the points in 3D Slicer as a point list (.mrk.json or .fcsv), or give a table with the columns name, x, "
        "y, z.",
    )
