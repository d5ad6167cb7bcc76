"""The atlases in a head, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.display.drawn_atlas import DrawnAtlas
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.progress import Progress
from fusplan.workflows.head_atlases import chosen_head_atlases
from fusplan.workflows.requests import PrepareAtlasesRequest


@dataclass(frozen=True, slots=True, eq=False)
class PreparedAtlases:
    """Atlases in a patient, by name, and a sentence for every one of the user's that was left out."""

    atlases: Mapping[str, DrawnAtlas]
    messages: tuple[str, ...] = ()


def prepare_atlases(request: PrepareAtlasesRequest, progress: Progress) -> PreparedAtlases:
    """The atlases in a patient, with the surfaces of their nuclei. Raises FusplanError."""
    progress.report(0.0, "Carrying the atlases to the head")
    found = chosen_head_atlases(request.plan, lambda name: (name == request.name) is request.only_it)
    prepared = {
        carried.atlas.name: DrawnAtlas(
            carried.atlas.name, carried.atlas.short_title, carried, drawable_surfaces(carried, progress)
        )
        for carried in found.atlases
    }
    return PreparedAtlases(prepared, found.messages)


def drawable_surfaces(head_atlas: HeadAtlas, progress: Progress) -> tuple[SliceableMesh, ...]:
    """The nuclei's surfaces in the patient, CLp last so that it is drawn on top. Raises JobCancelled."""
    meshes = []
    surfaces = head_atlas.surfaces()
    for number, drawn in enumerate(surfaces):
        progress.report(number / len(surfaces), f"Drawing the nuclei of {head_atlas.atlas.name}")
        vertices, faces = drawn.surface.vertices, drawn.surface.faces
        meshes.append(SliceableMesh.prepare(drawn.abbreviation, vertices, faces, drawn.side, drawn.name))
    return tuple(meshes)
