"""One atlas in the patient, ready to be asked and to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fusplan.atlas.nuclei_atlas import HeadAtlas
    from fusplan.display.mesh_slices import SliceableMesh


@dataclass(frozen=True, slots=True, eq=False)
class DrawnAtlas:
    """An atlas with the surfaces of its nuclei.

    Attributes:
        name, title: ``morel``; the same for a person.
        patient_atlas: answers which nucleus a point lies in.
        meshes: surface of each nucleus in scanner RAS, ready to be cut by slices.
    """

    name: str
    title: str
    patient_atlas: HeadAtlas
    meshes: tuple[SliceableMesh, ...] = ()
