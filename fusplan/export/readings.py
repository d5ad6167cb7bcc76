"""One point read in every frame that a person or another program may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from fusplan.planning.plan import Lesion, Plan
from fusplan.spatial import (
    AcPc,
    AcPcGeometry,
    AcPcReading,
    Grid,
    Map,
    Mni,
    Point,
    ScannerRas,
    Voxel,
    read_acpc,
)
from fusplan.spatial.lps import flip_ras_lps

Coordinates: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PointReading:
    """A point in every frame.

    Attributes:
        scanner: scanner RAS mm, as the plan stores it.
        lps_mm: the same in DICOM's and ITK's LPS mm: x and y with the other sign.
        voxel: continuous voxel indices of the reference image, from 0 at voxel centres.
        acpc_from_mcp, acpc_from_pc, acpc_from_ac: right, anterior, superior mm in the AC-PC frame.
        mni: template RAS mm; its frame names the template.
        words: side, lateral, in front of or behind PC, above or below the plane.
    """

    scanner: Point[ScannerRas]
    lps_mm: Coordinates
    voxel: Point[Voxel]
    acpc_from_mcp: Point[AcPc]
    acpc_from_pc: Point[AcPc]
    acpc_from_ac: Point[AcPc]
    mni: Point[Mni]
    words: AcPcReading

    @property
    def columns(self) -> dict[str, float]:
        """Every number under a name that says frame, axis and unit; the order is that of the attributes."""
        template = self.mni.frame.template
        named: tuple[tuple[tuple[str, str, str], Coordinates], ...] = (
            (_names("scanner_ras_{}_mm", "xyz"), self.scanner.coordinates),
            (_names("scanner_lps_{}_mm", "xyz"), self.lps_mm),
            (_names("voxel_{}_from_0", "ijk"), self.voxel.coordinates),
            (_acpc_names("mcp"), self.acpc_from_mcp.coordinates),
            (_acpc_names("pc"), self.acpc_from_pc.coordinates),
            (_acpc_names("ac"), self.acpc_from_ac.coordinates),
            (_names(template + "_ras_{}_mm", "xyz"), self.mni.coordinates),
        )
        return {name: value for names, values in named for name, value in zip(names, values, strict=True)}


def _names(pattern: str, axes: str) -> tuple[str, str, str]:
    first, second, third = (pattern.format(axis) for axis in axes)
    return (first, second, third)


def _acpc_names(origin: str) -> tuple[str, str, str]:
    first, second, third = (f"acpc_from_{origin}_{axis}_mm" for axis in ("right", "anterior", "superior"))
    return (first, second, third)


def read_point(
    point: Point[ScannerRas],
    grid: Grid[ScannerRas],
    geometry: AcPcGeometry,
    scanner_to_mni: Map[ScannerRas, Mni],
) -> PointReading:
    """A point in every frame. Raises FrameMismatchError unless all are of the same head.

    Args:
        point: scanner RAS mm.
        grid: of the reference image, for the voxel indices.
        geometry: the AC-PC frame.
        scanner_to_mni: the registration, patient to template.
    """
    left, posterior, superior = (float(value) for value in flip_ras_lps(point.array))
    return PointReading(
        scanner=point,
        lps_mm=(left, posterior, superior),
        voxel=grid.from_frame.apply(point),
        acpc_from_mcp=geometry.scanner_to_acpc("mcp").apply(point),
        acpc_from_pc=geometry.scanner_to_acpc("pc").apply(point),
        acpc_from_ac=geometry.scanner_to_acpc("ac").apply(point),
        mni=scanner_to_mni.apply(point),
        words=read_acpc(point, geometry),
    )


def read_in_plan(plan: Plan, point: Point[ScannerRas]) -> PointReading:
    """A point in every frame of a plan: its image, landmarks and registration."""
    scanner_to_mni = plan.registration.mni_to_scanner.inverse()
    return read_point(point, plan.image.grid, plan.landmarks.geometry(), scanner_to_mni)


def read_tilt(lesion: Lesion, geometry: AcPcGeometry) -> tuple[float, float]:
    """How far the upper end of a lesion's long axis leans forward and away from the midline, degrees in AC-PC."""
    upward = geometry.scanner_to_acpc().turn(lesion.long_axis).array
    upward = upward if upward[2] >= 0 else -upward
    outward = upward[0] if lesion.side == "right" else -upward[0]
    return float(np.degrees(np.arctan2(upward[1], upward[2]))), float(np.degrees(np.arctan2(outward, upward[2])))
