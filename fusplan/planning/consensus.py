"""Where every atlas of CLp says that a lesion lies in it, near the AC-PC rule's point: sought on both sides at once.

Each atlas alone is surest of a place that the next one calls another nucleus. Sought instead is the place at which the
least favourable atlas still finds most of the lesion, when the lesion lands off its place by the plan's own error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import ndimage

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.atlas.structure_ref import CLP_KEY, StructureRef
from fusplan.planning.error_sources import DEVICE_RMS_MM, REGISTRATION_RMS_MM
from fusplan.planning.lesion_shares import lesion_weights, weighted_means
from fusplan.planning.lesion_size import LesionSize
from fusplan.registration.request import Verdict
from fusplan.spatial import AcPc, AcPcGeometry, Affine, Ellipsoid, Point, Points, ScannerRas, Side
from fusplan.spatial.points import FloatArray

WITHIN_MM = 3.0
"""How far from the rule's point is sought. Of 2, 3, 4 mm and anywhere, on four heads, 3 mm gave as large a worst share
(0.67) as anywhere, and never the second place where the atlases agree, 5 mm above (C)."""

LEAST_SHARE = 0.25
"""A smaller best worst share is no agreement: the rule is kept (derived)."""

AS_GOOD_AS_THE_BEST = 0.02
"""Places whose value is this near to the best are taken for as good; of these the nearest to the rule's point."""

COST_PER_MM = 0.05
"""Taken off the mean of the two sides' shares for every millimetre by which the right place is not the mirror image of
the left one (derived): a head that is unlike on its two sides outweighs it, noise of an atlas does not."""

STANDARD_LESION = LesionSize((4.0, 4.0), 6.0)
"""The lesion that places are judged with, upright, whatever is planned: between the usual 4x5 and 4x7 mm. So the place
is of the anatomy alone; the planned lesion's own share is in the review."""

_GRID_MM = 0.5
_SPREADS = 3.0
"""Standard deviations after which the errors' spread is cut off."""

_STEPS: Final = ((0.5, WITHIN_MM), (0.25, 0.5), (0.125, 0.25))
"""Steps of the search, and how far about the place found before, mm."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the atlases agree on, on one side.

    Attributes:
        side, point: the place; the rule's own where they agree on none.
        shares: expected share of the standard lesion in CLp there, by the name that sentences call an atlas.
        best_share: the largest of the smallest shares of all places looked at.
        registration: the verdict on the registration that its error was taken by.
    """

    side: Side
    point: Point[ScannerRas]
    shares: tuple[tuple[str, float], ...]
    best_share: float
    registration: Verdict

    @property
    def is_found(self) -> bool:
        """Whether there is a place to agree on."""
        return self.best_share >= LEAST_SHARE


@dataclass(frozen=True, slots=True, eq=False)
class _ExpectedShares:
    """The expected shares about the rule's point of one side.

    Attributes:
        side: which.
        rule_mm: (3,) the rule's point: lateral of the midplane, in front of PC, above the plane.
        by_atlas: (ni, nj, nk) for each atlas, by its name in sentences; steps of 0.5 mm outward, forward, upward.
    """

    side: Side
    rule_mm: FloatArray
    by_atlas: Mapping[str, FloatArray]

    def worst(self, offsets_mm: FloatArray) -> FloatArray:
        """The smallest share (n,) by any atlas at offsets (n, 3) from the rule's point."""
        shares = [_at(field, offsets_mm) for field in self.by_atlas.values()]
        return np.asarray(np.min(shares, axis=0), dtype=np.float64)


def find_consensus(
    rule_points: Mapping[Side, Point[ScannerRas]],
    geometry: AcPcGeometry,
    atlases: Sequence[HeadAtlas],
    registration: Verdict,
) -> tuple[Consensus, ...]:
    """The consensus on each side that an atlas describes CLp on.

    Of two places that are judged together the mean of their smallest shares counts, less 0.05 for each millimetre that
    they differ by in mirrored AC-PC coordinates. A side without agreement does not count for the other.

    Args:
        rule_points: the AC-PC rule's point of each side.
        geometry: the AC-PC frame.
        atlases: the atlases in this head; those that do not describe CLp are passed over.
        registration: the verdict on the registration, which its error is taken by.
    """
    deviation_mm = error_deviation_mm(registration)
    described = [
        _expected_shares(side, point, geometry, describing, deviation_mm)
        for side, point in rule_points.items()
        if (describing := [atlas for atlas in atlases if atlas.atlas.describes(StructureRef(CLP_KEY, side))])
    ]
    offsets = _ball(_STEPS[1][0], WITHIN_MM)
    best = {shares.side: float(shares.worst(offsets).max()) for shares in described}
    agreed = [shares for shares in described if best[shares.side] >= LEAST_SHARE]
    found = {shares.side: offset for shares, offset in zip(agreed, _best_offsets(agreed), strict=True)}
    return tuple(
        _consensus(shares, found.get(shares.side, np.zeros(3)), best[shares.side], geometry, registration)
        for shares in described
    )


def error_deviation_mm(registration: Verdict) -> FloatArray:
    """(3,) right, anterior, superior: standard deviation of the lesion against the atlas by device and registration."""
    squared = np.square(DEVICE_RMS_MM) + REGISTRATION_RMS_MM[registration] ** 2 / 3
    return np.asarray(np.sqrt(squared), dtype=np.float64)


