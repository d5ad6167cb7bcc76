"""Maps: there and back, in chains, and against independent arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy import ndimage
from scipy.spatial.transform import Rotation

from fusplan.spatial import Affine, Direction, FrameMismatchError, Mni, Point, Points, ScannerRas, Voxel, Warp
from fusplan.spatial.lps import flip_ras_lps, flip_ras_lps_matrix, flip_rows
from fusplan.spatial.maps import Displacements

VOXEL, SCANNER, MNI = Voxel("image"), ScannerRas("study"), Mni("T")

coordinates = st.floats(-200, 200, allow_nan=False)
places = arrays(np.float64, (7, 3), elements=coordinates)


@st.composite
def affines(draw: st.DrawFn) -> np.ndarray:
    """Rotations, spacings from 0.2 to 5, shear up to 0.4, reflections, shifts."""
    angles = draw(st.tuples(*[st.floats(-180, 180)] * 3))
    scales = draw(st.tuples(*[st.floats(0.2, 5)] * 3))
    shear = np.eye(3)
    shear[0, 1], shear[0, 2], shear[1, 2] = draw(st.tuples(*[st.floats(-0.4, 0.4)] * 3))
    mirror = np.diag([draw(st.sampled_from([1.0, -1.0])), 1, 1])
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix() @ mirror @ np.diag(scales) @ shear
    matrix[:3, 3] = draw(st.tuples(*[coordinates] * 3))
    return matrix


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


def test_maps_refuse_other_frames_at_run_time() -> None:
    there = Affine(VOXEL, SCANNER, np.eye(4))
    stranger = Voxel("another image")
    for mistake in (
        lambda: there.apply(Point(stranger, 0, 0, 0)),
        lambda: there.apply(Points(stranger, np.zeros((1, 3)))),
        lambda: there.turn(Direction(stranger, 1, 0, 0)),
        lambda: there.then(Affine(ScannerRas("another study"), MNI, np.eye(4))),
        lambda: smooth_warp(0).apply(Point(Mni("another template"), 0, 0, 0)),
        lambda: smooth_warp(0).inverse().apply(Point(ScannerRas("another study"), 0, 0, 0)),
    ):
        with pytest.raises(FrameMismatchError):
            mistake()


def smooth_warp(seed: int, largest_mm: float = 6.0) -> Warp[Mni, ScannerRas]:
    """A random smooth displacement of up to ``largest_mm``, zero at the grid's edge, then an oblique affine."""
    rng = np.random.default_rng(seed)
    noise = np.stack([ndimage.gaussian_filter(rng.normal(size=(30, 32, 28)), 4) for _ in range(3)], axis=-1)
    fade = np.prod(
        np.meshgrid(*(np.sin(np.linspace(0, np.pi, size)) for size in noise.shape[:3]), indexing="ij"), axis=0
    )
    vectors = noise * fade[..., None]
    vectors *= largest_mm / np.abs(vectors).max()
    grid = np.diag([3.0, 3.0, 3.0, 1.0])
    grid[:3, 3] = (-45, -48, -42)
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", (20, -5, 8), degrees=True).as_matrix() @ np.diag([0.9, 1.1, 1.0])
    matrix[:3, 3] = (4, -7, 12)
    return Warp(Displacements(vectors.astype(np.float32), grid), Affine(MNI, SCANNER, matrix))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), arrays(np.float64, (20, 3), elements=st.floats(-60, 60)))
def test_warp_there_and_back(seed: int, array: np.ndarray) -> None:
    warp = smooth_warp(seed)
    inside = Points(MNI, array)
    assert_allclose(warp.inverse().apply(warp.apply(inside)).array, array, atol=1e-3)
    outside = warp.affine.apply(inside)
    assert_allclose(warp.apply(warp.inverse().apply(outside)).array, outside.array, atol=1e-3)
    assert warp.inverse().inverse() is warp


def test_a_warp_moves_grid_points_by_their_own_vectors() -> None:
    warp = smooth_warp(3)
    index = np.array([10, 20, 15])
    place = warp.displacements.grid_to_frame[:3, :3] @ index + warp.displacements.grid_to_frame[:3, 3]
    moved = place + warp.displacements.vectors_mm[10, 20, 15]
    expected = warp.affine.apply(Point.of(MNI, moved))
    assert_allclose(warp.apply(Point.of(MNI, place)).array, expected.array, atol=1e-5)


def test_a_warp_without_displacement_is_its_affine() -> None:
    affine = smooth_warp(0).affine
    warp = Warp(Displacements(np.zeros((4, 4, 4, 3), dtype=np.float32), np.eye(4)), affine)
    point = Point.of(MNI, (3, 50, -9))
    assert_allclose(warp.apply(point).array, affine.apply(point).array)
    assert_allclose(warp.matrix_at(point), affine.matrix[:3, :3], atol=1e-9)


def test_outside_the_field_its_nearest_edge_counts() -> None:
    vectors = np.zeros((4, 4, 4, 3), dtype=np.float32)
    vectors[3, :, :, 0] = 2.0
    field = Displacements(vectors, np.eye(4))
    assert_allclose(field.at(np.array([[100.0, 1, 1], [-50, 1, 1], [2.5, 1, 1]]))[:, 0], [2, 0, 1])


def test_first_derivatives_are_those_of_the_map() -> None:
    warp = smooth_warp(8)
    point = Point.of(MNI, (1.5, 3.0, -4.5))
    step = 1e-3
    columns = [
        (warp.apply(Point.of(MNI, point.array + step * axis)).array - warp.apply(point).array) / step
        for axis in np.eye(3)
    ]
    assert_allclose(warp.matrix_at(point), np.column_stack(columns), atol=0.1)


def test_no_points_stay_no_points() -> None:
    nothing = Points(MNI, np.empty((0, 3)))
    warp = smooth_warp(1)
    assert len(warp.inverse().apply(warp.apply(nothing))) == 0


def test_making_a_field_leaves_the_callers_array_alone() -> None:
    vectors = np.zeros((2, 2, 2, 3), dtype=np.float32)
    Displacements(vectors, np.eye(4))
    vectors[0, 0, 0, 0] = 1.0
    with pytest.raises(ValueError, match="finite"):
        Displacements(np.full((2, 2, 2, 3), np.nan, dtype=np.float32), np.eye(4))
    with pytest.raises(ValueError, match="shape"):
        Displacements(np.zeros((2, 2, 2), dtype=np.float32), np.eye(4))


@given(affines(), places)
def test_lps_matrices_do_in_lps_what_ras_matrices_do_in_ras(matrix: np.ndarray, array: np.ndarray) -> None:
    ras = array @ matrix[:3, :3].T + matrix[:3, 3]
    lps = flip_ras_lps_matrix(matrix)
    assert_allclose(flip_ras_lps(array) @ lps[:3, :3].T + lps[:3, 3], flip_ras_lps(ras), atol=1e-9)
    rows = flip_rows(matrix)
    assert_allclose(array @ rows[:3, :3].T + rows[:3, 3], flip_ras_lps(ras), atol=1e-9)
    assert_allclose(flip_ras_lps(flip_ras_lps(array)), array)
