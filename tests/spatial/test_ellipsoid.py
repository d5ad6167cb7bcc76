"""The ellipsoid against closed forms, sampling and its own definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation

from fusplan.spatial import Direction, Ellipsoid, FrameMismatchError, Point, Points, ScannerRas

FRAME = ScannerRas("study")


@st.composite
def ellipsoids(draw: st.DrawFn) -> Ellipsoid[ScannerRas]:
    angles = draw(st.tuples(*[st.floats(-180, 180)] * 3))
    axes = draw(st.tuples(*[st.floats(0.5, 8)] * 3))
    centre = draw(st.tuples(*[st.floats(-60, 60)] * 3))
    return Ellipsoid(Point.of(FRAME, centre), axes, Rotation.from_euler("xyz", angles, degrees=True).as_matrix())


def lesion(width_mm: float, length_mm: float) -> Ellipsoid[ScannerRas]:
    return Ellipsoid(Point.of(FRAME, (-8, -14, 5)), (width_mm / 2, width_mm / 2, length_mm / 2), np.eye(3))


def test_volumes_of_the_usual_lesions() -> None:
    assert lesion(4, 5).volume_mm3 == pytest.approx(41.9, abs=0.05)
    assert lesion(4, 7).volume_mm3 == pytest.approx(58.6, abs=0.05)


@settings(max_examples=40, deadline=None)
@given(ellipsoids())
def test_volume_by_counting_in_its_box(ellipsoid: Ellipsoid[ScannerRas]) -> None:
    half = ellipsoid.half_extent_mm
    grid = (np.indices((40, 40, 40)).reshape(3, -1).T + 0.5) / 40 * 2 - 1
    inside = ellipsoid.contains(Points(FRAME, ellipsoid.centre.array + grid * half))
    assert inside.mean() * 8 * np.prod(half) == pytest.approx(ellipsoid.volume_mm3, rel=0.03)


@settings(max_examples=40, deadline=None)
@given(ellipsoids())
def test_the_box_just_holds_it(ellipsoid: Ellipsoid[ScannerRas]) -> None:
    reach = np.abs(ellipsoid.surface(4000).array - ellipsoid.centre.array).max(axis=0)
    assert np.all(reach <= ellipsoid.half_extent_mm + 1e-9)
    assert_allclose(reach, ellipsoid.half_extent_mm, rtol=0.02)


@settings(max_examples=40, deadline=None)
@given(ellipsoids(), st.integers(0, 99))
def test_samples_lie_inside_and_spread_evenly(ellipsoid: Ellipsoid[ScannerRas], seed: int) -> None:
    samples = ellipsoid.sample(4096, seed)
    assert len(samples) == 4096
    assert ellipsoid.contains(samples).all()
    offsets = (samples.array - ellipsoid.centre.array) @ ellipsoid.rotation
    # Second moments of a solid ellipsoid: a^2 / 5 along each axis.
    assert_allclose((offsets**2).mean(axis=0), np.array(ellipsoid.semi_axes_mm) ** 2 / 5, rtol=0.02)
    half_space = samples.array @ [0.3, -0.5, 0.8] > ellipsoid.centre.array @ [0.3, -0.5, 0.8]
    assert half_space.mean() == pytest.approx(0.5, abs=0.01)


def test_samples_are_the_same_for_the_same_seed() -> None:
    assert_allclose(lesion(4, 5).sample(100, 3).array, lesion(4, 5).sample(100, 3).array)
    assert np.abs(lesion(4, 5).sample(100, 3).array - lesion(4, 5).sample(100, 4).array).max() > 0.1


@settings(max_examples=40, deadline=None)
@given(ellipsoids())
def test_the_surface_parts_inside_from_outside(ellipsoid: Ellipsoid[ScannerRas]) -> None:
    centre = ellipsoid.centre.array
    out = ellipsoid.surface(200).array - centre
    assert ellipsoid.contains(Points(FRAME, centre + out * 0.999)).all()
    assert not ellipsoid.contains(Points(FRAME, centre + out * 1.001)).any()


@settings(max_examples=60, deadline=None)
@given(ellipsoids(), st.tuples(*[st.floats(-180, 180)] * 3), st.floats(-0.95, 0.95), st.floats(-9, 9), st.floats(-9, 9))
def test_outlines_lie_in_the_plane_and_on_the_surface(
    ellipsoid: Ellipsoid[ScannerRas], angles: tuple[float, ...], depth: float, along: float, across: float
) -> None:
    turn = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    right, up, normal = turn.T
    # The plane's distance from the centre as a part of the ellipsoid's reach in that direction.
    reach = float(np.linalg.norm((normal @ ellipsoid.rotation) * ellipsoid.semi_axes_mm))
    origin = ellipsoid.centre.array + normal * depth * reach + right * along + up * across
    outline = ellipsoid.outline(Point.of(FRAME, origin), Direction.of(FRAME, right), Direction.of(FRAME, up), count=32)
    assert outline is not None and outline.shape == (32, 2)
    offsets = origin + outline[:, :1] * right + outline[:, 1:] * up - ellipsoid.centre.array
    on_surface = (((offsets @ ellipsoid.rotation) / ellipsoid.semi_axes_mm) ** 2).sum(axis=1)
    assert_allclose(on_surface, 1, atol=1e-6)


def test_a_plane_beyond_its_reach_does_not_meet_it() -> None:
    ball = Ellipsoid(Point.of(FRAME, (0, 0, 0)), (2.0, 2.0, 2.0), np.eye(3))
    right, up = Direction.of(FRAME, (1, 0, 0)), Direction.of(FRAME, (0, 1, 0))
    assert ball.outline(Point.of(FRAME, (0, 0, 2.01)), right, up) is None
    found = ball.outline(Point.of(FRAME, (0, 0, 1)), right, up)
    assert found is not None
    assert_allclose(np.linalg.norm(found, axis=1), np.sqrt(3))


def test_moving_keeps_size_and_direction() -> None:
    moved = lesion(4, 7).moved_to(Point.of(FRAME, (1, 2, 3)))
    assert moved.centre.coordinates == (1, 2, 3)
    assert moved.volume_mm3 == lesion(4, 7).volume_mm3


@pytest.mark.parametrize("axes", [(0.0, 1.0, 1.0), (-1.0, 1.0, 1.0), (np.nan, 1.0, 1.0)])
def test_sizes_that_are_no_ellipsoid(axes: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Ellipsoid(Point.of(FRAME, (0, 0, 0)), axes, np.eye(3))


def test_rotations_that_are_none() -> None:
    with pytest.raises(ValueError, match="orthonormal"):
        Ellipsoid(Point.of(FRAME, (0, 0, 0)), (1.0, 1.0, 1.0), np.diag([1, 1, 2]))


def test_other_frames_and_oblique_planes_are_refused() -> None:
    other = ScannerRas("another")
    ball = lesion(4, 5)
    right, up = Direction.of(FRAME, (1, 0, 0)), Direction.of(FRAME, (0, 1, 0))
    for mistake in (
        lambda: ball.contains(Points(other, np.zeros((1, 3)))),
        lambda: ball.moved_to(Point.of(other, (0, 0, 0))),
        lambda: ball.outline(Point.of(other, (0, 0, 0)), right, up),
        lambda: ball.outline(ball.centre, Direction.of(other, (1, 0, 0)), up),
    ):
        with pytest.raises(FrameMismatchError):
            mistake()
    with pytest.raises(ValueError, match="right angle"):
        ball.outline(ball.centre, right, right)
