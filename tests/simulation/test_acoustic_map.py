"""The published mappings, at the numbers their sources give."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.simulation.acoustic_map import ACOUSTIC_MAPS, ct_density


def hounsfield_of(density: float) -> np.ndarray:
    """By the last line of the density mapping, which holds from 260 HU on."""
    return np.array([(density - 348.8555178455294) / 0.6625370912451 - 1000])


@pytest.mark.parametrize(("density", "speed"), [(1400, 2025), (1800, 2578), (2200, 3128), (2600, 3565)])
def test_mcdannold_speeds(density: float, speed: float) -> None:
    assert ACOUSTIC_MAPS["mcdannold"].medium(hounsfield_of(density), 660e3)[1][0] == pytest.approx(speed, rel=1e-3)


@pytest.mark.parametrize(("density", "loss"), [(1400, 319), (1800, 175), (2200, 174), (2600, 195)])
def test_mcdannold_attenuation(density: float, loss: float) -> None:
    mapping = ACOUSTIC_MAPS["mcdannold"]
    assert mapping.medium(hounsfield_of(density), 660e3)[2][0] == pytest.approx(loss, rel=0.01)
    assert mapping.medium(hounsfield_of(density), 330e3)[2][0] == pytest.approx(loss / 2, rel=0.01)


def test_mcdannold_attenuation_stays_bounded_in_thin_bone() -> None:
    assert ACOUSTIC_MAPS["mcdannold"].table(650e3)[:, 2].max() < 325


def test_aubry_at_no_and_at_full_porosity() -> None:
    dense = [float(value[0]) for value in ACOUSTIC_MAPS["aubry"].medium(np.array([2000.0]), 1e6)]
    assert dense == pytest.approx([2200, 3100, 2.303])
    half = [float(value[0]) for value in ACOUSTIC_MAPS["aubry"].medium(np.array([1000.0]), 1e6)]
    assert half == pytest.approx([1600, 2300, 2.303 + 89.797 * 0.5**0.5])


def test_itrusst_and_webb_and_reference() -> None:
    number = np.array([1000.0])
    density, speed, loss = (float(value[0]) for value in ACOUSTIC_MAPS["itrusst"].medium(number, 500e3))
    assert speed == pytest.approx(1.33 * density + 167) and loss == pytest.approx(135 / 8.685889638)
    assert ACOUSTIC_MAPS["webb"].medium(number, 1e6)[1][0] == pytest.approx(2080)
    assert ACOUSTIC_MAPS["webb"].medium(number, 1e6)[2][0] == pytest.approx(2600 * np.exp(-1.4))
    reference = [float(value[0]) for value in ACOUSTIC_MAPS["full_wave_reference"].medium(np.array([850.0]), 325e3)]
    assert reference == pytest.approx([1550, 2200, 80])


@pytest.mark.parametrize("name", list(ACOUSTIC_MAPS))
def test_soft_tissue_and_air_are_water_and_numbers_stay_plausible(name: str) -> None:
    mapping = ACOUSTIC_MAPS[name]  # type: ignore[index]
    soft = np.column_stack(mapping.medium(np.array([-1000.0, 0.0, 149.0]), 650e3))
    np.testing.assert_array_equal(soft, [[1000, 1500, 0]] * 3)
    table = mapping.table(650e3)
    assert np.isfinite(table).all() and (table[:, 1] >= 1500).all() and (table[:, 1] < 4700).all()
    assert (table[:, 2] >= 0).all()


def test_density_is_continuous_to_a_few_percent() -> None:
    assert np.abs(np.diff(ct_density(np.arange(-200.0, 3000.0)))).max() < 15
