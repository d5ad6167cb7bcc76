"""The published recipe by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.simulation.element_transmission import Acoustics, report_elements
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.skull_density_ratio import SDR_SAMPLES, density_ratios, sdr_ways_mm
from fusplan.simulation.transducer import golden_angle_helmet
from tests.fixtures.shell_skulls import at, shell_skull


def profile(*numbers: float) -> np.ndarray:
    values = np.zeros(SDR_SAMPLES)
    values[20 : 20 + len(numbers)] = numbers
    return values


@pytest.mark.parametrize(
    ("numbers", "ratio"),
    [
        ((300, 900, 1600, 1000, 640, 1100, 1400, 500), 640 / 1500),  # two tables and diploe
        ((800, 1200, 800), 1.0),  # one peak
        ((1000, 1000, 1000), 1.0),  # a plateau
        ((1500, 200, -50, 300, 1500), 0.0),  # air between does not count below nothing
        ((900, 950, 600, 1800, 600, 1200), 600 / 1075),  # the first peak from either side, not the highest
    ],
)
def test_ratio_of_a_profile(numbers: tuple[float, ...], ratio: float) -> None:
    assert density_ratios(profile(*numbers)[None])[0] == pytest.approx(ratio)


def test_no_ratio_without_bone() -> None:
    thin, unknown = profile(300, 690, 300), np.full(SDR_SAMPLES, np.nan)
    assert np.isnan(density_ratios(np.stack([thin, unknown]))).all()


def test_the_recipe_looks_from_10_mm_before_the_table_for_30_mm() -> None:
    ways = sdr_ways_mm(np.array([70.0]))
    assert ways.shape == (1, 60) and ways[0, 0] == 60.0 and ways[0, -1] == 89.5


def test_a_layered_shell_has_the_ratio_of_its_diploe() -> None:
    skull = shell_skull(layers=((70, 1500.0), (73, 600.0), (77, 1500.0), (80, 0.0)), spacing_mm=1.0)
    report = report_elements(skull, golden_angle_helmet(), HelmetPose(at(0), np.eye(3)), Acoustics(sub_rays=1))
    assert report.sdr is not None and report.skull_sdr == pytest.approx(0.4, abs=0.02)
    assert report.sdr.std() < 0.02
