"""The walls of the third ventricle, found in the image itself from intensity profiles across the midline.

The level. At the CLp target's own level (about at the PC, 6 to 7 mm above the AC-PC plane) there is no third ventricle
any more: the midline there is the pineal region and the quadrigeminal cistern, and between 2 and 6 mm
above the plane the habenulae and the suprapineal recess change the width from one millimetre to the next. The walls
are therefore looked for where the surgical convention measures the ventricle: in the AC-PC plane (0.5 mm below to
1 mm above), in the posterior third, 3 to 8 mm in front of the PC, in front of the posterior commissure itself and
below the interthalamic adhesion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.imaging.volume import Volume
from fusplan.planning.plan import VentricleWall
from fusplan.spatial import AcPcGeometry, Points, Side
from fusplan.spatial.points import FloatArray

FALLBACK_LATERAL_MM = 2.5
"""Wall used when none is found: wall + 6 mm is then 8.5 mm, the midline distance of the research preset (derived)."""

LEAST_HALF_WIDTH_MM = 0.5
LARGEST_HALF_WIDTH_MM = 6.0
"""A wall outside these is not believed: under half a voxel, or a ventricle 12 mm wide (marked hydrocephalus)."""

LARGEST_ASYMMETRY_MM = 2.5
"""Left and right differing by more than this mean a tilted midplane or a lost edge."""

LEAST_CONTRAST_TO_NOISE = 3.0
"""CSF against thalamus, in robust standard deviations of the thalamic plateau (8 to 26 on six T1 heads)."""

LARGEST_SPREAD_MM = 2.0
"""Interquartile range of the single profiles' edges above which they do not speak of one wall (0.2 to 0.8 there)."""

_STEP_MM = 0.1
_REACH_MM = 12.0
_MIDLINE_BAND_MM = 1.5
_START_WITHIN_MM = 3.0
_FIRST_GUESS_MM = 4.0
_ANTERIOR_OF_PC_MM = np.arange(3.0, 8.01, 0.5)
_ABOVE_PLANE_MM = np.arange(-0.5, 1.01, 0.5)


@dataclass(frozen=True, slots=True)
class _Edge:
    """The wall on one side: lateral distance, spread over the profiles, contrast in plateau standard deviations."""

    lateral_mm: float
    spread_mm: float
    contrast_to_noise: float


def find_ventricle_walls(volume: Volume, geometry: AcPcGeometry) -> tuple[VentricleWall, VentricleWall]:
    """The left and the right wall of the third ventricle, mm from the midplane.

    44 profiles run across the midline 3 to 8 mm in front of the PC in the AC-PC plane. On each, the wall is where the
    intensity passes half-way from the CSF at the midline to the plateau of the thalamus beside the wall, to a fraction
    of a voxel; the median over the profiles counts. CSF may be dark (T1) or bright (T2).

    Returns:
        (left, right). A wall that fails a plausibility check comes with ``plausible=False``, the fallback of
        2.5 mm and the reason.
    """
    lateral_mm = np.arange(0.0, _REACH_MM + _STEP_MM / 2, _STEP_MM)
    profiles = {side: _profiles(volume, geometry, lateral_mm * sign) for side, sign in _SIGNS.items()}
    if not all(np.isfinite(values).all() for values in profiles.values()):
        reason = "the image does not reach across the third ventricle"
        return _not_found("left", reason), _not_found("right", reason)
    csf = _csf_level(lateral_mm, np.concatenate(list(profiles.values()), axis=1))
    edges = {side: _edge(lateral_mm, values, csf) for side, values in profiles.items()}
    return _judged("left", edges["left"], edges["right"]), _judged("right", edges["right"], edges["left"])


_SIGNS: dict[Side, float] = {"left": -1.0, "right": 1.0}


def _profiles(volume: Volume, geometry: AcPcGeometry, right_mm: FloatArray) -> FloatArray:
    """Intensities, shape (len(right_mm), profiles); NaN outside the image."""
    grid = np.meshgrid(right_mm, _ANTERIOR_OF_PC_MM, _ABOVE_PLANE_MM, indexing="ij")
    places = Points(geometry.frame("pc"), np.stack([axis.ravel() for axis in grid], axis=1))
    voxels = volume.scanner_to_voxel.apply(geometry.acpc_to_scanner("pc").apply(places))
    from scipy import ndimage  # noqa: PLC0415 - takes long to import, which the window's first screen need not pay

    values = ndimage.map_coordinates(
        volume.data, voxels.array.T, output=np.float64, order=1, mode="constant", cval=np.nan
    )
    return np.asarray(values.reshape(len(right_mm), -1), dtype=np.float64)


