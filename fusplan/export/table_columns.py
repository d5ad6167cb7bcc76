"""Which columns of a table hold coordinates, by their heads: axes, frame and unit as the heads say them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.export.named_points import PointFrame

Axis: TypeAlias = Literal["x", "y", "z"]

OWN_HEADS = ("scanner_ras_x_mm", "scanner_ras_y_mm", "scanner_ras_z_mm")
"""Of ``targets.csv``, which this program writes, beside the same places in other frames."""

_DIRECTIONS: dict[str, tuple[Axis, int]] = {
    "r": ("x", 1), "right": ("x", 1), "l": ("x", -1), "left": ("x", -1),
    "a": ("y", 1), "anterior": ("y", 1), "p": ("y", -1), "posterior": ("y", -1),
    "s": ("z", 1), "superior": ("z", 1), "i": ("z", -1), "inferior": ("z", -1),
}  # fmt: skip
"""Heads that name a direction: the axis of RAS, and 1 where the numbers grow along it."""

_PLAIN_AXES: dict[str, Axis] = {"x": "x", "y": "y", "z": "z"}

MM_PER_UNIT = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "um": 0.001, "µm": 0.001, "\u03bcm": 0.001, "millimetres": 1.0,
               "millimeters": 1.0, "metres": 1000.0, "meters": 1000.0, "micrometres": 0.001}  # fmt: skip

_UNKNOWN_UNITS = frozenset({"inch", "in", "px", "pixel", "pixels", "vox", "voxel", "voxels", "nm", "dm"})

_NOISE = frozenset({"loc", "pos", "position", "coord", "coords", "coordinate", "coordinates", "axis", "scanner"})

_FRAME_WORDS = frozenset({"scanner", "world", "patient", "frame", "coordinates", "mm"})
"""What may stand beside RAS or LPS. Anything else may name a template, whose places are not this head's."""

_FRAMES: dict[str, PointFrame] = {"ras": "ras", "lps": "lps", "ras+": "ras", "lps+": "lps"}


@dataclass(frozen=True, slots=True)
class AxisColumn:
    """One column of coordinates.

    Attributes:
        head: its name in the file.
        axis: along which axis of the scanner frame it runs.
        sign: 1 where it grows to the right, front or top by its name, -1 to the left, back or bottom, None where the
            name does not say.
        frame: the frame that the name states in words.
        mm_per_unit: of its unit.
        unit: an unknown unit, or nothing.
    """

    head: str
    axis: Axis
    sign: int | None
    frame: PointFrame | None
    mm_per_unit: float = 1.0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class AxisColumns:
    """The three columns of a table that hold the coordinates, x, y and z.

    Attributes:
        columns: in this order.
        frame: the frame that the heads state, None where they do not.
        flips: what to multiply the numbers by to have that frame's.
    """

    columns: tuple[AxisColumn, AxisColumn, AxisColumn]
    frame: PointFrame | None
    flips: tuple[int, int, int] = (1, 1, 1)

    @property
    def heads(self) -> tuple[str, str, str]:
        x, y, z = (column.head for column in self.columns)
        return (x, y, z)


def frame_word(text: str) -> PointFrame | None:
    """The frame that a word states: RAS or LPS in any case, with or without the plus sign."""
    words = {word for word in re.split(r"[\s_\-/().,:]+", text.strip().lower()) if word}
    frames = {_FRAMES[word] for word in words & set(_FRAMES)}
    return frames.pop() if len(frames) == 1 and not words - {*_FRAMES, *_FRAME_WORDS} else None


def axis_column(head: str) -> AxisColumn | None:
    """What a head such as ``R (mm)``, ``x_lps`` or ``a_cm`` says; None when it names no axis, or something besides."""
    words = [word for word in re.split(r"[\s_\-/()\[\].,:]+", head.strip().lower()) if word]
    axes = [word for word in words if word in _DIRECTIONS or word in _PLAIN_AXES]
    frames = [_FRAMES[word] for word in words if word in _FRAMES]
    units = [word for word in words if word in MM_PER_UNIT or word in _UNKNOWN_UNITS]
    if len(axes) != 1 or len(frames) > 1 or len(units) > 1:
        return None
    if set(words) - {*axes, *units, *_FRAMES, *_NOISE}:
        return None
    axis, sign = _DIRECTIONS.get(axes[0], (None, None))
    unit = units[0] if units else "mm"
    return AxisColumn(
        head, axis or _PLAIN_AXES[axes[0]], sign, frames[0] if frames else None, MM_PER_UNIT.get(unit, 1.0),
        "" if unit in MM_PER_UNIT else unit,
    )  # fmt: skip


def coordinate_columns(heads: Sequence[str]) -> list[AxisColumns]:
    """Every set of three columns that holds coordinates, those that state their frame first."""
    if set(OWN_HEADS) <= set(heads):
        heads = OWN_HEADS
    columns = [column for column in map(axis_column, heads) if column is not None]
    kinds = dict.fromkeys((column.sign is None, column.frame) for column in columns)
    groups = [[one for one in columns if (one.sign is None, one.frame) == kind] for kind in kinds]
    found = [columns_of for columns_of in map(_set_of, groups) if columns_of is not None]
    return sorted(found, key=lambda one: one.frame is None)


def _set_of(columns: list[AxisColumn]) -> AxisColumns | None:
    by_axis = {column.axis: column for column in columns}
    if len(columns) != 3 or set(by_axis) != {"x", "y", "z"}:
        return None
    x, y, z = by_axis["x"], by_axis["y"], by_axis["z"]
    if x.sign is None or y.sign is None or z.sign is None:
        return AxisColumns((x, y, z), x.frame)
    if (x.sign, y.sign, z.sign) == (-1, -1, 1):
        return AxisColumns((x, y, z), "lps")
    return AxisColumns((x, y, z), "ras", (x.sign, y.sign, z.sign))
