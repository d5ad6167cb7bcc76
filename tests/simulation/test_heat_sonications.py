"""Sonications' heat: closed forms, order, cooling and repeated ablations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from fusplan.simulation.cem43 import cem43_minutes
from fusplan.simulation.heat_course import CAREFUL, Pace
from fusplan.simulation.heat_sonications import degrees_per_s, heat_sonications
from fusplan.simulation.shown_and_true import SourceStrength, focus_rise
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial import Points
from tests.fixtures.gaussian_heat import gaussian_focus, gaussian_rise

STEADY = HeatingCalibration(loss_per_repeat=0.0)
FINE = Pace(0.1, 0.1, 1.0)
FOCUS = gaussian_focus(0.9)


def sonication(start_s: float = 0.0, energy_j: float = 8000.0, kind: str = "ablation", x: float = 0.0) -> Sonication:
    return Sonication((x, 0, 0), energy_j, 12.0, start_s, kind)  # type: ignore[arg-type]


def test_dose_with_cooling_is_that_of_the_closed_form() -> None:
    history = heat_sonications([FOCUS], [sonication()], STEADY, broadening_mm=0.0)
    scale = (history.peak_celsius.max() - 37) / gaussian_rise(np.zeros(1), 0.9, 12.0)[0]
    times = np.arange(0, 40.05, 0.05)
    heated = [gaussian_rise(np.zeros(1), 0.9, min(t, 12.0), max(0.0, t - 12.0))[0] if t else 0.0 for t in times]
    wanted = cem43_minutes(times, 37 + scale * np.array(heated))
    assert history.dose.values[16, 16, 16] == pytest.approx(wanted, rel=0.04)
    fine = heat_sonications([FOCUS], [sonication()], STEADY, broadening_mm=0.0, pace=FINE)
    assert fine.dose.values[16, 16, 16] == pytest.approx(wanted, rel=0.003)


def test_volumes_of_dose_do_not_depend_on_the_step() -> None:
    def volumes(pace: Pace) -> np.ndarray:
        history = heat_sonications([FOCUS], [sonication()], STEADY, broadening_mm=0.0, pace=pace)
        fine = np.log(np.maximum(history.dose.values, 1e-6))
        return np.array([np.clip(0.5 + (fine - np.log(level)) / 1.5, 0, 1).sum() for level in (17, 100, 240)])

    assert_allclose(volumes(CAREFUL), volumes(FINE), rtol=0.02)


def test_a_pause_is_jumped_exactly() -> None:
    spots = [sonication(), sonication(300.0)]
    history = heat_sonications([FOCUS, FOCUS], spots, STEADY, broadening_mm=0.0)
    apex = gaussian_rise(np.zeros(1), 0.9, 12.0)[0]
    scale = (history.spot_celsius[12] - 37) / apex
    before_second = np.searchsorted(history.times_s, 300.0 - 1e-6)
    assert history.times_s[before_second] == pytest.approx(300.0)
    left = scale * gaussian_rise(np.zeros(1), 0.9, 12.0, 288.0)[0]
    assert history.spot_celsius[before_second] - 37 == pytest.approx(left, abs=1e-2)
    assert np.all(np.diff(history.times_s) > 0)


def test_every_ablation_heats_less_than_the_one_before() -> None:
    kinds = ["test", "ablation", "test", "ablation", "ablation"]
    listed = [sonication(100.0 * n, 1200.0, kind) for n, kind in enumerate(kinds)]
    assert_allclose(degrees_per_s(listed, HeatingCalibration(), SourceStrength(0.02)), [2, 2, 1.8, 1.8, 1.62])


def test_spots_are_heated_where_they_are() -> None:
    foci = [gaussian_focus(0.9, (-2, 0, 0)), gaussian_focus(0.9, (2.25, 0, 0))]
    history = heat_sonications(foci, [sonication(), sonication(120.0)], STEADY, broadening_mm=0.0)
    single = heat_sonications(foci[:1], [sonication()], STEADY, broadening_mm=0.0)
    found = history.peak_map.at(Points.gather([focus.spot for focus in foci]))
    assert found[0] == pytest.approx(single.peak_celsius.max(), abs=0.6)
    assert found[1] == pytest.approx(history.spot_celsius.max(), abs=0.6)
    assert history.dose.outside == 0 and history.peak_map.unit == "degC"


def test_frames_end_with_the_sonication_and_go_on_while_it_cools() -> None:
    settings = replace(ThermometrySettings(), snr=1e5)
    shown = heat_sonications([FOCUS], [sonication(50.0)], STEADY, settings, seed=3).shown
    assert shown is not None
    assert_allclose(np.diff(shown.times_s), 3.5)
    assert np.abs(shown.times_s + 1.75 - 62.0).min() < 1e-9
    assert shown.pictures.shape == (len(shown.times_s), 17, 17)
    hottest = int(np.argmax(shown.peak_celsius))
    assert shown.times_s[hottest] == pytest.approx(60.25)
    assert shown.mean_celsius[hottest] < shown.peak_celsius[hottest]


def test_beyond_all_sense_the_dose_stays_a_number() -> None:
    history = heat_sonications([FOCUS], [sonication(energy_j=1e6)], STEADY, ThermometrySettings())
    assert history.peak_celsius.max() > 1000
    assert np.isfinite(history.dose.values).all() and history.dose.values.max() < 1e18
    assert history.shown is not None and history.shown.peak_celsius.max() < 37 + 34


def test_frames_know_their_sonication() -> None:
    settings = replace(ThermometrySettings(), snr=1e5)
    listed = [sonication(energy_j=3000.0), sonication(100.0)]
    shown = heat_sonications([FOCUS, FOCUS], listed, STEADY, settings).shown
    assert shown is not None
    starts = np.array([0.0, 100.0])[shown.of_sonication]
    assert np.all((shown.times_s > starts - 3.5) & (shown.times_s < starts + 36))
    assert shown.highest_rise(1) == pytest.approx(shown.highest_rise(0) * 8 / 3, rel=0.1)


def test_looking_near_the_spot_alone_finds_the_same_lesion() -> None:
    foci = [gaussian_focus(0.9, (-1, 0, 0)), gaussian_focus(0.9, (1.5, 0, 0))]
    listed = [sonication(), sonication(120.0)]
    whole, near = (
        heat_sonications(foci, listed, STEADY, pace=pace, broadening_mm=0.0) for pace in (CAREFUL, Pace(near_mm=5.0))
    )
    hot = whole.peak_map.values > 45
    assert_allclose(near.peak_map.values[hot], whole.peak_map.values[hot], atol=1e-3)
    assert_allclose(near.dose.values[hot], whole.dose.values[hot], rtol=1e-3)


def test_the_same_seed_shows_the_same() -> None:
    first, second, other = (
        heat_sonications([FOCUS], [sonication()], STEADY, ThermometrySettings(), seed=seed).shown for seed in (1, 1, 2)
    )
    assert first is not None and second is not None and other is not None
    assert_array_equal(first.pictures, second.pictures)
    assert not np.array_equal(first.pictures, other.pictures)


@pytest.mark.parametrize(
    ("count", "listed"), [(1, []), (1, [sonication(), sonication(100.0)]), (2, [sonication(), sonication(11.0)])]
)
def test_sonications_that_cannot_be_are_refused(count: int, listed: list[Sonication]) -> None:
    with pytest.raises(ValueError, match="sonication"):
        heat_sonications([FOCUS] * count, listed, STEADY)


def test_a_reference_of_another_focus_sets_the_strength() -> None:
    weak = focus_rise(FOCUS, broadening_mm=0.0)
    half = replace(weak, shown=weak.shown / 2)  # type: ignore[arg-type]
    plain = heat_sonications([FOCUS], [sonication()], STEADY, broadening_mm=0.0)
    strong = heat_sonications([FOCUS], [sonication()], STEADY, broadening_mm=0.0, reference=half)
    assert strong.peak_celsius.max() - 37 == pytest.approx(2 * (plain.peak_celsius.max() - 37), rel=1e-4)
