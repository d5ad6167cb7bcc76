"""Named points as a file of another program gives them, with the frame and the transform that it states.

Which way the axes run is never guessed: it is what the file states, or what the user states when the file does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.errors import FileUnreadableError, FusplanError
from fusplan.harmless import harmless
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.lps import flip_ras_lps

PointFrame: TypeAlias = Literal["ras", "lps"]
Coordinates: TypeAlias = tuple[float, float, float]

TransformName: TypeAlias = Literal["sform", "qform"]
TransformMeaning: TypeAlias = Literal["scanner", "aligned to another image"]


class PointFileError(FileUnreadableError):
    """A file holds no points in a form that is known."""


class NoPointInFileError(PointFileError):
    """A file of points holds none."""


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

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", harmless(self.name))
        object.__setattr__(self, "aim_key", None if self.aim_key is None else harmless(self.aim_key))


@dataclass(frozen=True, slots=True)
class NamedTransform:
    """The transform of an image's header that a file of points says its coordinates are of.

    Attributes:
        name: sform or qform, None where the file does not say.
        meaning: what that transform leads to, in the words of :class:`fusplan.imaging.header.Transform`.
        words: as the file writes it.
    """

    name: TransformName | None
    meaning: TransformMeaning
    words: str


@dataclass(frozen=True, slots=True)
class PointFile:
    """What a file of points holds.

    Attributes:
        format_name: what kind of file it is, for a person.
        frame: the frame that the file states, None when it states none.
        points: in the order of the file.
        undefined: names of the entries that have no place and are left out.
        transform: which transform of the image's header the coordinates are of, where the file says; None: the one
            that places the image.
        notes: sentences that a person should read.
    """

    format_name: str
    frame: PointFrame | None
    points: tuple[NamedPoint, ...]
    undefined: tuple[str, ...] = ()
    transform: NamedTransform | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "undefined", tuple(map(harmless, self.undefined)))
        object.__setattr__(self, "notes", tuple(map(harmless, self.notes)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes, and which entries are left out because they have no place."""
        if not self.undefined:
            return self.notes
        return (f"Without a place in the file, so left out: {', '.join(self.undefined)}.", *self.notes)

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
