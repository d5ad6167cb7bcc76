"""Plates in closed form; the benchmark's bowl in water (O'Neil) and behind plates, against exact plane waves."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.simulation.layered_transmission import WATER, Fluid, Layer, stack_transmission
from fusplan.simulation.stationary_path import IN_WATER, Bowl, Plates, bowl_pressure
from tests.fixtures.benchmark_plates import BM3, BM4, SC1, exact_pressure, oneil_on_axis

BONE = Fluid(1850.0, 2800.0)


@pytest.mark.parametrize("waves", [0.25, 0.5, 0.75, 1.0])
def test_a_plate_of_quarters_of_a_wave(waves: float) -> None:
    """Half waves pass all; quarter waves 2 / (Z / Z0 + Z0 / Z)."""
    plate = Layer(BONE, waves * 2800 / 500e3 * 1e3)
    ratio = BONE.density * BONE.speed / (WATER.density * WATER.speed)
    wanted = 1.0 if waves in (0.5, 1.0) else 2 / (ratio + 1 / ratio)
    found = stack_transmission([plate], 500e3, np.zeros(1))[0]
    assert abs(found) == pytest.approx(wanted, abs=1e-6)
    assert np.angle(found * np.exp(-2j * np.pi * waves)) == pytest.approx(0.0, abs=1e-6)


def test_layers_of_one_fluid_are_one_layer() -> None:
    along = np.linspace(0, 1000, 5)
    lossy = Fluid(1850.0, 2800.0, 40.0)
    whole = stack_transmission([Layer(lossy, 6.0)], 500e3, along)
    parts = stack_transmission([Layer(lossy, 1.0), Layer(lossy, 3.0), Layer(lossy, 2.0)], 500e3, along)
    np.testing.assert_allclose(parts, whole, rtol=1e-9)


def test_water_passes_all() -> None:
    along = np.linspace(0, 1500, 5)
    number = 2 * np.pi * 500e3 / 1500
    found = stack_transmission([Layer(WATER, 7.0)], 500e3, along)
    np.testing.assert_allclose(found, np.exp(1j * np.sqrt(number**2 - along**2) * 7e-3), rtol=1e-9)


def test_oneil_on_the_axis() -> None:
    z = np.linspace(20, 110, 46)
    found = np.abs(bowl_pressure(SC1, np.column_stack([z * 0, z * 0, z]), a_ring=8))
    exact = oneil_on_axis(SC1, z)
    assert np.abs(found - exact).max() < 0.01 * exact.max()
    assert exact.max() == pytest.approx(1095.6e3, rel=0.002)  # the figure of the specification


@pytest.mark.parametrize(("plates", "peak_pa"), [(BM3, 420e3), (BM4, 312.5e3)])
def test_behind_plates(plates: Plates, peak_pa: float) -> None:
    r, z = np.arange(0, 10.1, 2.0), np.arange(45, 85, 2.5)
    places = np.array([(a, 0.0, b) for a in r for b in z])
    found = np.abs(bowl_pressure(SC1, places, plates)).reshape(len(r), len(z))
    exact = np.abs(exact_pressure(SC1, plates, r, z))
    assert np.linalg.norm(found - exact) < 0.05 * np.linalg.norm(exact)
    axis = np.arange(52, 70, 0.5)
    on_axis = np.abs(bowl_pressure(SC1, np.column_stack([axis * 0, axis * 0, axis]), plates, a_ring=8))
    exact_axis = np.abs(exact_pressure(SC1, plates, np.zeros(1), axis))[0]
    assert abs(on_axis.max() / exact_axis.max() - 1) < 0.03
    assert abs(axis[on_axis.argmax()] - axis[exact_axis.argmax()]) <= 0.5
    assert exact_axis.max() == pytest.approx(peak_pa, rel=0.01)


def test_the_oracle_is_the_rayleigh_integral_in_water() -> None:
    r, z = np.array([0.0, 3.0, 7.0]), np.array([50.0, 62.0, 75.0])
    places = np.array([(a, 0.0, b) for a in r for b in z])
    found = bowl_pressure(SC1, places).reshape(3, 3)
    np.testing.assert_allclose(found, exact_pressure(SC1, IN_WATER, r, z), atol=0.01 * np.abs(found).max())


def test_places_before_the_plates_are_refused() -> None:
    with pytest.raises(ValueError):
        bowl_pressure(Bowl(64, 64, 500e3, 1.0), np.array([[0.0, 0.0, 20.0]]), BM3)
