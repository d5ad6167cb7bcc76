"""Several proposals for what is aimed at, never one: by each atlas twice, and for CLp by the AC-PC rule and where all
atlases agree best near it."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import ndimage

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.presets import CLP_CAVEAT, CLP_RULE, INDIRECT_UNCERTAINTY_MM, NO_THIRD_WITNESS, preset_point
from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.planning.consensus import STANDARD_LESION, WITHIN_MM, Consensus, find_consensus
from fusplan.planning.error_sources import DEVICE_RMS_MM, REGISTRATION_RMS_MM
from fusplan.planning.lesion_shares import LesionShares
from fusplan.planning.lesion_size import LesionSize, lesion_axes, lesion_ellipsoid
from fusplan.planning.plan import Landmarks, Proposal, Target
from fusplan.planning.provenance import Provenance, SourceKind
from fusplan.planning.sides import SIDES
from fusplan.registration.request import Verdict
from fusplan.spatial import Ellipsoid, Point, ScannerRas, Side
from fusplan.spatial.points import FloatArray

ATLAS_ONLY_UNCERTAINTY_MM = 2.5
"""Stated for a CLp point known from an atlas alone: the middle of 2 to 3 mm, one sigma or so. Root sum of AC/PC 0.5,
registration 1.5 to 2, the person's own nucleus 1 to 2 and the device 1.0 mm (C)."""

STARTING_KINDS: Final[tuple[SourceKind, ...]] = ("consensus", "AC-PC rule", "atlas best cover")
"""What a plan's targets start from: the first of these that there is. The others stay for a person to choose."""

_COARSE_MM = 0.5
_FINE_MM, _FINE_REACH_MM = 0.25, 1.0
_REACH_MM = 6.0
_AS_GOOD_AS_THE_BEST = 0.05


def propose(
    aim: StructureRef,
    landmarks: Landmarks,
    atlases: tuple[HeadAtlas, ...],
    size: LesionSize,
    tilt_anterior_deg: float = 0.0,
    tilt_lateral_deg: float = 0.0,
    consensus: tuple[Consensus, ...] = (),
) -> tuple[Proposal, ...]:
    """The proposals for a structure: by each atlas that describes it its centroid and best cover. For CLp alone there
    are before them the place where the atlases agree best, and after them the AC-PC rule.

    Args:
        aim: what is aimed at.
        landmarks: AC, PC, midline and the ventricle walls of this head.
        atlases: the atlases in this head, the one that plans start from first.
        size, tilt_anterior_deg, tilt_lateral_deg: the lesion planned, for the best cover.
        consensus: what :func:`clp_consensus` found in this head.
    """
    axes = lesion_axes(landmarks.geometry(), aim.side, tilt_anterior_deg, tilt_lateral_deg)
    proposals = []
    for atlas in (atlas for atlas in atlases if atlas.atlas.describes(aim)):
        lesion = lesion_ellipsoid(atlas.centroid(aim), size, *axes)
        proposals += [_centroid_proposal(atlas, aim), _best_cover_proposal(atlas, aim, lesion, size)]
    if aim.key != CLP_RULE.aim_key:
        return tuple(proposals)
    on_side = next((found for found in consensus if found.side == aim.side), None)
    agreed = () if on_side is None or not on_side.is_found else (_consensus_proposal(on_side, aim),)
    return (*agreed, *proposals, rule_proposal(landmarks, aim.side, on_side))


def clp_consensus(landmarks: Landmarks, atlases: tuple[HeadAtlas, ...], registration: Verdict) -> tuple[Consensus, ...]:
    """Where the atlases in a head agree best on CLp near the AC-PC rule's points, on both sides at once.

    Args:
        landmarks: AC, PC, midline and the ventricle walls of this head.
        atlases: the atlases in this head.
        registration: the verdict on the registration now, which its error is taken by.
    """
    rules = {side: rule_proposal(landmarks, side).point for side in SIDES}
    return find_consensus(rules, landmarks.geometry(), atlases, registration)


def starting_target(proposals: tuple[Proposal, ...], aim: StructureRef, atlas: str | None = None) -> Target:
    """The target that a plan starts with: the consensus on its aim, else the AC-PC rule, else the first best cover.

    Args:
        proposals: among them one for the aim at least.
        aim: what is aimed at.
        atlas: name of one whose best cover is wanted instead, where it proposes one.
    """
    listed = [proposal for proposal in proposals if proposal.aim == aim]
    by_kind = [one for kind in STARTING_KINDS for one in listed if one.provenance.kind == kind]
    wanted = [one for one in by_kind if atlas is not None and one.provenance.atlas == atlas]
    chosen = (wanted or by_kind or listed)[0]
    target_id = f"{aim.key.lower()}-{aim.side}"
    return Target(target_id, aim.words, aim.side, chosen.point, chosen.provenance, aim=chosen.aim)


