"""Coordinate frames as values: the class gives the static check, the owner the run-time check.

Same class and same owner means same frame: voxel indices of one image are not those of another,
the scanner frame of one study is not that of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

AcPcOrigin: TypeAlias = Literal["mcp", "pc", "ac"]
"""Origin of an AC-PC frame: mid-commissural point, posterior or anterior commissure."""


class FrameMismatchError(TypeError):
    """Coordinates of one frame were given where another was needed: a bug, not a user's mistake."""

    def __init__(self, expected: Frame, found: Frame) -> None:
        super().__init__(f"expected coordinates in {expected}, found {found}")


@dataclass(frozen=True, slots=True)
class Frame:
    """A coordinate frame. Use one of the subclasses."""

    @property
    def label(self) -> str:
        """The frame's name as shown to a person."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Voxel(Frame):
    """Continuous voxel indices (i, j, k) of one image, counted from 0 at voxel centres."""

    image_id: str

    @property
    def label(self) -> str:
        return "voxel (i, j, k), from 0"


@dataclass(frozen=True, slots=True)
class ScannerRas(Frame):
    """Millimetres in the scanner (or NIfTI world) frame of one study: +x right, +y anterior, +z superior."""

    study_id: str

    @property
    def label(self) -> str:
        return "scanner RAS mm"


@dataclass(frozen=True, slots=True)
class AcPc(Frame):
    """Millimetres in the frame of one set of landmarks: +x right, +y anterior along PC to AC, +z superior."""

    landmarks_id: str
    origin: AcPcOrigin = "mcp"

    @property
    def label(self) -> str:
        return f"AC-PC mm from {self.origin.upper()}"


@dataclass(frozen=True, slots=True)
class Mni(Frame):
    """Millimetres (RAS) in the space of one named template, such as ``MNI152NLin2009cAsym``."""

    template: str

    @property
    def label(self) -> str:
        return f"{self.template} RAS mm"


@dataclass(frozen=True, slots=True)
class HelmetFrame(Frame):
    """Millimetres in the frame of a helmet of elements: origin its natural focus, +z to its apex.

    With the helmet upright +x is the patient's right and +y anterior.
    """

    transducer: str

    @property
    def label(self) -> str:
        return "helmet mm"


def require_same_frame(expected: Frame, found: Frame) -> None:
    """Raise :class:`FrameMismatchError` unless both are the same frame."""
    if expected != found:
        raise FrameMismatchError(expected, found)
