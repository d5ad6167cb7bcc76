"""A file of points, read for a plan: what it holds, and where its points lie in the plan's image."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.export.points_in import PointFile, PointFrame, read_points
from fusplan.planning.plan import Plan
from fusplan.progress import Progress
from fusplan.spatial import Point, ScannerRas

SAME_POINT_MM = 0.01
"""A point that is nearer than this to one of the plan is the same one, read back."""


class PointsOutsideImageError(FusplanError):
    """A point of a file does not lie in the plan's image."""


@dataclass(frozen=True, slots=True)
class ReadPoints:
    """A file of points as it was read.

    Attributes:
        file: its content.
        digest: the beginning of its sha256, for the provenance of what is taken from it.
    """

    file: PointFile
    digest: str

    def source_sentence(self, frame: PointFrame) -> str:
        """Where a point came from. The file's name is left out: it may be a patient's."""
        stated = "stated by the file" if self.file.frame is not None else "stated by the user"
        return f"Read from a file ({self.file.format_name}, {frame.upper()} {stated}, sha256 {self.digest})."


def read_point_file(path: Path, progress: Progress) -> ReadPoints:
    """Read a file of points. Raises as :func:`fusplan.export.points_in.read_points`."""
    progress.report(0.1, f"Reading {path.name}")
    file = read_points(path)
    return ReadPoints(file, hashlib.sha256(path.read_bytes()).hexdigest()[:12])


def require_inside(plan: Plan, points: Iterable[tuple[str, Point[ScannerRas]]]) -> None:
    """Raise PointsOutsideImageError when a named point lies outside the plan's image."""
    grid = plan.image.grid
    outside = [name for name, point in points if not grid.contains(point)]
    if outside:
        raise PointsOutsideImageError(
            f"{', '.join(outside[:5])} would lie outside the image of this plan, so nothing was changed.",
            "Check the frame (RAS or LPS) and that the points were marked on this very image.",
        )
