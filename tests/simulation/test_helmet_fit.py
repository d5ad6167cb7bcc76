"""Heads that are spheres and planes, whose distance from a helmet is known."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.simulation.helmet_fit import UNKNOWN_BODY, SkinDistances, tilt_limits
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.transducer import golden_angle_helmet
from fusplan.spatial import FrameMismatchError, Point, Points, ScannerRas
from tests.fixtures.acpc_frames import geometry_of
from tests.fixtures.shell_skulls import FRAME, at

HELMET = golden_angle_helmet()


def ball(radius_mm: float) -> SkinDistances:
    number = np.arange(20000) + 0.5
    height, azimuth = 1 - number / 10000, number * np.pi * (3 - 5**0.5)
    ring = np.sqrt(1 - height**2)
    directions = np.column_stack([ring * np.cos(azimuth), ring * np.sin(azimuth), height])
    return SkinDistances(Points(FRAME, radius_mm * directions))


def plane(height_mm: float) -> SkinDistances:
    steps = np.arange(-200.0, 201.0, 4.0)
    x, y = np.meshgrid(steps, steps)
    return SkinDistances(Points(FRAME, np.column_stack([x.ravel(), y.ravel(), np.full(x.size, height_mm)])))


def test_a_ball_in_the_middle() -> None:
    fit = ball(95.0).fit(HELMET, HelmetPose(at(0), np.eye(3)))
    assert fit.element_distance_mm == pytest.approx(55, abs=0.05)
    assert fit.rim_distance_mm == pytest.approx(55, abs=0.05)
    assert fit.fits and fit.sentences == (UNKNOWN_BODY,)


def test_a_target_far_aside_brings_elements_to_the_skin() -> None:
    pose = HelmetPose(at(-50, 0, 0), np.eye(3))
    fit = ball(95.0).fit(HELMET, pose)
    exact = np.linalg.norm(pose.elements(HELMET).array, axis=1).min() - 95
    assert fit.element_distance_mm == pytest.approx(exact, abs=0.2) and exact < 6
    assert fit.rim_distance_mm == pytest.approx(5.0, abs=0.2)
    assert not fit.fits and "Elements come to" in fit.sentences[0] and fit.sentences[-1] == UNKNOWN_BODY


def test_the_helmet_leans_until_its_rim_comes_near() -> None:
    """The rim sinks by 150 mm times the sine of the tilt; 35 mm are allowed: 13.49 degrees."""
    limits = tilt_limits(plane(-40.0), HELMET, at(0), geometry_of())
    assert (limits.anterior_deg, limits.posterior_deg, limits.right_deg, limits.left_deg) == (13.0, 13.0, 13.0, 13.0)
    assert limits.upright_fits


def test_a_helmet_that_does_not_fit_upright_has_no_limits() -> None:
    limits = tilt_limits(plane(-3.0), HELMET, at(0), geometry_of())
    assert not limits.upright_fits and limits.anterior_deg == 0.0


def test_a_pose_of_another_study_is_refused() -> None:
    with pytest.raises(FrameMismatchError):
        ball(90.0).fit(HELMET, HelmetPose(Point(ScannerRas("other"), 0.0, 0.0, 0.0), np.eye(3)))
