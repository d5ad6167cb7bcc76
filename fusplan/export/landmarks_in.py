"""AC, PC and midline points among the points of a file, by their names or by AFIDs' numbers."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.errors import FusplanError
from fusplan.export.landmark_names import AFIDS_COUNT, AFIDS_ROLES, LandmarkRole, landmark_role
from fusplan.export.named_points import Coordinates, NamedPoint, PointFile, PointFrame, scanner_ras_mm


class NoLandmarkInFileError(FusplanError):
    """No point of a file is named like a landmark."""

    def __init__(self, names: tuple[str, ...]) -> None:
        listed = ", ".join(names[:6]) + (", …" if len(names) > 6 else "")
        super().__init__(
            f"No point of the file is named like a landmark of the AC-PC frame; its names are: {listed}.",
            "Name the points AC, PC and midline 1, midline 2, … (or anterior commissure, posterior commissure; "
            "AFIDs' names and numbers are known too).",
        )


class LandmarkTwiceError(FusplanError):
    """Two different points of a file are both named AC, or both PC."""

    def __init__(self, role: LandmarkRole, names: tuple[str, ...]) -> None:
        super().__init__(
            f"{len(names)} different points of the file are {role.upper()} by their names: {', '.join(names)}.",
            "Leave the one that is meant under that name and rename the others.",
        )


@dataclass(frozen=True, slots=True)
class FoundLandmarks:
    """The landmarks of a file, in its frame.

    Attributes:
        ac, pc: the commissures, None where the file has none.
        midline: in the order of the file.
        left_out: names of the other points.
    """

    ac: NamedPoint | None
    pc: NamedPoint | None
    midline: tuple[NamedPoint, ...]
    left_out: tuple[str, ...]

    def scanner_ras_mm(
        self, frame: PointFrame
    ) -> tuple[Coordinates | None, Coordinates | None, tuple[Coordinates, ...]]:
        """AC, PC and midline points in the scanner RAS mm of whatever head they were marked on."""
        ac, pc = (None if one is None else scanner_ras_mm(one, frame) for one in (self.ac, self.pc))
        return ac, pc, tuple(scanner_ras_mm(one, frame) for one in self.midline)


def find_landmarks(file: PointFile) -> FoundLandmarks:
    """The landmarks among the points of a file.

    Raises:
        NoLandmarkInFileError: there is none.
        LandmarkTwiceError: AC or PC is there twice, at different places.
    """
    roles = landmark_roles(file)
    pairs = list(zip(file.points, roles, strict=True))
    ac, pc = (_only(role, [one for one, its in pairs if its == role]) for role in ("ac", "pc"))
    midline = tuple(one for one, role in pairs if role == "midline")
    if ac is None and pc is None and not midline:
        raise NoLandmarkInFileError(tuple(one.name for one in file.points))
    return FoundLandmarks(ac, pc, midline, tuple(one.name for one, role in pairs if role is None))


def landmark_roles(file: PointFile) -> list[LandmarkRole | None]:
    """Which landmark each point of a file is, None for those that are none."""
    names = [one.name for one in file.points]
    if sorted(names) == sorted(str(number) for number in range(1, AFIDS_COUNT + 1)):
        return [AFIDS_ROLES.get(int(name)) for name in names]
    return [landmark_role(name) for name in names]


def _only(role: LandmarkRole, found: list[NamedPoint]) -> NamedPoint | None:
    if len({one.coordinates_mm for one in found}) > 1:
        raise LandmarkTwiceError(role, tuple(one.name for one in found))
    return found[0] if found else None
