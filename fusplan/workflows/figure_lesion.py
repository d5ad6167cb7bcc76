"""Everything about one lesion, with what is needed to follow it while it is dragged."""

from __future__ import annotations

from dataclasses import dataclass

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.display.lesion_figures import FiguredAtlas, LesionFigures, grid_holds
from fusplan.planning.coverage import cover, patient_volumes
from fusplan.planning.distances import lesion_distances
from fusplan.planning.plan import Lesion, Plan
from fusplan.planning.review import LesionReview
from fusplan.planning.uncertainty import GRID_MARGIN_MM, GRID_MM, estimate_uncertainty
from fusplan.progress import Progress

DRAG_ROOM_MM = 1.5
"""A grid reaches this much further than the uncertainty needs, so that small moves do not need another."""


@dataclass(frozen=True, slots=True, eq=False)
class FigureLesionRequest:
    """Which lesion to compute.

    Attributes:
        plan, lesion: the plan and one of its lesions.
        atlases: title and atlas in the head, the one that plans start from first.
        figured: the same atlases with their volumes, when they were computed before.
        grids: grids of an earlier run on the same atlases; used where they still reach far enough.
    """

    plan: Plan
    lesion: Lesion
    atlases: tuple[tuple[str, HeadAtlas], ...]
    figured: tuple[FiguredAtlas, ...] = ()
    grids: tuple[LabelGrid, ...] = ()


def figure_lesion(request: FigureLesionRequest, progress: Progress) -> LesionFigures:
    """Coverage by every atlas, distances and uncertainty. Raises JobCancelled when told to stop."""
    plan, lesion = request.plan, request.lesion
    progress.report(0.0, f"Computing what {lesion.name} covers")
    figured = request.figured
    if not figured:
        made = []
        for title, atlas in request.atlases:
            progress.report(0.1, f"Measuring the nuclei of {title}")
            made.append(FiguredAtlas(title, atlas, patient_volumes(atlas)))
        figured = tuple(made)
    grids = _grids(request, figured, progress)
    atlases = tuple(one.patient_atlas for one in figured)
    progress.report(0.7, f"Computing distances of {lesion.name}")
    ellipsoid = lesion.ellipsoid
    coverage = tuple(cover(ellipsoid, one.patient_atlas, lesion.side, one.volumes) for one in figured)
    distances = lesion_distances(lesion, plan.landmarks, atlases[0], grids[0])
    progress.report(0.9, f"Computing how sure {lesion.name} is")
    verdict = plan.registration.quality.verdict
    uncertainty = estimate_uncertainty(lesion, plan.landmarks, verdict, atlases, plan.seed, grids[0])
    review = LesionReview(lesion.id, ellipsoid.volume_mm3, coverage, distances, uncertainty)
    return LesionFigures(lesion, plan.landmarks, plan.registration, figured, grids, review)


def _grids(
    request: FigureLesionRequest, figured: tuple[FiguredAtlas, ...], progress: Progress
) -> tuple[LabelGrid, ...]:
    ellipsoid = request.lesion.ellipsoid
    if len(request.grids) == len(figured) and all(
        grid_holds(grid, ellipsoid, GRID_MARGIN_MM) for grid in request.grids
    ):
        return request.grids
    half_size_mm = GRID_MARGIN_MM + DRAG_ROOM_MM + float(ellipsoid.half_extent_mm.max())
    grids = []
    for number, one in enumerate(figured):
        progress.report(0.3 + 0.2 * number, f"Drawing {one.title} about {request.lesion.name}")
        grids.append(one.patient_atlas.rasterise(request.lesion.centre, half_size_mm, GRID_MM))
    return tuple(grids)
