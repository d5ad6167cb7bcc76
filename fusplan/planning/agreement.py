"""How far the proposals of one side agree with each other."""

from __future__ import annotations

from itertools import combinations

from fusplan.planning.plan import Plan, Proposal
from fusplan.planning.review import Agreement, ProposalDistance
from fusplan.planning.sides import SIDES
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPcGeometry, Side

AGREE_WITHIN_MM = 2.4
"""Radius of the largest sphere inside CLp (computed from the Morel label map, C): proposals nearer to each other than
this can all lie in one and the same CLp."""

DISAGREE_BEYOND_MM = 5.0
"""Twice that radius is 4.8 mm: spheres about proposals further apart than this share nothing, so they mean different
places. Also twice the 2 to 3 mm stated for a single atlas-only CLp point."""


def agreements(plan: Plan) -> tuple[Agreement, ...]:
    """The agreement of the proposals of each side that has any, left first: a millisecond."""
    geometry = plan.landmarks.geometry()
    proposed = {proposal.side for proposal in plan.proposals}
    return tuple(agreement(side, plan.proposals, geometry) for side in SIDES if side in proposed)


def agreement(side: Side, proposals: tuple[Proposal, ...], geometry: AcPcGeometry) -> Agreement:
    """The mutual distances of the proposals of ``side`` and a verdict on the largest one.

    ``ok`` up to 2.4 mm (they can share one CLp), ``warning`` up to 5 mm, ``error`` beyond.
    """
    listed = [proposal for proposal in proposals if proposal.side == side]
    pairs = [(first, second, first.point.distance_to(second.point)) for first, second in combinations(listed, 2)]
    distances = tuple(
        ProposalDistance(first.provenance.method, second.provenance.method, distance_mm)
        for first, second, distance_mm in pairs
    )
    if not pairs:
        return nothing_to_compare(side)
    first, second, largest_mm = max(pairs, key=lambda pair: pair[2])
    apart = f"{first.name} and {second.name}, {largest_mm:.1f} mm apart{_mostly(first, second, geometry)}"
    verdict: Verdict
    if largest_mm <= AGREE_WITHIN_MM:
        verdict = "ok"
        meaning = f"all lie within the radius of the largest sphere that fits into CLp ({AGREE_WITHIN_MM:g} mm)."
    elif largest_mm <= DISAGREE_BEYOND_MM:
        verdict = "warning"
        meaning = f"more than the {AGREE_WITHIN_MM:g} mm radius of CLp: one of them may lie at its edge. Compare them."
    else:
        verdict = "error"
        meaning = f"beyond {DISAGREE_BEYOND_MM:g} mm they mean different places. Look at each before choosing one."
    return Agreement(side, distances, largest_mm, verdict, f"Furthest apart on the {side}: {apart}; {meaning}")


def nothing_to_compare(side: Side) -> Agreement:
    """Of one proposal, or none."""
    return Agreement(side, (), 0.0, "warning", f"There is no second proposal on the {side} to compare with.")


def _mostly(first: Proposal, second: Proposal, geometry: AcPcGeometry) -> str:
    """`` (mostly above and below)`` when one direction makes up more than 80 % of the distance."""
    across = geometry.axes.T @ (second.point.array - first.point.array)
    length_mm = float((across**2).sum() ** 0.5)
    words = ("side to side", "front to back", "above and below")
    for component_mm, word in zip(across, words, strict=True):
        if length_mm > 0 and abs(float(component_mm)) > 0.8 * length_mm:
            return f" (mostly {word})"
    return ""
