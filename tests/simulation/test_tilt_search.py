"""Tilts on shells, against the report of every tilted helmet by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.simulation.element_transmission import Acoustics, report_elements
from fusplan.simulation.focus_field import focus_field
from fusplan.simulation.helmet_pose import HelmetTilt, tilted_helmet
from fusplan.simulation.skull import Skull
from fusplan.simulation.tilt_search import search_tilts
from fusplan.simulation.transducer import golden_angle_helmet
from fusplan.spatial import Points
from tests.fixtures.acpc_frames import geometry_of
from tests.fixtures.shell_skulls import FRAME, at, shell_skull

HELMET = golden_angle_helmet()
UPRIGHT_HEAD = geometry_of()
ONE_RAY = Acoustics(sub_rays=1, incidence_limit_deg=15.0)
LEANINGS = np.array([-16.0, 0.0, 16.0])


@pytest.fixture(scope="module")
def cap() -> Skull:
    """A shell that is open below, so that a tilted helmet looks beside it."""
    shell = shell_skull()
    values = np.array(shell.hounsfield.values)
    values[:, :, : values.shape[2] // 2 - 3] = 0
    return replace(shell, hounsfield=shell.hounsfield.with_values(values))


def test_each_tilt_is_as_its_helmet_by_itself(cap: Skull) -> None:
    target = at(16, -8, 10)
    found = search_tilts(cap, HELMET, target, UPRIGHT_HEAD, ONE_RAY, leanings_deg=LEANINGS)
    assert found.efficiency is not None and found.fits is None
    for row, column in ((0, 0), (1, 1), (2, 0), (1, 2)):
        pose = tilted_helmet(target, UPRIGHT_HEAD, HelmetTilt(float(LEANINGS[row]), float(LEANINGS[column])))
        report = report_elements(cap, HELMET, pose, ONE_RAY)
        assert found.active_count[row, column] == pytest.approx(report.active_count, abs=25)
        assert found.mean_incidence_deg[row, column] == pytest.approx(report.mean_active_incidence_deg, abs=0.3)
        gain = focus_field(HELMET, pose, report, target).gain
        assert found.efficiency[row, column] == pytest.approx(gain, rel=0.03)
    assert found.active_count.max() - found.active_count.min() > 50


def test_no_losses_from_a_t1_and_no_bone_where_there_is_none() -> None:
    found = search_tilts(shell_skull("t1"), HELMET, at(0), UPRIGHT_HEAD, leanings_deg=LEANINGS)
    assert found.efficiency is None and (found.active_count == 1024).all()
    empty = shell_skull(layers=((0.0, 40.0),))
    nothing = search_tilts(empty, HELMET, at(0), UPRIGHT_HEAD, ONE_RAY, leanings_deg=LEANINGS[:1])
    assert nothing.active_count[0, 0] == 0 and np.isnan(nothing.mean_incidence_deg[0, 0])


def test_tilts_that_come_too_close_are_marked() -> None:
    """A shoulder to the right, 40 mm below the natural focus: the rim may sink by 35 mm, which is 13.5 degrees."""
    shoulder = np.array([(x, y, -40.0) for x in range(100, 200, 4) for y in range(-60, 61, 4)], dtype=float)
    skin = Points(FRAME, shoulder)
    found = search_tilts(shell_skull("t1"), HELMET, at(0), UPRIGHT_HEAD, skin=skin, leanings_deg=LEANINGS)
    assert found.fits is not None
    np.testing.assert_array_equal(found.fits[1], [True, True, False])
