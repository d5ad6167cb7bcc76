from __future__ import annotations

import nibabel as nib
import numpy as np
import pytest

from fusplan.export.readings import read_in_plan, read_point, read_tilt
from fusplan.planning import edits
from fusplan.planning.plan import Plan
from fusplan.spatial import FrameMismatchError, Point, Points, ScannerRas
from tests.fixtures import plans


def test_every_frame_against_its_own_definition(plan: Plan) -> None:
    point = plan.target("clp-left").point
    reading = read_in_plan(plan, point)
    geometry = plan.landmarks.geometry()
    assert reading.lps_mm == (8.25, 13.1, 5.5)
    assert np.allclose(nib.affines.apply_affine(plan.image.affine, reading.voxel.coordinates), point.array)
    assert plan.registration.mni_to_scanner.apply(reading.mni).distance_to(point) < 0.002
    offset = reading.acpc_from_pc.array - reading.acpc_from_ac.array
    assert np.allclose(offset, (0.0, geometry.length_mm, 0.0))
    assert np.allclose(reading.acpc_from_mcp.array, (reading.acpc_from_pc.array + reading.acpc_from_ac.array) / 2)
    assert reading.words.side == "left"
    assert reading.words.anterior_of_pc_mm == pytest.approx(reading.acpc_from_pc.y)


def test_the_columns_name_frame_axis_and_unit(plan: Plan) -> None:
    reading = read_in_plan(plan, plans.point(1.0, 2.0, 3.0))
    assert reading.columns["scanner_ras_x_mm"] == 1.0
    assert reading.columns["scanner_lps_y_mm"] == -2.0
    assert reading.columns["acpc_from_mcp_anterior_mm"] == reading.acpc_from_mcp.y
    assert reading.columns["MNI152NLin2009cAsym_ras_z_mm"] == reading.mni.z
    assert len(reading.columns) == 21


def test_a_volume_and_a_reference_to_it_read_alike(plan: Plan) -> None:
    inverse = plan.registration.mni_to_scanner.inverse()
    geometry = plan.landmarks.geometry()
    for place in (plans.point(0, 0, 0), plans.point(-9, -12, 5)):
        by_volume = read_point(place, plans.volume().grid, geometry, inverse)
        assert by_volume.voxel == read_point(place, plan.image.grid, geometry, inverse).voxel


def test_a_point_of_another_head_is_a_bug(plan: Plan) -> None:
    with pytest.raises(FrameMismatchError):
        read_in_plan(plan, Point(ScannerRas("another"), 0, 0, 0))


def test_the_tilt_is_read_as_it_was_set(plan: Plan) -> None:
    for lesion_id in ("lesion-clp-left", "lesion-clp-right"):
        tilted = edits.find_lesion(edits.tilt_lesion(plan, lesion_id, 20.0, -10.0), lesion_id)
        assert read_tilt(tilted, plan.landmarks.geometry()) == pytest.approx((20.0, -10.0))


def test_readings_of_many_points_agree_with_the_warp(plan: Plan) -> None:
    warp = plan.registration.mni_to_scanner
    places = Points(warp.source, np.random.default_rng(1).uniform(-25, 15, (20, 3)))
    moved = warp.apply(places)
    for index in range(len(places)):
        assert read_in_plan(plan, moved[index]).mni.distance_to(places[index]) < 0.002
