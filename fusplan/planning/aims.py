"""What a lesion is meant to cover."""

from __future__ import annotations

from collections.abc import Iterable

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import CLP_KEY, StructureRef, clp
from fusplan.planning.plan import Lesion, Plan


def aim_of(lesion: Lesion, plan: Plan) -> StructureRef:
    """What a lesion is for: what its target aims at, on the side that the lesion lies on.

    CLp where its target aims at no structure in particular, or is gone. A lesion that was carried across the midplane
    covers nothing of its target's side; that it lies there is told by the checks.
    """
    target = next((target for target in plan.targets if target.id == lesion.target_id), None)
    aim = None if target is None else target.aim
    return StructureRef(CLP_KEY if aim is None else aim.key, lesion.side)


def covered_structure(lesion: Lesion, plan: Plan, atlases: Iterable[HeadAtlas]) -> StructureRef:
    """What the coverage of a lesion, its uncertainty and its distances are of.

    What it is for; CLp where none of the atlases describes that. All are asked for one and the same structure, so that
    their figures can be compared.
    """
    aim = aim_of(lesion, plan)
    return aim if any(atlas.atlas.describes(aim) for atlas in atlases) else clp(lesion.side)


def leader_first(structure: StructureRef, atlases: tuple[HeadAtlas, ...]) -> tuple[HeadAtlas, ...]:
    """The atlases with the first that describes a structure in front: uncertainty and distances are by that one."""
    leader = next((atlas for atlas in atlases if atlas.atlas.describes(structure)), None)
    return atlases if leader is None else (leader, *(atlas for atlas in atlases if atlas is not leader))
