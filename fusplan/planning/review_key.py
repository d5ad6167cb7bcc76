"""What a review is of, by content: equal keys mean the same numbers, in another process and after a file, too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.aims import aim_of
from fusplan.planning.plan import AtlasReference, Landmarks, Lesion, Plan, RegistrationRecord
from fusplan.registration.request import Verdict
from fusplan.spatial import Mni, ScannerRas, Warp


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
        return cls(plan_digest(plan), atlases)


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
        landmarks, carried = landmarks_digest(plan.landmarks), map_digest(registration.mni_to_scanner)
        aim, verdict = aim_of(lesion, plan), registration.quality.verdict
        return cls(form, aim, landmarks, carried, verdict, atlases, plan.seed)


def references(atlases: Iterable[HeadAtlas]) -> tuple[AtlasReference, ...]:
    """What a plan and a review keep of the atlases that they were made with."""
    return tuple(AtlasReference(one.atlas.name, one.atlas.title, one.atlas.digest or None) for one in atlases)


def landmarks_digest(landmarks: Landmarks) -> str:
    """Key of everything in the landmarks."""
    return _digest(landmarks)


@lru_cache(maxsize=16)
def map_digest(warp: Warp[Mni, ScannerRas]) -> str:
    """Key of a map from the template."""
    field = warp.displacements
    return _digest(field.vectors_mm.tobytes(), field.grid.matrix.tolist(), warp.affine.matrix.tolist())


def registration_digest(record: RegistrationRecord) -> str:
    """Key of a registration and the verdict on it."""
    return _digest(map_digest(record.mni_to_scanner), record.quality)


def plan_digest(plan: Plan) -> str:
    """Key of everything that a review reads of a plan."""
    return _digest(
        plan.image.sha256,
        landmarks_digest(plan.landmarks),
        registration_digest(plan.registration),
        plan.proposals,
        [replace(target, locked=True, colour=None) for target in plan.targets],
        plan.lesions,
        plan.seed,
        plan.atlases,
    )


def _digest(*content: Any) -> str:
    digest = hashlib.sha256()
    for part in content:
        digest.update(part if isinstance(part, bytes) else repr(part).encode("utf-8"))
    return digest.hexdigest()
