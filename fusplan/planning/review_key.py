"""What a review is of, by content: equal keys mean the same numbers, in another process and after a file, too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.aims import aim_of
from fusplan.planning.plan import AtlasReference, Lesion, Plan
from fusplan.registration.request import Verdict


@dataclass(frozen=True, slots=True)
class ReviewBasis:
    """What the review of a plan is of: reviews of one basis are the same, word for word.

    Attributes:
        plan: digest of the plan.
        atlases: in its head, in the order of the coverages; distances and uncertainty are by the first.
    """

    plan: str
    atlases: tuple[AtlasReference, ...]

    @classmethod
    def of(cls, plan: Plan, atlases: tuple[AtlasReference, ...]) -> ReviewBasis:
        return cls(plan.digest, atlases)


@dataclass(frozen=True, slots=True)
class LesionReviewKey:
    """What the review of one lesion is of.

    Attributes:
        lesion: the lesion without its name and its target, which change none of its numbers.
        aim: what it is for, by its target.
        landmarks, map: digests of what its plan stands on; the map is that from the template.
        verdict: on the registration.
        atlases: in its head, in the order of the coverages.
        seed: of the plan.
    """

    lesion: Lesion
    aim: StructureRef
    landmarks: str
    map: str
    verdict: Verdict
    atlases: tuple[AtlasReference, ...]
    seed: int

    @classmethod
    def of(cls, lesion: Lesion, plan: Plan, atlases: tuple[AtlasReference, ...]) -> LesionReviewKey:
        form, registration = replace(lesion, name="", target_id=""), plan.registration
        landmarks, carried = plan.landmarks.digest, registration.mni_to_scanner.digest
        aim, verdict = aim_of(lesion, plan), registration.quality.verdict
        return cls(form, aim, landmarks, carried, verdict, atlases, plan.seed)


def references(atlases: Iterable[HeadAtlas]) -> tuple[AtlasReference, ...]:
    """What a plan and a review keep of the atlases that they were made with."""
    return tuple(AtlasReference(one.atlas.name, one.atlas.title, one.atlas.digest or None) for one in atlases)
