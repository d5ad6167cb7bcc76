"""The lesion to expect: bands that hold what is computed for their ends, and follow what is doubtful."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from fusplan.simulation.expect_lesion import LesionDoubts, expect_lesion
from fusplan.simulation.heat_sonications import heat_sonications
from fusplan.simulation.lesion_contours import contour_shapes
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS, PredictedLesion
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.spatial import Ellipsoid, Point
from tests.fixtures.ideal_focus import SCANNER, ideal_focus

KNOWN = HeatingCalibration(shown_celsius_per_kj=2.0, spread=0.12, calibrated_on="a test")
FOCUS = ideal_focus()
PLANNED = Ellipsoid(Point(SCANNER, 0.0, 0.0, 0.0), (1.4, 1.4, 1.7), np.eye(3))
SURE = LesionDoubts((0.0, 0.0), (0.9, 0.0))


def sonication(shown_celsius: float = 54.0) -> Sonication:
    return Sonication((0, 0, 0), (shown_celsius - 37) / 2.0 * 1e3, 13.0, 0.0, "ablation")


@lru_cache(maxsize=8)
def expected(spread: float | None = 0.12, doubts: LesionDoubts | None = None, seed: int = 1) -> PredictedLesion:
    return expect_lesion(
        [FOCUS], [sonication()], replace(KNOWN, spread=spread), planned=PLANNED, doubts=doubts, seed=seed
    )


def volume(shown_celsius: float) -> float:
    history = heat_sonications([FOCUS], [sonication(shown_celsius)], KNOWN)
    return contour_shapes(history.peak_map, history.dose, np.eye(3))["51_celsius"].volume_mm3


def test_percentiles_of_the_volume_are_those_of_the_calibration() -> None:
    lesion = expected(doubts=SURE)
    band = lesion.contour("51_celsius").volume_mm3
    for percentile, deviations in ((band.p10, -1.2816), (band.p50, 0.0), (band.p90, 1.2816)):
        wanted = volume(37 + 17 * 1.12**deviations)
        assert percentile == pytest.approx(wanted, rel=0.12)


def test_a_lesion_that_is_sure_is_the_computed_one() -> None:
    history = heat_sonications([FOCUS], [sonication()], KNOWN)
    lesion = expected(doubts=SURE)
    assert np.abs(lesion.peak_map.values - history.peak_map.values).max() < 0.05
    shapes = contour_shapes(history.peak_map, history.dose, np.eye(3))
    found = contour_shapes(lesion.peak_map, lesion.dose, np.eye(3))
    assert found["100_cem43"].volume_mm3 == pytest.approx(shapes["100_cem43"].volume_mm3, rel=0.04)
    covered = lesion.contour("51_celsius").covered
    assert covered is not None and covered.p50 > 0.97


def test_doubt_widens_the_band_and_a_shift_uncovers() -> None:
    sure, doubtful, uncalibrated = expected(doubts=SURE), expected(), expected(None)
    bands = [lesion.contour("51_celsius").volume_mm3 for lesion in (sure, doubtful, uncalibrated)]
    widths = [band.p90 - band.p10 for band in bands]
    assert widths == sorted(widths)
    covered, covered_sure = (lesion.contour("51_celsius").covered for lesion in (doubtful, sure))
    assert covered is not None and covered_sure is not None and covered.p50 < covered_sure.p50 - 0.3


def test_covered_missed_and_beyond_add_up() -> None:
    figures = expected(doubts=SURE).contour("51_celsius")
    assert figures.covered is not None and figures.missed_mm3 is not None and figures.beyond_mm3 is not None
    assert figures.missed_mm3.p50 == pytest.approx((1 - figures.covered.p50) * PLANNED.volume_mm3, abs=1e-6)
    assert figures.volume_mm3.p50 - figures.covered.p50 * PLANNED.volume_mm3 == pytest.approx(
        figures.beyond_mm3.p50, abs=0.5
    )


def test_the_same_seed_gives_the_same_and_another_nearly() -> None:
    again = expect_lesion([FOCUS], [sonication()], KNOWN, planned=PLANNED, seed=1)
    assert again.contours == expected().contours
    other = expected(seed=2).contour("51_celsius").volume_mm3
    assert other != expected().contour("51_celsius").volume_mm3
    assert other.p50 == pytest.approx(expected().contour("51_celsius").volume_mm3.p50, rel=0.15)


def test_without_a_plan_there_is_no_coverage_and_words_say_what_is_assumed() -> None:
    lesion = expect_lesion([FOCUS], [sonication()], HeatingCalibration(), draws=50)
    assert [figures.kind for figures in lesion.contours] == list(CONTOUR_WORDS)
    assert lesion.contours[0].covered is None
    words = " ".join(lesion.assumptions)
    assert "declared default" in words and "1.6 ± 0.6 mm" in words and "four-fold" in words
    assert "a test" in " ".join(expected().assumptions)