def _csf_level(lateral_mm: FloatArray, profiles: FloatArray) -> float:
    """Intensity of CSF: the dark or the bright end of what lies at the midline, whichever is further from the thalamus.

    Not the middle of it: on T2 images flow leaves dark holes in the bright ventricle, and a bridge of grey matter may
    cross it.
    """
    beside = (lateral_mm > _FIRST_GUESS_MM + 1.0) & (lateral_mm < _FIRST_GUESS_MM + 4.0)
    plateau = float(np.median(profiles[beside]))
    dark, bright = (float(value) for value in np.percentile(profiles[lateral_mm <= _MIDLINE_BAND_MM], (10, 90)))
    return dark if plateau - dark > bright - plateau else bright


def _edge(lateral_mm: FloatArray, profiles: FloatArray, csf: float) -> _Edge:
    """The half-maximum edge; the plateau is read just beside the edge, so it is found in two rounds."""
    lateral = _FIRST_GUESS_MM
    spread = contrast = 0.0
    for _ in range(2):
        beside = (lateral_mm > lateral + 1.0) & (lateral_mm < lateral + 4.0)
        plateau = float(np.median(profiles[beside]))
        noise = 1.4826 * float(np.median(np.abs(profiles[beside] - plateau)))
        contrast = abs(plateau - csf) / noise if noise > 0 else (np.inf if plateau != csf else 0.0)
        crossings = _crossings(lateral_mm, (profiles - csf) * np.sign(plateau - csf), abs(plateau - csf) / 2)
        if len(crossings) < profiles.shape[1] / 2:
            return _Edge(0.0, np.inf, contrast)
        lateral = min(float(np.median(crossings)), _REACH_MM - 4.0)
        spread = float(np.subtract(*np.percentile(crossings, [75, 25])))
    return _Edge(lateral, spread, contrast)


def _crossings(lateral_mm: FloatArray, rise: FloatArray, half: float) -> FloatArray:
    """Where each profile reaches ``half`` on the way out of the ventricle; profiles that never do are left out.

    The way out starts at the sample near the midline that is most like CSF; it is linear between samples.
    """
    start = np.argmin(rise[lateral_mm <= _START_WITHIN_MM], axis=0)
    reached = (rise >= half) & (np.arange(len(lateral_mm))[:, None] >= start)
    first = np.argmax(reached, axis=0)
    columns = np.flatnonzero(reached.any(axis=0))
    after = first[columns]
    before = np.maximum(after - 1, 0)
    low, high = rise[before, columns], rise[after, columns]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(after > 0, (half - low) / (high - low), 0.0)
    return np.asarray(lateral_mm[before] + part * _STEP_MM, dtype=np.float64)


def _judged(side: Side, edge: _Edge, other: _Edge) -> VentricleWall:
    if min(edge.contrast_to_noise, other.contrast_to_noise) < LEAST_CONTRAST_TO_NOISE:
        return _not_found(side, "the ventricle does not stand out from the thalamus at the midline")
    if not LEAST_HALF_WIDTH_MM <= edge.lateral_mm <= LARGEST_HALF_WIDTH_MM:
        return _not_found(
            side,
            f"the edge found {edge.lateral_mm:.1f} mm from the midplane is outside the expected "
            f"{LEAST_HALF_WIDTH_MM:g} to {LARGEST_HALF_WIDTH_MM:g} mm",
        )
    if edge.spread_mm > LARGEST_SPREAD_MM:
        return _not_found(side, f"the edges of neighbouring profiles scatter by {edge.spread_mm:.1f} mm")
    difference = abs(edge.lateral_mm - other.lateral_mm)
    if difference > LARGEST_ASYMMETRY_MM and np.isfinite(other.spread_mm):
        return _not_found(side, f"the {side} and the opposite wall differ by {difference:.1f} mm: check the midline")
    sentence = (
        f"Found in the image {edge.lateral_mm:.1f} mm from the midplane, 3 to 8 mm in front of the PC in the AC-PC "
        f"plane (scatter of the profiles {edge.spread_mm:.1f} mm)."
    )
    return VentricleWall(side, edge.lateral_mm, True, sentence)


def _not_found(side: Side, reason: str) -> VentricleWall:
    sentence = (
        f"The {side} wall of the third ventricle was not found in the image: {reason}. "
        f"{FALLBACK_LATERAL_MM:g} mm from the midplane is assumed instead."
    )
    return VentricleWall(side, FALLBACK_LATERAL_MM, False, sentence)
