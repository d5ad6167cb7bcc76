"""Every place a plan knows: its targets, the proposals beside them, and the target presets in this head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.atlas.presets import PRESETS
from fusplan.atlas.structure_ref import StructureRef
from fusplan.export.readings import PointReading, read_in_plan
from fusplan.planning.new_targets import NewTarget, preset_target
from fusplan.planning.plan import Plan, Proposal, Target
from fusplan.planning.provenance import Provenance
from fusplan.planning.sides import SIDES
from fusplan.spatial import Side

PlaceKind: TypeAlias = Literal["target", "proposal", "preset"]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One named place of a head in every frame, with its source.

    Attributes:
        kind: a target of the plan, a proposal for it, or a preset computed from this head's landmarks.
        name, side: what it is called.
        reading: its coordinates in every frame.
        provenance: where it comes from and how sure that is.
        aim: the structure that it aims at, None: none in particular.
    """

    kind: PlaceKind
    name: str
    side: Side
    reading: PointReading
    provenance: Provenance
    aim: StructureRef | None = None


def list_targets(plan: Plan) -> tuple[Place, ...]:
    """Targets first, then proposals, then presets, each left before right."""
    targets = [_place(plan, "target", target.name, target) for target in plan.targets]
    proposals = [_place(plan, "proposal", proposal.name, proposal) for proposal in plan.proposals]
    return (*targets, *proposals, *_presets(plan))


def _place(plan: Plan, kind: PlaceKind, name: str, placed: Target | Proposal | NewTarget) -> Place:
    return Place(kind, name, placed.side, read_in_plan(plan, placed.point), placed.provenance, placed.aim)


def _presets(plan: Plan) -> list[Place]:
    places = []
    for preset in PRESETS:
        for side in SIDES:
            places.append(_place(plan, "preset", preset.name, preset_target(preset, side, plan.landmarks)))
    return places
