"""Whether a CT that was laid over a head is of that head: skin upon skin, brain inside the skull, the vault whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.simulation.head_rays import BoolArray, last_crossing
from fusplan.simulation.head_shell import HeadShell
from fusplan.simulation.skull import BONE_FROM_HU, SKIN_FROM_HU, Skull
from fusplan.spatial.points import FloatArray


@dataclass(frozen=True, slots=True)
class CtFit:
    """How a CT, where it was laid, agrees with the planning image on rays over the vault.

    Attributes:
        in_view: share of the rays whose skull, by the planning image, lies within the CT.
        skin_apart_mm: median and 90th percentile of the distance between both images' skin, along the rays in view.
        brain_outside: share of these rays on which the brain's edge lies more than a millimetre outside the CT's inner
            table, or on which there is no bone.
        gap_spread_mm: half the distance from the 16th to the 84th percentile of the gap between brain edge and inner
            table, which is even in one head and uneven where another head's skull lies over it.
    """

    in_view: float
    skin_apart_mm: tuple[float, float]
    brain_outside: float
    gap_spread_mm: float


def ct_fit(skull: Skull, shell: HeadShell) -> CtFit:
    """Measure how well a CT's skull fits the shell that the planning image shows."""
    rays, upper = shell.rays, shell.upper
    hounsfield = skull.hounsfield
    values, distances = rays.seen(hounsfield)[upper], rays.distances_mm
    in_view = hounsfield.grid.contains(rays.points_at(shell.outer_mm))[upper]
    skin = last_crossing(values > SKIN_FROM_HU, distances)
    inner = _first_bone(values, distances)
    skin_apart = np.abs(skin - shell.skin_mm[upper])[in_view]
    gap = (inner - shell.brain_mm[upper])[in_view]
    known = np.isfinite(gap)
    low, high = np.percentile(gap[known], [16, 84]) if known.any() else (np.nan, np.nan)
    middle, most = np.nanpercentile(skin_apart, [50, 90]) if np.isfinite(skin_apart).any() else (np.nan, np.nan)
    return CtFit(
        float(in_view.mean()),
        (float(middle), float(most)),
        float(np.mean(~(gap > -1.0))) if len(gap) else 1.0,
        float((high - low) / 2),
    )


def _first_bone(values: FloatArray, distances: FloatArray) -> FloatArray:
    """Distance (n,) of the first bone beyond the deep brain; not-a-number where none is."""
    bone: BoolArray = (values > BONE_FROM_HU) & (distances > 40.0)
    return np.where(bone.any(axis=1), distances[np.argmax(bone, axis=1)], np.nan)
