"""Load and limits on shells, where distances to the skull are known."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.simulation.element_transmission import Acoustics, report_elements
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.ray_limits import ray_limits
from fusplan.simulation.skull_load import skull_load, surface_rise
from fusplan.simulation.temperature_history import ShownRise
from fusplan.simulation.transducer import golden_angle_helmet
from tests.fixtures.shell_skulls import at, shell_skull

HELMET = golden_angle_helmet()
ONE_RAY = Acoustics(sub_rays=1)


def test_the_load_of_a_shell_seen_from_its_centre_is_even() -> None:
    report = report_elements(shell_skull("t1"), HELMET, HelmetPose(at(0), np.eye(3)))
    load = skull_load(report, HELMET)
    np.testing.assert_allclose(load.relative, 1.0, atol=0.03)
    assert load.by_area_only


def test_the_load_is_greater_where_the_skull_is_nearer_and_none_where_elements_are_off() -> None:
    pose = HelmetPose(at(20), np.eye(3))
    report = report_elements(shell_skull("t1"), HELMET, pose, Acoustics(incidence_limit_deg=12.0))
    load = skull_load(report, HELMET)
    assert (load.relative[~report.active] == 0).all() and load.relative[report.active].mean() == pytest.approx(1.0)
    depth = np.linalg.norm(load.places_mm - pose.target.array, axis=1)
    on = report.active
    np.testing.assert_allclose(
        load.relative[on] / load.relative[on][0], (depth[on][0] / depth[on]) ** 2, rtol=1e-9
    )  # fmt: skip
    assert load.highest > 1.2


def test_what_passes_does_not_load_the_skull() -> None:
    report = report_elements(shell_skull(), HELMET, HelmetPose(at(0), np.eye(3)), ONE_RAY)
    load = skull_load(report, HELMET)
    assert report.transmission is not None and not load.by_area_only
    order = np.argsort(np.abs(report.transmission))
    assert load.relative[order[:100]].mean() > load.relative[order[-100:]].mean()


def test_a_hot_focus_warms_the_surface_by_an_eleventh() -> None:
    assert surface_rise(ShownRise(22.6)) == pytest.approx(2.0)


def test_a_central_target_has_no_limits() -> None:
    pose = HelmetPose(at(0, 0, 0), np.eye(3))
    assert ray_limits(report_elements(shell_skull("t1"), HELMET, pose), pose) == ()


def test_targets_far_from_the_centre_are_told_of() -> None:
    pose = HelmetPose(at(50, 0, 20), np.eye(3))
    limits = ray_limits(report_elements(shell_skull("t1"), HELMET, pose), pose)
    assert [limit.kind for limit in limits] == ["shallow", "slanted"]
    assert "18 mm from the skull" in limits[0].sentence  # 73 less 53.9, less a voxel's soft edge


def test_a_point_out_of_reach_is_told_of() -> None:
    pose = HelmetPose(at(0), np.eye(3))
    far = report_elements(shell_skull("t1"), HELMET, pose, spot=at(20))
    assert [limit.kind for limit in ray_limits(far, pose)] == ["far_steering"]
    outside = HelmetPose(at(0, 0, 140), np.eye(3))
    assert "no_bone" in [limit.kind for limit in ray_limits(report_elements(shell_skull(), HELMET, outside), outside)]
