"""Whether the head fits into the tilted helmet: how far elements and rim stay from the skin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from fusplan.simulation.helmet_pose import HelmetPose, HelmetTilt, tilted_helmet
from fusplan.simulation.transducer import Transducer
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas
from fusplan.spatial.frames import require_same_frame

LEAST_ELEMENT_DISTANCE_MM = 10.0
LEAST_RIM_DISTANCE_MM = 5.0
"""Kept from the skin (D: room for water; the device's own limits are not public)."""

RIM_POINTS = 180
STEEPEST_TILT_DEG = 30.0
"""No tilt beyond it is tried (D)."""

UNKNOWN_BODY = "Shoulders, neck, the frame on the head and the helmet's outer shape are not known to the program."


@dataclass(frozen=True, slots=True)
class HelmetFit:
    """A helmet about a head.

    Attributes:
        element_distance_mm: least distance of an element from the skin.
        rim_distance_mm: least distance of the helmet's rim from the skin.
    """

    element_distance_mm: float
    rim_distance_mm: float

    @property
    def fits(self) -> bool:
        return self.element_distance_mm >= LEAST_ELEMENT_DISTANCE_MM and self.rim_distance_mm >= LEAST_RIM_DISTANCE_MM

    @property
    def sentences(self) -> tuple[str, ...]:
        """What comes too close, and always what is not known."""
        told = []
        if self.element_distance_mm < LEAST_ELEMENT_DISTANCE_MM:
            told.append(
                f"Elements come to {self.element_distance_mm:.0f} mm from the skin "
                f"(kept: {LEAST_ELEMENT_DISTANCE_MM:.0f} mm): move the natural focus, or tilt less."
            )
        if self.rim_distance_mm < LEAST_RIM_DISTANCE_MM:
            told.append(
                f"The helmet's rim comes to {self.rim_distance_mm:.0f} mm from the skin "
                f"(kept: {LEAST_RIM_DISTANCE_MM:.0f} mm): tilt less, or the other way."
            )
        return (*told, UNKNOWN_BODY)


@dataclass(frozen=True, slots=True)
class TiltLimits:
    """How far the apex may lean to each side, degrees, from upright, before elements or rim come too close.

    Attributes:
        anterior_deg, posterior_deg, right_deg, left_deg: 0 or more, at most ``STEEPEST_TILT_DEG``.
        upright_fits: whether the helmet fits at all; all limits are 0 if not.
    """

    anterior_deg: float
    posterior_deg: float
    right_deg: float
    left_deg: float
    upright_fits: bool


class SkinDistances:
    """The skin of one head, to be asked often.

    Args:
        skin: points of the head's surface, a few millimetres apart.
    """

    def __init__(self, skin: Points[ScannerRas]) -> None:
        self._frame = skin.frame
        self._tree = cKDTree(skin.array)

    def fit(self, transducer: Transducer, pose: HelmetPose) -> HelmetFit:
        """How close a helmet in a pose comes. Raises FrameMismatchError for a pose in another frame."""
        require_same_frame(self._frame, pose.target.frame)
        azimuth = np.arange(RIM_POINTS) * 2 * np.pi / RIM_POINTS
        rim = transducer.radius_mm * np.column_stack([np.cos(azimuth), np.sin(azimuth), np.zeros(RIM_POINTS)])
        elements = self._tree.query(pose.elements(transducer).array)[0]
        around = self._tree.query(rim @ pose.axes.T + pose.target.array)[0]
        return HelmetFit(float(elements.min()), float(around.min()))


def tilt_limits(
    skin: SkinDistances,
    transducer: Transducer,
    target: Point[ScannerRas],
    geometry: AcPcGeometry,
    step_deg: float = 1.0,
) -> TiltLimits:
    """Lean the helmet from upright to each side, in steps, until it does not fit any more."""

    def lean(tilt: Callable[[float], HelmetTilt]) -> float:
        last = 0.0
        for angle in np.arange(step_deg, STEEPEST_TILT_DEG + step_deg / 2, step_deg):
            if not skin.fit(transducer, tilted_helmet(target, geometry, tilt(float(angle)))).fits:
                break
            last = float(angle)
        return last

    if not skin.fit(transducer, tilted_helmet(target, geometry, HelmetTilt())).fits:
        return TiltLimits(0.0, 0.0, 0.0, 0.0, upright_fits=False)
    return TiltLimits(
        anterior_deg=lean(lambda angle: HelmetTilt(anterior_deg=angle)),
        posterior_deg=lean(lambda angle: HelmetTilt(anterior_deg=-angle)),
        right_deg=lean(lambda angle: HelmetTilt(right_deg=angle)),
        left_deg=lean(lambda angle: HelmetTilt(right_deg=-angle)),
        upright_fits=True,
    )
