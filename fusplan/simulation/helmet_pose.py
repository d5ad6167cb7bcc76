"""Where the helmet stands: its natural focus, the direction of its apex, and how it is turned about that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.simulation.transducer import Transducer
from fusplan.spatial import AcPcGeometry, Affine, Direction, Point, Points, ScannerRas
from fusplan.spatial.frames import HelmetFrame
from fusplan.spatial.points import FloatArray


@dataclass(frozen=True, slots=True)
class HelmetTilt:
    """How a helmet leans, from upright along the head's AC-PC axes.

    Attributes:
        anterior_deg: how far its apex leans forward.
        right_deg: how far its apex leans to the patient's right.
        roll_deg: turn about its own axis, seen from above counter-clockwise; it moves single elements only.
    """

    anterior_deg: float = 0.0
    right_deg: float = 0.0
    roll_deg: float = 0.0

    @property
    def is_none(self) -> bool:
        return (self.anterior_deg, self.right_deg, self.roll_deg) == (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class HelmetPose:
    """A helmet in the scanner.

    Attributes:
        target: where its natural focus lies, scanner RAS mm.
        axes: 3 x 3, columns are its x, y and z axes (z to the apex) in scanner RAS; orthonormal, right-handed.
    """

    target: Point[ScannerRas]
    axes: FloatArray

    def __post_init__(self) -> None:
        axes = np.array(self.axes, dtype=np.float64)
        if axes.shape != (3, 3) or not np.allclose(axes.T @ axes, np.eye(3), atol=1e-6) or np.linalg.det(axes) < 0:
            raise ValueError("a helmet needs orthonormal right-handed axes")
        axes.flags.writeable = False
        object.__setattr__(self, "axes", axes)

    @property
    def axis(self) -> Direction[ScannerRas]:
        """From the natural focus to the apex."""
        return Direction.of(self.target.frame, self.axes[:, 2])

    def to_scanner(self, transducer: Transducer) -> Affine[HelmetFrame, ScannerRas]:
        """The rigid map from the helmet's frame to scanner RAS mm."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.axes
        matrix[:3, 3] = self.target.array
        return Affine(HelmetFrame(transducer.name), self.target.frame, matrix)

    def elements(self, transducer: Transducer) -> Points[ScannerRas]:
        """Where the elements are (n), scanner RAS mm."""
        return Points(self.target.frame, transducer.element_positions_mm @ self.axes.T + self.target.array)


def tilted_helmet(target: Point[ScannerRas], geometry: AcPcGeometry, tilt: HelmetTilt) -> HelmetPose:
    """The helmet with its natural focus at ``target``, leaning by ``tilt`` from upright along the AC-PC axes.

    Raises ValueError for a tilt of a right angle or more.
    """
    if max(abs(tilt.anterior_deg), abs(tilt.right_deg)) >= 90:
        raise ValueError(f"a helmet tilts by less than a right angle, got {tilt}")
    lean = [np.tan(np.radians(tilt.right_deg)), np.tan(np.radians(tilt.anterior_deg)), 1.0]
    up = np.array(lean) / np.linalg.norm(lean)
    right = np.array([1.0, 0.0, 0.0]) - up[0] * up
    right /= np.linalg.norm(right)
    level = np.column_stack([right, np.cross(up, right), up])
    roll = np.radians(tilt.roll_deg)
    turn = np.array([[np.cos(roll), -np.sin(roll), 0.0], [np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]])
    return HelmetPose(target, geometry.axes @ level @ turn)
