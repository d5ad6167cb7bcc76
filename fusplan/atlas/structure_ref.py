"""Which structure is meant, said without an atlas: an abbreviation and a side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fusplan.spatial import Side

SIDES: Final[tuple[Side, Side]] = ("left", "right")

CLP_KEY: Final = "CLp"
"""Key of the posterior part of the central lateral nucleus, which plans aim at unless they say otherwise."""


@dataclass(frozen=True, slots=True)
class StructureRef:
    """A structure of an atlas, or a part cut out of one, on one side.

    It holds no atlas: two atlases that use the same abbreviation may draw it differently, and that is what they are
    compared by; an atlas need not describe it at all.

    Attributes:
        key: abbreviation of an atlas's structure (``VPL``) or of a part that atlases offer (``CLp``).
        side: left or right.
    """

    key: str
    side: Side

    @property
    def words(self) -> str:
        """``CLp left``."""
        return f"{self.key} {self.side}"


def clp(side: Side) -> StructureRef:
    """The posterior part of the central lateral nucleus on one side."""
    return StructureRef(CLP_KEY, side)
