"""One value of an export compared with the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from fusplan.export.names_in_files import plain_name
from fusplan.planning.plan import Lesion, Plan
from fusplan.spatial.points import FloatArray

CheckKind: TypeAlias = Literal["point", "volume", "centre", "reference", "file"]

NamedPlace: TypeAlias = tuple[str, FloatArray]

POINT_LIMIT_MM = 0.01
VOLUME_LIMIT_PERCENT = 3.0

_UNITS: Mapping[CheckKind, str] = {"point": "mm", "volume": "%", "centre": "mm", "reference": "wrong", "file": ""}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """How far one thing in one file is from the plan.

    Attributes:
        file, reader: what was read and by what.
        subject: name of the target, lesion or nucleus.
        kind: ``point`` and ``centre`` in mm, ``volume`` in per cent, ``reference`` counts wrong references, ``file``
            is one that cannot be read.
        error: signed for a volume, else from 0; what is missing is infinite.
        limit: the largest error allowed.
        note: what explains it, if anything.
        frame: the frame of the file that a point was read in, where a file has it in several.
    """

    file: str
    reader: str
    subject: str
    kind: CheckKind
    error: float
    limit: float
    note: str = ""
    frame: str = ""

    @property
    def subject_words(self) -> str:
        """The subject, and in which frame it was read."""
        return f"{self.subject} by {self.frame}" if self.frame else self.subject

    @property
    def passed(self) -> bool:
        return abs(self.error) <= self.limit

    @property
    def error_words(self) -> str:
        """``0.0004 mm``, ``-1.2 %``, or why there is none."""
        return self.note or "missing" if not np.isfinite(self.error) else self._words(self.error)

    @property
    def limit_words(self) -> str:
        return self._words(self.limit)

    def _words(self, value: float) -> str:
        number = (
            f"{value:+.1f}" if self.kind == "volume" else f"{value:.4f}" if self.kind == "point" else f"{value:.2g}"
        )
        return f"{number} {_UNITS[self.kind]}".strip()

    @classmethod
    def unreadable(cls, file: str, why: str) -> CheckRow:
        """A file that no reader can read."""
        return cls(file, "", "the file", "file", float("inf"), 0.0, " ".join(why.split())[:300])


def point_rows(
    file: str, reader: str, expected: Iterable[NamedPlace], found: Iterable[NamedPlace], frame: str = ""
) -> list[CheckRow]:
    """One row for each expected point: its distance from the one found under its name (the nearest, if several).

    Args:
        file, reader: as in :class:`CheckRow`.
        expected: names and places (3,), mm.
        found: names and places read back, mm in the same frame.
        frame: as in :class:`CheckRow`.
    """
    read = list(found)
    rows = []
    for name, place in expected:
        apart_mm = [float(np.linalg.norm(one - place)) for other, one in read if other == name]
        error_mm = min(apart_mm, default=float("inf"))
        rows.append(CheckRow(file, reader, name, "point", error_mm, POINT_LIMIT_MM, frame=frame))
    return rows


def volume_row(
    file: str, reader: str, subject: str, found_mm3: float, expected_mm3: float, voxel_mm3: float = 0.0
) -> CheckRow:
    """How much more volume was found than expected, per cent. ``voxel_mm3`` is 0 for what has no voxels."""
    half_voxel_percent = 50 * voxel_mm3 / expected_mm3
    note = "half a voxel" if half_voxel_percent > VOLUME_LIMIT_PERCENT else ""
    # Rounding in the last digit of a matrix must not tip the case of exactly half a voxel.
    limit = max(VOLUME_LIMIT_PERCENT, half_voxel_percent * (1 + 1e-6))
    return CheckRow(file, reader, subject, "volume", 100 * (found_mm3 / expected_mm3 - 1), limit, note)


def centre_row(
    file: str, reader: str, subject: str, found: FloatArray, expected: FloatArray, limit_mm: float
) -> CheckRow:
    """How far a centroid (3,) is from where it should be."""
    return CheckRow(file, reader, subject, "centre", float(np.linalg.norm(found - expected)), limit_mm)


def target_places(plan: Plan) -> list[NamedPlace]:
    """Name, as files have it, and place (3,), scanner RAS mm, of every target."""
    return [(plain_name(target.name), target.point.array) for target in plan.targets]


def overlaps_another(lesion: Lesion, lesions: tuple[Lesion, ...]) -> bool:
    """Whether a lesion shares space with another, so that a label map, one label a voxel, cannot hold both whole."""
    inside = lesion.ellipsoid.sample(512)
    return any(bool(np.any(other.ellipsoid.contains(inside))) for other in lesions if other.id != lesion.id)
