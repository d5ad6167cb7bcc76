"""The proposals of a plan computed anew, after its landmarks or its registration have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import CLP_KEY, StructureRef, clp
from fusplan.export.readings import read_tilt
from fusplan.imaging.volume import Volume
from fusplan.planning.aims import aim_of
from fusplan.planning.consensus import Consensus
from fusplan.planning.landmark_edits import set_proposals
from fusplan.planning.landmarks import with_ventricle_walls
from fusplan.planning.lesion_size import DEFAULT_SIZES, LARGEST_TILT_DEG, LesionSize
from fusplan.planning.plan import Plan, Proposal
from fusplan.planning.propose import clp_consensus, propose, rule_proposal
from fusplan.planning.sides import SIDES
from fusplan.progress import NoProgress, Progress
from fusplan.spatial import Side
from fusplan.workflows.requests import RecomputeRequest


def recompute(request: RecomputeRequest, progress: Progress) -> Plan:
    """:func:`recompute_proposals` as a job. Raises JobCancelled when the progress was told to stop."""
    progress.report(0.0, "Comparing proposals for both targets")
    plan = recompute_rule(request.plan, request.volume)
    atlases, proposals = _plans_own(request.plan, request.atlases), _of_absent(request.plan, request.atlases)
    aims = {side: _proposed_for(plan, side) for side in SIDES}
    consensus = _consensus(plan, aims, atlases)
    for number, side in enumerate(SIDES):
        progress.report(0.1 + 0.45 * number, f"Comparing proposals on the {side}")
        for aim in aims[side]:
            proposals += propose(aim, plan.landmarks, atlases, *_lesion_meant(plan, aim), consensus)
    return set_proposals(plan, tuple(proposals))


def _proposed_for(plan: Plan, side: Side) -> tuple[StructureRef, ...]:
    """What the proposals of a side are for; CLp where there are none."""
    return tuple(dict.fromkeys(one.aim for one in plan.proposals if one.side == side)) or (clp(side),)


def _consensus(
    plan: Plan, aims: Mapping[Side, tuple[StructureRef, ...]], atlases: tuple[HeadAtlas, ...]
) -> tuple[Consensus, ...]:
    """Of CLp on both sides, where it is aimed at on one at least."""
    if not any(aim.key == CLP_KEY for on_side in aims.values() for aim in on_side):
        return ()
    return clp_consensus(plan.landmarks, atlases, plan.registration.quality.verdict)


def _plans_own(plan: Plan, atlases: tuple[HeadAtlas, ...]) -> tuple[HeadAtlas, ...]:
    """Of the atlases in the head those that the plan was made with: one added since makes no proposals unasked."""
    names = {one.name for one in plan.atlases}
    return tuple(one for one in atlases if one.atlas.name in names) if names else atlases


def _of_absent(plan: Plan, atlases: tuple[HeadAtlas, ...]) -> list[Proposal]:
    """The proposals of atlases that are no longer there: they are kept as they were."""
    absent = {one.name for one in plan.atlases} - {one.atlas.name for one in atlases}
    return [one for one in plan.proposals if one.provenance.atlas in absent]


def recompute_proposals(plan: Plan, volume: Volume, atlases: tuple[HeadAtlas, ...]) -> Plan:
    """The plan with its ventricle walls measured again and every proposal computed anew; targets stay.

    Best covers are for the first lesion that is for their aim, else the first of their side, as it is sized and tilted
    now (or for the default one). Takes seconds.

    Args:
        plan: the plan; its landmarks and registration are taken as they are.
        volume: its image.
        atlases: the atlases in its head, carried by its registration, the one that plans start from first.
    """
    return recompute(RecomputeRequest(plan, volume, atlases), NoProgress())


def recompute_rule(plan: Plan, volume: Volume) -> Plan:
    """The plan with its ventricle walls and the AC-PC rule's proposals computed anew: some milliseconds.

    The others, and with them all of them together, still belong to what they were computed on.
    """
    landmarks = with_ventricle_walls(plan.landmarks, volume)
    proposals = tuple(
        rule_proposal(landmarks, one.side) if one.provenance.kind == "AC-PC rule" else one for one in plan.proposals
    )
    return replace(plan, landmarks=landmarks, proposals=proposals)


def adopt_proposals(plan: Plan, computed: Plan) -> Plan:
    """A plan with walls and proposals of ``computed``; whatever else has changed meanwhile stays."""
    landmarks = replace(plan.landmarks, ventricle_walls=computed.landmarks.ventricle_walls)
    return replace(plan, landmarks=landmarks, proposals=computed.proposals, proposals_basis=computed.proposals_basis)


def _lesion_meant(plan: Plan, aim: StructureRef) -> tuple[LesionSize, float, float]:
    """Size and tilts, forward and outward, of the lesion that the best cover of an aim is looked for."""
    on_side = [one for one in plan.lesions if one.side == aim.side]
    lesion = next((one for one in on_side if aim_of(one, plan) == aim), on_side[0] if on_side else None)
    if lesion is None:
        return DEFAULT_SIZES[aim.side], 0.0, 0.0
    tilts = [
        min(max(tilt, -LARGEST_TILT_DEG), LARGEST_TILT_DEG) for tilt in read_tilt(lesion, plan.landmarks.geometry())
    ]
    return LesionSize(lesion.width_mm, lesion.length_mm), tilts[0], tilts[1]
