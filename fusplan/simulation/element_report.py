"""What the skull does to every element of a helmet in one pose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.simulation.skull import SkullKind
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.points import FloatArray

INCIDENCE_LIMIT_DEG = 25.0
"""Above it an element is off (M: clinically 20 to 25; Kranion 30.7, V; elements above 30 were wrong in trials, C)."""

BoolArray: TypeAlias = npt.NDArray[np.bool_]
ComplexArray: TypeAlias = npt.NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class ElementReport:
    """One number an element, arrays of shape (n,) in the order of ``Transducer.element_positions_mm``.

    Not-a-number where the ray meets no bone.

    Attributes:
        skull_kind: of the skull that was asked.
        spot: the point that the straight rays lead to, scanner RAS mm.
        meets_bone: whether the ray goes through bone, all of which is in the image.
        meets_air: whether it meets air between the tables: a sinus, air cells.
        active: whether it meets bone at a mean incidence below the limit, and no air in it.
        incidence_limit_deg: that limit.
        incidence_outer_deg, incidence_inner_deg: angle between ray and normal at the outer and the inner table.
        thickness_mm: of the skull along the ray, outer to inner table.
        mean_hu: mean CT number between the tables.
        outer_table_mm, inner_table_mm: (n, 3) where the ray meets the tables, scanner RAS mm.
        transmission: complex pressure at the spot through the skull over that in water; None from a T1.
        sdr: skull density ratio; None from a T1.
    """

    skull_kind: SkullKind
    spot: Point[ScannerRas]
    meets_bone: BoolArray
    meets_air: BoolArray
    active: BoolArray
    incidence_limit_deg: float
    incidence_outer_deg: FloatArray
    incidence_inner_deg: FloatArray
    thickness_mm: FloatArray
    mean_hu: FloatArray
    outer_table_mm: FloatArray
    inner_table_mm: FloatArray
    transmission: ComplexArray | None = None
    sdr: FloatArray | None = None

    @property
    def incidence_deg(self) -> FloatArray:
        """Mean of both tables (n,)."""
        return (self.incidence_outer_deg + self.incidence_inner_deg) / 2

    @property
    def active_count(self) -> int:
        return int(np.count_nonzero(self.active))

    @property
    def mean_active_incidence_deg(self) -> float:
        """Over active elements; not-a-number without any."""
        return float(self.incidence_deg[self.active].mean()) if self.active.any() else float("nan")

    @property
    def skull_sdr(self) -> float | None:
        """Mean skull density ratio of the active elements; None where it cannot be known."""
        if self.sdr is None or not self.active.any():
            return None
        return float(np.nanmean(self.sdr[self.active]))
