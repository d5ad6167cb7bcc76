"""How far the proposals of one side agree with each other, measured by how far they do in ordinary heads."""

from __future__ import annotations

from itertools import combinations

from fusplan.planning.number_words import number
from fusplan.planning.plan import Plan, Proposal
from fusplan.planning.proposal_spread import PairSpread, ProposalSpread, reference_spread
from fusplan.planning.review import Agreement, AgreementStanding, ProposalDistance
from fusplan.planning.sides import SIDES
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPcGeometry, Side

AGREE_WITHIN_MM = 2.4
"""Radius of the largest sphere inside CLp (computed from the Morel label map, C): proposals nearer to each other than
this can all lie in one and the same CLp, and are never said to be unusually far apart."""

_GRAVITY: tuple[Verdict, ...] = ("ok", "warning", "error")

PairOfProposals = tuple[Proposal, Proposal, ProposalDistance]


def agreements(plan: Plan) -> tuple[Agreement, ...]:
    """The agreement of the proposals of each side that has any, left first: a millisecond."""
    geometry = plan.landmarks.geometry()
    proposed = {proposal.side for proposal in plan.proposals}
    return tuple(agreement(side, plan.proposals, geometry) for side in SIDES if side in proposed)


def agreement(
    side: Side, proposals: tuple[Proposal, ...], geometry: AcPcGeometry, spread: ProposalSpread | None = None
) -> Agreement:
    """The mutual distances of the proposals of ``side`` for the same aim, and how usual they are.

    Args:
        side: which side.
        proposals: of both sides.
        geometry: for the direction in which two lie apart.
        spread: what they are judged by; that which comes with the program by default. Pairs that it does not know,
            such as those of an atlas that a user added, are not judged.
    """
    known = spread if spread is not None else reference_spread()
    listed = [proposal for proposal in proposals if proposal.side == side]
    pairs = [
        (first, second, _distance(first, second, known))
        for first, second in combinations(listed, 2)
        if first.aim == second.aim
    ]
    if not pairs:
        return nothing_to_compare(side)
    judged_pairs = [pair for pair in pairs if pair[2].usual_mm is not None]
    told = max(judged_pairs or pairs, key=lambda pair: (_GRAVITY.index(pair[2].verdict), pair[2].distance_mm))
    largest_mm = max(distance.distance_mm for _, _, distance in pairs)
    standing = _standing(told[2])
    sentence = _sentence(side, told, standing, known, geometry)
    return Agreement(side, tuple(pair[2] for pair in pairs), largest_mm, standing, sentence)


def judged(distance_mm: float, usual: PairSpread | None) -> Verdict:
    """``ok`` as in most heads or where nothing is known, ``warning`` further than in most, ``error`` unusual."""
    if usual is None or distance_mm <= max(usual.warning_mm, AGREE_WITHIN_MM):
        return "ok"
    return "warning" if distance_mm <= usual.error_mm else "error"


def nothing_to_compare(side: Side) -> Agreement:
    """Of one proposal, or none."""
    return Agreement(side, (), 0.0, "nothing to compare", f"There is no second proposal on the {side} to compare with.")


def _distance(first: Proposal, second: Proposal, spread: ProposalSpread) -> ProposalDistance:
    methods = (first.provenance.method, second.provenance.method)
    usual = spread.pair(*methods) if first.aim.key == spread.aim_key else None
    distance_mm = first.point.distance_to(second.point)
    verdict = judged(distance_mm, usual)
    if usual is None:
        return ProposalDistance(*methods, distance_mm, verdict, None, None)
    return ProposalDistance(*methods, distance_mm, verdict, usual.mean_mm, usual.standard_deviation_mm)


def _standing(distance: ProposalDistance) -> AgreementStanding:
    if distance.usual_mm is None:
        return "not judged"
    standings: dict[Verdict, AgreementStanding] = {
        "ok": "as in most heads",
        "warning": "further apart than in most heads",
        "error": "unusually far apart",
    }
    return standings[distance.verdict]


def _sentence(
    side: Side, pair: PairOfProposals, standing: AgreementStanding, spread: ProposalSpread, geometry: AcPcGeometry
) -> str:
    first, second, distance = pair
    names = f"{first.name} and {second.name}"
    apart = f"{number(distance.distance_mm)} mm apart{_mostly(first, second, geometry)}"
    if distance.usual_mm is None:
        return f"Furthest apart on the {side}: {names}, {apart}. No reference heads tell how usual that is."
    deviation = number(distance.usual_deviation_mm or 0.0)
    usual = f"{number(distance.usual_mm)} ± {deviation} mm in {spread.head_count} reference heads"
    advice = {
        "further apart than in most heads": " Compare them.",
        "unusually far apart": " Look at the registration and at AC and PC before choosing one.",
    }.get(standing, "")
    return f"{standing.capitalize()}: on the {side} {names} are {apart}; {usual}.{advice}"


def _mostly(first: Proposal, second: Proposal, geometry: AcPcGeometry) -> str:
    """`` (mostly above and below)`` when one direction makes up more than 80 % of the distance."""
    across = geometry.axes.T @ (second.point.array - first.point.array)
    length_mm = float((across**2).sum() ** 0.5)
    words = ("side to side", "front to back", "above and below")
    for component_mm, word in zip(across, words, strict=True):
        if length_mm > 0 and abs(float(component_mm)) > 0.8 * length_mm:
            return f" (mostly {word})"
    return ""
