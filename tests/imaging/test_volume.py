"""A volume in memory: where its voxels lie, and what lies in it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fusplan.imaging.volume import Volume
from fusplan.spatial import FrameMismatchError, Grid, Point, ScannerRas, Voxel
from tests.fixtures.nifti_heads import head_affine


def volume() -> Volume:
    return Volume.of_array(np.zeros((34, 40, 36), dtype=np.float32), head_affine(), "f" * 64, study_id="study")


def test_its_frames_are_named_after_content_and_study() -> None:
    head = volume()
    assert head.voxel_frame == Voxel("f" * 12) and head.scanner_frame == ScannerRas("study")
    assert head.shape == head.grid.shape == (34, 40, 36)
    assert_allclose(head.affine, head_affine())
    assert_allclose(head.spacing_mm, 2.0)


def test_the_way_back_is_worked_out_once_and_is_the_inverse() -> None:
    head = volume()
    assert head.scanner_to_voxel is head.scanner_to_voxel
    assert_allclose(head.scanner_to_voxel.matrix, np.linalg.inv(head_affine()))
    place = head.voxel_to_scanner.apply(Point.of(head.voxel_frame, (5.5, 20.25, 30.0)))
    assert_allclose(head.scanner_to_voxel.apply(place).coordinates, (5.5, 20.25, 30.0))


def test_half_a_voxel_around_the_outer_centres_belongs_to_it() -> None:
    head = volume()
    for index, inside in (
        ((-0.49, 0, 0), True),
        ((-0.51, 0, 0), False),
        ((33, 39.49, 35), True),
        ((33, 39.51, 35), False),
    ):
        assert head.contains(head.voxel_to_scanner.apply(Point.of(head.voxel_frame, index))) is inside
    with pytest.raises(FrameMismatchError):
        head.contains(Point(ScannerRas("another study"), 0, 0, 0))


def test_numbers_that_do_not_fit_the_grid_are_refused() -> None:
    grid = Grid.of((3, 4, 5), np.eye(4), ScannerRas("study"), "image")
    with pytest.raises(ValueError, match="do not fit"):
        Volume(np.zeros((3, 4, 6), dtype=np.float32), grid, "f" * 64)
    with pytest.raises(ValueError, match="three axes"):
        Volume.of_array(np.zeros((3, 4), dtype=np.float32), np.eye(4), "f" * 64)
    with pytest.raises(ValueError, match="read-only"):
        Volume(np.zeros((3, 4, 5), dtype=np.float32), grid, "f" * 64).data[0, 0, 0] = 1.0
