"""The proposals of one side against each other and against the target: distances with a verdict on each."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.planning.agreement import AGREE_WITHIN_MM, DISAGREE_BEYOND_MM
from fusplan.planning.plan import Plan, Proposal, Target
from fusplan.planning.review import Agreement
from fusplan.registration.request import Verdict
from fusplan.spatial import Side


@dataclass(frozen=True, slots=True)
class DistanceCell:
    """A distance and what it means: ok within the radius of CLp, error when two different places are meant."""

    distance_mm: float
    verdict: Verdict

    @property
    def text(self) -> str:
        return f"{self.distance_mm:.1f}"


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal.

    Attributes:
        proposal: where and why.
        to_others: its distances to the proposals listed before it.
        to_target: its distance to the target, if there is one.
    """

    proposal: Proposal
    to_others: tuple[DistanceCell, ...]
    to_target: DistanceCell | None


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


def distance_cell(distance_mm: float) -> DistanceCell:
    """A distance with its verdict, by the limits of :mod:`fusplan.planning.agreement`."""
    verdict: Verdict = "error" if distance_mm > DISAGREE_BEYOND_MM else "warning"
    return DistanceCell(distance_mm, "ok" if distance_mm <= AGREE_WITHIN_MM else verdict)


def proposal_matrix(plan: Plan, side: Side, agreement: Agreement, target_id: str | None = None) -> ProposalMatrix:
    """The proposals of a side.

    Args:
        plan: the plan.
        side: which side's proposals.
        agreement: of these proposals, from the review of the plan.
        target_id: the target compared with, if it lies on that side; else the first of the side.
    """
    proposals = [one for one in plan.proposals if one.side == side]
    targets = [one for one in plan.targets if one.side == side]
    target = next((one for one in targets if one.id == target_id), targets[0] if targets else None)
    rows = tuple(
        ProposalRow(
            proposal,
            tuple(distance_cell(proposal.point.distance_to(other.point)) for other in proposals[:number]),
            distance_cell(proposal.point.distance_to(target.point)) if target is not None else None,
        )
        for number, proposal in enumerate(proposals)
    )
    return ProposalMatrix(side, rows, agreement, target)
