"""The skull that the sound goes through, wherever it is from, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from fusplan.spatial import Field, ScannerRas

SkullKind: TypeAlias = Literal["ct", "t1", "synthetic"]

SKULL_WORDS: Mapping[SkullKind, str] = MappingProxyType(
    {
        "ct": "skull from the CT",
        "t1": "skull estimated from the T1 image",
        "synthetic": "synthetic skull, made up for teaching",
    }
)

BONE_FROM_HU = 300.0
"""Outer and inner table are the first and the last place along a ray with so much (the trial's recipe)."""

SKIN_FROM_HU = -300.0
"""Half way between air and soft tissue, or nearly: a head ends there."""

AIR_HU = -1000.0
"""By definition."""

SOFT_TISSUE_HU = 40.0
"""Of brain and scalp, where nothing more is known (brain 20 to 45; V, any textbook of CT)."""

SkullWarningKind: TypeAlias = Literal[
    "coarse_voxels", "smooth_kernel", "implausible_hu", "no_bone", "cropped", "metal", "contrast", "registration",
    "estimated", "synthetic",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SkullWarning:
    """What is doubtful about a skull.

    Attributes:
        kind: for programs.
        sentence: for a person.
        sdr_unreliable: whether the skull density ratio must not be relied on because of it.
    """

    kind: SkullWarningKind
    sentence: str
    sdr_unreliable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Skull:
    """A head for sound.

    Attributes:
        kind: where it is from. From a T1 only geometry is known: incidence, thickness, active elements; no skull
            density ratio, no phases, no losses.
        hounsfield: CT numbers (HU) in the planning image's scanner RAS; of a T1 a shell of one value. Air is -1000.
        warnings: what is doubtful about it.
    """

    kind: SkullKind
    hounsfield: Field[ScannerRas]
    warnings: tuple[SkullWarning, ...] = ()

    @property
    def has_density(self) -> bool:
        """Whether its numbers say how dense the bone is, so that losses, phases and SDR can be computed."""
        return self.kind != "t1"

    @property
    def sdr_unreliable(self) -> bool:
        return any(warning.sdr_unreliable for warning in self.warnings)