def _expected_shares(
    side: Side,
    rule_point: Point[ScannerRas],
    geometry: AcPcGeometry,
    atlases: Sequence[HeadAtlas],
    deviation_mm: FloatArray,
) -> _ExpectedShares:
    to_scanner = geometry.acpc_to_scanner("pc")
    rule_mm = to_scanner.inverse().apply(rule_point).array * _outward(side)
    lesion = _standard_ellipsoid(to_scanner.source)
    weights = lesion_weights(lesion, _GRID_MM)
    reach_mm = WITHIN_MM + _GRID_MM + lesion.half_extent_mm + _SPREADS * deviation_mm
    axes = [np.arange(-count, count + 1) * _GRID_MM for count in np.ceil(reach_mm / _GRID_MM).astype(int)]
    offsets_mm = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    places = _places(offsets_mm.reshape(-1, 3) + rule_mm, side, to_scanner)
    fields = {}
    for atlas in atlases:
        inside = atlas.contains(places, StructureRef(CLP_KEY, side)).reshape(offsets_mm.shape[:3])
        spread = ndimage.gaussian_filter(inside.astype(np.float64), deviation_mm / _GRID_MM, truncate=_SPREADS)
        fields[atlas.atlas.called] = weighted_means(spread, weights)
    return _ExpectedShares(side, rule_mm, fields)


def _standard_ellipsoid(frame: AcPc) -> Ellipsoid[AcPc]:
    across, along = STANDARD_LESION.across_mm, STANDARD_LESION.along_mm
    return Ellipsoid(Point(frame, 0, 0, 0), (across[0] / 2, across[1] / 2, along / 2), np.eye(3))


def _best_offsets(sides: Sequence[_ExpectedShares]) -> list[FloatArray]:
    """The offset (3,) from the rule's point on each of the sides (none, one or both), sought together."""
    if not sides:
        return []
    found = [np.zeros(3) for _ in sides]
    enough = -np.inf
    for step_mm, reach_mm in _STEPS:
        offsets = [_within(offset + _ball(step_mm, reach_mm)) for offset in found]
        values = _values(sides, offsets)
        enough = max(enough, float(values.max()) - AS_GOOD_AS_THE_BEST)
        far = _of_each_choice([np.square(each).sum(axis=1) for each in offsets])
        far = np.where(values >= enough, far, np.inf)
        # Choices that are equally near, as those that a mirror exchanges, count alike: so the head's mirror image has
        # the mirrored places.
        chosen = np.nonzero(far <= far.min() + 1e-6)
        found = [each[numbers].mean(axis=0) for each, numbers in zip(offsets, chosen, strict=True)]
    return found


def _values(sides: Sequence[_ExpectedShares], offsets: Sequence[FloatArray]) -> FloatArray:
    """What every choice of an offset on each side is worth: one axis a side."""
    shares = _of_each_choice([side.worst(each) for side, each in zip(sides, offsets, strict=True)]) / len(sides)
    if len(sides) == 1:
        return shares
    left, right = (side.rule_mm + each for side, each in zip(sides, offsets, strict=True))
    return np.asarray(shares - COST_PER_MM * np.linalg.norm(left[:, None] - right[None], axis=-1))


def _of_each_choice(values: Sequence[FloatArray]) -> FloatArray:
    """The sums of one of each: (n,) alone, (n, m) of two."""
    return values[0] if len(values) == 1 else np.asarray(np.add.outer(values[0], values[1]))


def _ball(step_mm: float, reach_mm: float) -> FloatArray:
    """Offsets (n, 3), ``step_mm`` apart, within a ball."""
    count = int(np.floor(reach_mm / step_mm))
    steps = np.arange(-count, count + 1) * step_mm
    offsets = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    return np.asarray(offsets[np.linalg.norm(offsets, axis=1) <= reach_mm + 1e-9], dtype=np.float64)


def _within(offsets_mm: FloatArray) -> FloatArray:
    return np.asarray(offsets_mm[np.linalg.norm(offsets_mm, axis=1) <= WITHIN_MM + 1e-9])


def _at(field: FloatArray, offsets_mm: FloatArray) -> FloatArray:
    """A field about the rule's point at offsets (n, 3), linear between its steps."""
    middle = (np.array(field.shape) - 1) / 2
    places = (offsets_mm / _GRID_MM + middle).T
    return np.asarray(ndimage.map_coordinates(field, places, order=1, mode="nearest"), dtype=np.float64)


def _outward(side: Side) -> FloatArray:
    """Between right, anterior, superior and lateral of the midplane, anterior, superior."""
    return np.array([1.0 if side == "right" else -1.0, 1.0, 1.0])


def _places(lateral_mm: FloatArray, side: Side, to_scanner: Affine[AcPc, ScannerRas]) -> Points[ScannerRas]:
    """Places (n, 3), lateral of the midplane, in front of PC, above the plane, in the scanner's frame."""
    return to_scanner.apply(Points(to_scanner.source, lateral_mm * _outward(side)))


def _consensus(
    shares: _ExpectedShares,
    offset_mm: FloatArray,
    best_share: float,
    geometry: AcPcGeometry,
    registration: Verdict,
) -> Consensus:
    place = _places((shares.rule_mm + offset_mm)[None], shares.side, geometry.acpc_to_scanner("pc"))[0]
    there = tuple((called, float(_at(field, offset_mm[None])[0])) for called, field in shares.by_atlas.items())
    return Consensus(shares.side, place, there, best_share, registration)
