"""The proposals of one side against each other and against the target: distances, judged by what is usual."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.planning.number_words import number
from fusplan.planning.plan import Plan, Proposal, Target
from fusplan.planning.review import Agreement, ProposalDistance
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPcReading, Side, read_acpc


@dataclass(frozen=True, slots=True)
class DistanceCell:
    """A distance and what it means.

    Attributes:
        distance_mm: how far two places are apart.
        verdict: ok is neutral: as in most heads, or not judged; warning further than in most, error unusual.
        usual: what is usual, in words, or "".
    """

    distance_mm: float
    verdict: Verdict = "ok"
    usual: str = ""

    @property
    def text(self) -> str:
        return f"{self.distance_mm:.1f}"


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal.

    Attributes:
        proposal: where and why.
        to_others: its distances to the proposals listed before it.
        to_target: its distance to the target, if there is one: a person may have put that anywhere, so not judged.
        place: where it lies from PC and the AC-PC plane.
    """

    proposal: Proposal
    to_others: tuple[DistanceCell, ...]
    to_target: DistanceCell | None
    place: AcPcReading


@dataclass(frozen=True, slots=True)
class ProposalMatrix:
    """All proposals of a side.

    Attributes:
        side: which.
        rows: one per proposal.
        agreement: of all of them.
        target: what distances to the target are measured to.
    """

    side: Side
    rows: tuple[ProposalRow, ...]
    agreement: Agreement
    target: Target | None


def distance_cell(found: ProposalDistance | None, distance_mm: float) -> DistanceCell:
    """A distance between two proposals, with what the review says of it."""
    if found is None or found.usual_mm is None or found.usual_deviation_mm is None:
        return DistanceCell(distance_mm)
    usual = f"{number(found.usual_mm)} ± {number(found.usual_deviation_mm)} mm in the reference heads"
    return DistanceCell(found.distance_mm, found.verdict, usual)


def proposal_matrix(plan: Plan, side: Side, agreement: Agreement, target_id: str | None = None) -> ProposalMatrix:
    """The proposals of a side.

    Args:
        plan: the plan.
        side: which side's proposals.
        agreement: of these proposals, from the review of the plan.
        target_id: the target compared with, if it lies on that side; else the first of the side.
    """
    geometry = plan.landmarks.geometry()
    proposals = [one for one in plan.proposals if one.side == side]
    targets = [one for one in plan.targets if one.side == side]
    target = next((one for one in targets if one.id == target_id), targets[0] if targets else None)
    rows = tuple(
        ProposalRow(
            proposal,
            tuple(_between(proposal, other, agreement) for other in proposals[:number]),
            DistanceCell(proposal.point.distance_to(target.point)) if target is not None else None,
            read_acpc(proposal.point, geometry),
        )
        for number, proposal in enumerate(proposals)
    )
    return ProposalMatrix(side, rows, agreement, target)


def _between(one: Proposal, other: Proposal, agreement: Agreement) -> DistanceCell:
    found = agreement.between(one.provenance.method, other.provenance.method)
    return distance_cell(found, one.point.distance_to(other.point))
