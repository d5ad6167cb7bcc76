"""Everything that is computed from a plan, put together."""

from __future__ import annotations

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.imaging.volume import Volume
from fusplan.planning.agreement import agreement
from fusplan.planning.checks import check_plan
from fusplan.planning.coverage import PatientVolumes, cover, patient_volumes
from fusplan.planning.distances import lesion_distances
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.review import Agreement, LesionReview, PlanReview
from fusplan.planning.sides import SIDES
from fusplan.planning.uncertainty import estimate_uncertainty, grid_for
from fusplan.progress import NoProgress, Progress


def review(plan: Plan, volume: Volume, atlases: tuple[HeadAtlas, ...], progress: Progress | None = None) -> PlanReview:
    """Coverage by every atlas, distances, uncertainty, agreement of the proposals, and checks.

    Args:
        plan: the plan.
        volume: its image.
        atlases: the atlases in this head, the one that plans start from first (distances and uncertainty are by it).
        progress: where to report.
    """
    report = progress if progress is not None else NoProgress()
    volumes = [patient_volumes(atlas) for atlas in atlases]
    lesions = []
    for number, lesion in enumerate(plan.lesions):
        report.report(number / max(len(plan.lesions), 1), f"Computing what {lesion.name} covers and how sure that is")
        lesions.append(review_lesion(lesion, plan, atlases, volumes))
    checks = check_plan(plan, volume, atlases)
    report.report(1.0, "The plan is reviewed")
    return PlanReview(agreements(plan), tuple(lesions), checks)


def agreements(plan: Plan) -> tuple[Agreement, ...]:
    """The agreement of the proposals of each side that has any, left first."""
    geometry = plan.landmarks.geometry()
    proposed = {proposal.side for proposal in plan.proposals}
    return tuple(agreement(side, plan.proposals, geometry) for side in SIDES if side in proposed)


def review_lesion(
    lesion: Lesion, plan: Plan, atlases: tuple[HeadAtlas, ...], volumes: list[PatientVolumes]
) -> LesionReview:
    """Everything about one lesion; ``volumes`` as given by ``patient_volumes`` for each of the atlases."""
    ellipsoid = lesion.ellipsoid
    grid = grid_for(ellipsoid, atlases[0])
    return LesionReview(
        lesion_id=lesion.id,
        volume_mm3=ellipsoid.volume_mm3,
        coverage=tuple(
            cover(ellipsoid, atlas, lesion.side, known) for atlas, known in zip(atlases, volumes, strict=True)
        ),
        distances=lesion_distances(lesion, plan.landmarks, atlases[0], grid),
        uncertainty=estimate_uncertainty(
            lesion, plan.landmarks, plan.registration.quality.verdict, atlases, plan.seed, grid
        ),
    )
