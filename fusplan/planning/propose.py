"""Several proposals for the CLp target of a side, never one: by each atlas twice, and by the AC-PC rule."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.presets import CLP_CAVEAT, CLP_RULE, INDIRECT_UNCERTAINTY_MM, preset_point
from fusplan.atlas.structure_ref import CLP_KEY, clp
from fusplan.planning.error_sources import DEVICE_RMS_MM
from fusplan.planning.lesion_shares import LesionShares
from fusplan.planning.lesion_size import LesionSize, lesion_axes, lesion_ellipsoid
from fusplan.planning.plan import Landmarks, Proposal, Target
from fusplan.planning.provenance import Provenance, SourceKind
from fusplan.spatial import Ellipsoid, Point, ScannerRas, Side
from fusplan.spatial.points import FloatArray

ATLAS_ONLY_UNCERTAINTY_MM = 2.5
"""Stated for a CLp point known from an atlas alone: the middle of 2 to 3 mm, one sigma or so. Root sum of AC/PC 0.5,
registration 1.5 to 2, the person's own nucleus 1 to 2 and the device 1.0 mm (C)."""

_COARSE_MM = 0.5
_FINE_MM, _FINE_REACH_MM = 0.25, 1.0
_REACH_MM = 6.0
_AS_GOOD_AS_THE_BEST = 0.05


def propose(
    side: Side,
    landmarks: Landmarks,
    atlases: tuple[HeadAtlas, ...],
    size: LesionSize,
    tilt_anterior_deg: float = 0.0,
    tilt_lateral_deg: float = 0.0,
) -> tuple[Proposal, ...]:
    """The proposals for CLp of one side: for each atlas that describes CLp its centroid and best cover, then the AC-PC
    rule.

    Args:
        side: left or right.
        landmarks: AC, PC, midline and the ventricle walls of this head.
        atlases: the atlases in this head, the one that plans start from first.
        size, tilt_anterior_deg, tilt_lateral_deg: the lesion planned, for the best cover.
    """
    geometry = landmarks.geometry()
    axes = lesion_axes(geometry, side, tilt_anterior_deg, tilt_lateral_deg)
    proposals = []
    for atlas in (one for one in atlases if one.atlas.describes(clp(side))):
        lesion = lesion_ellipsoid(atlas.centroid(clp(side)), size, *axes)
        proposals += [_centroid_proposal(atlas, side), _best_cover_proposal(atlas, side, lesion, size)]
    return (*proposals, rule_proposal(landmarks, side))


def starting_target(proposals: tuple[Proposal, ...], side: Side) -> Target:
    """The target that a plan starts with on a side: the best cover by the first atlas that proposes one."""
    listed = [proposal for proposal in proposals if proposal.side == side]
    best = [proposal for proposal in listed if proposal.provenance.kind == "atlas best cover"]
    chosen = (best or listed)[0]
    return Target(f"clp-{side}", f"CLp {side}", side, chosen.point, chosen.provenance, aim=chosen.aim)


def best_cover(atlas: HeadAtlas, side: Side, lesion: Ellipsoid[ScannerRas]) -> Point[ScannerRas]:
    """The centre at which the lesion covers most of CLp with least spill.

    Maximised is the share of the lesion inside CLp minus its share outside CL (the part of CL in front of CLp counts
    nothing either way), as expected when the lesion lands off its place by the device's own error. A lesion is many
    times smaller than CLp, so that many places are nearly equal: of those within 0.05 of the best, which is less than
    the error of the atlas's own volumes, the one nearest to the centroid of CLp is taken. Positions up to 6 mm from
    the centroid are searched 0.5 mm apart, then 0.25 mm apart about the best.

    Args:
        atlas: the atlas in this head.
        side: whose CLp.
        lesion: form and tilt; its centre does not matter.
    """
    centroid = atlas.centroid(clp(side))
    half_size_mm = _REACH_MM + float(lesion.half_extent_mm.max()) + _COARSE_MM
    grid = atlas.rasterise(centroid, half_size_mm, _COARSE_MM)
    value = _value(grid, atlas, side, lesion)
    expected = ndimage.gaussian_filter(value, [rms / _COARSE_MM for rms in DEVICE_RMS_MM], truncate=3.0)
    middle = grid.grid.from_frame.apply(centroid).array
    best = middle
    for step_mm, reach_mm in ((_COARSE_MM, _REACH_MM), (_FINE_MM, _FINE_REACH_MM)):
        best = _best_index(expected, middle, best, step_mm / _COARSE_MM, reach_mm / _COARSE_MM)
    return grid.grid.to_frame.apply(Point.of(grid.grid.voxel_frame, best))


