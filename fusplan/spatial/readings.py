"""A position as people say it: side, millimetres lateral, in front of the PC, above the plane.

Never a sign to guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.spatial.acpc import AcPcGeometry
from fusplan.spatial.frames import ScannerRas
from fusplan.spatial.points import Point

Side: TypeAlias = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class AcPcReading:
    """A position relative to the AC-PC line, in words and millimetres."""

    side: Side
    lateral_mm: float
    anterior_of_pc_mm: float
    anterior_of_mcp_mm: float
    above_plane_mm: float

    @property
    def words(self) -> str:
        """For example ``left, 8.5 mm lateral, 1.0 mm behind PC, 5.5 mm above the AC-PC plane``."""
        ahead = "in front of" if self.anterior_of_pc_mm >= 0 else "behind"
        above = "above" if self.above_plane_mm >= 0 else "below"
        return (
            f"{self.side}, {self.lateral_mm:.1f} mm lateral, {abs(self.anterior_of_pc_mm):.1f} mm {ahead} PC, "
            f"{abs(self.above_plane_mm):.1f} mm {above} the AC-PC plane"
        )


def read_acpc(point: Point[ScannerRas], geometry: AcPcGeometry) -> AcPcReading:
    """The reading of a point in scanner RAS mm in the given AC-PC geometry."""
    from_pc = geometry.scanner_to_acpc("pc").apply(point)
    from_mcp = geometry.scanner_to_acpc("mcp").apply(point)
    return AcPcReading(
        side="right" if from_pc.x >= 0 else "left",
        lateral_mm=abs(from_pc.x),
        anterior_of_pc_mm=from_pc.y,
        anterior_of_mcp_mm=from_mcp.y,
        above_plane_mm=from_pc.z,
    )
