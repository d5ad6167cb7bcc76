"""The AC-PC frame of three kinds of landmarks: AC, PC and points on the midline.

+y runs from PC to AC, +x to the right at a right angle to the midplane, +z up. The midplane holds the
AC-PC line and passes as near as possible (least squares) to the midline points.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from fusplan.errors import FusplanError
from fusplan.spatial.affine import Affine
from fusplan.spatial.frames import AcPc, AcPcOrigin, ScannerRas, require_same_frame
from fusplan.spatial.points import FloatArray, Point, Points, read_only

SHORTEST_ACPC_MM = 10.0
"""Below this AC and PC cannot both be what they are called (human AC-PC is 20 to 33 mm)."""

PATIENTS_ACPC_MM = (26.4, 1.4)
"""AC-PC length of patients, mean and standard deviation (M: remembered, no source at hand; other texts say 24 to 26 mm,
the five marked heads of ``tests.benchmarks.landmarks`` measure 25.1 to 27.7 mm)."""

NEAREST_MIDLINE_POINT_MM = 8.0
"""A midline point nearer than this to the AC-PC line says too little about the roll of the head."""


MOST_SPREAD_RATIO = 0.5
"""Midline points spread at most half as far from the midplane as within it; beyond, no plane is meant."""


class DegenerateLandmarksError(FusplanError):
    """The landmarks do not define an AC-PC frame."""


@dataclass(frozen=True, slots=True)
class MidplaneFit:
    """How well the midline points agree with one midplane.

    Attributes:
        residuals_mm: signed distance of every midline point to the right of the fitted plane.
        roll_deg: tilt of the midplane about the AC-PC line; positive when the head's right side is lower.
        yaw_deg: turn of the AC-PC line seen from above; positive when the nose points to the left.
    """

    residuals_mm: tuple[float, ...]
    roll_deg: float
    yaw_deg: float

    @property
    def largest_residual_mm(self) -> float:
        return max((abs(residual) for residual in self.residuals_mm), default=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class AcPcGeometry:
    """What AC, PC and midline points define: the maps into the three AC-PC frames and the midplane."""

    ac: Point[ScannerRas]
    pc: Point[ScannerRas]
    axes: FloatArray
    """3 x 3, columns are the right, anterior and superior unit vectors in scanner RAS; read-only."""
    landmarks_id: str
    midplane: MidplaneFit

    def __post_init__(self) -> None:
        object.__setattr__(self, "axes", read_only(self.axes))

    @property
    def length_mm(self) -> float:
        """Distance from AC to PC."""
        return self.ac.distance_to(self.pc)

    @property
    def mcp(self) -> Point[ScannerRas]:
        """The mid-commissural point."""
        return Point.of(self.ac.frame, (self.ac.array + self.pc.array) / 2)

    def frame(self, origin: AcPcOrigin = "mcp") -> AcPc:
        return AcPc(self.landmarks_id, origin)

    def origin_point(self, origin: AcPcOrigin) -> Point[ScannerRas]:
        return {"ac": self.ac, "pc": self.pc, "mcp": self.mcp}[origin]

    def scanner_to_acpc(self, origin: AcPcOrigin = "mcp") -> Affine[ScannerRas, AcPc]:
        """The rigid map from scanner RAS to the AC-PC frame with the given origin."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.axes.T
        matrix[:3, 3] = -self.axes.T @ self.origin_point(origin).array
        return Affine(self.ac.frame, self.frame(origin), matrix)

    def acpc_to_scanner(self, origin: AcPcOrigin = "mcp") -> Affine[AcPc, ScannerRas]:
        """The rigid map from the AC-PC frame with the given origin to scanner RAS."""
        return self.scanner_to_acpc(origin).inverse()


def _midplane_normal(anterior: FloatArray, pc: FloatArray, midline: FloatArray) -> FloatArray:
    """Unit normal, at a right angle to ``anterior``, of the plane through PC nearest to the midline points."""
    offsets = midline - pc
    across = offsets - np.outer(offsets @ anterior, anterior)
    if float(np.max(np.linalg.norm(across, axis=1))) < NEAREST_MIDLINE_POINT_MM:
        raise DegenerateLandmarksError(
            f"All midline points lie within {NEAREST_MIDLINE_POINT_MM:.0f} mm of the AC-PC line, so the roll of the "
            "head is undefined.",
            "Mark at least one midline point well above or below the AC-PC line, such as the falx 50 mm above.",
        )
    # Work in the plane at a right angle to the AC-PC line, so that a single midline point suffices.
    first = np.cross(anterior, np.eye(3)[int(np.argmin(np.abs(anterior)))])
    first /= np.linalg.norm(first)
    second = np.cross(anterior, first)
    flat = across @ np.column_stack([first, second])
    spreads, vectors = np.linalg.eigh(flat.T @ flat)
    if spreads[0] > MOST_SPREAD_RATIO**2 * spreads[1]:
        raise DegenerateLandmarksError(
            "The midline points do not lie near one plane through AC and PC.",
            "Check each midline point; at least one of them is far from the midline.",
        )
    least = vectors[:, 0]
    return np.asarray(least[0] * first + least[1] * second, dtype=np.float64)


def _landmarks_id(ac: Point[ScannerRas], pc: Point[ScannerRas], midline: Points[ScannerRas]) -> str:
    """The same for the same landmarks of the same study, to a nanometre."""
    # Adding 0.0 turns -0.0 into 0.0, whose bytes differ.
    rounded = np.round(np.vstack([ac.array, pc.array, midline.array]), 6) + 0.0
    return hashlib.sha256(ac.frame.study_id.encode() + rounded.tobytes()).hexdigest()[:12]


def acpc_geometry(ac: Point[ScannerRas], pc: Point[ScannerRas], midline: Points[ScannerRas]) -> AcPcGeometry:
    """The AC-PC geometry of landmarks in scanner RAS mm.

    Raises:
        DegenerateLandmarksError: AC and PC too near each other, no usable midline point, or a frame
            that would lie on its side or upside down.
        FrameMismatchError: the landmarks are of different frames.
    """
    require_same_frame(ac.frame, pc.frame)
    require_same_frame(ac.frame, midline.frame)
    along = ac.array - pc.array
    length_mm = float(np.linalg.norm(along))
    if length_mm < SHORTEST_ACPC_MM:
        raise DegenerateLandmarksError(
            f"AC and PC are {length_mm:.1f} mm apart; 20 to 33 mm are expected.", "Mark AC and PC again."
        )
    anterior = along / length_mm
    right = _midplane_normal(anterior, pc.array, midline.array)
    if right[0] < 0:
        right = -right
    superior = np.cross(right, anterior)
    if right[0] < 0.5 or superior[2] < 0.25 or anterior[1] < 0.25:
        raise DegenerateLandmarksError(
            "AC, PC and the midline points would make a head that looks sideways, backwards or stands on its head.",
            "Check that AC and PC are not exchanged and that the midline points lie on the midline.",
        )
    residuals = (midline.array - pc.array) @ right
    return AcPcGeometry(
        ac=ac,
        pc=pc,
        axes=np.column_stack([right, anterior, superior]),
        landmarks_id=_landmarks_id(ac, pc, midline),
        midplane=MidplaneFit(
            residuals_mm=tuple(float(value) for value in residuals),
            roll_deg=float(np.degrees(np.arctan2(-right[2], right[0]))),
            yaw_deg=float(np.degrees(np.arctan2(-anterior[0], anterior[1]))),
        ),
    )
