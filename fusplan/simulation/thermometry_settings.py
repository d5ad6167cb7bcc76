"""How MR thermometry looks at the heat: its slice, its readout, its voxel and its clock. All are the user's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

SlicePlane: TypeAlias = Literal["axial", "coronal", "sagittal"]
ReadoutDirection: TypeAlias = Literal["right-left", "anterior-posterior", "superior-inferior"]

DIRECTIONS: tuple[ReadoutDirection, ...] = ("right-left", "anterior-posterior", "superior-inferior")
"""Along the head's first, second and third axis."""

IN_PLANE_OF: dict[SlicePlane, tuple[ReadoutDirection, ReadoutDirection]] = {
    "axial": ("right-left", "anterior-posterior"),
    "coronal": ("right-left", "superior-inferior"),
    "sagittal": ("anterior-posterior", "superior-inferior"),
}
"""The two directions that lie in a slice."""


@dataclass(frozen=True, slots=True)
class ThermometrySettings:
    """One 2-D slice through the spot, along the head's AC-PC axes.

    Attributes:
        plane: orientation of the slice.
        readout: direction that off-resonance shifts the picture along; lies in the slice.
        voxel_mm: in the slice (M: 1 mm is typical).
        slice_mm: thickness (M).
        frame_s: time of one picture (M: 3 to 4 s).
        snr: signal over noise of the magnitude picture.
        bandwidth_hz_per_pixel: of the readout (V: 40 to 50 Hz, ISMRM 2019 #3822).
        field_t, echo_time_s: field strength; echo time (M).
        drift_celsius_per_min: how fast the picture grows warmer without being so, from the reference on.
        off_resonance_hz: of the tissue about the spot, however it comes; it shifts the picture along the readout.
        in_voxel: where in its voxel the spot lies along the readout, the slice's other direction and its normal, as a
            share of the voxel from its middle, -0.5 to 0.5. By default in the middle, as it was prescribed.
        frame_phase: how much later than the sonication the last frame that holds its end ends, as a share of a frame, 0
            to 1. By default they end together.
    """

    plane: SlicePlane = "axial"
    readout: ReadoutDirection = "right-left"
    voxel_mm: float = 1.0
    slice_mm: float = 3.0
    frame_s: float = 3.5
    snr: float = 40.0
    bandwidth_hz_per_pixel: float = 44.0
    field_t: float = 3.0
    echo_time_s: float = 0.0128
    drift_celsius_per_min: float = 0.0
    off_resonance_hz: float = 0.0
    in_voxel: tuple[float, float, float] = (0.0, 0.0, 0.0)
    frame_phase: float = 0.0

    def __post_init__(self) -> None:
        if self.readout not in IN_PLANE_OF[self.plane]:
            raise ValueError(f"{self.readout} does not lie in a slice that is {self.plane}")

    @property
    def normal_axis(self) -> int:
        """Which of the head's axes (right, anterior, superior) the slice lies across."""
        return next(axis for axis, name in enumerate(DIRECTIONS) if name not in IN_PLANE_OF[self.plane])

    @property
    def axis_order(self) -> tuple[int, int, int]:
        """Which of the head's axes the readout, the slice's other direction and its normal are."""
        readout = DIRECTIONS.index(self.readout)
        return readout, 3 - readout - self.normal_axis, self.normal_axis

    def somewhere(self, rng: np.random.Generator) -> ThermometrySettings:
        """The same, with voxels and frames that lie as chance has it."""
        first, second, third, phase = rng.uniform(-0.5, 0.5, 4)
        return replace(self, in_voxel=(float(first), float(second), float(third)), frame_phase=float(phase + 0.5))
