"""The level of summed density above which a point belongs to a structure: found so that volumes are reproduced.

Structures of one side form groups: all thalamic nuclei are one group, every other structure is a group of
its own. Densities divided by their group's level compete; a point is inside where their sum exceeds 1. The
levels are such that each group, so labelled, fills exactly the volume that the atlas states for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from fusplan.atlas.lattice import Lattice
from fusplan.atlas.mixture_field import MixtureField
from fusplan.spatial.points import FloatArray

CALIBRATION_SPACING_MM = 0.5
"""Spacing of the lattice on which the levels are found."""

FAINTEST = 0.02
"""Summed densities below this are far below any level and need not be kept."""

LARGEST_SWEEPS = 30
"""The groups barely touch each other, so that a few sweeps settle all levels."""

OnSide = Callable[[FloatArray], npt.NDArray[np.bool_]]


def find_levels(
    field: MixtureField,
    group_of_column: Sequence[str],
    volumes_mm3: Sequence[float],
    on_side: OnSide,
    spacing_mm: float = CALIBRATION_SPACING_MM,
) -> dict[str, float]:
    """The level of each group of one side.

    Args:
        field: the densities of the structures of this side.
        group_of_column: the group of each structure.
        volumes_mm3: the stated volume of each structure.
        on_side: whether places (n, 3) lie on this side of the midplane.
        spacing_mm: of the lattice used.
    """
    groups = list(dict.fromkeys(group_of_column))
    sums, peaks, cell_mm3 = _grouped_densities(field, groups, group_of_column, on_side, spacing_mm)
    stated = np.zeros(len(groups))
    for group, volume in zip(group_of_column, volumes_mm3, strict=True):
        stated[groups.index(group)] += volume
    inverse = _solve(sums, peaks, np.rint(stated / cell_mm3).astype(int))
    return {group: float(1.0 / value) for group, value in zip(groups, inverse, strict=True)}


def _grouped_densities(
    field: MixtureField, groups: list[str], group_of_column: Sequence[str], on_side: OnSide, spacing_mm: float
) -> tuple[FloatArray, FloatArray, float]:
    """Sum and maximum of the densities of each group, (n, groups), wherever there is anything."""
    lowest, highest = field.box_above_mm(np.full(len(field.amplitudes), FAINTEST / len(field.amplitudes)))
    lattice = Lattice.holding(lowest, highest, spacing_mm)
    places = lattice.places_mm
    places = places[on_side(places)]
    columns = [np.flatnonzero([name == group for name in group_of_column]) for group in groups]
    sums: list[FloatArray] = []
    peaks: list[FloatArray] = []
    for _, values in field.chunks(places):
        kept = values[values.sum(axis=1) > FAINTEST]
        sums.append(np.stack([kept[:, chosen].sum(axis=1) for chosen in columns], axis=1))
        peaks.append(np.stack([kept[:, chosen].max(axis=1) for chosen in columns], axis=1))
    return np.concatenate(sums), np.concatenate(peaks), lattice.cell_mm3


def _solve(sums: FloatArray, peaks: FloatArray, wanted: npt.NDArray[np.int_]) -> FloatArray:
    """One over each level, by turns: with the others fixed, the right value is an order statistic.

    A point belongs to group k when ``peak_k u_k`` is the largest and ``sum_k u_k`` lifts the total above 1,
    so each point has a smallest ``u_k`` at which it joins; the wanted count gives the value.
    """
    inverse = np.full(len(wanted), 3.0)
    for _ in range(LARGEST_SWEEPS):
        before = inverse.copy()
        for group, count in enumerate(wanted):
            others = np.arange(len(wanted)) != group
            rest = sums[:, others] @ inverse[others]
            rival = (peaks[:, others] * inverse[others]).max(axis=1, initial=0.0)
            reachable = peaks[:, group] > 1e-9
            joins = np.maximum(
                rival[reachable] / peaks[reachable, group], (1 - rest[reachable]) / sums[reachable, group]
            )
            place = min(int(count), len(joins)) - 1
            inverse[group] = np.partition(joins, place)[place] * (1 + 1e-9)
        if np.allclose(before, inverse, rtol=1e-6):
            break
    return inverse
