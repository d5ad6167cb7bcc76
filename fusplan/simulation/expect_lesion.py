"""The lesion to expect of sonications, with its doubt: percentiles over calibration, shift and broadening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage, special

from fusplan.simulation.heat_course import QUICK, Pace, check_order, follow_heat
from fusplan.simulation.heat_sonications import degrees_per_s
from fusplan.simulation.heated_region import BROADENING_SIGMA_MM, SKIPPED_SHARE, heat_sources
from fusplan.simulation.lesion_contours import LEVELS, coverage, log_dose, shapes_of_scaled
from fusplan.simulation.not_simulated import BESIDE_EVERY_PREDICTION
from fusplan.simulation.pennes_heat import HeatSteps
from fusplan.simulation.predicted_lesion import Band, ContourFigures, ContourKind, PredictedLesion
from fusplan.simulation.shown_and_true import focus_rise, source_strength
from fusplan.simulation.sonication import UNCALIBRATED_FACTOR, HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS, PressureField
from fusplan.spatial import Ellipsoid, Field, Grid, ScannerRas
from fusplan.spatial.points import FloatArray

FOCUS_SHIFT_MM = (1.6, 0.6)
"""Distance of the measured focus from the prescribed target, mean and standard deviation (V: Pulkkinen 2014)."""

BROADENING_DOUBT_MM = 0.2
"""Standard deviation of the broadening (D: from none of it to lesions of 4 mm lies within three)."""

DRAWS = 400
SAMPLES = 256
"""Cases drawn; points of the planned ellipsoid that each is asked for."""

STANDARD_NORMAL_P90 = 1.2816
FARTHEST = 2.0
"""Draws of calibration and broadening are cut at so many standard deviations."""

SCALE_NODES = 7
BROADENING_NODES = 3
"""Computed cases, between which the drawn ones are interpolated."""

SIDE_CASE = replace(QUICK, jump_growth=np.inf, near_mm=6.0)
SIDE_SKIPPED_SHARE = 1e-3
"""For cases of which only the contours are wanted: pace, and what is skipped of a source's modes along an axis."""


@dataclass(frozen=True, slots=True)
class LesionDoubts:
    """What makes a lesion doubtful, beside the calibration's own spread.

    Attributes:
        focus_shift_mm: distance of the focus from where it is aimed, mean and standard deviation; in any direction.
        broadening_mm: sigma of the blur of |p|^2, mean and standard deviation.
    """

    focus_shift_mm: tuple[float, float] = FOCUS_SHIFT_MM
    broadening_mm: tuple[float, float] = (BROADENING_SIGMA_MM, BROADENING_DOUBT_MM)


