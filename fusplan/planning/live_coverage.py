"""What a lesion covers while it is dragged, read in milliseconds from labels drawn about it beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.planning.aims import covered_structure
from fusplan.planning.coverage import cover_on_grid
from fusplan.planning.open_review import OpenReview, ReviewSubject
from fusplan.planning.plan import AtlasReference, Lesion, Plan
from fusplan.planning.review import Coverage
from fusplan.planning.review_key import references
from fusplan.planning.uncertainty import grid_for
from fusplan.progress import Progress
from fusplan.spatial import Ellipsoid, ScannerRas

DRAG_REACH_MM = 4.0
"""Grids that reach this far beyond a lesion serve it still; about half of how far new ones reach."""


@dataclass(frozen=True, slots=True, eq=False)
class DragGrids:
    """The labels about one lesion, by every atlas.

    Attributes:
        map: digest of the map from the template that the atlases lie under.
        atlases: which, having counted what coverage of the lesion needs; grids are in the same order.
        grids: along the scanner axes, as :func:`grid_for` makes them for where the lesion was.
    """

    map: str
    atlases: tuple[HeadAtlas, ...]
    grids: tuple[LabelGrid, ...]

    def serve(self, plan: Plan, atlases: tuple[AtlasReference, ...]) -> bool:
        """Whether they are of these atlases under the plan's registration."""
        is_map = self.map == plan.registration.mni_to_scanner.digest
        return is_map and set(references(self.atlases)) == set(atlases)

    def grid_of(self, atlas: HeadAtlas) -> LabelGrid | None:
        """The labels by one atlas."""
        pairs = zip(self.atlases, self.grids, strict=True)
        return next((grid for drawn, grid in pairs if drawn.atlas.name == atlas.atlas.name), None)


def draw_grids(
    lesion: Lesion,
    plan: Plan,
    atlases: tuple[HeadAtlas, ...],
    first: LabelGrid,
    before: DragGrids | None,
    progress: Progress,
) -> DragGrids:
    """Labels about a lesion.

    Args:
        lesion, plan: whose.
        atlases: the atlases in the head, measured for what the lesion covers, that which its review is by first.
        first: the grid of the first atlas, as the review of this very lesion uses it.
        before: grids of the lesion as it was, of the same atlases; used again where they reach far enough.
        progress: where to report; raises JobCancelled when told to stop.
    """
    grids = [first]
    for number, atlas in enumerate(atlases[1:], start=1):
        progress.report(number / len(atlases), f"Drawing {atlas.atlas.short_title} about {lesion.name}")
        old = before.grid_of(atlas) if before is not None else None
        near = old is not None and grid_holds(old, lesion.ellipsoid, DRAG_REACH_MM)
        grids.append(old if old is not None and near else grid_for(lesion.ellipsoid, atlas))
    return DragGrids(plan.registration.mni_to_scanner.digest, atlases, tuple(grids))


def grid_holds(grid: LabelGrid, ellipsoid: Ellipsoid[ScannerRas], margin_mm: float = 0.0) -> bool:
    """Whether a grid along the scanner axes reaches at least ``margin_mm`` beyond an ellipsoid everywhere."""
    low, high = grid.grid.box()
    reach = ellipsoid.half_extent_mm + margin_mm
    centre = ellipsoid.centre.array
    return bool(np.all(centre - reach >= low) and np.all(centre + reach <= high))


def live_coverage(lesion: Lesion, subject: ReviewSubject, review: OpenReview) -> tuple[Coverage, ...] | None:
    """What a lesion covers now, by every atlas, in milliseconds; None until that can be known.

    That of its review where the lesion is as it was reviewed; else, coarser, from the labels about it.
    """
    state = review.lesions.get(lesion.id)
    if state is None:
        return None
    if review.is_current(lesion, subject):
        return state.review.coverage
    ellipsoid, drag = lesion.ellipsoid, state.drag
    if drag is None or not drag.serve(subject.plan, subject.atlases):
        return None
    if not all(grid_holds(grid, ellipsoid) for grid in drag.grids):
        return None
    structure = covered_structure(lesion, subject.plan, drag.atlases)
    if structure.key != state.review.structure.key:
        return None  # its volume was not counted yet, which takes too long here
    return tuple(
        cover_on_grid(ellipsoid, grid, atlas, structure) for grid, atlas in zip(drag.grids, drag.atlases, strict=True)
    )
