"""Heat, dose, thermometry, lesions and spot patterns: what they must reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.simulation.cem43 import cem43_minutes
from fusplan.simulation.dragged_spots import DraggedSpots
from fusplan.simulation.expect_lesion import expect_lesion
from fusplan.simulation.heat_course import CAREFUL, Pace
from fusplan.simulation.heat_sonications import heat_sonications
from fusplan.simulation.heated_region import heat_sources
from fusplan.simulation.lesion_contours import contour_shapes
from fusplan.simulation.pennes_heat import HeatSteps
from fusplan.simulation.shown_and_true import HeatedFocus
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.spot_pattern import energy_for_shown_j, pattern_sonications, propose_pattern
from fusplan.simulation.temperature_history import PressureField, ShownRise, TemperatureHistory
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial import Ellipsoid, Point
from tests.benchmarks.simulation.acceptance import AcceptanceRow, processor_seconds
from tests.fixtures.gaussian_heat import gaussian_focus, gaussian_rise
from tests.fixtures.ideal_focus import SCANNER, ideal_focus

STEADY = HeatingCalibration(loss_per_repeat=0.0)
SPOT_ENERGY_J = energy_for_shown_j(ShownRise(17.0), STEADY)
RANDOM_GRIDS = 400

DOSE_TABLE_S = {
    46: (128, 750, 1800), 50: (8, 47, 113), 51: (4, 23, 56), 52: (2, 12, 28), 54: (0.5, 2.9, 7.0), 55: (0.2, 1.5, 3.5),
    57: (0.1, 0.4, 0.9),
}  # fmt: skip
"""Seconds at constant temperature to 17, 100 and 240 CEM43."""


def rows() -> list[AcceptanceRow]:
    """All rows of this topic."""
    return [
        _gaussian_source(),
        _dose_table(),
        _dose_volumes(),
        _shown_over_true(),
        *_lesions(),
        *_times(),
    ]


def _gaussian_source() -> AcceptanceRow:
    sources = heat_sources([gaussian_focus(0.6)], broadening_mm=0.0)
    steps = HeatSteps(sources.region.box)
    modes = 0 * sources.modes[0]
    for _ in range(24):
        modes = steps.of(0.5).after(modes, sources.modes[0])
    scale = 25 / gaussian_rise(np.zeros(1), 0.6, 12.0)[0]
    kept = sources.region.kept
    radius = np.linalg.norm(kept.all_places().array, axis=1).reshape(kept.shape)
    found = scale * sources.region.box.viewer(sources.kept_places).values(modes)
    error = float(np.abs(found - scale * gaussian_rise(radius, 0.6, 12.0))[radius < 6].max())
    test = "Gaussian source of 0.6 mm, 12 s to 25 degrees, against the kernel"
    return AcceptanceRow(test, "0.001 degrees", f"{error:.1e} degrees", error < 1e-3)


def _dose_table() -> AcceptanceRow:
    worst = 0.0
    for celsius, seconds in DOSE_TABLE_S.items():
        for dose, rounded in zip((17.0, 100.0, 240.0), seconds, strict=True):
            exact = 60 * dose * 0.5 ** (celsius - 43)
            held = cem43_minutes(np.array([0.0, exact]), np.full(2, float(celsius)))
            worst = max(worst, abs(float(held) / dose - 1))
            if abs(exact - rounded) > (0.5 if rounded >= 8 or celsius < 54 else 0.05):
                worst = np.inf
    return AcceptanceRow("CEM43 table", "1 %", f"{100 * worst:.4f} %", worst < 0.01)


def _pattern(name: str) -> tuple[list[PressureField], tuple[Sonication, ...], Ellipsoid]:
    length = {"one": 3.0, "4x5": 5.0, "4x7": 7.0}[name]
    width = 2.5 if name == "one" else 4.0
    planned = Ellipsoid(Point(SCANNER, 0.0, 0.0, 0.0), (width / 2, width / 2, length / 2), np.eye(3))
    offsets = propose_pattern(planned, ideal_focus()).offsets_mm
    return [ideal_focus(offset) for offset in offsets], pattern_sonications(offsets, SPOT_ENERGY_J), planned


def _heated(name: str, pace: Pace = CAREFUL, thermometry: ThermometrySettings | None = None) -> TemperatureHistory:
    foci, sonications, _ = _pattern(name)
    return heat_sonications(foci, sonications, STEADY, thermometry, pace=pace)


def _dose_volumes() -> AcceptanceRow:
    coarse, fine = (_heated("4x5", Pace(step_s, step_s)) for step_s in (1.0, 0.1))
    first, second = (contour_shapes(history.peak_map, history.dose, np.eye(3)) for history in (coarse, fine))
    worst = max(abs(first[kind].volume_mm3 / second[kind].volume_mm3 - 1) for kind in first)
    return AcceptanceRow(
        "volumes of all contours, steps of 1 s against 0.1 s", "2 %", f"{100 * worst:.2f} %", worst < 0.02
    )


def _shown_over_true() -> AcceptanceRow:
    heated = HeatedFocus.by_unit_source(ideal_focus(), 13.0, 0.0)
    rng = np.random.default_rng(1)
    shown = [heated.shown(ThermometrySettings().somewhere(rng), (0, 1, 2)) for _ in range(RANDOM_GRIDS)]
    shares = np.array(shown) / heated.true()
    mean, deviation = float(shares.mean()), float(shares.std())
    passed = abs(mean - 0.53) <= 0.03 and 0.05 <= deviation <= 0.08
    test = f"shown / true of the ideal focus, {RANDOM_GRIDS} random grids"
    return AcceptanceRow(test, "0.53 +- 0.03, SD 0.05 to 0.08", f"{mean:.3f}, SD {deviation:.3f}", passed)


def _lesions() -> list[AcceptanceRow]:
    wanted = {"4x5": (49, (4.3, 4.3, 5.3)), "4x7": (75, (4.3, 4.3, 7.5)), "one": (15, (2.8, 2.8, 3.3))}
    found = []
    for name, (volume, extents) in wanted.items():
        history = _heated(name)
        shape = contour_shapes(history.peak_map, history.dose, np.eye(3))["51_celsius"]
        off = max(abs(a - b) for a, b in zip(shape.extents_mm, extents, strict=True))
        passed = abs(shape.volume_mm3 / volume - 1) < 0.1 and off < 0.3
        widths = " x ".join(f"{extent:.1f}" for extent in shape.extents_mm)
        words = f"{volume} mm3 +- 10 %, {extents[0]} x {extents[1]} x {extents[2]} mm"
        found.append(AcceptanceRow(f"51 degrees of {name}", words, f"{shape.volume_mm3:.1f} mm3, {widths} mm", passed))
    return found


def _times() -> list[AcceptanceRow]:
    foci, sonications, planned = _pattern("4x7")
    looked_at = ThermometrySettings()
    drag = DraggedSpots.begun(foci[0], sonications, STEADY, planned)
    tested = replace(STEADY, spread=0.12, calibrated_on="a test")
    measured = [
        ("session of 9 spots with dose", 2.0, lambda: heat_sonications(foci, sonications, STEADY)),
        ("the same with thermometry", 2.0, lambda: heat_sonications(foci, sonications, STEADY, looked_at)),
        ("9 spots, one dragged: numbers", 0.05, lambda: drag.numbers(sonications)),
        ("9 spots, one dragged: temperature", 0.5, lambda: drag.history(sonications)),
        (
            "lesion to expect of 9 spots, p10/p50/p90",
            2.0,
            lambda: expect_lesion(foci, sonications, tested, planned=planned),
        ),
        ("pattern for 4.2 x 4.2 x 6 mm", 2.0, lambda: propose_pattern(_searched_for(), foci[0])),
    ]
    found = []
    for test, limit_s, work in measured:
        seconds = processor_seconds(work)
        found.append(AcceptanceRow(f"time: {test}", f"{limit_s:g} s", f"{seconds:.3f} s", seconds <= limit_s))
    return found


def _searched_for() -> Ellipsoid:
    return Ellipsoid(Point(SCANNER, 0.0, 0.0, 0.0), (2.1, 2.1, 3.0), np.eye(3))
