"""Patterns of spots for a planned lesion: the fewest whose 51 degree region covers it, with the least outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product

import numpy as np

from fusplan.errors import FusplanError
from fusplan.progress import NoProgress, Progress
from fusplan.simulation.focus_copies import FocusCopies, Offsets
from fusplan.simulation.heat_course import Pace
from fusplan.simulation.heated_region import grid_axes
from fusplan.simulation.lesion_contours import Coverage, coverage, share_inside, smooth_volume_mm3
from fusplan.simulation.pennes_heat import BRAIN
from fusplan.simulation.predicted_lesion import LESION_TEMPERATURE_CELSIUS
from fusplan.simulation.shown_and_true import REFERENCE_DURATION_S, focus_rise
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS, PressureField, ShownRise
from fusplan.spatial import Ellipsoid, ScannerRas
from fusplan.spatial.points import FloatArray

SPOT_SHOWN_CELSIUS = 54.0
SPOT_DURATION_S = REFERENCE_DURATION_S
SPOT_INTERVAL_S = 120.0
"""What every spot of a proposed pattern is given: shown temperature, duration, from begin to begin (C: the trial's)."""

ENOUGH_COVERED = 0.95
"""Share of the planned ellipsoid from which it counts as covered; the trial's recipes reach 0.97 (C)."""

MOST_SPOTS = 40

RING_STEP_DEG = 60.0
"""By which every second layer is turned (C)."""

SEARCH = Pace(heating_s=np.inf, cooling_s=1.5, growth=np.inf, jump_growth=np.inf, near_mm=4.0)
"""Highest temperatures are those at the end of a sonication, or a moment later beside the spot."""

SAMPLES = 512

SPACINGS_MM = (0.9, 1.3, 1.8, 2.4)
REACH_FACTORS = (0.85, 1.0, 1.15)
"""Tried: longest gaps between the spots of a layer; how far a spot is taken to reach, over what it does alone."""


class TooLargeForPatternError(FusplanError):
    """A planned lesion that no pattern of a sensible number of spots covers."""


@dataclass(frozen=True, slots=True)
class SpotPattern:
    """Where to sonicate, in order.

    Attributes:
        offsets_mm: of the spots from the ellipsoid's centre, mm along scanner RAS, in an order that lets heat spread.
        coverage: of the ellipsoid by the 51 degree region, if every spot is given what :data:`SPOT_SHOWN_CELSIUS` says.
        recipe: the size of the trial's recipe it follows, such as ``4x5``; None where it was searched for.
    """

    offsets_mm: Offsets
    coverage: Coverage
    recipe: str | None = None

    @property
    def is_enough(self) -> bool:
        """Whether the ellipsoid counts as covered."""
        return self.coverage.covered >= ENOUGH_COVERED


RECIPES: dict[str, tuple[tuple[float, float, float], tuple[tuple[float, float], ...]]] = {
    "4x5": ((4.0, 4.0, 5.0), ((-0.8, 0.0), (0.8, 60.0))),
    "4x7": ((4.0, 4.0, 7.0), ((-2.0, 0.0), (0.0, 60.0), (2.0, 0.0))),
}
"""Diameters, and layers of three spots on a radius of 0.6 mm: place along the long axis, turn in degrees (C)."""

RECIPE_RADIUS_MM = 0.6
RECIPE_TOLERANCE_MM = 0.1


def propose_pattern(
    planned: Ellipsoid[ScannerRas], focus: PressureField, progress: Progress | None = None
) -> SpotPattern:
    """The fewest spots whose 51 degree region covers an ellipsoid, of those the ones with the least outside.

    Args:
        planned: the lesion; its first two axes are the transverse ones.
        focus: what stands at its centre; moved copies stand at the spots.
        progress: told of the search.

    Raises:
        TooLargeForPatternError: it takes more than :data:`MOST_SPOTS`. Where no pattern covers it, the best is given.
    """
    trial = _Trial.of(planned, focus)
    recipe = recipe_of(planned)
    if recipe is not None:
        offsets = in_spreading_order(_to_scanner(_recipe_spots(recipe), planned))
        return SpotPattern(tuple(offsets), trial.coverage(offsets), recipe)
    return _searched(trial, progress if progress is not None else NoProgress())


def recipe_of(planned: Ellipsoid[ScannerRas]) -> str | None:
    """The recipe for an ellipsoid of this size, if there is one."""
    diameters = 2 * np.array(planned.semi_axes_mm)
    for name, (size, _) in RECIPES.items():
        if np.abs(diameters - size).max() <= RECIPE_TOLERANCE_MM:
            return name
    return None


def pattern_sonications(
    offsets_mm: Offsets,
    energy_j: float,
    loss_per_repeat: float = 0.0,
    duration_s: float = SPOT_DURATION_S,
    interval_s: float = SPOT_INTERVAL_S,
) -> tuple[Sonication, ...]:
    """Ablations at the spots of a pattern, in its order.

    Args:
        offsets_mm: of the spots.
        energy_j: of the first; each further one has as much more as makes up for the loss, so that all heat alike.
        loss_per_repeat: of the calibration that they will be computed with.
        duration_s, interval_s: of each; from begin to begin.
    """
    return tuple(
        Sonication(offset, energy_j / (1 - loss_per_repeat) ** number, duration_s, number * interval_s, "ablation")
        for number, offset in enumerate(offsets_mm)
    )


def energy_for_shown_j(shown: ShownRise, calibration: HeatingCalibration) -> float:
    """The energy (J) that is taken to show a rise at a spot, within the reference duration."""
    return shown / calibration.shown_celsius_per_kj * 1e3


def in_spreading_order(offsets_mm: Sequence[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """The spots in an order that lets heat spread: each next one where the ones before have left the least."""
    places = np.array(offsets_mm)
    left = [int(np.argmax(np.linalg.norm(places - places.mean(axis=0), axis=1).round(6)))]
    while len(left) < len(places):
        heat = np.zeros(len(places))
        for age, spot in enumerate(reversed(left), start=1):
            width = 2 * BRAIN.diffusivity_mm2_s * age * SPOT_INTERVAL_S
            distance = np.linalg.norm(places - places[spot], axis=1)
            heat += np.exp(-(distance**2) / (2 * width) - age * SPOT_INTERVAL_S * BRAIN.perfusion_per_s) / width**1.5
        heat[left] = np.inf
        left.append(int(np.argmin(heat.round(12))))
    return [offsets_mm[spot] for spot in left]


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """An ellipsoid on which patterns are tried.

    Attributes:
        planned: the ellipsoid.
        copies: of the focus, laid out for spots inside it.
        degrees_per_s: what every spot is heated.
        reach_mm: how far one spot's 51 degree region reaches along the ellipsoid's axes (3,).
        spot_mm3: its volume.
    """

    planned: Ellipsoid[ScannerRas]
    copies: FocusCopies
    degrees_per_s: float
    reach_mm: FloatArray
    spot_mm3: float

    @classmethod
    def of(cls, planned: Ellipsoid[ScannerRas], focus: PressureField) -> _Trial:
        reach = planned.half_extents_along(grid_axes(focus))
        copies = FocusCopies.of(focus, planned.centre, reach)
        shown = ShownRise(SPOT_SHOWN_CELSIUS - BODY_CELSIUS)
        strength = shown / focus_rise(focus, SPOT_DURATION_S).shown
        course = copies.course(pattern_sonications([(0.0, 0.0, 0.0)], 1.0), [strength], SEARCH)
        region = BODY_CELSIUS + course.greatest_rise >= LESION_TEMPERATURE_CELSIUS
        kept = copies.region.kept
        along = np.abs((kept.places(np.argwhere(region)).array - planned.centre.array) @ planned.rotation)
        volume = smooth_volume_mm3(kept, BODY_CELSIUS + course.greatest_rise, LESION_TEMPERATURE_CELSIUS)
        return cls(planned, copies, strength, along.max(axis=0) + kept.spacing_mm[0] / 4, volume)

    def coverage(self, offsets_mm: Offsets) -> Coverage:
        """Of the ellipsoid by the 51 degree region of spots."""
        sonications = pattern_sonications(offsets_mm, 1.0)
        peak = (
            BODY_CELSIUS
            + self.copies.course(sonications, [self.degrees_per_s] * len(sonications), SEARCH).greatest_rise
        )
        grid, level = self.copies.region.kept, LESION_TEMPERATURE_CELSIUS
        share = share_inside(grid, peak, level, self.planned.sample(SAMPLES))
        return coverage(self.planned, share, smooth_volume_mm3(grid, peak, level))


def _searched(trial: _Trial, progress: Progress) -> SpotPattern:
    """Tries patterns of more and more spots until one covers the ellipsoid."""
    fewest = max(1, int(0.5 * trial.planned.volume_mm3 / trial.spot_mm3))
    too_large = TooLargeForPatternError(
        f"A lesion of {trial.planned.volume_mm3:.0f} mm³ takes more than the {MOST_SPOTS} spots that are looked for.",
        "Plan a smaller lesion, or several.",
    )
    if fewest > MOST_SPOTS:
        raise too_large
    tried = sorted(_candidates(trial), key=len)
    best: SpotPattern | None = None
    for count, patterns in groupby(tried, key=len):
        if count < fewest or count > MOST_SPOTS:
            continue
        progress.report(count / MOST_SPOTS, f"Patterns of {count} spots")
        for spots in patterns:
            offsets = tuple(in_spreading_order(_to_scanner(spots, trial.planned)))
            found = SpotPattern(offsets, trial.coverage(offsets))
            if best is None or _better(found, best):
                best = found
        if best is not None and best.is_enough:
            return best
    if best is None:
        raise too_large
    return best


def _better(found: SpotPattern, best: SpotPattern) -> bool:
    if found.is_enough and best.is_enough:
        return len(found.offsets_mm) == len(best.offsets_mm) and found.coverage.beyond_mm3 < best.coverage.beyond_mm3
    return found.coverage.covered > best.coverage.covered


def _candidates(trial: _Trial) -> Iterator[tuple[tuple[float, float, float], ...]]:
    """Patterns in the ellipsoid's own axes: layers along its long axis, of rings across it."""
    semi = np.array(trial.planned.semi_axes_mm)
    known: set[tuple[tuple[float, float, float], ...]] = set()
    most_layers = int(np.ceil(2 * semi[2] / 1.2)) + 1
    for layers, spacing, across, along in product(range(1, most_layers + 1), SPACINGS_MM, REACH_FACTORS, REACH_FACTORS):
        end = max(0.0, semi[2] - trial.reach_mm[2] * along)
        radii = np.maximum(semi[:2] - trial.reach_mm[:2] * across, 0)
        heights = np.linspace(-end, end, layers) if layers > 1 else np.zeros(1)
        spots = []
        for layer, height in enumerate(heights):
            turn = np.radians(RING_STEP_DEG) * (layer % 2)
            spots += [(x, y, float(height)) for x, y in _layer(radii, spacing, turn)]
        pattern = tuple((round(x, 2), round(y, 2), round(z, 2)) for x, y, z in spots)
        if len(set(pattern)) == len(pattern) and pattern not in known:
            known.add(pattern)
            yield pattern


def _layer(radii_mm: FloatArray, spacing_mm: float, turn: float) -> list[tuple[float, float]]:
    """Spots of one layer: rings no further apart than ``spacing_mm``, a line where it is thin, one spot where small."""
    wide, thin = max(radii_mm), min(radii_mm)
    if wide < 0.15:
        return [(0.0, 0.0)]
    if thin < 0.15:
        line = np.linspace(-1, 1, max(2, int(np.ceil(2 * wide / spacing_mm)) + 1))
        return [(float(x * radii_mm[0]), float(x * radii_mm[1])) for x in line]
    spots: list[tuple[float, float]] = []
    for ring in range(int(np.ceil(wide / spacing_mm - 0.5)) or 1):
        share = max(0.0, 1 - ring * spacing_mm / wide)
        count = max(3, round(2 * np.pi * share * np.mean(radii_mm) / spacing_mm)) if share * wide > 0.3 else 1
        angles = turn + 2 * np.pi * np.arange(count) / count
        radius = radii_mm * share if count > 1 else np.zeros(2)
        spots += [(float(radius[0] * np.cos(angle)), float(radius[1] * np.sin(angle))) for angle in angles]
    return spots


def _recipe_spots(name: str) -> list[tuple[float, float, float]]:
    angles = np.radians([0.0, 120.0, 240.0])
    return [
        (float(RECIPE_RADIUS_MM * np.cos(angle)), float(RECIPE_RADIUS_MM * np.sin(angle)), height)
        for height, turn in RECIPES[name][1]
        for angle in angles + np.radians(turn)
    ]


def _to_scanner(
    spots: Sequence[tuple[float, float, float]], planned: Ellipsoid[ScannerRas]
) -> list[tuple[float, float, float]]:
    """From the ellipsoid's own axes to offsets along scanner RAS, to the hundredth of a millimetre."""
    turned = (np.array(spots) @ planned.rotation.T).round(2) + 0.0
    return [(float(x), float(y), float(z)) for x, y, z in turned]
