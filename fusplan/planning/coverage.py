"""A lesion against the nuclei: how much of it lies in CLp, in CL, in every other nucleus and outside the thalamus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.labelling import Labelling
from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import clp
from fusplan.planning.review import Coverage, StructureShare
from fusplan.planning.sides import SIDES
from fusplan.spatial import Ellipsoid, Points, ScannerRas, Side
from fusplan.spatial.points import FloatArray

OUTSIDE = "outside"
CL_IN_FRONT = "CL-CLp"
"""Abbreviation under which the part of CL in front of CLp is listed as spill."""

_REPEATS = 8
_POINTS = 1024
_LIVE_POINTS = 2048


@dataclass(frozen=True, slots=True, eq=False)
class PatientVolumes:
    """Volumes of an atlas's structures in the patient's size, mm3, by index, and of CLp by side (none without CLp)."""

    structure_mm3: FloatArray
    clp_mm3: dict[Side, float]


def patient_volumes(atlas: HeadAtlas) -> PatientVolumes:
    """Every structure's volume in this head.

    CL and CLp are counted on a lattice; the others, of which only a small part is ever covered, are as
    ``volumes_mm3`` of the atlas has them.
    """
    volumes_mm3 = atlas.volumes_mm3()
    clp_mm3: dict[Side, float] = {}
    for side in (side for side in SIDES if atlas.atlas.describes(clp(side))):
        cl = atlas.atlas.whole(clp(side))
        volumes_mm3[cl.index] = atlas.volume_mm3(cl.ref)
        clp_mm3[side] = atlas.volume_mm3(clp(side))
    return PatientVolumes(volumes_mm3, clp_mm3)


def cover(
    lesion: Ellipsoid[ScannerRas], atlas: HeadAtlas, side: Side, volumes: PatientVolumes | None = None
) -> Coverage:
    """What the lesion covers by one atlas, from 8 scrambled Sobol samples of 1024 points in it.

    Args:
        lesion: the ellipsoid.
        atlas: the atlas in this head.
        side: the side whose CLp and CL are meant.
        volumes: from :func:`patient_volumes`, when already at hand.

    Returns:
        Shares whose own standard error (from the scatter of the 8 samples) is ``sampling_error``, below 1 %.
    """
    points = np.concatenate([lesion.sample(_POINTS, seed).array for seed in range(_REPEATS)])
    places = Points(lesion.frame, points)
    return _tally(lesion, atlas, side, volumes or patient_volumes(atlas), atlas.labelling(places))


def cover_on_grid(
    lesion: Ellipsoid[ScannerRas],
    grid: LabelGrid,
    atlas: HeadAtlas,
    side: Side,
    volumes: PatientVolumes,
) -> Coverage:
    """The same read from labels on a grid: for live dragging. The grid must hold the lesion.

    Coarser by the grid (about 2 % of the lesion with 0.5 mm cells) and a few milliseconds long.
    """
    points = np.concatenate([lesion.sample(_LIVE_POINTS // _REPEATS, seed).array for seed in range(_REPEATS)])
    places = Points(lesion.frame, points)
    return _tally(lesion, atlas, side, volumes, grid.labelling_at(places))


def _tally(
    lesion: Ellipsoid[ScannerRas],
    atlas: HeadAtlas,
    side: Side,
    volumes: PatientVolumes,
    found: Labelling,
) -> Coverage:
    labels = found.labels
    cl = atlas.atlas.whole(clp(side)) if atlas.atlas.describes(clp(side)) else None
    own_cl = labels == cl.index if cl is not None else np.zeros(len(labels), dtype=np.bool_)
    own_clp = atlas.atlas.members(clp(side), found)

    def share(abbreviation: str, name: str, of: Side | None, part: npt.NDArray[np.bool_], mm3: float) -> StructureShare:
        inside_mm3 = float(part.mean()) * lesion.volume_mm3
        whole = min(1.0, inside_mm3 / mm3) if mm3 > 0 else 0.0
        return StructureShare(abbreviation, name, of, inside_mm3, float(part.mean()), whole)

    cl_mm3 = float(volumes.structure_mm3[cl.index]) if cl is not None else 0.0
    clp_mm3 = volumes.clp_mm3.get(side, 0.0)
    parts = [own_clp, own_cl]
    spill = []
    in_front = own_cl & ~own_clp
    if in_front.any():
        spill.append(share(CL_IN_FRONT, "CL outside CLp", side, in_front, max(cl_mm3 - clp_mm3, 0.0)))
    for index in np.unique(labels[~own_cl]):
        part = labels == index
        parts.append(part)
        if index < 0:
            spill.append(share(OUTSIDE, outside_words(atlas), None, part, 0.0))
        else:
            one = atlas.atlas.structures[int(index)]
            spill.append(share(one.abbreviation, one.name, one.side, part, float(volumes.structure_mm3[index])))
    return Coverage(
        atlas=atlas.atlas.name,
        lesion_volume_mm3=lesion.volume_mm3,
        clp=None if cl is None else share("CLp", f"{cl.name}, posterior part", side, own_clp, clp_mm3),
        cl=None if cl is None else share(cl.abbreviation, cl.name, side, own_cl, cl_mm3),
        spill=tuple(sorted(spill, key=lambda one: -one.volume_mm3)),
        sampling_error=_sampling_error(max(parts, key=lambda part: int(part.sum()))),
        clp_volume_mm3=clp_mm3,
        cl_volume_mm3=cl_mm3,
        title=atlas.atlas.short_title,
        called=atlas.atlas.called,
    )


def outside_words(atlas: HeadAtlas) -> str:
    """What lying outside all structures means: a user's atlas need not describe the whole thalamus."""
    return "outside the thalamus" if atlas.atlas.describes_thalamus else "outside its structures"


def _sampling_error(part: npt.NDArray[np.bool_]) -> float:
    """Relative standard error of a share, from the scatter of the repeated samples it is the mean of."""
    shares = part.reshape(_REPEATS, -1).mean(axis=1)
    mean = float(shares.mean())
    return float(shares.std(ddof=1) / np.sqrt(_REPEATS) / mean) if mean > 0 else 0.0
