"""Targets that are added from a preset, from a nucleus of an atlas, from a proposal or at a point: where and why."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.presets import TargetPreset, preset_point
from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.edits import add_target
from fusplan.planning.plan import Landmarks, Plan, Proposal, Provenance
from fusplan.planning.propose import ATLAS_ONLY_UNCERTAINTY_MM
from fusplan.spatial import Point, ScannerRas, Side


@dataclass(frozen=True, slots=True)
class NewTarget:
    """A target to be added.

    Attributes:
        name, side, point: what and where.
        provenance: where the position came from.
        locked: whether it is accepted as it is, or still to be moved.
    """

    name: str
    side: Side
    point: Point[ScannerRas]
    provenance: Provenance
    locked: bool = True


def preset_provenance(preset: TargetPreset, side: Side) -> Provenance:
    """Where a preset's position comes from, with its source."""
    sentence = f"{preset.words(side)}. Source: {preset.source}" + (f" ({preset.note})" if preset.note else "")
    return Provenance(f"preset:{preset.key}", sentence, preset.confidence)


def preset_target(preset: TargetPreset, side: Side, landmarks: Landmarks) -> NewTarget:
    """The target that a preset gives in this head."""
    wall = landmarks.ventricle_wall(side)
    point = preset_point(preset, landmarks.geometry(), side, None if wall is None else wall.lateral_mm)
    return NewTarget(f"{preset.name} {side}", side, point, preset_provenance(preset, side))


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
        f"nucleus:{atlas.atlas.name}:{abbreviation}",
        f"Centroid of {abbreviation} on the {side} by {atlas.atlas.called}{carried}. Source: {atlas.atlas.source}",
        "C",
        ATLAS_ONLY_UNCERTAINTY_MM,
    )
    return NewTarget(f"{abbreviation} {side}", side, atlas.centroid(StructureRef(abbreviation, side)), provenance)


def proposal_target(proposal: Proposal) -> NewTarget:
    """The target at a proposal."""
    return NewTarget(f"{proposal.name} {proposal.side}", proposal.side, proposal.point, proposal.provenance)


def point_target(name: str, side: Side, point: Point[ScannerRas]) -> NewTarget:
    """The target at a point that a person chose; unlocked, since it is likely to be moved next."""
    return NewTarget(name, side, point, Provenance("user", "Placed by hand at the cursor.", "derived"), locked=False)


def add_new_target(plan: Plan, new: NewTarget) -> Plan:
    """The plan with the target last in its list. Raises PlanNameError."""
    return add_target(plan, new.name, new.point, new.provenance, new.locked)