def expect_lesion(
    foci: Sequence[PressureField],
    sonications: Sequence[Sonication],
    calibration: HeatingCalibration,
    *,
    planned: Ellipsoid[ScannerRas] | None = None,
    axes: FloatArray | None = None,
    reference: PressureField | None = None,
    doubts: LesionDoubts | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> PredictedLesion:
    """What the sonications may make.

    Args:
        foci, sonications: one focus each, as for ``heat_sonications``.
        calibration: shown rise per kilojoule and its spread; half to twice (p10 to p90) before a test sonication.
        planned: the ellipsoid that is to be covered; None where nothing is planned.
        axes: 3 x 3, columns are the directions of the extents; by default the planned ellipsoid, else the foci's.
        reference: the focus that the calibration is meant for; the first one by default.
        doubts: of focus and broadening.
        seed: of the draws; the same gives the same percentiles.
        draws: how many.

    Raises:
        ValueError: as ``heat_sonications``.
    """
    check_order(sonications)
    if len(foci) != len(sonications):
        raise ValueError(f"{len(sonications)} sonications need a focus each, got {len(foci)}")
    doubts = doubts if doubts is not None else LesionDoubts()
    drawn = _draw(np.random.default_rng(seed), draws, calibration, doubts)
    cases = [
        _computed(foci, sonications, calibration, reference or foci[0], float(sigma), drawn.scale_nodes, pace, skipped)
        for sigma, pace, skipped in zip(
            drawn.broadening_nodes,
            (SIDE_CASE, QUICK, SIDE_CASE),
            (SIDE_SKIPPED_SHARE, SKIPPED_SHARE, SIDE_SKIPPED_SHARE),
            strict=True,
        )
    ]
    grid = cases[0].grid
    directions = axes if axes is not None else planned.rotation if planned is not None else _axes_of(grid)
    shapes = _ShapeTable.of(cases, drawn, directions)
    inside = None if planned is None else _covered(cases, drawn, planned)
    return PredictedLesion(
        contours=tuple(_figures(kind, shapes, inside, planned) for kind in LEVELS),
        peak_map=Field(grid, BODY_CELSIUS + cases[BROADENING_NODES // 2].greatest_rise, "degC"),
        dose=Field(grid, cases[BROADENING_NODES // 2].dose[SCALE_NODES // 2], "min", outside=0.0),
        assumptions=_assumptions(calibration, doubts),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """Drawn cases: factor on the heating (d,), broadening (d,), shift (d, 3); and the nodes that are computed."""

    scale: FloatArray
    scale_nodes: FloatArray
    broadening_mm: FloatArray
    broadening_nodes: FloatArray
    shift_mm: FloatArray

    @property
    def at_nodes(self) -> FloatArray:
        """Places (2, d) of the cases between the nodes: broadening, scale."""
        sigmas = np.interp(self.broadening_mm, self.broadening_nodes, np.arange(BROADENING_NODES))
        scales = np.interp(np.log(self.scale), np.log(self.scale_nodes), np.arange(SCALE_NODES))
        return np.array([sigmas, scales])


def _draw(rng: np.random.Generator, count: int, calibration: HeatingCalibration, doubts: LesionDoubts) -> _Draws:
    normal = np.clip([_spread_normal(rng, count) for _ in range(2)], -FARTHEST, FARTHEST)
    spread = calibration.spread
    sigma = np.log(UNCALIBRATED_FACTOR) / STANDARD_NORMAL_P90 if spread is None else np.log1p(spread)
    mean, deviation = doubts.broadening_mm
    direction = rng.standard_normal((count, 3))
    distance = np.maximum(rng.normal(*doubts.focus_shift_mm, count), 0)
    return _Draws(
        scale=np.exp(sigma * normal[0]),
        scale_nodes=np.exp(sigma * np.linspace(-FARTHEST, FARTHEST, SCALE_NODES)),
        broadening_mm=np.maximum(mean + deviation * normal[1], 0),
        broadening_nodes=np.maximum(mean + deviation * np.linspace(-FARTHEST, FARTHEST, BROADENING_NODES), 0),
        shift_mm=direction / np.linalg.norm(direction, axis=1, keepdims=True) * distance[:, None],
    )


def _spread_normal(rng: np.random.Generator, count: int) -> FloatArray:
    """Standard normal numbers in a drawn order, one from each of ``count`` equally likely parts."""
    return np.asarray(special.ndtri((rng.permutation(count) + rng.uniform(size=count)) / count))


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """Heat of one broadening: greatest rise (a, b, c), and dose (s, a, b, c) for each factor on the heating."""

    grid: Grid[ScannerRas]
    greatest_rise: npt.NDArray[np.float32]
    dose: npt.NDArray[np.float32]


def _computed(
    foci: Sequence[PressureField],
    sonications: Sequence[Sonication],
    calibration: HeatingCalibration,
    reference: PressureField,
    broadening_mm: float,
    scales: FloatArray,
    pace: Pace,
    skipped_share: float,
) -> _Case:
    """All have the same shown rise: a broader focus needs less of a true one."""
    sources = heat_sources(foci, broadening_mm, skipped_share=skipped_share)
    strength = source_strength(focus_rise(reference, broadening_mm=broadening_mm), calibration)
    heats = degrees_per_s(sonications, calibration, strength)
    course = follow_heat(sources, sonications, heats, HeatSteps(sources.region.box), pace=pace, scales=scales)
    return _Case(sources.region.kept, course.greatest_rise, course.dose)


@dataclass(frozen=True, slots=True, eq=False)
class _ShapeTable:
    """For every contour edge of the cube of its volume, and three extents, of the drawn cases (4, d)."""

    drawn: dict[ContourKind, FloatArray]

    @classmethod
    def of(cls, cases: Sequence[_Case], draws: _Draws, axes: FloatArray) -> _ShapeTable:
        table = {kind: np.zeros((4, BROADENING_NODES, SCALE_NODES)) for kind in LEVELS}
        for row, case in enumerate(cases):
            found = shapes_of_scaled(case.grid, case.greatest_rise, case.dose, draws.scale_nodes, axes)
            for column, shapes in enumerate(found):
                for kind, shape in shapes.items():
                    table[kind][:, row, column] = np.cbrt(shape.volume_mm3), *shape.extents_mm
        places = draws.at_nodes
        return cls(
            {
                kind: np.array([ndimage.map_coordinates(values, places, order=1) for values in numbers])
                for kind, numbers in table.items()
            }
        )


def _covered(cases: Sequence[_Case], draws: _Draws, planned: Ellipsoid[ScannerRas]) -> dict[ContourKind, FloatArray]:
    """Share of the planned ellipsoid inside each contour of the drawn cases (d,)."""
    grid, count = cases[0].grid, len(draws.scale)
    points = planned.sample(SAMPLES).array[None] - draws.shift_mm[:, None]
    spatial = (points.reshape(-1, 3) @ grid.from_frame.matrix[:3, :3].T + grid.from_frame.matrix[:3, 3]).T
    sigmas, scales = np.repeat(draws.at_nodes, SAMPLES, axis=1)
    rises = np.array([case.greatest_rise for case in cases])
    doses = log_dose(np.array([case.dose for case in cases]))
    rise = ndimage.map_coordinates(rises, np.vstack([sigmas, spatial]), order=1, mode="nearest")
    dose = ndimage.map_coordinates(doses, np.vstack([sigmas, scales, spatial]), order=1, mode="nearest")
    found = {"peak": BODY_CELSIUS + np.repeat(draws.scale, SAMPLES) * rise, "dose": dose}
    return {
        kind: (found[level.of] >= level.value).reshape(count, SAMPLES).mean(axis=1) for kind, level in LEVELS.items()
    }


def _figures(
    kind: ContourKind,
    shapes: _ShapeTable,
    inside: dict[ContourKind, FloatArray] | None,
    planned: Ellipsoid[ScannerRas] | None,
) -> ContourFigures:
    edge, first, second, third = shapes.drawn[kind]
    volume = edge**3
    extents = (_band(first), _band(second), _band(third))
    if planned is None or inside is None:
        return ContourFigures(kind, _band(volume), extents)
    each = [coverage(planned, float(share), float(mm3)) for share, mm3 in zip(inside[kind], volume, strict=True)]
    covered, missed, beyond = (
        _band(np.array(numbers))
        for numbers in zip(*((case.covered, case.missed_mm3, case.beyond_mm3) for case in each), strict=True)
    )
    return ContourFigures(kind, _band(volume), extents, covered, missed, beyond)


def _band(numbers: FloatArray) -> Band:
    p10, p50, p90 = np.percentile(numbers, [10, 50, 90])
    return Band(float(p10), float(p50), float(p90))


def _axes_of(grid: Grid[ScannerRas]) -> FloatArray:
    return np.asarray(grid.matrix[:3, :3] / np.array(grid.spacing_mm))


def _assumptions(calibration: HeatingCalibration, doubts: LesionDoubts) -> tuple[str, ...]:
    low, high = calibration.band
    factor = f"{calibration.shown_celsius_per_kj:.2g} °C shown per kilojoule"
    if calibration.spread is None:
        told = f"{factor} is a declared default, not of this patient: {low:.2g} to {high:.2g} are as likely."
    else:
        told = (
            f"{factor} was told by a test sonication ({calibration.calibrated_on}), ± {100 * calibration.spread:.0f} %."
        )
    shift, shift_doubt = doubts.focus_shift_mm
    broadening, broadening_doubt = doubts.broadening_mm
    return (
        told,
        f"Every further ablation heats {100 * calibration.loss_per_repeat:.0f} % less (C, from Bond 2018).",
        f"The focus lies {shift:g} ± {shift_doubt:g} mm from where it is aimed, in any direction (V, Pulkkinen 2014).",
        f"The focus is broadened by {broadening:g} ± {broadening_doubt:g} mm (a declared calibration, no physics).",
        "Brain is uniform, with the perfusion of rest; the head does not move.",
        *BESIDE_EVERY_PREDICTION,
    )
