"""Heat against Gaussian sources convolved with the heat kernel, and modes against scipy's transform."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import fft

from fusplan.simulation.heated_region import heat_sources
from fusplan.simulation.pennes_heat import BRAIN, HeatBox, HeatSteps, TissueHeat
from tests.fixtures.gaussian_heat import gaussian_focus, gaussian_rise
from tests.fixtures.ideal_focus import ideal_focus

PEAK_CELSIUS = 25.0


def test_the_brain_is_as_published() -> None:
    assert_allclose(BRAIN.diffusivity_mm2_s, 0.134, atol=0.001)
    assert_allclose(1 / BRAIN.perfusion_per_s, 103, atol=1)


@pytest.mark.parametrize("sigma_mm", [0.6, 1.0])
@pytest.mark.parametrize(("heated_s", "cooled_s"), [(12.0, 0.0), (12.0, 9.0), (12.0, 60.0)])
def test_a_gaussian_source_heats_as_the_kernel_says(sigma_mm: float, heated_s: float, cooled_s: float) -> None:
    sources = heat_sources([gaussian_focus(sigma_mm)], broadening_mm=0.0)
    steps = HeatSteps(sources.region.box)
    modes = 0 * sources.modes[0]
    for _ in range(24):
        modes = steps.of(heated_s / 24).after(modes, sources.modes[0])
    modes = steps.of(cooled_s).after(modes, None) if cooled_s else modes
    scale = PEAK_CELSIUS / gaussian_rise(np.zeros(1), sigma_mm, heated_s)[0]
    radius = np.linalg.norm(sources.region.kept.all_places().array, axis=1).reshape(sources.region.kept.shape)
    found = scale * sources.region.box.viewer(sources.kept_places).values(modes)
    near = radius < 6 if cooled_s < 30 else radius < 4
    assert np.abs(found - scale * gaussian_rise(radius, sigma_mm, heated_s, cooled_s))[near].max() < 1e-3


def test_broadening_is_a_wider_gaussian() -> None:
    narrow = heat_sources([gaussian_focus(0.6)], broadening_mm=0.8)
    viewer = narrow.region.box.viewer(narrow.kept_places)
    radius = np.linalg.norm(narrow.region.kept.all_places().array, axis=1).reshape(viewer.shape)
    assert_allclose(viewer.values(narrow.modes[0]), 0.6**3 * np.exp(-(radius**2) / 2), atol=2e-4)


def test_modes_are_those_of_the_discrete_cosine_transform() -> None:
    values = np.random.default_rng(3).normal(size=(9, 8, 7)).astype(np.float32)
    box = HeatBox((4.5, 4.0, 3.5), (9, 8, 7))
    x, y, z = ((np.arange(n) - (n - 1) / 2) * 0.5 for n in values.shape)
    modes = box.modes_of(values, (x, y, z))
    theirs = fft.dctn(values, type=2) / 8 / values.size
    for axis in range(3):
        theirs = np.moveaxis(
            np.moveaxis(theirs, axis, 0) * np.where(np.arange(values.shape[axis]) == 0, 1, 2)[:, None, None], 0, axis
        )
    assert_allclose(modes, theirs, atol=1e-6)
    assert_allclose(box.viewer((x, y, z)).values(modes), values, atol=1e-5)


def test_a_mean_over_time_is_the_mean_of_its_moments() -> None:
    box = HeatBox((10.0, 10.0, 10.0), (4, 4, 4))
    steps = HeatSteps(box)
    rng = np.random.default_rng(1)
    modes, source = rng.normal(size=(2, 4, 4, 4)).astype(np.float32)
    moments = [steps.of(seconds).after(modes, source) for seconds in 2 + (np.arange(200) + 0.5) * 0.02]
    assert_allclose(steps.mean_after(modes, source, 2.0, 6.0), np.mean(moments, axis=0), atol=1e-4)


def test_without_perfusion_heat_is_kept() -> None:
    box = HeatBox((10.0, 10.0, 10.0), (3, 3, 3), TissueHeat(0.1, 0.0))
    source = np.zeros((3, 3, 3), dtype=np.float32)
    source[0, 0, 0] = 2.0
    steps = HeatSteps(box)
    assert steps.of(10.0).after(0 * source, source)[0, 0, 0] == pytest.approx(20.0)
    assert steps.mean_after(0 * source, source, 0.0, 10.0)[0, 0, 0] == pytest.approx(10.0)


def test_a_grid_of_other_axes_gives_the_same_source() -> None:
    turn = np.linalg.qr(np.array([[1.0, 0.2, 0.1], [-0.2, 1.0, 0.3], [0, -0.3, 1.0]]))[0]
    turn *= np.sign(np.diagonal(turn))
    mixed, alike = heat_sources([ideal_focus(), ideal_focus(turn=turn)]), heat_sources([ideal_focus(turn=turn)])
    resampled = mixed.region.box.viewer(mixed.spot_places(1)).values(mixed.modes[1])
    assert_allclose(resampled, alike.region.box.viewer(alike.spot_places(0)).values(alike.modes[0]), rtol=0.02)
