"""Targets that are added from a preset, from a nucleus of an atlas, from a proposal or at a point: where and why."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.presets import TargetPreset, preset_point
from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.edits import add_target
from fusplan.planning.plan import Landmarks, Plan, Proposal
from fusplan.planning.propose import ATLAS_ONLY_UNCERTAINTY_MM
from fusplan.planning.provenance import Provenance
from fusplan.spatial import Point, ScannerRas, Side


@dataclass(frozen=True, slots=True)
class NewTarget:
    """A target to be added.

    Attributes:
        name, side, point: what and where.
        provenance: where the position came from.
        locked: whether it is accepted as it is, or still to be moved.
        aim_key: abbreviation of the structure that it aims at; None: none in particular.
    """

    name: str
    side: Side
    point: Point[ScannerRas]
    provenance: Provenance
    locked: bool = True
    aim_key: str | None = None

    @property
    def aim(self) -> StructureRef | None:
        """The structure that it aims at."""
        return None if self.aim_key is None else StructureRef(self.aim_key, self.side)


def preset_provenance(preset: TargetPreset, side: Side) -> Provenance:
    """Where a preset's position comes from, with its source."""
    citation = f"{preset.source} ({preset.note})" if preset.note else preset.source
    return Provenance("preset", f"{preset.words(side)}.", preset.confidence, key=preset.key, citation=citation)


def preset_target(preset: TargetPreset, side: Side, landmarks: Landmarks) -> NewTarget:
    """The target that a preset gives in this head."""
    wall = landmarks.ventricle_wall(side)
    point = preset_point(preset, landmarks.geometry(), side, None if wall is None else wall.lateral_mm)
    provenance = preset_provenance(preset, side)
    return NewTarget(f"{preset.name} {side}", side, point, provenance, aim_key=preset.aim_key)


def nucleus_names(atlas: HeadAtlas, side: Side) -> tuple[tuple[str, str], ...]:
    """Key and name of all that an atlas describes on a side: parts of nuclei first, the others by abbreviation."""
    about = atlas.atlas
    parts = [StructureRef(part.key, side) for part in about.parts]
    nuclei = [each.ref for each in about.structures if each.side == side and about.part(each.abbreviation) is None]
    listed = (*parts, *sorted(nuclei, key=lambda structure: structure.key.lower()))
    return tuple((structure.key, about.name_of(structure)) for structure in listed if about.describes(structure))


def nucleus_target(atlas: HeadAtlas, abbreviation: str, side: Side) -> NewTarget:
    """The target at the centroid of a nucleus (or a part of one) in this head.

    Takes a second. Raises UnknownStructureError.
    """
    carried = ", carried into this head by the registration" if atlas.follows_registration else ""
    provenance = Provenance(
        "nucleus centroid",
        f"Centroid of {abbreviation} on the {side} by {atlas.atlas.called}{carried}.",
        "C",
        ATLAS_ONLY_UNCERTAINTY_MM,
        key=abbreviation,
        atlas=atlas.atlas.name,
        citation=atlas.atlas.source,
    )
    point = atlas.centroid(StructureRef(abbreviation, side))
    return NewTarget(f"{abbreviation} {side}", side, point, provenance, aim_key=abbreviation)


def proposal_target(proposal: Proposal) -> NewTarget:
    """The target at a proposal."""
    name = f"{proposal.name} {proposal.side}"
    return NewTarget(name, proposal.side, proposal.point, proposal.provenance, aim_key=proposal.aim.key)


def point_target(name: str, side: Side, point: Point[ScannerRas]) -> NewTarget:
    """The target at a point that a person chose; unlocked, since it is likely to be moved next."""
    provenance = Provenance("placed by hand", "Placed by hand at the cursor.", "derived")
    return NewTarget(name, side, point, provenance, locked=False)


def add_new_target(plan: Plan, new: NewTarget) -> Plan:
    """The plan with the target last in its list. Raises PlanNameError."""
    return add_target(plan, new.name, new.point, new.provenance, new.locked, new.aim_key)
