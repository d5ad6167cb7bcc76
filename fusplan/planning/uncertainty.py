"""What the stated errors do to one lesion: a seeded Monte Carlo of its displacement relative to the anatomy."""

from __future__ import annotations

import zlib

import numpy as np

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.coverage import OUTSIDE, share_coverable
from fusplan.planning.error_sources import ErrorSource, draw_error_sources, relative_displacements
from fusplan.planning.lesion_shares import LesionShares
from fusplan.planning.plan import Landmarks, Lesion
from fusplan.planning.review import ErrorShare, TouchProbability, Uncertainty
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPcGeometry, Ellipsoid, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

DRAWS = 20_000
"""A probability of one half then has a standard error of 0.4 %."""

TOUCH_SHARE = 0.01
"""A structure counts as touched when more than this share of the lesion's volume lies in it."""

LEAST_PROBABILITY = 0.01
"""Less probable neighbours are not listed."""

REGION = 0.95

GRID_MM = 0.5
"""A 4 x 4 x 5 mm lesion is 335 such cells, each weighted by how much of it lies inside."""

GRID_MARGIN_MM = 8.0
"""The grid reaches this far beyond the lesion: three to four standard deviations of the whole displacement per axis.
The few draws beyond count as at the edge."""


def grid_for(lesion: Ellipsoid[ScannerRas], atlas: HeadAtlas) -> LabelGrid:
    """The labels about a lesion on the grid that :func:`estimate_uncertainty` looks up."""
    return atlas.rasterise(lesion.centre, GRID_MARGIN_MM + float(lesion.half_extent_mm.max()), GRID_MM)


def disagreement(atlases: tuple[HeadAtlas, ...], structure: StructureRef) -> FloatArray:
    """(3,) scanner RAS mm from a structure's centroid in the first atlas to that in the second; zeros without a second.

    Atlases that do not describe it are passed over.
    """
    describing = [atlas for atlas in atlases if atlas.atlas.describes(structure)]
    if len(describing) < 2:
        return np.zeros(3)
    first, second = (atlas.centroid(structure).array for atlas in describing[:2])
    return np.asarray(second - first)


def estimate_uncertainty(
    lesion: Lesion,
    structure: StructureRef,
    landmarks: Landmarks,
    registration: Verdict,
    atlases: tuple[HeadAtlas, ...],
    seed: int,
    grid: LabelGrid | None = None,
    draws: int = DRAWS,
) -> Uncertainty:
    """What the errors of :mod:`fusplan.planning.error_sources` do to a lesion, by the first atlas.

    The lesion is moved against the atlas by each drawn displacement and its coverage looked up. Errors turn the lesion
    by about a degree, which moves the tip of a 7 mm lesion by 0.06 mm and is left out.

    Args:
        lesion: the planned lesion.
        structure: what it is meant to cover; the first atlas describes it.
        landmarks: what the AC-PC frame is made of.
        registration: the verdict on the registration.
        atlases: the atlases in this head; coverage is by the first, their distance is one of the errors.
        seed: the plan's seed; the same plan gives the same figures.
        grid: from :func:`grid_for`, when already at hand.
        draws: size of the Monte Carlo.
    """
    geometry = landmarks.geometry()
    midline = Points.gather(landmark.point for landmark in landmarks.midline)
    # Every lesion draws from a stream of its own, which does not depend on the order of the lesions.
    stream = (seed, zlib.crc32(lesion.id.encode()))
    distance = disagreement(atlases, structure)
    sources = draw_error_sources(lesion.centre, geometry, midline, registration, structure.key, distance, draws, stream)
    moved = relative_displacements(sources)
    ellipsoid = lesion.ellipsoid
    atlas = atlases[0]
    shares = LesionShares(grid if grid is not None else grid_for(ellipsoid, atlas), ellipsoid)
    centres = Points(lesion.centre.frame, lesion.centre.array + moved @ geometry.axes.T)
    covered = _covered(lesion, structure, atlas, shares, centres)
    deviation, region = moved.std(axis=0), region_ellipsoid(lesion.centre, geometry, moved)
    half = region.half_extents_along(geometry.axes)
    return Uncertainty(
        lesion_id=lesion.id,
        structure=structure,
        region_95=region,
        region_95_half_mm=(float(half[0]), float(half[1]), float(half[2])),
        standard_deviation_mm=(float(deviation[0]), float(deviation[1]), float(deviation[2])),
        budget=_budget(sources),
        half_cover_probability=float((covered >= 0.5).mean()),
        expected_share=(
            float(covered.mean()),
            float(np.percentile(covered, 5)),
            float(np.percentile(covered, 95)),
        ),
        touches=_touches(lesion, structure, atlas, shares, centres),
        draws=draws,
        seed=seed,
        largest_share=share_coverable(ellipsoid.volume_mm3, atlas.volume_mm3(structure)),
    )


