"""How MR thermometry looks at the heat: its slice, its readout, its voxel and its clock. All are the user's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

SlicePlane: TypeAlias = Literal["axial", "coronal", "sagittal"]
ReadoutDirection: TypeAlias = Literal["right-left", "anterior-posterior", "superior-inferior"]

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

    def __post_init__(self) -> None:
        if self.readout not in IN_PLANE_OF[self.plane]:
            raise ValueError(f"{self.readout} does not lie in a slice that is {self.plane}")
