"""What thermometry shows of a focus, against averages taken directly, and the calibration that is made of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.simulation.heat_sonications import heat_sonications
from fusplan.simulation.shown_and_true import (
    HeatedFocus,
    NoShownRiseError,
    calibrate,
    focus_rise,
    rise_shown_anywhere,
    source_strength,
)
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import ShownRise
from fusplan.simulation.thermometry_settings import ThermometrySettings
from tests.fixtures.gaussian_heat import gaussian_focus, gaussian_rise
from tests.fixtures.ideal_focus import ideal_focus

AXIAL = (0, 1, 2)
QUIET = ThermometrySettings(snr=1e6, bandwidth_hz_per_pixel=1e9)


def test_shown_over_true_of_the_ideal_focus_is_as_the_trial_found() -> None:
    heated = HeatedFocus.by_unit_source(ideal_focus(), 13.0, 0.0)
    rng = np.random.default_rng(7)
    settings = [ThermometrySettings().somewhere(rng) for _ in range(40)]
    shares = np.array([heated.shown(placed, AXIAL) for placed in settings]) / heated.true()
    assert shares.mean() == pytest.approx(0.53, abs=0.03)
    assert 0.05 < shares.std() < 0.085


@pytest.mark.parametrize("place", [(0.0, 0.0, 0.0), (0.3, -0.2, 0.4)])
def test_a_voxel_shows_the_mean_over_itself_and_the_frame(place: tuple[float, float, float]) -> None:
    settings = replace(ThermometrySettings(), in_voxel=place)
    x, y, z = np.meshgrid(*[(np.arange(30) + 0.5) / 30 - 0.5 - part for part in place], indexing="ij")
    radius = np.sqrt(x**2 + y**2 + (3 * z) ** 2)
    moments = 9.5 + (np.arange(7) + 0.5) / 2
    wanted = np.mean([gaussian_rise(radius, 0.9, moment).mean() for moment in moments])
    heated = HeatedFocus.by_unit_source(gaussian_focus(0.9), 13.0, 0.0)
    assert heated.shown(settings, AXIAL) == pytest.approx(wanted, rel=0.005)
    assert heated.true() == pytest.approx(gaussian_rise(np.zeros(1), 0.9, 13.0)[0], rel=1e-3)


def test_the_calibrations_energy_shows_its_rise_in_the_frames() -> None:
    sonication = Sonication((0, 0, 0), 5000.0, 13.0, 0.0, "test")
    history = heat_sonications([ideal_focus()], [sonication], HeatingCalibration(), QUIET)
    assert history.shown is not None
    assert history.shown.peak_celsius.max() - 37 == pytest.approx(2.3 * 5, rel=0.01)
    assert history.peak_celsius.max() - 37 == pytest.approx(2.3 * 5 / 0.81, rel=0.02)


@pytest.mark.parametrize(
    "settings", [QUIET, replace(QUIET, plane="coronal", in_voxel=(0.4, 0.1, -0.3), frame_phase=0.4)]
)
def test_a_test_sonication_tells_the_factor_behind_it(settings: ThermometrySettings) -> None:
    truth = HeatingCalibration(shown_celsius_per_kj=1.4)
    sonication = Sonication((0, 0, 0), 4000.0, 10.0, 0.0, "test")
    shown = heat_sonications([ideal_focus()], [sonication], truth, settings).shown
    assert shown is not None
    found = calibrate(ideal_focus(), sonication, shown.highest_rise(0), settings)
    assert found.shown_celsius_per_kj == pytest.approx(1.4, rel=0.02)
    assert found.is_calibrated and found.calibrated_on is not None and "4 kJ in 10 s" in found.calibrated_on


def test_what_a_skull_takes_is_made_up_for_by_the_calibration() -> None:
    weak, whole = focus_rise(ideal_focus(gain=0.25)), focus_rise(ideal_focus())
    ratio = source_strength(weak, HeatingCalibration()) / source_strength(whole, HeatingCalibration())
    assert ratio == pytest.approx(16.0, rel=1e-4)
    assert weak.shown / weak.true == pytest.approx(whole.shown / whole.true)
    assert whole.shown < whole.true


def test_a_scanner_that_does_not_tell_its_grid_is_taken_to_show_the_mean() -> None:
    sonication = Sonication((0, 0, 0), 4000.0, 13.0, 0.0, "test")
    rng = np.random.default_rng(2)
    placed = [ThermometrySettings().somewhere(rng) for _ in range(60)]
    shown = np.mean([focus_rise(ideal_focus(), settings=settings).shown for settings in placed])
    mean, spread = rise_shown_anywhere(ideal_focus())
    assert mean == pytest.approx(shown, rel=0.02) and 0.05 < spread < 0.1
    best, any_grid = (
        calibrate(ideal_focus(), sonication, ShownRise(10.0), grid_known=known).shown_celsius_per_kj
        for known in (True, False)
    )
    assert any_grid / best == pytest.approx(focus_rise(ideal_focus()).shown / mean)


def test_a_tilted_slice_is_the_one_of_the_nearest_axes() -> None:
    lean = np.radians(8)
    turn = np.array([[1, 0, 0], [0, np.cos(lean), -np.sin(lean)], [0, np.sin(lean), np.cos(lean)]])
    sagittal = ThermometrySettings(plane="sagittal", readout="superior-inferior")
    tilted, upright = focus_rise(ideal_focus(turn=turn), 13.0, sagittal), focus_rise(ideal_focus(), 13.0, sagittal)
    assert tilted.shown == pytest.approx(upright.shown, rel=1e-3)
    assert upright.shown < focus_rise(ideal_focus()).shown


def test_a_test_that_shows_nothing_is_refused() -> None:
    with pytest.raises(NoShownRiseError, match="says nothing about heating"):
        calibrate(ideal_focus(), Sonication((0, 0, 0), 100.0, 10.0, 0.0, "test"), ShownRise(-0.2))
