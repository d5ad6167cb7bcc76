"""Grids: there and back, what lies inside, and against the plain arithmetic of a matrix."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from fusplan.spatial import Affine, FrameMismatchError, Grid, Mni, Point, Points, ScannerRas, Voxel
from fusplan.spatial.grid import shape_of

from .drawn_affines import affines

SCANNER = ScannerRas("study")
OBLIQUE = np.array([[0.9, -0.2, 0.1, -12.0], [0.25, 1.1, -0.15, -9.0], [-0.05, 0.2, -1.3, 14.0], [0, 0, 0, 1.0]])
SHAPE = (21, 18, 23)


def oblique(shape: tuple[int, int, int] = SHAPE) -> Grid[ScannerRas]:
    return Grid.of(shape, OBLIQUE, SCANNER, "image")


def placed(index: object) -> np.ndarray:
    """By the matrix itself."""
    return OBLIQUE[:3, :3] @ np.asarray(index, dtype=float) + OBLIQUE[:3, 3]


shapes = st.tuples(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20))


@settings(deadline=None)
@given(affines(), shapes)
def test_indices_lead_to_places_and_back(matrix: np.ndarray, shape: tuple[int, int, int]) -> None:
    grid = Grid.of(shape, matrix, SCANNER, "image")
    indices = np.random.default_rng(1).uniform(-3, 23, (9, 3))
    places = grid.places(indices)
    assert places.frame == SCANNER
    assert_allclose(places.array, indices @ matrix[:3, :3].T + matrix[:3, 3], atol=1e-9)
    assert_allclose(grid.indices(places), indices, atol=1e-6)
    assert_allclose(grid.from_frame.apply(places).array, indices, atol=1e-6)


@settings(deadline=None)
@given(affines(), shapes)
def test_spacing_volume_and_middle_are_those_of_the_block(matrix: np.ndarray, shape: tuple[int, int, int]) -> None:
    grid = Grid.of(shape, matrix, SCANNER, "image")
    edges = matrix[:3, :3].T
    assert_allclose(grid.spacing_mm, [np.sqrt((edge**2).sum()) for edge in edges])
    assert grid.cell_mm3 == pytest.approx(abs(edges[0] @ np.cross(edges[1], edges[2])))
    assert_allclose(grid.centre.array, grid.corners().mean().array, atol=1e-8)
    assert_allclose(grid.centre.array, grid.places(np.argwhere(np.ones(shape))).mean().array, atol=1e-8)


def test_it_names_its_frames_and_works_the_way_back_out_once() -> None:
    grid = oblique()
    assert grid.frame == SCANNER and grid.voxel_frame == Voxel("image")
    assert grid.from_frame is grid.from_frame
    assert not grid.matrix.flags.writeable
    assert pickle.loads(pickle.dumps(grid)).shape == SHAPE


def test_corners_are_outer_faces_or_outer_centres() -> None:
    grid = oblique()
    faces = [placed(index) for index in itertools.product((-0.5, 20.5), (-0.5, 17.5), (-0.5, 22.5))]
    assert_allclose(grid.corners().array, faces)
    assert_allclose(grid.corners(margin_voxels=0.0).array[-1], placed((20, 17, 22)))
    low, high = grid.box()
    assert_allclose((low, high), (np.min(faces, axis=0), np.max(faces, axis=0)))


def test_half_a_voxel_around_the_outer_centres_belongs_to_it() -> None:
    grid = oblique()
    inside = [(-0.49, 3, 3), (20.49, 17.49, 22.49), (10, 8, 11), (-0.5, -0.5, -0.5), (20.5, 17.5, 22.5)]
    outside = [(-0.51, 3, 3), (3, 17.51, 3), (3, 3, 22.51), (900, 3, 3)]
    assert all(grid.contains(Point.of(SCANNER, placed(index))) for index in inside)
    assert not any(grid.contains(Point.of(SCANNER, placed(index))) for index in outside)
    points = Points(SCANNER, np.array([placed(index) for index in inside + outside]))
    assert_array_equal(grid.contains(points), [True] * 5 + [False] * 4)
    assert_array_equal(grid.contains(points, margin_voxels=0.0), [False, False, True] + [False] * 6)
    assert grid.contains(points, margin_voxels=1.0)[:8].all()


@settings(deadline=None)
@given(affines(), shapes)
def test_all_its_corners_are_inside(matrix: np.ndarray, shape: tuple[int, int, int]) -> None:
    grid = Grid.of(shape, matrix, SCANNER, "image")
    assert grid.contains(grid.corners()).all()
    assert not grid.contains(grid.corners(margin_voxels=0.6)).any()


def test_the_nearest_place_of_a_point_beyond_it_is_on_its_face() -> None:
    grid = Grid.of((10, 10, 10), np.diag([2.0, 2.0, 2.0, 1.0]), SCANNER, "image")
    inside = Point(SCANNER, 3.0, 4.0, 5.0)
    assert_allclose(grid.nearest(inside).array, inside.array, atol=1e-12)
    beyond = Point(SCANNER, 25.0, -4.0, 5.0)
    assert_allclose(grid.nearest(beyond).array, (19.0, -1.0, 5.0), atol=1e-12)


def test_the_cell_of_a_point_is_scipys_nearest_voxel() -> None:
    grid = oblique()
    numbers = np.arange(np.prod(SHAPE)).reshape(SHAPE)
    indices = np.random.default_rng(2).uniform(-2, 24, (4000, 3))
    cells, inside = grid.cells(grid.places(indices))
    assert_array_equal(inside, grid.contains(grid.places(indices)))
    expected = ndimage.map_coordinates(numbers, indices[inside].T, order=0, mode="nearest")
    assert_array_equal(numbers.ravel()[cells], expected)
    assert 500 < len(cells) == np.count_nonzero(inside) < 4000


def test_the_border_of_two_voxels_belongs_to_the_higher_one() -> None:
    grid = Grid.of((3, 3, 3), np.eye(4), SCANNER, "image")
    cells, inside = grid.cells(Points(SCANNER, np.array([[0.5, 1.5, -0.5], [2.5, 0, 0], [1e30, 0, 0]])))
    assert np.unravel_index(cells[0], grid.shape) == (1, 2, 0)
    assert_array_equal(inside, [True, False, False])


def test_moved_it_holds_the_same_voxels_elsewhere() -> None:
    turn = np.array([[0, -1.0, 0, 5], [1, 0, 0, -7], [0, 0, 1, 2], [0, 0, 0, 1]])
    motion = Affine(SCANNER, Mni("T"), turn)
    moved = oblique().moved(motion)
    assert moved.frame == Mni("T") and moved.voxel_frame == oblique().voxel_frame
    assert_allclose(moved.places(np.array([[3, 4, 5]])).array[0], turn[:3, :3] @ placed((3, 4, 5)) + turn[:3, 3])


def test_a_part_begins_where_its_first_voxel_lay() -> None:
    part = oblique().block(np.array([4, 5, 6]), (3, 2, 1))
    assert part.shape == (3, 2, 1) and part.voxel_frame != oblique().voxel_frame
    assert_allclose(part.places(np.array([[0, 0, 0], [2, 1, 0]])).array, [placed((4, 5, 6)), placed((6, 6, 6))])


def test_a_finer_grid_fills_the_same_space() -> None:
    halves = np.diag([0.5, 0.5, 0.5, 1.0])
    halves[:3, 3] = -0.25
    fine = oblique().derived((42, 36, 46), halves, "fine")
    assert_allclose(fine.corners().array, oblique().corners().array)
    assert fine.cell_mm3 == pytest.approx(oblique().cell_mm3 / 8)


def test_points_of_another_frame_are_refused() -> None:
    stranger = ScannerRas("another study")
    for mistake in (
        lambda: oblique().indices(Points(stranger, np.zeros((1, 3)))),
        lambda: oblique().contains(Point(stranger, 0, 0, 0)),
        lambda: oblique().cells(Points(stranger, np.zeros((1, 3)))),
        lambda: oblique().nearest(Point(stranger, 0, 0, 0)),
    ):
        with pytest.raises(FrameMismatchError):
            mistake()


def test_no_voxels_and_other_numbers_of_axes_are_refused() -> None:
    for shape in ((0, 3, 3), (3, 3), (3, 3, 3, 3)):
        with pytest.raises(ValueError, match="three axes"):
            Grid.of(shape, np.eye(4), SCANNER, "image")
    with pytest.raises(ValueError, match="inverted"):
        Grid.of((2, 2, 2), np.diag([1, 1, 0, 1]), SCANNER, "image")
    with pytest.raises(ValueError, match="three axes"):
        shape_of(np.zeros((2, 2)))
    assert shape_of(np.zeros((2, 3, 4))) == (2, 3, 4)
