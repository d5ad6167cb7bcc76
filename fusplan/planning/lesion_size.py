"""How large a lesion is planned, as people write it (``4x5``, ``4x5x7``), and the lesion made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from fusplan.errors import FusplanError
from fusplan.number_text import plain_number
from fusplan.planning.plan import Lesion, Target
from fusplan.spatial import AcPcGeometry, Direction, Ellipsoid, Point, ScannerRas, Side

SMALLEST_MM = 1.0
LARGEST_MM = 15.0
"""Diameters accepted. One sub-unit measures 1.5 x 1.5 x 3.0 mm (Gallay 2019, V); 24-hour lesions 6 to 8 mm (V)."""

LARGEST_TILT_DEG = 60.0
"""The long axis follows the beam axis; a helmet is never turned further from the dorsoventral axis (derived)."""

_SIZE = re.compile(r"\s*(\d+(?:[.,]\d+)?)((?:\s*[x\u00d7*]\s*\d+(?:[.,]\d+)?){1,2})\s*(?:mm)?\s*", re.IGNORECASE)


class LesionSizeError(FusplanError):
    """A lesion size that cannot be read or is out of range."""


@dataclass(frozen=True, slots=True)
class LesionSize:
    """Full diameters of an ellipsoid: across the two transverse axes (right, anterior), and along the long axis, mm."""

    across_mm: tuple[float, float]
    along_mm: float

    def __post_init__(self) -> None:
        for diameter_mm in (*self.across_mm, self.along_mm):
            if not SMALLEST_MM <= diameter_mm <= LARGEST_MM:
                raise LesionSizeError(
                    f"A lesion diameter of {diameter_mm:g} mm is outside {SMALLEST_MM:g} to {LARGEST_MM:g} mm.",
                    "Give diameters in millimetres, such as 4x5 (4 mm across, 5 mm along the long axis).",
                )

    @property
    def volume_mm3(self) -> float:
        """pi/6 times the product of the three diameters."""
        return float(np.pi / 6 * self.across_mm[0] * self.across_mm[1] * self.along_mm)

    @property
    def words(self) -> str:
        """As it is written on the command line: ``4x5`` or ``4x5x7``."""
        first, second = self.across_mm
        return f"{first:g}x{self.along_mm:g}" if first == second else f"{first:g}x{second:g}x{self.along_mm:g}"


DEFAULT_SIZES: dict[Side, LesionSize] = {
    "left": LesionSize((4.0, 4.0), 5.0),
    "right": LesionSize((4.0, 4.0), 7.0),
}
"""Lesions of the case this program started from: 4x5 mm left, 4x7 mm right (third axis unknown, taken as 4 mm)."""


def parse_lesion_size(text: str) -> LesionSize:
    """The size written as ``W x L`` (W across both transverse axes, L along the long axis) or ``A x B x L``, mm.

    Raises:
        LesionSizeError: not of this form, or a diameter outside 1 to 15 mm.
    """
    plain = plain_number(text)
    found = _SIZE.fullmatch(plain)
    if found is None:
        raise LesionSizeError(
            f"'{text}' is not a lesion size.",
            "Write two or three diameters in millimetres: 4x5 (4 mm across, 5 mm along the long axis) or 4x5x7.",
        )
    numbers = [float(number.replace(",", ".")) for number in re.findall(r"\d+(?:[.,]\d+)?", plain)]
    second = numbers[1] if len(numbers) == 3 else numbers[0]
    return LesionSize((numbers[0], second), numbers[-1])


def lesion_axes(
    geometry: AcPcGeometry, side: Side, tilt_anterior_deg: float = 0.0, tilt_lateral_deg: float = 0.0
) -> tuple[Direction[ScannerRas], Direction[ScannerRas]]:
    """Long axis and first transverse axis, scanner RAS.

    The long axis starts along the dorsoventral axis of the AC-PC frame, the usual beam axis. Its upper end is tilted
    forward by ``tilt_anterior_deg`` (as seen from the side) and away from the midline by ``tilt_lateral_deg`` (as seen
    from the front).

    Raises:
        LesionSizeError: a tilt beyond 60 degrees.
    """
    for tilt_deg in (tilt_anterior_deg, tilt_lateral_deg):
        if not abs(tilt_deg) <= LARGEST_TILT_DEG:
            raise LesionSizeError(
                f"A tilt of {tilt_deg:g} degrees is beyond {LARGEST_TILT_DEG:g} degrees.",
                "Tilt the long axis by less; 0 is along the dorsoventral axis.",
            )
    sideways = 1.0 if side == "right" else -1.0
    upward = np.array([sideways * np.tan(np.radians(tilt_lateral_deg)), np.tan(np.radians(tilt_anterior_deg)), 1.0])
    upward /= np.linalg.norm(upward)
    across = np.array([1.0, 0.0, 0.0]) - upward[0] * upward
    frame = geometry.ac.frame
    return Direction.of(frame, geometry.axes @ upward), Direction.of(frame, geometry.axes @ across)


def lesion_ellipsoid(
    centre: Point[ScannerRas],
    size: LesionSize,
    long_axis: Direction[ScannerRas],
    transverse_axis: Direction[ScannerRas],
) -> Ellipsoid[ScannerRas]:
    """The ellipsoid of this size about a point, with the axes of :func:`lesion_axes`."""
    second = np.cross(long_axis.array, transverse_axis.array)
    rotation = np.column_stack([transverse_axis.array, second, long_axis.array])
    return Ellipsoid(centre, (size.across_mm[0] / 2, size.across_mm[1] / 2, size.along_mm / 2), rotation)


def plan_lesion(
    target: Target,
    size: LesionSize,
    geometry: AcPcGeometry,
    tilt_anterior_deg: float = 0.0,
    tilt_lateral_deg: float = 0.0,
    lesion_id: str | None = None,
) -> Lesion:
    """The lesion of this size about a target; see :func:`lesion_axes` for the tilts."""
    long_axis, transverse_axis = lesion_axes(geometry, target.side, tilt_anterior_deg, tilt_lateral_deg)
    return Lesion(
        id=lesion_id if lesion_id is not None else f"lesion-{target.id}",
        name=target.name,
        side=target.side,
        target_id=target.id,
        centre=target.point,
        width_mm=size.across_mm,
        length_mm=size.along_mm,
        long_axis=long_axis,
        transverse_axis=transverse_axis,
    )
