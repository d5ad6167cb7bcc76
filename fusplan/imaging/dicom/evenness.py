"""How evenly planes lie, before anything is refused: by this it is told which images belong together."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusplan.imaging.dicom.instance import Plane
from fusplan.spatial.points import FloatArray

SAME_PLACE_MM = 0.01
"""Planes nearer than this lie in one place: a hundredth of the thinnest slices."""

MOST_UNEVEN_MM = 0.05
"""How far a slice may lie from its even place. Scanners round positions to 0.001 or 0.01 mm."""

SAME_DIRECTION = 1e-4
"""Direction cosines that differ by less are the same: 0.025 mm at the far end of a 250 mm slice."""

FEWEST_OF_A_STACK = 3
"""Two planes are always evenly spaced."""

SPACING_CONTRADICTED = 0.25
"""Slices that lie nearer or wider than stated by this share are not the slices that the statement is about."""


class Evenness(enum.Enum):
    """EVEN: one straight, evenly spaced stack. GAPPY: one with slices missing. BROKEN: none."""

    EVEN = enum.auto()
    GAPPY = enum.auto()
    BROKEN = enum.auto()


@dataclass(frozen=True, slots=True)
class Spread:
    """How some planes lie along their common normal.

    Attributes:
        evenness: what they make.
        place_count: how many places they lie in.
        first_mm, last_mm: the ends, along the normal of the first plane.
        is_crowded: whether they lie nearer to each other than the scanner wrote slices are.
    """

    evenness: Evenness
    place_count: int
    first_mm: float
    last_mm: float
    is_crowded: bool


def spread_of(planes: Sequence[Plane], normal: FloatArray, stated_spacing_mm: float | None) -> Spread:
    """How planes lie.

    Args:
        planes: at least one.
        normal: unit direction (LPS) along which their places are compared.
        stated_spacing_mm: between the centres of slices, as the scanner wrote it.
    """
    positions = np.array([plane.position_mm for plane in planes])
    heights = positions @ normal
    order = np.argsort(heights, kind="stable")
    gaps_mm = np.diff(heights[order])
    evenness = _evenness(positions[order], gaps_mm)
    usual_mm = float(np.median(gaps_mm)) if len(gaps_mm) else 0.0
    if not _one_direction(planes):
        evenness = Evenness.BROKEN
    if stated_spacing_mm and evenness is Evenness.EVEN and usual_mm > stated_spacing_mm * (1 + SPACING_CONTRADICTED):
        evenness = Evenness.GAPPY
    return Spread(
        evenness=evenness,
        place_count=1 + int(np.count_nonzero(gaps_mm >= SAME_PLACE_MM)),
        first_mm=float(heights.min()),
        last_mm=float(heights.max()),
        is_crowded=bool(stated_spacing_mm and usual_mm < stated_spacing_mm * (1 - SPACING_CONTRADICTED)),
    )


def _evenness(positions: FloatArray, gaps_mm: FloatArray) -> Evenness:
    """Of positions in order along the normal, and the steps between them along it."""
    if len(positions) < FEWEST_OF_A_STACK or float(gaps_mm.min()) < SAME_PLACE_MM:
        return Evenness.BROKEN
    if _off_even_mm(positions, np.arange(float(len(positions)))) <= MOST_UNEVEN_MM:
        return Evenness.EVEN
    steps = np.rint(gaps_mm / float(np.median(gaps_mm)))
    places = np.concatenate([[0.0], np.cumsum(steps)])
    is_lattice = float(steps.min()) >= 1 and _off_even_mm(positions, places) <= MOST_UNEVEN_MM
    return Evenness.GAPPY if is_lattice else Evenness.BROKEN


def _off_even_mm(positions: FloatArray, places: FloatArray) -> float:
    """How far the worst position is from its place on the line from the first to the last."""
    step = (positions[-1] - positions[0]) / float(places[-1])
    return float(np.linalg.norm(positions - positions[0] - places[:, None] * step, axis=1).max())


def _one_direction(planes: Sequence[Plane]) -> bool:
    orientations = np.array([plane.orientation for plane in planes])
    return float(np.abs(orientations - orientations[0]).max()) <= SAME_DIRECTION


def normal_of(plane: Plane) -> FloatArray:
    """The unit direction (LPS) at a right angle to a plane; zero for impossible directions."""
    row, column = np.array(plane.orientation[:3]), np.array(plane.orientation[3:])
    normal: FloatArray = np.cross(row, column)
    length = float(np.linalg.norm(normal))
    return normal / length if length else normal
