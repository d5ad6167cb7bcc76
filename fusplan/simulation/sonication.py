"""One sonication, and what an energy is taken to heat: the declared calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

SonicationKind: TypeAlias = Literal["test", "ablation"]

SHOWN_CELSIUS_PER_KJ = 2.3
"""Rise of the temperature shown by thermometry at the focus, per kilojoule, before a test sonication says more: 13
degrees for 5.7 kJ at Vim (V: fneur.2021.808810); 1.2 at GPi."""

SHOWN_CELSIUS_PER_KJ_RANGE = (0.4, 5.5)
"""Of patients: 3.3 to 36.1 kJ to ablate (V: McDannold 2019)."""

UNCALIBRATED_FACTOR = 2.0
"""Before a test sonication the shown rise is a band from half to twice what is computed (C)."""

CALIBRATED_SPREAD = 0.12
"""After one: 10 to 15 percent (C)."""

LOSS_PER_REPEAT = 0.1
"""Part of the heating lost with every further high-energy sonication (C, from +20 % energy a degree: Bond 2018)."""


@dataclass(frozen=True, slots=True)
class Sonication:
    """The focus at one spot, for a while.

    Attributes:
        spot_offset_mm: from the target, along the axes of scanner RAS (right, anterior, superior).
        energy_j: acoustic energy; power is energy over duration.
        duration_s: how long it is on.
        start_s: when it begins, from the begin of the first.
        kind: a test that cools and recovers, or one meant to ablate.
    """

    spot_offset_mm: tuple[float, float, float]
    energy_j: float
    duration_s: float
    start_s: float
    kind: SonicationKind

    def __post_init__(self) -> None:
        if not (self.energy_j > 0 and self.duration_s > 0 and self.start_s >= 0):
            raise ValueError(f"a sonication needs an energy, a duration and a start of zero or later, got {self}")

    @property
    def power_w(self) -> float:
        return self.energy_j / self.duration_s

    @property
    def end_s(self) -> float:
        return self.start_s + self.duration_s


@dataclass(frozen=True, slots=True)
class HeatingCalibration:
    """What an energy does, as thermometry shows it: declared, or told by a test sonication.

    Attributes:
        shown_celsius_per_kj: shown rise at the focus per kilojoule, for the reference duration and voxel.
        spread: uncertainty of it, one sigma as a share; None before a test sonication: half to twice.
        loss_per_repeat: part of the heating that every further ablation loses.
        calibrated_on: words for the sonication that it was taken from; None for the declared default.
    """

    shown_celsius_per_kj: float = SHOWN_CELSIUS_PER_KJ
    spread: float | None = None
    loss_per_repeat: float = LOSS_PER_REPEAT
    calibrated_on: str | None = None

    @property
    def is_calibrated(self) -> bool:
        return self.spread is not None

    @property
    def band(self) -> tuple[float, float]:
        """Lowest and highest shown rise per kilojoule that is spoken of: half and twice, or one sigma about it."""
        if self.spread is None:
            return (self.shown_celsius_per_kj / UNCALIBRATED_FACTOR, self.shown_celsius_per_kj * UNCALIBRATED_FACTOR)
        return (self.shown_celsius_per_kj * (1 - self.spread), self.shown_celsius_per_kj * (1 + self.spread))
