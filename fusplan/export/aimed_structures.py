"""Which structures have masks and surfaces of their own: what the plan's targets aim at."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import SIDES, StructureRef, clp
from fusplan.export.names_in_files import file_stem
from fusplan.planning.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class AimedStructure:
    """A structure and the atlas that it is drawn by."""

    structure: StructureRef
    atlas: HeadAtlas

    @property
    def file_stem(self) -> str:
        """``clp-left_morel``."""
        key = file_stem(self.structure.key.lower())
        return f"{key}-{self.structure.side}_{file_stem(self.atlas.atlas.name)}"


def aimed_structures(plan: Plan, atlases: tuple[HeadAtlas, ...]) -> tuple[AimedStructure, ...]:
    """CLp of both sides whatever the plan, then what else its targets aim at.

    Each is by the first atlas that describes it; what none of them describes is left out.
    """
    wanted = dict.fromkeys([*map(clp, SIDES), *(target.aim for target in plan.targets if target.aim is not None)])
    found = []
    for structure in wanted:
        atlas = next((atlas for atlas in atlases if atlas.atlas.describes(structure)), None)
        if atlas is not None:
            found.append(AimedStructure(structure, atlas))
    return tuple(found)
