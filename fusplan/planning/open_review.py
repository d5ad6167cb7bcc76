"""The review of the plan that is open: what of it is known, what of that is of the plan as it is, and what is next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from fusplan.planning.agreement import agreements, nothing_to_compare
from fusplan.planning.plan import AtlasReference, Lesion, Plan
from fusplan.planning.review import Agreement, Check, LesionReview, PlanReview
from fusplan.planning.review_key import LesionReviewKey, ReviewBasis
from fusplan.spatial import Ellipsoid, ScannerRas, Side

if TYPE_CHECKING:
    from fusplan.planning.live_coverage import DragGrids


@dataclass(frozen=True, slots=True, eq=False)
class ReviewSubject:
    """What is open and to be reviewed.

    Attributes:
        plan: the plan as it is.
        image_sha256: of the image that is open.
        atlases: in the head by now, the one that plans start from first; none while they are being made.
        all_atlases: whether no more are on their way.
    """

    plan: Plan
    image_sha256: str
    atlases: tuple[AtlasReference, ...]
    all_atlases: bool = True

    def allows(self, atlases: tuple[AtlasReference, ...]) -> bool:
        """Whether something computed by these atlases is what would be computed now, or once all have come."""
        return atlases == self.atlases or (not self.all_atlases and set(self.atlases) <= set(atlases))


@dataclass(frozen=True, slots=True)
class ChecksKey:
    """What checks are of."""

    basis: ReviewBasis
    image_sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class LesionReviewState:
    """The review of a lesion, what it is of, and what its coverage is followed on while the lesion is dragged."""

    key: LesionReviewKey
    review: LesionReview
    drag: DragGrids | None = None


PartKey: TypeAlias = LesionReviewKey | ChecksKey


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """What is to be computed next.

    Attributes:
        key: what it will be of.
        lesion: the lesion to review, or to draw grids for where its review is known; None for the checks.
    """

    key: PartKey
    lesion: Lesion | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OpenReview:
    """As much of the review of the open plan as is known. Parts may be of the plan as it was a moment ago.

    Attributes:
        lesions: by id of the lesion.
        checks: all of the plan's, empty before they were made first.
        checked: what the checks are of.
        agreements: of the proposals as they are.
    """

    lesions: Mapping[str, LesionReviewState] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    checked: ChecksKey | None = None
    agreements: tuple[Agreement, ...] = ()

    @classmethod
    def begin(cls, plan: Plan, review: PlanReview | None = None) -> OpenReview:
        """That of a plan just opened, with the review that was made or stored with it."""
        if review is None or review.basis != ReviewBasis.of(plan, review.basis.atlases):
            return cls(agreements=agreements(plan))
        known = {found.lesion_id: found for found in review.lesions}
        lesions = {
            lesion.id: LesionReviewState(LesionReviewKey.of(lesion, plan, review.basis.atlases), known[lesion.id])
            for lesion in plan.lesions
            if lesion.id in known
        }
        return cls(lesions, review.checks, ChecksKey(review.basis, plan.image.sha256), agreements(plan))

    def of(self, subject: ReviewSubject) -> PlanReview:
        """The parts that are of what is open now. Lesions and checks may be missing."""
        current = [self.lesions[one.id] for one in subject.plan.lesions if self.is_current(one, subject)]
        checked = self.checked if self.are_checks_current(subject) else None
        # While atlases are on their way, what came with the plan is by more of them than are there.
        known = [state.key.atlases for state in current] + ([checked.basis.atlases] if checked is not None else [])
        atlases = max(known, key=len, default=subject.atlases)
        lesions = tuple(state.review for state in current if state.key.atlases == atlases)
        checks = self.checks if checked is not None and checked.basis.atlases == atlases else ()
        return PlanReview(self.agreements, lesions, checks, ReviewBasis.of(subject.plan, atlases))

    def is_current(self, lesion: Lesion, subject: ReviewSubject) -> bool:
        """Whether the review of a lesion is known, and of the lesion as it is."""
        state = self.lesions.get(lesion.id)
        if state is None or not subject.allows(state.key.atlases):
            return False
        return state.key == LesionReviewKey.of(lesion, subject.plan, state.key.atlases)

    def are_checks_current(self, subject: ReviewSubject) -> bool:
        """Whether the checks are of what is open now."""
        checked = self.checked
        if checked is None or not subject.allows(checked.basis.atlases):
            return False
        return checked == _checks_key(subject, checked.basis.atlases)

    def agreement(self, side: Side) -> Agreement:
        """The agreement of the proposals of one side, if it has any."""
        return next((found for found in self.agreements if found.side == side), nothing_to_compare(side))

    def with_lesion(self, state: LesionReviewState) -> OpenReview:
        """With one more lesion reviewed, or one anew."""
        return replace(self, lesions={**self.lesions, state.review.lesion_id: state})

    def with_checks(self, checks: tuple[Check, ...], checked: ChecksKey) -> OpenReview:
        """With other checks."""
        return replace(self, checks=checks, checked=checked)

    def holds_for(self, plan: Plan) -> bool:
        """Whether :meth:`following` a change to this plan changes nothing."""
        return self.agreements == agreements(plan) and len(self._lesions_of(plan)) == len(self.lesions)

    def following(self, plan: Plan) -> OpenReview:
        """After a change of the plan: without the lesions that are gone or lie under another registration."""
        return replace(self, lesions=self._lesions_of(plan), agreements=agreements(plan))

    def _lesions_of(self, plan: Plan) -> Mapping[str, LesionReviewState]:
        ids, carried = {lesion.id for lesion in plan.lesions}, plan.registration.mni_to_scanner.digest
        return {name: state for name, state in self.lesions.items() if name in ids and state.key.map == carried}


def next_part(
    review: OpenReview, subject: ReviewSubject, selected_id: str | None = None, failed: Collection[PartKey] = ()
) -> ReviewPart | None:
    """What is to be computed next: the selected lesion, the checks, the other lesions, then grids to drag on.

    Args:
        review: what is known.
        subject: what is open.
        selected_id: the lesion that somebody looks at.
        failed: parts that could not be computed and are not tried again.

    Returns:
        None when all is known, or nothing can be computed yet.
    """
    plan = subject.plan
    if not subject.atlases:
        return None
    ordered = sorted(plan.lesions, key=lambda lesion: lesion.id != selected_id)
    parts = [ReviewPart(LesionReviewKey.of(one, plan, subject.atlases), one) for one in ordered]
    waiting = [part for part in parts if part.lesion is not None and not review.is_current(part.lesion, subject)]
    if not review.are_checks_current(subject):
        # Soon, but after the lesion that somebody looks at.
        waiting.insert(int(waiting[:1] == parts[:1]), ReviewPart(_checks_key(subject, subject.atlases)))
    if subject.all_atlases:
        waiting += [part for part in parts if not _can_be_dragged(part, review, subject)]
    return next((part for part in waiting if part.key not in failed), None)


def _checks_key(subject: ReviewSubject, atlases: tuple[AtlasReference, ...]) -> ChecksKey:
    return ChecksKey(ReviewBasis.of(subject.plan, atlases), subject.image_sha256)


def _can_be_dragged(part: ReviewPart, review: OpenReview, subject: ReviewSubject) -> bool:
    state = review.lesions.get(part.lesion.id) if part.lesion is not None else None
    return state is not None and state.drag is not None and state.drag.serve(subject.plan, subject.atlases)


def regions_95(plan: Plan, review: OpenReview) -> tuple[Ellipsoid[ScannerRas], ...]:
    """The 95 % regions to draw: as computed last under this registration, about the centres as they are now."""
    carried = plan.registration.mni_to_scanner.digest
    known = {name: state for name, state in review.lesions.items() if state.key.map == carried}
    return tuple(
        known[lesion.id].review.uncertainty.region_95.moved_to(lesion.centre)
        for lesion in plan.lesions
        if lesion.id in known
    )
