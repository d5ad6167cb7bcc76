"""Slices against scipy's interpolation, and a plane's two ways between pixels and millimetres."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from fusplan.imaging.reslice import (
    SlicePlane,
    anatomical_plane,
    reslice,
    reslice_array,
    reslice_labels,
)
from fusplan.imaging.volume import Volume
from fusplan.spatial import Direction, FrameMismatchError, Point, Points, ScannerRas

from .conftest import head_affine

FRAME = ScannerRas("study")


def volume_of(data: np.ndarray) -> Volume:
    return Volume.of_array(data.astype(np.float32), head_affine(), "f" * 64, study_id="study")


def plane_at(origin=(0.0, 0.0, 0.0), right=(1, 0.3, -0.2), up=(-0.3, 1, 0.0), size=(50.0, 40.0), pixel=0.7):
    return SlicePlane(Point.of(FRAME, origin), Direction.of(FRAME, right), Direction.of(FRAME, up), *size, pixel)


@pytest.fixture(scope="module", params=["C", "F", "view"])
def volume(request: pytest.FixtureRequest) -> Volume:
    data = np.random.default_rng(5).normal(size=(34, 40, 36)).astype(np.float32)
    if request.param == "F":
        data = np.asfortranarray(data)
    if request.param == "view":
        data = data.transpose(2, 0, 1)[::-1]
    return volume_of(data)


def by_scipy(volume: Volume, plane: SlicePlane, order: int, fill: float) -> np.ndarray:
    places = volume.scanner_to_voxel.apply(plane.plane_points()).array.T
    values = ndimage.map_coordinates(volume.data.astype(np.float64), places, order=order, mode="nearest")
    edges = np.array(volume.shape)[:, None] - 0.5
    return np.where(np.all((places >= -0.5) & (places <= edges), axis=0), values, fill).reshape(plane.shape)


@pytest.mark.parametrize(
    "plane",
    [plane_at(), plane_at((5, -8, 3), (0, 1, 0.4), (0.1, -0.4, 1)), plane_at(size=(200, 200), pixel=1.3)],
)
def test_linear_is_scipys(volume: Volume, plane: SlicePlane) -> None:
    ours, theirs = reslice(volume, plane, fill=-9.0), by_scipy(volume, plane, 1, -9.0)
    # Where a pixel lies on the very edge of the image, rounding decides.
    assert np.mean(np.abs(ours - theirs) > 1e-4) < 1e-3
    assert ours.dtype == np.float32


def test_nearest_is_scipys(volume: Volume) -> None:
    plane = plane_at(size=(90, 90))
    ours, theirs = reslice(volume, plane, "nearest", fill=-9.0), by_scipy(volume, plane, 0, -9.0)
    assert np.mean(ours != theirs.astype(np.float32)) < 1e-3


def test_label_maps_keep_their_type_and_their_values() -> None:
    labels = np.random.default_rng(1).integers(0, 5, size=(34, 40, 36))
    for dtype in ("u1", "<u2", "i4", ">i2"):
        cut = reslice_labels(labels.astype(dtype), volume_of(labels).voxel_to_scanner, plane_at())
        assert cut.dtype == np.dtype(dtype).newbyteorder("=")
        assert set(np.unique(cut)) == {0, 1, 2, 3, 4}


def test_a_voxel_centre_shows_its_voxel_and_row_zero_is_the_top() -> None:
    data = np.zeros((34, 40, 36), dtype=np.float32)
    data[20, 11, 30] = 100.0
    volume = volume_of(data)
    place = volume.voxel_to_scanner.apply(Point.of(volume.voxel_frame, (20, 11, 30)))
    axes = tuple(Direction.of(FRAME, axis) for axis in np.eye(3))
    # 10 mm below the plane's middle: in the lower half, so in a later row.
    middle = Point.of(FRAME, place.array + np.array([0.0, 0.0, 10.0]))
    plane = anatomical_plane("coronal", middle, axes, (41, 41), 1.0)
    picture = reslice(volume, plane)
    row, column = np.unravel_index(int(np.argmax(picture)), picture.shape)
    assert (row, column) == (30, 20)
    assert picture[row, column] == pytest.approx(100.0, rel=1e-5)


def test_views_lie_as_their_names_say() -> None:
    axes = tuple(Direction.of(FRAME, axis) for axis in np.eye(3))
    for view, right, up in (("axial", 0, 1), ("coronal", 0, 2), ("sagittal", 1, 2)):
        plane = anatomical_plane(view, Point.of(FRAME, (0, 0, 0)), axes, (10, 10), 1.0)
        assert_array_equal(plane.right.array, np.eye(3)[right])
        assert_array_equal(plane.up.array, np.eye(3)[up])


def test_outside_is_the_fill_and_one_slice_images_work() -> None:
    volume = volume_of(np.ones((34, 40, 36)))
    assert_array_equal(reslice(volume, plane_at((500, 0, 0)), fill=3.5), np.float32(3.5))
    thin = np.full((34, 40, 1), 4.0, dtype=np.float32)
    cut = reslice_array(thin, volume_of(thin).voxel_to_scanner, plane_at((0, 0, -30), (1, 0, 0), (0, 1, 0)))
    assert set(np.unique(cut)) <= {0.0, 4.0}


def test_another_study_is_refused() -> None:
    volume = Volume.of_array(np.ones((5, 5, 5), dtype=np.float32), np.eye(4), "e" * 64)
    with pytest.raises(FrameMismatchError):
        reslice(volume, plane_at())


def test_planes_need_right_angles_and_positive_sizes() -> None:
    with pytest.raises(ValueError, match="right angle"):
        plane_at(right=(1, 0, 0), up=(1, 1, 0))
    for size, pixel in (((0.0, 1.0), 1.0), ((1.0, 1.0), -1.0), ((np.nan, 1.0), 1.0)):
        with pytest.raises(ValueError, match="positive"):
            plane_at(size=size, pixel=pixel)


numbers = st.floats(-50, 50)


@given(numbers, numbers, st.floats(10, 200), st.floats(10, 200), st.floats(0.2, 3))
def test_pixels_to_scanner_and_back(row: float, column: float, width: float, height: float, pixel: float) -> None:
    plane = plane_at((3, -2, 9), size=(width, height), pixel=pixel)
    back = plane.scanner_to_pixel(plane.pixel_to_scanner(row, column))
    assert_allclose(back, (row, column, 0), atol=1e-8)


def test_distance_from_the_plane_counts_along_its_normal() -> None:
    plane = plane_at()
    off = plane.pixel_to_scanner(4, 5).moved(plane.normal, 2.5)
    assert_allclose(plane.scanner_to_pixel(off), (4, 5, 2.5), atol=1e-9)
    assert_allclose(plane.in_plane_mm(Points.gather([plane.origin])), 0, atol=1e-12)


def test_plane_points_are_the_pixels_row_after_row() -> None:
    plane = plane_at(size=(7, 5), pixel=1.0)
    assert plane.shape == (5, 7)
    places = plane.plane_points()
    assert_allclose(places.mean().array, plane.origin.array, atol=1e-12)
    assert_allclose(places[7 * 2 + 3].array, plane.pixel_to_scanner(2, 3).array)
    assert_allclose(places[0].array, plane.pixel_to_scanner(0, 0).array)
