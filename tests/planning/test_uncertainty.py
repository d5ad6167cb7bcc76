from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, norm

from fusplan.atlas.structure_ref import clp
from fusplan.planning.coverage import OUTSIDE
from fusplan.planning.lesion_size import LesionSize, plan_lesion
from fusplan.planning.plan import Lesion, Target
from fusplan.planning.provenance import Provenance
from fusplan.planning.uncertainty import disagreement, estimate_uncertainty, region_ellipsoid
from fusplan.spatial import Points
from tests.fixtures.fake_anatomy import FRAME, FakeAnatomy, ball, everywhere, half_space, landmarks, nowhere, point

RIGHT = clp("right")
MARKS = landmarks()
TARGET = Target("clp-right", "CLp right", "right", point(9, -1, 6), Provenance("placed by hand", "", "derived"))


def lesion(diameter_mm: float = 4.0) -> Lesion:
    return plan_lesion(TARGET, LesionSize((diameter_mm, diameter_mm), diameter_mm), MARKS.geometry())


def test_the_region_of_normal_errors_is_that_of_chi_squared() -> None:
    deviations = np.array([0.5, 1.0, 2.0])
    draws = np.random.default_rng(0).normal(size=(100_000, 3)) * deviations
    region = region_ellipsoid(TARGET.point, MARKS.geometry(), draws)
    np.testing.assert_allclose(sorted(region.semi_axes_mm), deviations * np.sqrt(chi2.ppf(0.95, 3)), rtol=0.02)
    assert np.linalg.det(region.rotation) == pytest.approx(1.0)


def test_the_region_holds_95_per_cent_of_heavy_tailed_errors_too() -> None:
    draws = np.random.default_rng(0).standard_t(df=3, size=(50_000, 3)) @ np.array([[1, 0.5, 0], [0, 1, 0], [0, 0, 2]])
    region = region_ellipsoid(TARGET.point, MARKS.geometry(), draws)
    inside = region.contains(Points(FRAME, TARGET.point.array + draws)).mean()
    assert inside == pytest.approx(0.95, abs=0.001)


@pytest.mark.parametrize("offset_mm", [-2.0, 0.0, 1.5])
def test_probability_of_covering_half_follows_the_normal_law(offset_mm: float) -> None:
    """CLp is everything beyond a plane and as large as the lesion: half is covered when the centre is beyond it."""
    planned = lesion()
    level = half_space((0, 0.6, 0.8), 0.6 * TARGET.point.y + 0.8 * TARGET.point.z + offset_mm)
    anatomy = FakeAnatomy(cl=level, clp=everywhere, clp_mm3=planned.ellipsoid.volume_mm3)
    found = estimate_uncertainty(planned, RIGHT, MARKS, "ok", (anatomy,), seed=1)
    # The plane is oblique, so that it does not fall between two layers of cells.
    deviation_mm = np.hypot(0.6 * found.standard_deviation_mm[1], 0.8 * found.standard_deviation_mm[2])
    expected = norm.cdf(-offset_mm / deviation_mm)
    assert found.half_cover_probability == pytest.approx(expected, abs=0.02)
    assert found.largest_share == pytest.approx(1.0)


def test_a_neighbour_is_touched_when_the_errors_reach_it() -> None:
    """More than 1 % of a ball of radius r lies beyond a plane nearer than 0.882 r: (2 + h)(1 - h)^2 / 4 = 0.01."""
    planned = lesion(6.0)
    gap_mm = 4.0
    wall = half_space((0.8, 0.6, 0), 0.8 * TARGET.point.x + 0.6 * TARGET.point.y + gap_mm)
    anatomy = FakeAnatomy(cl=everywhere, clp=everywhere, others=(("VPM", wall),))
    found = estimate_uncertainty(planned, RIGHT, MARKS, "ok", (anatomy,), seed=1)
    height = next(h for h in np.linspace(1, 0, 10_001) if (2 + h) * (1 - h) ** 2 / 4 >= 0.01)
    deviation_mm = np.hypot(0.8 * found.standard_deviation_mm[0], 0.6 * found.standard_deviation_mm[1])
    expected = norm.sf((gap_mm - 3.0 * height) / deviation_mm)
    assert [touch.abbreviation for touch in found.touches] == ["VPM"]
    assert found.touches[0].probability == pytest.approx(expected, abs=0.03)


def test_neighbours_out_of_reach_are_not_listed_and_outside_is() -> None:
    anatomy = FakeAnatomy(cl=ball(TARGET.point.coordinates, 3.0), clp=everywhere, others=(("Hb", nowhere),))
    found = estimate_uncertainty(lesion(), RIGHT, MARKS, "ok", (anatomy,), seed=1)
    assert [touch.abbreviation for touch in found.touches] == [OUTSIDE]


def test_covering_half_of_a_much_larger_clp_is_impossible_and_the_most_is_told() -> None:
    planned = lesion()
    anatomy = FakeAnatomy(cl=everywhere, clp=everywhere, clp_mm3=440.0)
    found = estimate_uncertainty(planned, RIGHT, MARKS, "ok", (anatomy,), seed=1)
    assert found.half_cover_probability == 0.0
    assert found.largest_share == pytest.approx(planned.ellipsoid.volume_mm3 / 440)
    assert found.expected_share == pytest.approx((found.largest_share,) * 3, rel=0.01)


def test_the_same_seed_gives_the_same_figures_and_a_worse_registration_larger_ones() -> None:
    anatomy = FakeAnatomy(cl=ball((9, 0, 6), 3.0), clp=everywhere)
    first, same = (estimate_uncertainty(lesion(), RIGHT, MARKS, "ok", (anatomy,), seed=5, draws=4000) for _ in range(2))
    other = estimate_uncertainty(lesion(), RIGHT, MARKS, "ok", (anatomy,), seed=6, draws=4000)
    worse = estimate_uncertainty(lesion(), RIGHT, MARKS, "error", (anatomy,), seed=5, draws=4000)
    assert first.expected_share == same.expected_share
    assert first.region_95.semi_axes_mm == same.region_95.semi_axes_mm
    assert first.expected_share != other.expected_share
    assert max(worse.region_95.semi_axes_mm) > max(first.region_95.semi_axes_mm)
    assert sum(one.rms_mm**2 for one in first.budget[:-1]) == pytest.approx(first.budget[-1].rms_mm ** 2, rel=0.05)


def test_the_distance_between_the_atlases_is_an_error_source() -> None:
    atlases = tuple(FakeAnatomy(cl=ball(centre, 3.0), clp=everywhere) for centre in ((9, 0, 6), (12, 0, 10)))
    np.testing.assert_allclose(disagreement(atlases, RIGHT), [3, 0, 4], atol=0.05)
    np.testing.assert_array_equal(disagreement(atlases[:1], RIGHT), np.zeros(3))
    alone = estimate_uncertainty(lesion(), RIGHT, MARKS, "ok", atlases[:1], seed=5, draws=4000)
    both = estimate_uncertainty(lesion(), RIGHT, MARKS, "ok", atlases, seed=5, draws=4000)
    assert both.budget[4].rms_mm == pytest.approx(2.5, rel=0.05)
    assert alone.budget[4].rms_mm == 0.0
