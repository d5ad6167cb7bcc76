"""Parts that are cut out of an atlas's structures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.atlas.structure_ref import CLP_KEY
from fusplan.atlas.template_acpc import TemplateAcPc
from fusplan.spatial import Mni, Points
from fusplan.spatial.points import FloatArray


@dataclass(frozen=True, slots=True)
class StructurePart:
    """A part of a structure, on both sides: what lies behind a coronal plane of the template's AC-PC frame.

    Attributes:
        key: what it is called, in any atlas that offers it (``CLp``).
        of: what the whole is called in tables over several atlases (``CL``).
        structure: the atlas's own abbreviation of the whole.
        which: which part it is, in words (``posterior part``).
        most_anterior_of_pc_mm: the plane, mm in front of the PC in the template.
    """

    key: str
    of: str
    structure: str
    which: str
    most_anterior_of_pc_mm: float

    @property
    def rule(self) -> str:
        """``CL at most 4 mm in front of the PC``."""
        return f"{self.structure} at most {self.most_anterior_of_pc_mm:g} mm in front of the PC"

    @property
    def sentence(self) -> str:
        """What is taken for it, without a full stop."""
        return (
            f"{self.key} is the part of {self.structure} at most {self.most_anterior_of_pc_mm:g} mm in front of the PC"
        )

    @property
    def rest_key(self) -> str:
        """What the rest of the whole is called (``CL-CLp``)."""
        return f"{self.of}-{self.key}"

    def behind_cut_mm(self, places: Points[Mni], acpc: TemplateAcPc) -> FloatArray:
        """How far (n,) each place lies behind the plane, template mm; negative in front of it."""
        return np.asarray(self.most_anterior_of_pc_mm - acpc.from_pc.apply(places).array[:, 1])


def posterior_central_lateral(structure: str, most_anterior_of_pc_mm: float) -> StructurePart:
    """CLp, cut out of the central lateral nucleus that an atlas abbreviates as ``structure``."""
    return StructurePart(CLP_KEY, "CL", structure, "posterior part", most_anterior_of_pc_mm)
