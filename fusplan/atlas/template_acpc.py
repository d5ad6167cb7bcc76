"""The AC-PC frame of a template: how an atlas says where it lies relative to AC and PC.

Sizes are those of the template, not of a patient: AC-PC is 28.1 mm in MNI152NLin2009cAsym.
"""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.imaging.template_image import TemplateLandmarks
from fusplan.spatial import AcPc, AcPcReading, Affine, Mni, Point, Points, ScannerRas, acpc_geometry
from fusplan.spatial.frames import AcPcOrigin


@dataclass(frozen=True, slots=True, eq=False)
class TemplateAcPc:
    """The maps from a template's RAS mm to its three AC-PC frames (template size)."""

    length_mm: float
    midline_residuals_mm: tuple[float, ...]
    from_mcp: Affine[Mni, AcPc]
    from_pc: Affine[Mni, AcPc]
    from_ac: Affine[Mni, AcPc]

    def mni_to_acpc(self, origin: AcPcOrigin = "mcp") -> Affine[Mni, AcPc]:
        return {"mcp": self.from_mcp, "pc": self.from_pc, "ac": self.from_ac}[origin]

    def read(self, point: Point[Mni]) -> AcPcReading:
        """A position in the template in words and (template-size) millimetres."""
        from_pc = self.from_pc.apply(point)
        return AcPcReading(
            side="right" if from_pc.x >= 0 else "left",
            lateral_mm=abs(from_pc.x),
            anterior_of_pc_mm=from_pc.y,
            anterior_of_mcp_mm=self.from_mcp.apply(point).y,
            above_plane_mm=from_pc.z,
        )


def template_acpc(landmarks: TemplateLandmarks) -> TemplateAcPc:
    """The AC-PC frame of template landmarks. Raises DegenerateLandmarksError."""
    # The construction is the same as in a patient; only the frame that the maps start from differs.
    stand_in = ScannerRas(landmarks.ac.frame.template)
    geometry = acpc_geometry(
        Point.of(stand_in, landmarks.ac.coordinates),
        Point.of(stand_in, landmarks.pc.coordinates),
        Points(stand_in, landmarks.midline.array),
    )

    def mni_to_acpc(origin: AcPcOrigin) -> Affine[Mni, AcPc]:
        rigid = geometry.scanner_to_acpc(origin)
        return Affine(landmarks.ac.frame, rigid.target, rigid.matrix)

    return TemplateAcPc(
        length_mm=geometry.length_mm,
        midline_residuals_mm=geometry.midplane.residuals_mm,
        from_mcp=mni_to_acpc("mcp"),
        from_pc=mni_to_acpc("pc"),
        from_ac=mni_to_acpc("ac"),
    )
