"""Skull density ratio by the published recipe, not the vendor's.

Along each straight ray 60 CT numbers half a millimetre apart, from 10 mm before the outer table; bone is 700 HU or
more; from either side the first peak in bone is looked for; the ratio is the least number between the peaks, not below
0, over the mean of the two (V: Kranion's shader, which sends the ray on refracted; here it is straight).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.spatial.points import FloatArray

RECIPE_WORDS = "by the published recipe, not the vendor's"

SDR_SAMPLES = 60
SDR_STEP_MM = 0.5
SDR_BEFORE_MM = 10.0
SDR_BONE_HU = 700.0

SDR_USUAL = 0.45
SDR_LEAST = 0.40
"""Green and yellow of Kranion's bar (V); trials mostly asked for 0.40 +- 0.05 (M)."""


def sdr_ways_mm(outer_mm: FloatArray) -> FloatArray:
    """Where along rays (n,) with an outer table there the recipe looks: (n, 60) ways from the start."""
    return outer_mm[:, None] - SDR_BEFORE_MM + SDR_STEP_MM * np.arange(SDR_SAMPLES)


def density_ratios(profiles: FloatArray) -> FloatArray:
    """The ratio (n,) of profiles (n, m) of CT numbers; not-a-number where none is bone or any is unknown."""
    known = np.nan_to_num(profiles, nan=-1.0)
    bone = known >= SDR_BONE_HU
    measurable = bone.any(axis=1) & np.isfinite(profiles).all(axis=1)
    first = _first_peak(known, bone)
    last = profiles.shape[1] - 1 - _first_peak(known[:, ::-1], bone[:, ::-1])
    first, last = np.minimum(first, last), np.maximum(first, last)  # a plateau is found from behind on either side
    between = np.arange(profiles.shape[1])
    inside = (between >= first[:, None]) & (between <= last[:, None])
    least = np.maximum(np.where(inside, known, np.inf).min(axis=1, initial=np.inf), 0.0)
    rows = np.arange(len(profiles))
    ratio = np.full(len(profiles), np.nan)
    peaks = (known[rows, first] + known[rows, last]) / 2
    np.divide(least, peaks, out=ratio, where=measurable & np.isfinite(least))
    return ratio


def _first_peak(profiles: FloatArray, bone: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Index (n,) of the first sample, from the first one of bone on, that the next one falls below."""
    steps = np.arange(profiles.shape[1])
    falls = np.diff(profiles, axis=1) < 0
    falls = np.concatenate([falls, np.ones((len(profiles), 1), dtype=bool)], axis=1)
    return np.asarray(np.argmax(falls & (steps >= np.argmax(bone, axis=1)[:, None]), axis=1))
