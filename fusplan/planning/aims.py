"""What a lesion is meant to cover."""

from __future__ import annotations

from fusplan.atlas.nuclei_atlas import NucleiAtlas
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


def covered_structure(lesion: Lesion, plan: Plan, leader: NucleiAtlas) -> StructureRef:
    """What the coverage of a lesion, its uncertainty and its distances are of.

    What it is for; CLp where the leader, the atlas that uncertainty and distances are by, does not describe that. All
    atlases are asked for one and the same structure, so that their figures can be compared.
    """
    aim = aim_of(lesion, plan)
    return aim if leader.describes(aim) else clp(lesion.side)