def _value(grid: LabelGrid, atlas: HeadAtlas, side: Side, lesion: Ellipsoid[ScannerRas]) -> FloatArray:
    """Share of the lesion in CLp minus share outside CL, for its centre in every cell."""
    shares = LesionShares(grid, lesion)
    in_whole = grid.labels == atlas.atlas.whole(clp(side)).index
    in_part = atlas.atlas.members(clp(side), grid)
    return np.asarray(shares.of(in_part) - (1 - shares.of(in_whole)), dtype=np.float64)


def _best_index(
    expected: FloatArray, middle: FloatArray, about: FloatArray, step_cells: float, reach_cells: float
) -> FloatArray:
    """Of places ``step_cells`` apart within a ball of ``reach_cells``, the good one (3,) nearest to the middle."""
    steps = np.arange(-np.floor(reach_cells / step_cells), np.floor(reach_cells / step_cells) + 1) * step_cells
    offsets = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    places = about + offsets[np.linalg.norm(offsets, axis=1) <= reach_cells]
    values = ndimage.map_coordinates(expected, places.T, order=1, mode="nearest")
    good = places[values >= expected.max() - _AS_GOOD_AS_THE_BEST]
    if len(good) == 0:
        return np.asarray(about, dtype=np.float64)
    return np.asarray(good[int(np.argmin(np.linalg.norm(good - middle, axis=1)))], dtype=np.float64)


def _by(atlas: HeadAtlas) -> str:
    """By which atlas, how it came into this head, and what it takes for CLp."""
    about = atlas.atlas
    carried = ", carried into this head by the registration" if atlas.follows_registration else ""
    part = about.part(CLP_KEY)
    cut = "" if part is None else f" {part.sentence} in the template."
    return f"by {about.called}{carried}.{cut}"


def _provenance(kind: SourceKind, sentence: str, atlas: HeadAtlas) -> Provenance:
    about = atlas.atlas
    return Provenance(kind, sentence, "C", ATLAS_ONLY_UNCERTAINTY_MM, atlas=about.name, citation=about.source)


def _centroid_proposal(atlas: HeadAtlas, side: Side) -> Proposal:
    sentence = f"Centroid of the {side} CLp {_by(atlas)}"
    provenance = _provenance("atlas centroid", sentence, atlas)
    return Proposal(f"{atlas.atlas.short_title} CLp centroid", side, atlas.centroid(clp(side)), provenance, clp(side))


def _best_cover_proposal(atlas: HeadAtlas, side: Side, lesion: Ellipsoid[ScannerRas], size: LesionSize) -> Proposal:
    sentence = f"Where a {size.words} mm lesion lies most inside the {side} CLp and least outside CL {_by(atlas)}"
    provenance = _provenance("atlas best cover", sentence, atlas)
    point = best_cover(atlas, side, lesion)
    return Proposal(f"{atlas.atlas.short_title} best cover", side, point, provenance, clp(side))


def rule_proposal(landmarks: Landmarks, side: Side) -> Proposal:
    """The proposal of the AC-PC rule for one side."""
    wall = landmarks.ventricle_wall(side)
    # An implausible wall already carries the fallback; the preset itself falls back where no wall was looked for.
    point = preset_point(CLP_RULE, landmarks.geometry(), side, None if wall is None else wall.lateral_mm)
    measured = wall is not None and wall.plausible
    where = "the wall found in this image" if measured else "no wall was found, so 8.5 mm from the midplane is used"
    sentence = f"AC-PC rule: {CLP_RULE.words(side)}; {where}. {CLP_CAVEAT[0].upper()}{CLP_CAVEAT[1:]}."
    provenance = Provenance("AC-PC rule", sentence, "derived", INDIRECT_UNCERTAINTY_MM)
    return Proposal("AC-PC rule", side, point, provenance, clp(side))
