"""The surfaces of all structures of an atlas, parts of structures last so that they are drawn on top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from fusplan.atlas.nuclei_atlas import NucleiAtlas
from fusplan.atlas.structure_ref import SIDES, StructureRef
from fusplan.spatial import Side
from fusplan.spatial.frames import Frame
from fusplan.spatial.triangles import Surface

F = TypeVar("F", bound=Frame)


@dataclass(frozen=True, slots=True, eq=False)
class NamedSurface(Generic[F]):
    """The surface of one structure, or of a part of one."""

    abbreviation: str
    name: str
    side: Side
    surface: Surface[F]


def named_surfaces(
    atlas: NucleiAtlas, surface_of: Callable[[StructureRef], Surface[F] | None]
) -> tuple[NamedSurface[F], ...]:
    """The surface of every structure and part that has one."""
    wholes = [each.ref for each in atlas.structures if atlas.part(each.abbreviation) is None]
    parts = [StructureRef(part.key, side) for part in atlas.parts for side in SIDES]
    found = [(structure, surface_of(structure)) for structure in (*wholes, *parts) if atlas.describes(structure)]
    return tuple(
        NamedSurface(structure.key, atlas.name_of(structure), structure.side, surface)
        for structure, surface in found
        if surface is not None
    )