def region_ellipsoid(
    centre: Point[ScannerRas], geometry: AcPcGeometry, displacements_mm: FloatArray, probability: float = REGION
) -> Ellipsoid[ScannerRas]:
    """The ellipsoid about ``centre`` that holds this share of (n, 3) AC-PC displacements.

    Its form is that of their covariance; its size is read from the draws, since errors with careless marks among
    them have heavier tails than a normal distribution.
    """
    values, vectors = np.linalg.eigh(displacements_mm.T @ displacements_mm / len(displacements_mm))
    values = np.maximum(values, 1e-6)
    squared = ((displacements_mm @ vectors) ** 2 / values).sum(axis=1)
    semi_axes = np.sqrt(values * np.quantile(squared, probability))
    # A right-handed set of axes, so that the ellipsoid can be turned by a rotation elsewhere.
    vectors[:, 0] *= np.sign(np.linalg.det(vectors))
    rotation = geometry.axes @ vectors
    return Ellipsoid(centre, (float(semi_axes[0]), float(semi_axes[1]), float(semi_axes[2])), rotation)


def _covered(
    lesion: Lesion, structure: StructureRef, atlas: HeadAtlas, shares: LesionShares, centres: Points[ScannerRas]
) -> FloatArray:
    """Share (n,) of the structure that the lesion covers from each centre."""
    own = atlas.atlas.members(structure, shares.grid)
    volume_mm3 = shares.at(own, centres) * lesion.ellipsoid.volume_mm3
    whole_mm3 = atlas.volume_mm3(structure)
    # The smallest structures may be nowhere the most probable one: nothing can be covered of them.
    return np.asarray(np.minimum(1.0, volume_mm3 / whole_mm3) if whole_mm3 > 0 else np.zeros(len(centres)))


def _touches(
    lesion: Lesion, structure: StructureRef, atlas: HeadAtlas, shares: LesionShares, centres: Points[ScannerRas]
) -> tuple[TouchProbability, ...]:
    own = atlas.atlas.whole(structure).index
    labels = shares.grid.labels
    found = []
    for index in _within_reach(lesion, shares.grid, centres):
        if index == own:
            continue
        probability = float((shares.at(labels == index, centres) > TOUCH_SHARE).mean())
        if probability <= LEAST_PROBABILITY:
            continue
        if index < 0:
            found.append(TouchProbability(OUTSIDE, "outside the thalamus", probability))
        else:
            one = atlas.atlas.structures[int(index)]
            name = one.name if one.side == lesion.side else f"{one.name} ({one.side})"
            found.append(TouchProbability(one.abbreviation, name, probability))
    return tuple(sorted(found, key=lambda touch: -touch.probability))


def _within_reach(lesion: Lesion, grid: LabelGrid, centres: Points[ScannerRas]) -> list[int]:
    """Labels that at least 1 % of the draws can bring the lesion to; the others cannot be listed and cost time."""
    offsets = np.linalg.norm(centres.array - lesion.centre.array, axis=1)
    reach_mm = np.quantile(offsets, 1 - LEAST_PROBABILITY) + max(lesion.ellipsoid.semi_axes_mm) + GRID_MM
    matrix = grid.grid.matrix
    squared: FloatArray = np.zeros(())
    for axis, size in enumerate(grid.labels.shape):
        along = matrix[axis, axis] * np.arange(size) + matrix[axis, 3] - lesion.centre.array[axis]
        squared = np.add.outer(squared, along**2)
    return [int(index) for index in np.unique(grid.labels[squared <= reach_mm**2])]


def _budget(sources: tuple[ErrorSource, ...]) -> tuple[ErrorShare, ...]:
    """Each error, and all together."""
    shares = [ErrorShare(one.kind, one.name, one.rms_mm, one.citation, one.moves) for one in sources]
    together_mm = float(np.sqrt((relative_displacements(sources) ** 2).sum(axis=1).mean()))
    return (*shares, ErrorShare("together", "All together, lesion against anatomy", together_mm))
