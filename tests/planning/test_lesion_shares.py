from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from fusplan.planning.lesion_shares import LesionShares, lesion_weights, weighted_means
from fusplan.planning.lesion_size import LesionSize, lesion_axes, lesion_ellipsoid
from fusplan.spatial import Points
from tests.fixtures.fake_anatomy import FRAME, FakeAnatomy, ball, everywhere, half_space, landmarks, point, sphere

TILTED = lesion_ellipsoid(point(0, 0, 0), LesionSize((4, 5), 7), *lesion_axes(landmarks().geometry(), "right", 25, 10))


def test_the_weights_have_the_second_moments_of_the_ellipsoid() -> None:
    """A uniform ellipsoid has covariance R diag(a^2) R^T / 5, and cells add their own spacing^2 / 12."""
    weights = lesion_weights(TILTED, 0.5)
    assert weights.sum() == pytest.approx(1.0)
    indices = np.argwhere(weights > 0)
    offsets = (indices - (np.array(weights.shape) - 1) / 2) * 0.5
    found = (offsets * weights[tuple(indices.T)][:, None]).T @ offsets
    axes = np.array(TILTED.semi_axes_mm)
    expected = TILTED.rotation @ np.diag(axes**2) @ TILTED.rotation.T / 5
    np.testing.assert_allclose(found, expected, atol=0.03)


def test_shares_in_a_half_space_follow_the_cap_of_a_ball() -> None:
    """The part of a ball of radius r beyond a plane at distance h r is (2 + h)(1 - h)^2 / 4."""
    anatomy = FakeAnatomy(cl=half_space((1, 0, 0), 0.0), clp=everywhere)
    grid = anatomy.rasterise(point(0, 0, 0), 9.0, 0.5)
    shares = LesionShares(grid, sphere(point(0, 0, 0), 2.5))
    heights = np.linspace(-1, 1, 9)
    centres = Points(FRAME, np.column_stack([-2.5 * heights, np.zeros(9) + 0.1, np.zeros(9) - 0.2]))
    expected = (2 + heights) * (1 - heights) ** 2 / 4
    np.testing.assert_allclose(shares.at(grid.labels == 0, centres), expected, atol=0.02)


def test_correlation_is_right_for_a_lopsided_grid_and_a_tilted_lesion() -> None:
    """Against direct sampling of the same lesion at the same place."""
    anatomy = FakeAnatomy(cl=ball((1.3, -0.7, 2.1), 2.0), clp=everywhere)
    grid = anatomy.rasterise(point(0.4, 0, 0), 8.0, 0.25)
    shares = LesionShares(grid, TILTED)
    for centre in (point(1, 0, 3), point(-0.5, -1, 0.7), point(2.9, -0.7, 2.1)):
        direct = (anatomy.labels(TILTED.moved_to(centre).sample(8192)) == 0).mean()
        assert shares.at(grid.labels == 0, Points.gather([centre]))[0] == pytest.approx(direct, abs=0.01)


def test_weighted_means_are_those_of_a_plain_convolution() -> None:
    random = np.random.default_rng(3)
    values, corner = random.random((9, 12, 10)), random.random((2, 3, 2))
    weights = np.pad(corner, [(0, size - 1) for size in corner.shape], mode="reflect")  # symmetric about its middle
    expected = ndimage.convolve(values, weights, mode="constant")
    assert weighted_means(values, weights) == pytest.approx(expected, abs=1e-9)
