"""A lesion against the nuclei: how much of it lies in the structure meant, in every other one and outside all."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.labelling import Flags, Labelling
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_part import StructurePart
from fusplan.atlas.structure_ref import SIDES, StructureRef
from fusplan.planning.review import Coverage, StructureShare
from fusplan.spatial import Ellipsoid, Points, ScannerRas

OUTSIDE = "outside"
"""Abbreviation of the share outside all structures."""

_REPEATS = 8
_POINTS = 1024
_LIVE_POINTS = 2048


def cover(lesion: Ellipsoid[ScannerRas], atlas: HeadAtlas, structure: StructureRef) -> Coverage:
    """What the lesion covers by one atlas, from 8 scrambled Sobol samples of 1024 points in it.

    Args:
        lesion: the ellipsoid.
        atlas: the atlas in this head. It counts the structure's volume once, which takes some tenths of a second.
        structure: what shall be covered.

    Returns:
        Shares whose own standard error (from the scatter of the 8 samples) is ``sampling_error``, below 1 %.
    """
    places = _sample(lesion, _POINTS)
    return _tally(lesion.volume_mm3, atlas, structure, atlas.labelling(places))


def cover_region(
    inside: Points[ScannerRas], volume_mm3: float, atlas: HeadAtlas, structure: StructureRef, seed: int = 0
) -> Coverage:
    """What a region of any form covers by one atlas.

    Args:
        inside: points spread evenly through it, at least 8; 8192 of them are drawn (seeded) where there are more.
        volume_mm3: its volume.
        atlas, structure, and what comes back: as of :func:`cover`.

    Raises:
        ValueError: fewer points.
    """
    count = min(len(inside), _REPEATS * _POINTS) // _REPEATS * _REPEATS
    if count == 0:
        raise ValueError(f"a region needs at least {_REPEATS} points, got {len(inside)}")
    drawn = np.random.default_rng(seed).permutation(len(inside))[:count]
    return _tally(volume_mm3, atlas, structure, atlas.labelling(Points(inside.frame, inside.array[drawn])))


def cover_on_grid(
    lesion: Ellipsoid[ScannerRas], grid: LabelGrid, atlas: HeadAtlas, structure: StructureRef
) -> Coverage:
    """The same read from labels on a grid: for live dragging. The grid must hold the lesion.

    Coarser by the grid (about 2 % of the lesion with 0.5 mm cells) and a few milliseconds long.
    """
    places = _sample(lesion, _LIVE_POINTS // _REPEATS)
    return _tally(lesion.volume_mm3, atlas, structure, grid.labelling_at(places))


def measure(atlas: HeadAtlas, structures: Iterable[StructureRef]) -> None:
    """Have an atlas count the volumes that coverage of these structures needs; it keeps them.

    Those of both sides: a lesion may be dragged to the other one.
    """
    keys = dict.fromkeys(structure.key for structure in structures)
    for structure in (StructureRef(key, side) for key in keys for side in SIDES):
        if atlas.atlas.describes(structure):
            atlas.volume_mm3(structure)
            atlas.volume_mm3(atlas.atlas.whole(structure).ref)


def share_coverable(lesion_mm3: float, structure_mm3: float) -> float:
    """Share (0 to 1) of a structure that so much of a lesion fills."""
    return min(1.0, lesion_mm3 / structure_mm3) if structure_mm3 > 0 else 0.0


def _sample(lesion: Ellipsoid[ScannerRas], points: int) -> Points[ScannerRas]:
    return Points(lesion.frame, np.concatenate([lesion.sample(points, seed).array for seed in range(_REPEATS)]))


def _tally(volume_mm3: float, atlas: HeadAtlas, structure: StructureRef, found: Labelling) -> Coverage:
    about = atlas.atlas
    part = about.part(structure.key)
    whole = about.whole(structure).ref if about.describes(structure) else structure
    target, of_whole = (_share_in(volume_mm3, atlas, one, found) for one in (structure, whole))
    in_whole = about.members(whole, found)
    spill = _spill(volume_mm3, atlas, found, np.asarray(~in_whole))
    if part is not None and target is not None and of_whole is not None:
        spill += _rest_of_whole(volume_mm3, part, target, of_whole)
    counts = [about.members(structure, found), in_whole]
    counts += [np.asarray(found.labels == index) for index in np.unique(found.labels[~in_whole])]
    return Coverage(
        atlas=about.name,
        structure=structure,
        lesion_volume_mm3=volume_mm3,
        target=target,
        whole=of_whole,
        whole_key=structure.key if part is None else part.of,
        spill=tuple(sorted(spill, key=lambda share: -share.volume_mm3)),
        sampling_error=_sampling_error(max(counts, key=lambda within: int(within.sum()))),
        title=about.short_title,
        called=about.called,
    )


def _share_in(volume_mm3: float, atlas: HeadAtlas, structure: StructureRef, found: Labelling) -> StructureShare | None:
    """The share in a structure or part; None when the atlas does not describe it."""
    about = atlas.atlas
    if not about.describes(structure):
        return None
    share = float(about.members(structure, found).mean())
    inside_mm3, whole_mm3 = share * volume_mm3, atlas.volume_mm3(structure)
    covered = share_coverable(inside_mm3, whole_mm3)
    return StructureShare(
        structure.key, about.name_of(structure), structure.side, inside_mm3, share, covered, whole_mm3
    )


def _rest_of_whole(
    volume_mm3: float, part: StructurePart, target: StructureShare, whole: StructureShare
) -> list[StructureShare]:
    """The share in the whole outside its part, if there is any."""
    inside_mm3 = whole.volume_mm3 - target.volume_mm3
    if inside_mm3 <= 0:
        return []
    rest_mm3 = max(whole.structure_mm3 - target.structure_mm3, 0.0)
    share, covered = inside_mm3 / volume_mm3, share_coverable(inside_mm3, rest_mm3)
    name = f"{part.of} outside {part.key}"
    return [StructureShare(part.rest_key, name, whole.side, inside_mm3, share, covered, rest_mm3, "rest")]


def _spill(volume_mm3: float, atlas: HeadAtlas, found: Labelling, elsewhere: Flags) -> list[StructureShare]:
    """The shares in whatever else lies at the places that are marked; by the volumes that the atlas states."""
    stated_mm3 = atlas.volumes_mm3()
    shares = []
    for index in np.unique(found.labels[elsewhere]):
        share = float((found.labels == index).mean())
        inside_mm3 = share * volume_mm3
        if index < 0:
            shares.append(StructureShare(OUTSIDE, outside_words(atlas), None, inside_mm3, share, 0.0, 0.0, "outside"))
            continue
        touched, whole_mm3 = atlas.atlas.structures[int(index)], float(stated_mm3[index])
        covered = share_coverable(inside_mm3, whole_mm3)
        shares.append(
            StructureShare(touched.abbreviation, touched.name, touched.side, inside_mm3, share, covered, whole_mm3)
        )
    return shares


def outside_words(atlas: HeadAtlas) -> str:
    """What lying outside all structures means: a user's atlas need not describe the whole thalamus."""
    return "outside the thalamus" if atlas.atlas.describes_thalamus else "outside its structures"


def _sampling_error(part: npt.NDArray[np.bool_]) -> float:
    """Relative standard error of a share, from the scatter of the repeated samples it is the mean of."""
    shares = part.reshape(_REPEATS, -1).mean(axis=1)
    mean = float(shares.mean())
    return float(shares.std(ddof=1) / np.sqrt(_REPEATS) / mean) if mean > 0 else 0.0
