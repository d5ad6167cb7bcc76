"""CEM43 against the published table, quadrature and what its definition says."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.simulation.cem43 import accumulate, cem43_minutes, seconds_to_reach

TABLE = {
    50: (8, 47, 113), 51: (4, 23, 56), 52: (2, 12, 28), 54: (0.5, 2.9, 7.0), 55: (0.2, 1.5, 3.5), 57: (0.1, 0.4, 0.9),
    46: (128, 750, 1800),
}  # fmt: skip
"""Seconds at a constant temperature to 17, 100 and 240 CEM43, as rounded there."""


@pytest.mark.parametrize("celsius", TABLE)
@pytest.mark.parametrize("column", [0, 1, 2])
def test_seconds_to_a_dose_are_those_of_the_table(celsius: int, column: int) -> None:
    dose, seconds = (17.0, 100.0, 240.0)[column], TABLE[celsius][column]
    digits = 1 if seconds < 8 and celsius >= 54 else 0
    exact = seconds_to_reach(dose, celsius)
    assert round(exact, digits) == seconds
    held = cem43_minutes(np.array([0.0, exact]), np.full(2, float(celsius)))
    assert held == pytest.approx(dose, rel=1e-6)


def by_quadrature(before: float, after: float, seconds: float) -> float:
    celsius = before + (after - before) * (np.arange(200_000) + 0.5) / 200_000
    rate = np.where(celsius >= 43, 0.5 ** (43 - celsius), 0.25 ** (43 - celsius))
    return float(rate.mean()) * seconds / 60


@pytest.mark.parametrize(
    ("before", "after"), [(44, 58), (58, 44), (40, 47), (47, 40), (39, 42.9), (52, 52), (43, 43.0002)]
)
def test_a_step_is_the_integral_of_its_rate(before: float, after: float) -> None:
    wanted = by_quadrature(before, after, 3.0)
    assert cem43_minutes(np.array([0.0, 3.0]), np.array([before, after])) == pytest.approx(wanted, rel=1e-4)
    peak, dose = np.zeros(1, np.float32), np.zeros((1, 1), np.float32)
    rises = (np.array([celsius - 37.0], dtype=np.float32) for celsius in (before, after))
    accumulate(*rises, 3.0, 37.0, np.ones(1), peak, dose)
    assert dose[0, 0] == pytest.approx(wanted, rel=1e-3)
    assert peak[0] == pytest.approx(after - 37.0)


def test_factors_on_the_heating_have_a_dose_each() -> None:
    before, after = np.array([4.0, 0.0], np.float32), np.array([12.0, 0.5], np.float32)
    peak, dose = np.zeros(2, np.float32), np.zeros((2, 2), np.float32)
    accumulate(before, after, 2.0, 37.0, np.array([0.5, 1.5]), peak, dose)
    assert dose[0, 0] == pytest.approx(by_quadrature(39, 43, 2.0), rel=1e-3)
    assert dose[1, 0] == pytest.approx(by_quadrature(43, 55, 2.0), rel=1e-3)
    assert dose[:, 1].max() == 0
