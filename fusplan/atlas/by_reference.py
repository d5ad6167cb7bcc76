"""What an atlas of any form answers when a structure, or a part of one, is asked for by reference."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from fusplan.atlas.labelling import Flags, LabelledPlaces, Labels
from fusplan.atlas.nuclei_atlas import AtlasStructure, NucleiAtlas, UnknownStructureError
from fusplan.atlas.structure_part import StructurePart
from fusplan.atlas.structure_ref import SIDES, StructureRef
from fusplan.spatial import Side
from fusplan.spatial.points import FloatArray


class Referable:
    """What an atlas is asked by reference: mixed into every form of atlas, so that all answer alike.

    A part goes before a structure of the same abbreviation.
    """

    __slots__ = ()

    def part(self: NucleiAtlas, key: str) -> StructurePart | None:
        """The part of that key; None where the atlas offers none."""
        return next((part for part in self.parts if part.key == key), None)

    def describes(self: NucleiAtlas, structure: StructureRef) -> bool:
        """Whether the atlas has that structure, or the whole that the part is cut from, on that side."""
        return _index_of(self, structure) is not None

    def describes_both(self: NucleiAtlas, key: str) -> bool:
        """Whether it describes a structure or part on both sides."""
        return all(self.describes(StructureRef(key, side)) for side in SIDES)

    def whole(self: NucleiAtlas, structure: StructureRef) -> AtlasStructure:
        """The structure that a part is cut from; the structure itself when no part is meant.

        Raises UnknownStructureError, which says why there is none, or lists what there is.
        """
        index = _index_of(self, structure)
        if index is None:
            raise _unknown(self, structure)
        return self.structures[index]

    def name_of(self: NucleiAtlas, structure: StructureRef) -> str:
        """``Central lateral nucleus, posterior part``. Raises UnknownStructureError."""
        part = self.part(structure.key)
        name = self.whole(structure).name
        return name if part is None else f"{name}, {part.which}"

    def note_on(self: NucleiAtlas, key: str) -> str:
        """What a part is in this atlas, or why it offers none; "" for what is no part anywhere."""
        return self.part_notes.get(key, "")

    def members(self: NucleiAtlas, structure: StructureRef, found: LabelledPlaces) -> Flags:
        """Which of the places belong to a structure or part, on its side; none when the atlas does not describe it."""
        index = _index_of(self, structure)
        if index is None:
            return np.zeros(found.labels.shape, dtype=np.bool_)
        inside = np.asarray(found.labels == index)
        part = self.part(structure.key)
        return inside if part is None else np.asarray(inside & found.parts[part.key])


def _index_of(atlas: NucleiAtlas, structure: StructureRef) -> int | None:
    part = atlas.part(structure.key)
    wanted = (structure.key if part is None else part.structure, structure.side)
    return next((each.index for each in atlas.structures if (each.abbreviation, each.side) == wanted), None)


def _unknown(atlas: NucleiAtlas, structure: StructureRef) -> UnknownStructureError:
    note = atlas.note_on(structure.key)
    if note and atlas.part(structure.key) is None:
        return UnknownStructureError(
            f"The atlas {atlas.name} does not describe {structure.key}. {note}",
            "Start from an atlas that does, such as morel; this one is still shown beside it.",
        )
    known = ", ".join(sorted({each.abbreviation for each in atlas.structures if each.side == structure.side}))
    return UnknownStructureError(
        f"The atlas {atlas.name} has no structure {structure.key!r} on the {structure.side} side.",
        f"It has: {known or 'none'}.",
    )


def require_part(atlas: NucleiAtlas, key: str) -> StructurePart:
    """The part of that key that the atlas offers. Raises UnknownStructureError."""
    part = atlas.part(key)
    if part is None:
        raise _unknown(atlas, StructureRef(key, "left"))
    return part


def find_structure(atlas: NucleiAtlas, abbreviation: str, side: Side) -> int:
    """The index of a structure (never a part). Raises UnknownStructureError, which lists what there is."""
    for structure in atlas.structures:
        if structure.abbreviation == abbreviation and structure.side == side:
            return structure.index
    raise _unknown(atlas, StructureRef(abbreviation, side))


def flags_of_parts(
    atlas: NucleiAtlas,
    labels: Labels,
    behind_cut_mm: Callable[[StructurePart, npt.NDArray[np.intp]], FloatArray],
) -> dict[str, Flags]:
    """Membership (n,) of points in each part that an atlas offers, from their labels (n,).

    Args:
        atlas: which.
        labels: of the points.
        behind_cut_mm: of the points in some rows, as :meth:`StructurePart.behind_cut_mm` has it; asked only of points
            in the wholes.
    """
    flags = {}
    for part in atlas.parts:
        wholes = [each.index for each in atlas.structures if each.abbreviation == part.structure]
        rows = np.flatnonzero(np.isin(labels, wholes))
        flags[part.key] = np.zeros(len(labels), dtype=np.bool_)
        if len(rows):
            flags[part.key][rows] = behind_cut_mm(part, rows) >= 0
    return flags
