"""The surfaces of all structures of an atlas, CLp last so that it is drawn on top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from fusplan.atlas.nuclei_atlas import AtlasStructure, NucleiAtlas
from fusplan.atlas.triangles import Surface
from fusplan.spatial import Side
from fusplan.spatial.frames import Frame

F = TypeVar("F", bound=Frame)

SIDES: tuple[Side, Side] = ("left", "right")


@dataclass(frozen=True, slots=True, eq=False)
class NamedSurface(Generic[F]):
    """The surface of one structure, or of CLp."""

    abbreviation: str
    name: str
    side: Side
    surface: Surface[F]


def named_surfaces(
    atlas: NucleiAtlas,
    structure_surface: Callable[[AtlasStructure], Surface[F] | None],
    clp_surface: Callable[[Side], Surface[F] | None],
) -> tuple[NamedSurface[F], ...]:
    """The surface of every structure that has one, and of CLp where the atlas describes it."""
    found = [(one.abbreviation, one.name, one.side, structure_surface(one)) for one in atlas.structures]
    if atlas.has_clp:
        found += [("CLp", f"{atlas.cl(side).name}, posterior part", side, clp_surface(side)) for side in SIDES]
    return tuple(
        NamedSurface(short, name, side, surface) for short, name, side, surface in found if surface is not None
    )
