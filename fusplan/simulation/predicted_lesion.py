"""The lesion to expect, as contours and numbers with their doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.spatial import Field, ScannerRas

ContourKind: TypeAlias = Literal["51_celsius", "17_cem43", "100_cem43", "200_cem43", "240_cem43"]

CONTOUR_WORDS: dict[ContourKind, str] = {
    "51_celsius": "51 °C reached",
    "17_cem43": "17 CEM43",
    "100_cem43": "100 CEM43",
    "200_cem43": "200 CEM43",
    "240_cem43": "240 CEM43",
}

LESION_TEMPERATURE_CELSIUS = 51.0
"""Whose contour fits the day-1 T2 lesion best (V: Bond 2018, 63 lesions)."""

T2_EDGE_CEM43_MIN = 100.0
T1_EDGE_CEM43_MIN = 200.0
"""Doses at the edge of the lesion on T2 and on T1 (V: Huang 2018)."""

FIRST_DAMAGE_CEM43_MIN = 17.0
NECROSIS_CEM43_MIN = 240.0
"""First damage; certain necrosis (V and M: Huang 2018 and texts)."""


@dataclass(frozen=True, slots=True)
class Band:
    """A number with its doubt: percentiles 10, 50 and 90."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class ContourFigures:
    """One contour of the lesion to expect.

    Attributes:
        kind: which.
        volume_mm3: its volume.
        extents_mm: full widths along the planned lesion's two transverse axes and its long axis.
        covered, missed_mm3, beyond_mm3: of the planned ellipsoid the share inside the contour and the volume outside
            it; of the contour the volume beyond the ellipsoid. None where nothing is planned.
    """

    kind: ContourKind
    volume_mm3: Band
    extents_mm: tuple[Band, Band, Band]
    covered: Band | None = None
    missed_mm3: Band | None = None
    beyond_mm3: Band | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PredictedLesion:
    """What a list of sonications may make.

    Attributes:
        contours: in the order of :data:`CONTOUR_WORDS`.
        peak_map: highest temperature (degC) of the middle case.
        dose: CEM43 (min) of the middle case.
        assumptions: sentences that belong beside every number of it.
    """

    contours: tuple[ContourFigures, ...]
    peak_map: Field[ScannerRas]
    dose: Field[ScannerRas]
    assumptions: tuple[str, ...]

    def contour(self, kind: ContourKind) -> ContourFigures:
        """The figures of one contour."""
        return next(contour for contour in self.contours if contour.kind == kind)
