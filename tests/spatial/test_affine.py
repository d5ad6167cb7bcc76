"""Affine maps: there and back, in chains, and against independent arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from fusplan.spatial import Affine, Direction, FrameMismatchError, Mni, Point, Points, ScannerRas, Voxel
from fusplan.spatial.lps import flip_ras_lps, flip_ras_lps_matrix, flip_rows

from .drawn_affines import affines

VOXEL, SCANNER, MNI = Voxel("image"), ScannerRas("study"), Mni("T")

places = arrays(np.float64, (7, 3), elements=st.floats(-200, 200, allow_nan=False))


@given(affines(), places)
def test_affine_there_and_back(matrix: np.ndarray, array: np.ndarray) -> None:
    there = Affine(VOXEL, SCANNER, matrix)
    points = Points(VOXEL, array)
    back = there.inverse().apply(there.apply(points))
    assert back.frame == VOXEL
    assert_allclose(back.array, array, atol=1e-6)
    assert_allclose(there.apply(points[0]).array, (matrix @ [*array[0], 1])[:3], atol=1e-9)


@given(affines(), affines(), places)
def test_a_chain_is_one_after_the_other(first: np.ndarray, second: np.ndarray, array: np.ndarray) -> None:
    a, b = Affine(VOXEL, SCANNER, first), Affine(SCANNER, MNI, second)
    points = Points(VOXEL, array)
    assert_allclose(a.then(b).apply(points).array, b.apply(a.apply(points)).array, atol=1e-6)
    assert a.then(b).target == MNI


@given(affines(), places)
def test_a_direction_turns_as_differences_do(matrix: np.ndarray, array: np.ndarray) -> None:
    there = Affine(VOXEL, SCANNER, matrix)
    if np.linalg.norm(array[1] - array[0]) < 1e-3:
        return
    step = there.apply(Point.of(VOXEL, array[1])).array - there.apply(Point.of(VOXEL, array[0])).array
    turned = there.turn(Direction.of(VOXEL, array[1] - array[0]))
    assert_allclose(turned.array, step / np.linalg.norm(step), atol=1e-6)


@pytest.mark.parametrize(
    "matrix", [np.eye(3), np.diag([1, 1, 0, 1]), np.full((4, 4), np.nan), np.diag([1, 1, 1, 2]), np.ones((4, 4))]
)
def test_matrices_that_are_no_map(matrix: np.ndarray) -> None:
    with pytest.raises(ValueError, match="affine needs"):
        Affine(VOXEL, SCANNER, matrix)


def test_affines_refuse_other_frames_at_run_time() -> None:
    there = Affine(VOXEL, SCANNER, np.eye(4))
    stranger = Voxel("another image")
    for mistake in (
        lambda: there.apply(Point(stranger, 0, 0, 0)),
        lambda: there.apply(Points(stranger, np.zeros((1, 3)))),
        lambda: there.turn(Direction(stranger, 1, 0, 0)),
        lambda: there.then(Affine(ScannerRas("another study"), MNI, np.eye(4))),
    ):
        with pytest.raises(FrameMismatchError):
            mistake()


@given(affines(), places)
def test_lps_matrices_do_in_lps_what_ras_matrices_do_in_ras(matrix: np.ndarray, array: np.ndarray) -> None:
    ras = array @ matrix[:3, :3].T + matrix[:3, 3]
    lps = flip_ras_lps_matrix(matrix)
    assert_allclose(flip_ras_lps(array) @ lps[:3, :3].T + lps[:3, 3], flip_ras_lps(ras), atol=1e-9)
    rows = flip_rows(matrix)
    assert_allclose(array @ rows[:3, :3].T + rows[:3, 3], flip_ras_lps(ras), atol=1e-9)
    assert_allclose(flip_ras_lps(flip_ras_lps(array)), array)
