"""Everything that is computed from a plan. The window, the command line and the report all have it from here."""

from __future__ import annotations

from collections.abc import Iterable

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import StructureRef
from fusplan.imaging.volume import Volume
from fusplan.planning.agreement import agreements
from fusplan.planning.aims import covered_structure, leader_first
from fusplan.planning.checks import check_plan
from fusplan.planning.coverage import cover, measure
from fusplan.planning.distances import lesion_distances
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.review import LesionReview, PlanReview
from fusplan.planning.review_key import ReviewBasis, references
from fusplan.planning.uncertainty import estimate_uncertainty, grid_for
from fusplan.progress import NoProgress, PartOfProgress, Progress


def measure_atlases(
    atlases: Iterable[HeadAtlas], structures: Iterable[StructureRef], progress: Progress | None = None
) -> None:
    """Have the atlases count the volumes that coverage of the structures needs: some tenths of a second each, once.

    They keep what they have counted, so that coverage takes milliseconds afterwards.
    """
    report = progress if progress is not None else NoProgress()
    wanted = tuple(structures)
    for atlas in atlases:
        report.report(0.0, f"Measuring the nuclei of {atlas.atlas.short_title}")
        measure(atlas, wanted)


def review(
    plan: Plan,
    volume: Volume,
    atlases: tuple[HeadAtlas, ...],
    progress: Progress | None = None,
    known: PlanReview | None = None,
) -> PlanReview:
    """Coverage by every atlas, distances, uncertainty, agreement of the proposals, and checks.

    Args:
        plan: the plan.
        volume: its image.
        atlases: the atlases in this head, the one that plans start from first. Distances and uncertainty of
            a lesion are by the first that describes what it is for.
        progress: where to report.
        known: a review made before, or parts of one: if it is of this very plan by these very atlases, only what it
            lacks is computed.
    """
    report = progress if progress is not None else NoProgress()
    basis = ReviewBasis.of(plan, references(atlases))
    if known is None or known.basis != basis:
        known = PlanReview((), (), (), basis)
    reviewed = {found.lesion_id: found for found in known.lesions}
    missing = [lesion for lesion in plan.lesions if lesion.id not in reviewed]
    structures = {covered_structure(lesion, plan, atlases) for lesion in missing}
    if structures:
        measure_atlases(atlases, structures, PartOfProgress(report, 0.0, 0.0))
    for number, lesion in enumerate(missing):
        report.report(number / len(missing), f"Computing what {lesion.name} covers and how sure that is")
        reviewed[lesion.id] = review_lesion(lesion, plan, atlases)
    checks = known.checks or check_plan(plan, volume, atlases)
    report.report(1.0, "The plan is reviewed")
    return PlanReview(agreements(plan), tuple(reviewed[lesion.id] for lesion in plan.lesions), checks, basis)


def review_lesion(
    lesion: Lesion,
    plan: Plan,
    atlases: tuple[HeadAtlas, ...],
    grid: LabelGrid | None = None,
    progress: Progress | None = None,
) -> LesionReview:
    """Everything about one lesion. The same plan and atlases give the same numbers to the last digit.

    Args:
        lesion: one of the plan's.
        plan: for its landmarks, the verdict on its registration and its seed.
        atlases: the atlases in this head, the one that plans start from first.
        grid: of the first atlas that describes what the lesion is for, made by :func:`grid_for` for this very lesion,
            when already at hand.
        progress: where to report; raises JobCancelled when told to stop.
    """
    report = progress if progress is not None else NoProgress()
    ellipsoid = lesion.ellipsoid
    structure = covered_structure(lesion, plan, atlases)
    atlases = leader_first(structure, atlases)
    report.report(0.0, f"Computing what {lesion.name} covers")
    coverage = tuple(cover(ellipsoid, atlas, structure) for atlas in atlases)
    report.report(0.3, f"Computing distances of {lesion.name}")
    grid = grid if grid is not None else grid_for(ellipsoid, atlases[0])
    distances = lesion_distances(lesion, structure, plan.landmarks, atlases[0], grid)
    report.report(0.6, f"Computing how sure {lesion.name} is")
    verdict = plan.registration.quality.verdict
    uncertainty = estimate_uncertainty(lesion, structure, plan.landmarks, verdict, atlases, plan.seed, grid)
    return LesionReview(lesion.id, ellipsoid.volume_mm3, coverage, distances, uncertainty)
