"""What a file of points would bring into a plan, before anything of it is taken: one row a point, and two sentences."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.export.landmark_names import LandmarkRole
from fusplan.export.landmarks_in import landmark_roles
from fusplan.export.named_points import NamedPoint, PointFile, PointFrame, place_point
from fusplan.planning.plan import Plan
from fusplan.spatial import AcPcGeometry, Point, ScannerRas, read_acpc

USE_WORDS: dict[LandmarkRole | None, str] = {"ac": "AC", "pc": "PC", "midline": "midline", None: "target"}


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point of a file.

    Attributes:
        name: as the file has it.
        role: which landmark it is, None for a target.
        short: where it would lie in this head, as a list has room for: ``right 14.1, front 0.2, below 9.2``.
        words: the same as a sentence.
        outside: whether it would lie outside the image.
    """

    name: str
    role: LandmarkRole | None
    short: str
    words: str
    outside: bool = False

    @property
    def use(self) -> str:
        """What it would become: ``target``, ``AC``, ``PC``, ``midline``."""
        return USE_WORDS[self.role]


def point_rows(file: PointFile, frame: PointFrame | None, plan: Plan) -> tuple[PointRow, ...]:
    """The points of a file as they would lie in a plan's head, landmarks first.

    Args:
        file: the points.
        frame: their frame, None while it is not known.
        plan: the plan they would go into.
    """
    geometry = plan.landmarks.geometry()
    pairs = zip(file.points, landmark_roles(file), strict=True)
    rows = [_unplaced(one, role) if frame is None else _placed(one, role, frame, plan, geometry) for one, role in pairs]
    return tuple(sorted(rows, key=lambda row: ("ac", "pc", "midline", None).index(row.role)))


def file_sentence(file: PointFile) -> str:
    """Kind of file, number of points, the frame that it states, and what else should be known of it."""
    count = len(file.points)
    points = "1 point" if count == 1 else f"{count} points"
    stated = "its frame is not stated" if file.frame is None else f"in {file.frame.upper()}, as the file states"
    words = f"{file.format_name[:1].upper()}{file.format_name[1:]}: {points}, {stated}."
    return " ".join((words, *file.remarks))


def landmarks_sentence(rows: tuple[PointRow, ...]) -> str:
    """What the landmarks of a file would replace: ``AC, PC and 6 midline points``, or nothing."""
    parts = [USE_WORDS[role] for role in ("ac", "pc") if any(row.role == role for row in rows)]
    midline = sum(row.role == "midline" for row in rows)
    if midline:
        parts.append("1 midline point" if midline == 1 else f"{midline} midline points")
    return parts[0] if len(parts) == 1 else " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def _unplaced(one: NamedPoint, role: LandmarkRole | None) -> PointRow:
    numbers = ", ".join(f"{value:.1f}" for value in one.coordinates_mm)
    return PointRow(one.name, role, numbers, f"{numbers} mm, in a frame that is not known yet")


def _placed(
    one: NamedPoint, role: LandmarkRole | None, frame: PointFrame, plan: Plan, geometry: AcPcGeometry
) -> PointRow:
    point = place_point(one, frame, plan.image.frame)
    if not plan.image.grid.contains(point):
        return PointRow(one.name, role, "outside the image", "outside the image", outside=True)
    return PointRow(one.name, role, *_words(point, role, geometry))


def _words(point: Point[ScannerRas], role: LandmarkRole | None, geometry: AcPcGeometry) -> tuple[str, str]:
    if role in ("ac", "pc"):
        old = geometry.ac if role == "ac" else geometry.pc
        moves_mm = point.distance_to(old)
        return f"{role.upper()}, moves {moves_mm:.1f} mm", f"{moves_mm:.1f} mm from {role.upper()} as it is now"
    reading = read_acpc(point, geometry)
    if role == "midline":
        off = f"{reading.lateral_mm:.1f} mm {reading.side}"
        return f"midline, {off}", f"{off} of the midplane as it is now"
    ahead = "front" if reading.anterior_of_pc_mm >= 0 else "behind"
    above = "above" if reading.above_plane_mm >= 0 else "below"
    numbers = (
        f"{reading.side} {reading.lateral_mm:.1f}",
        f"{ahead} {abs(reading.anterior_of_pc_mm):.1f}",
        f"{above} {abs(reading.above_plane_mm):.1f}",
    )
    return ", ".join(numbers), reading.words