def best_cover(atlas: HeadAtlas, aim: StructureRef, lesion: Ellipsoid[ScannerRas]) -> Point[ScannerRas]:
    """The centre at which the lesion covers most of what is aimed at with least spill.

    Maximised is the share of the lesion inside CLp minus its share outside CL (the part of CL in front of CLp counts
    nothing either way; so for any part and its whole), as expected when the lesion lands off its place by the device's
    own error. A lesion is many times smaller than CLp, so that many places are nearly equal: of those within 0.05 of
    the best, which is less than the error of the atlas's own volumes, the one nearest to the centroid of CLp is taken.
    Positions up to 6 mm from the centroid are searched 0.5 mm apart, then 0.25 mm apart about the best.

    Args:
        atlas: the atlas in this head.
        aim: a structure or part that it describes.
        lesion: form and tilt; its centre does not matter.
    """
    centroid = atlas.centroid(aim)
    half_size_mm = _REACH_MM + float(lesion.half_extent_mm.max()) + _COARSE_MM
    grid = atlas.rasterise(centroid, half_size_mm, _COARSE_MM)
    value = _value(grid, atlas, aim, lesion)
    expected = ndimage.gaussian_filter(value, [rms / _COARSE_MM for rms in DEVICE_RMS_MM], truncate=3.0)
    middle = grid.grid.from_frame.apply(centroid).array
    best = middle
    for step_mm, reach_mm in ((_COARSE_MM, _REACH_MM), (_FINE_MM, _FINE_REACH_MM)):
        best = _best_index(expected, middle, best, step_mm / _COARSE_MM, reach_mm / _COARSE_MM)
    return grid.grid.to_frame.apply(Point.of(grid.grid.voxel_frame, best))


def _value(grid: LabelGrid, atlas: HeadAtlas, aim: StructureRef, lesion: Ellipsoid[ScannerRas]) -> FloatArray:
    """Share of the lesion in its aim minus share outside the whole of it, for its centre in every cell."""
    shares = LesionShares(grid, lesion)
    in_whole = grid.labels == atlas.atlas.whole(aim).index
    return np.asarray(shares.of(atlas.atlas.members(aim, grid)) - (1 - shares.of(in_whole)), dtype=np.float64)


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


def _by(atlas: HeadAtlas, aim: StructureRef) -> str:
    """By which atlas, how it came into this head, and what it takes for a part."""
    about = atlas.atlas
    carried = ", carried into this head by the registration" if atlas.follows_registration else ""
    part = about.part(aim.key)
    cut = "" if part is None else f" {part.sentence} in the template."
    return f"by {about.called}{carried}.{cut}"


def _provenance(kind: SourceKind, sentence: str, atlas: HeadAtlas) -> Provenance:
    about = atlas.atlas
    return Provenance(kind, sentence, "C", ATLAS_ONLY_UNCERTAINTY_MM, atlas=about.name, citation=about.source)


def _centroid_proposal(atlas: HeadAtlas, aim: StructureRef) -> Proposal:
    sentence = f"Centroid of the {aim.side} {aim.key} {_by(atlas, aim)}"
    provenance = _provenance("atlas centroid", sentence, atlas)
    name = f"{atlas.atlas.short_title} {aim.key} centroid"
    return Proposal(name, aim.side, atlas.centroid(aim), provenance, aim)


def _best_cover_proposal(
    atlas: HeadAtlas, aim: StructureRef, lesion: Ellipsoid[ScannerRas], size: LesionSize
) -> Proposal:
    part = atlas.atlas.part(aim.key)
    outside = "it" if part is None else part.of
    sentence = (
        f"Where a {size.words} mm lesion lies most inside the {aim.side} {aim.key} and least outside {outside} "
        f"{_by(atlas, aim)}"
    )
    provenance = _provenance("atlas best cover", sentence, atlas)
    point = best_cover(atlas, aim, lesion)
    return Proposal(f"{atlas.atlas.short_title} best cover", aim.side, point, provenance, aim)


def _consensus_proposal(consensus: Consensus, aim: StructureRef) -> Proposal:
    count = {1: "one atlas", 2: "two atlases"}.get(len(consensus.shares), f"{len(consensus.shares)} atlases")
    shares = ", ".join(f"{share:.0%} by {called}" for called, share in consensus.shares)
    sentence = (
        f"Where {count} and the AC-PC rule agree best; derived, not a published coordinate. Within {WITHIN_MM:g} mm of "
        f"the rule's point, the place where the least favourable atlas expects most of a {STANDARD_LESION.words} mm "
        f"lesion in the {aim.side} {aim.key}, when it lands off its place by the error of the device and of the "
        f"registration ({REGISTRATION_RMS_MM[consensus.registration]:g} mm): {shares}."
    )
    provenance = Provenance("consensus", sentence, "derived", ATLAS_ONLY_UNCERTAINTY_MM)
    return Proposal(f"Consensus {aim.key}", aim.side, consensus.point, provenance, aim)


def rule_proposal(landmarks: Landmarks, side: Side, consensus: Consensus | None = None) -> Proposal:
    """The proposal of the AC-PC rule for one side; where the atlases were asked and agree on no place near it, it says
    that it is kept for that reason."""
    wall = landmarks.ventricle_wall(side)
    # An implausible wall already carries the fallback; the preset itself falls back where no wall was looked for.
    point = preset_point(CLP_RULE, landmarks.geometry(), side, None if wall is None else wall.lateral_mm)
    measured = wall is not None and wall.plausible
    where = "the wall found in this image" if measured else "no wall was found, so 8.5 mm from the midplane is used"
    kept = "" if consensus is None or consensus.is_found else f" {_kept_sentence(consensus)}"
    caveat = f"{CLP_CAVEAT[0].upper()}{CLP_CAVEAT[1:]}. {NO_THIRD_WITNESS}"
    sentence = f"AC-PC rule: {CLP_RULE.words(side)}; {where}. {caveat}{kept}"
    provenance = Provenance("AC-PC rule", sentence, "derived", INDIRECT_UNCERTAINTY_MM)
    return Proposal("AC-PC rule", side, point, provenance, clp(side))


def _kept_sentence(consensus: Consensus) -> str:
    return (
        f"The atlases agree on no place within {WITHIN_MM:g} mm of it (at best {consensus.best_share:.0%} of a "
        f"{STANDARD_LESION.words} mm lesion is expected in CLp by the least favourable), so the rule is kept."
    )
