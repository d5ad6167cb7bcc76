from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from fusplan.display.slice_raster import Raster, SliceSource, can_be_plain, shown_range, slice_greys
from fusplan.display.views import ViewAxes, slice_view
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.spatial import Affine, Point, ScannerRas
from fusplan.spatial.frames import FrameMismatchError

OBLIQUE = np.array([[0.9, -0.2, 0.1, -12.0], [0.25, 1.1, -0.15, -9.0], [-0.05, 0.2, 1.3, -14.0], [0, 0, 0, 1.0]])
WINDOW = IntensityWindow(0.0, 255.0)


def volume(order: str = "C") -> Volume:
    data = np.random.default_rng(3).uniform(0, 255, (21, 18, 23)).astype(np.float32)
    data = ndimage.gaussian_filter(data, 1.5) * 2 - 128
    return Volume.of_array(np.asarray(np.clip(data, 0, 255), order=order), OBLIQUE, "c" * 64)


def view_of(one: Volume, kind: str, turn: float = 0.0):
    cosine, sine = np.cos(turn), np.sin(turn)
    axes = ViewAxes("test", one.scanner_frame, np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]))
    centre = one.voxel_to_scanner.apply(Point(one.voxel_frame, 10.0, 8.7, 11.2))
    return slice_view(kind, centre, (24.0, 20.0), axes)


@pytest.mark.parametrize("kind", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(("interpolation", "degree"), [("linear", 1), ("nearest", 0)])
def test_a_slice_agrees_with_scipy(kind: str, order: str, interpolation: str, degree: int) -> None:
    one = volume(order)
    view, raster = view_of(one, kind, 0.3), Raster(40, 48)
    greys = slice_greys(SliceSource.of(one), view, raster, WINDOW, interpolation)
    middle = np.stack(np.meshgrid(np.arange(48) + 0.5, np.arange(40) + 0.5), axis=-1).reshape(-1, 2)
    places = view.to_scanner(middle * [24 / 48, 20 / 40])
    indices = one.scanner_to_voxel.apply(places).array.T
    shape = np.array(one.shape)[:, None]
    inside = np.all((indices >= 0) & (indices <= shape - 1), axis=0)
    expected = ndimage.map_coordinates(one.data, indices, order=degree, mode="nearest")
    difference = np.abs(greys.ravel() - expected)[inside]
    assert inside.sum() > 500
    # A nearest sample on the border of two voxels may fall either way.
    assert np.quantile(difference, 0.995) <= 1.0


def test_outside_the_image_is_black() -> None:
    one = volume()
    far = slice_view(
        "axial", Point(one.scanner_frame, 500.0, 0.0, 0.0), (20.0, 20.0), ViewAxes.scanner(one.scanner_frame)
    )
    assert not slice_greys(SliceSource.of(one), far, Raster(8, 8), WINDOW).any()


def test_the_window_decides_what_is_black_and_white() -> None:
    data = np.full((4, 4, 4), 100.0, dtype=np.float32)
    data[0, 0, 0], data[3, 3, 3] = 0, 200
    one = Volume.of_array(data, np.eye(4), "d" * 64)
    view = slice_view("axial", Point(one.scanner_frame, 1.5, 1.5, 1.0), (0.5, 0.5), ViewAxes.scanner(one.scanner_frame))
    source = SliceSource.of(one)
    for low, high, grey in ((0, 200, 128), (100, 200, 0), (0, 100, 255), (50, 300, 51)):
        assert abs(int(slice_greys(source, view, Raster(1, 1), IntensityWindow(low, high))[0, 0]) - grey) <= 1


def test_a_second_image_is_carried_into_the_first_frame() -> None:
    one = volume()
    other = ScannerRas("first-study")
    shift = np.eye(4)
    shift[:3, 3] = (5.0, -3.0, 2.0)
    to_first = Affine(one.scanner_frame, other, shift)
    view = view_of(one, "axial")
    moved = slice_view("axial", to_first.apply(view.centre), (24.0, 20.0), ViewAxes.scanner(other))
    raster = Raster(20, 24)
    carried = slice_greys(SliceSource.of(one, to_first), moved, raster, WINDOW)
    assert np.array_equal(carried, slice_greys(SliceSource.of(one), view, raster, WINDOW))
    with pytest.raises(FrameMismatchError):
        slice_greys(SliceSource.of(one), moved, raster, WINDOW)


def test_outliers_and_holes_do_not_cost_the_rest_its_greys() -> None:
    data = np.random.default_rng(0).uniform(0, 100, (20, 20, 20)).astype(np.float32)
    data[3, 3, 3], data[4, 4, 4] = 1e9, np.nan
    low, high = shown_range(data)
    assert low >= -1 and 100 <= high < 2000
    assert shown_range(np.full((3, 3, 3), np.nan, dtype=np.float32)) == (0.0, 1.0)


def test_a_flat_image_is_no_trouble() -> None:
    one = Volume.of_array(np.zeros((3, 3, 3), dtype=np.float32), np.eye(4), "e" * 64)
    view = slice_view("coronal", Point(one.scanner_frame, 1, 1, 1), (3.0, 3.0), ViewAxes.scanner(one.scanner_frame))
    assert not slice_greys(SliceSource.of(one), view, Raster(5, 5), IntensityWindow(0, 1)).any()


@pytest.mark.parametrize("make", [SliceSource.of, SliceSource.plain])
@pytest.mark.parametrize("kind", ["axial", "coronal"])
def test_with_a_darkest_grey_what_is_black_lies_outside(make, kind: str) -> None:
    """Aligned and oblique, from bricks and from the array itself: value 0 is grey 1 inside, 0 outside."""
    one = Volume.of_array(np.zeros((8, 9, 10), dtype=np.float32), np.diag([2.0, 2.0, 2.0, 1.0]), "f" * 64)
    turn = np.linalg.qr(np.array([[1.0, 0.2, 0.1], [-0.2, 1.0, 0.3], [0.1, -0.3, 1.0]]))[0]
    frame = one.scanner_frame
    for axes in (ViewAxes.scanner(frame), ViewAxes("turned", frame, turn)):
        view = slice_view(kind, Point(frame, 7.0, 8.0, 9.0), (60.0, 50.0), axes)
        raster = Raster(25, 30)
        levels = slice_greys(make(one), view, raster, IntensityWindow(0.0, 100.0), darkest=1)
        middles = np.stack(np.meshgrid(np.arange(30) + 0.5, np.arange(25) + 0.5), axis=-1).reshape(-1, 2) * 2
        places = one.voxel_to_scanner.inverse().apply(view.to_scanner(middles)).array
        inside = ((places >= -0.5) & (places <= np.array([7.5, 8.5, 9.5]))).all(axis=1).reshape(25, 30)
        at_border = (np.abs(places + 0.5) < 0.02).any(axis=1) | (np.abs(places - [7.5, 8.5, 9.5]) < 0.02).any(axis=1)
        clear = ~at_border.reshape(25, 30)
        assert 0 < inside.sum() < inside.size
        assert np.array_equal(levels[clear], inside[clear].astype(np.uint8))


def test_a_huge_view_is_not_sampled_more_finely_than_it_can_be_seen() -> None:
    one = volume()
    raster = Raster.for_view(view_of(one, "axial"), 24.0 / 4000)
    assert raster.rows * raster.columns <= 910_000
    assert raster.columns / raster.rows == pytest.approx(24 / 20, rel=0.01)


@pytest.mark.parametrize("kind", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_slice_without_bricks_looks_the_same(kind: str, order: str) -> None:
    one = volume(order)
    view, raster = view_of(one, kind, 0.3), Raster(40, 48)
    greys = [slice_greys(source, view, raster, WINDOW) for source in (SliceSource.plain(one), SliceSource.of(one))]
    assert np.abs(greys[0].astype(int) - greys[1]).max() <= 1
    with pytest.raises(ValueError, match="bricks"):
        slice_greys(SliceSource.plain(one), view, raster, WINDOW, "nearest")


def test_what_is_not_a_number_is_black_and_a_part_of_an_array_is_sliced_too() -> None:
    data = np.full((9, 9, 9), 200.0, dtype=np.float32)
    data[0, 0, 0], data[4, 4, 4] = 0, np.nan
    part = np.repeat(data, 2, axis=0)[::2]
    view = slice_view("axial", Point(ScannerRas("f" * 12), 4, 4, 4), (1.0, 1.0), ViewAxes.scanner(ScannerRas("f" * 12)))
    for array in (data, np.asfortranarray(data), part):
        one = Volume.of_array(array, np.eye(4), "f" * 64)
        assert slice_greys(SliceSource.of(one), view, Raster(1, 1), WINDOW)[0, 0] == 0
    assert not part.flags.c_contiguous and not can_be_plain(one, "linear")
    assert can_be_plain(Volume.of_array(data, np.eye(4), "f" * 64), "linear")


def test_samples_between_voxels_are_not_taken_more_closely_than_they_tell() -> None:
    one = volume()
    view = view_of(one, "axial")
    assert Raster.for_view(view, 0.1, finest_mm=0.4) == Raster(50, 60)
    assert Raster.for_view(view, 0.5, finest_mm=0.4) == Raster.of_pixels(view, 0.5) == Raster(40, 48)


ALONG_THE_AXES = {
    "RAS": np.diag([0.8, 1.1, 1.3, 1.0]),
    "LPS": np.diag([-0.8, -1.1, 1.3, 1.0]),
    "PSL": np.array([[0, 0, -1.3, 0], [-0.8, 0, 0, 0], [0, 1.1, 0, 0], [0, 0, 0, 1.0]]),
}


@pytest.mark.parametrize("kind", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("stored", list(ALONG_THE_AXES))
@pytest.mark.parametrize("with_bricks", [True, False])
def test_a_slice_along_the_voxels_axes_agrees_with_scipy_to_its_borders(
    kind: str, order: str, stored: str, with_bricks: bool
) -> None:
    data = np.asarray(volume(order).data, order=order)
    one = Volume.of_array(data, ALONG_THE_AXES[stored], "e" * 64)
    centre = one.voxel_to_scanner.apply(Point(one.voxel_frame, 10.3, 8.7, 11.2))
    # Wider than the image: what is beyond its outermost voxels is black, and nothing of it is lost.
    view, raster = slice_view(kind, centre, (40.0, 36.0), ViewAxes.scanner(one.scanner_frame)), Raster(72, 80)
    source = SliceSource.of(one) if with_bricks else SliceSource.plain(one)
    greys = slice_greys(source, view, raster, WINDOW).ravel()
    middle = np.stack(np.meshgrid(np.arange(80) + 0.5, np.arange(72) + 0.5), axis=-1).reshape(-1, 2)
    indices = one.scanner_to_voxel.apply(view.to_scanner(middle * 0.5)).array.T
    beyond = np.max(np.maximum(-indices, indices - np.array(one.shape)[:, None] + 1), axis=0)
    expected = ndimage.map_coordinates(one.data, indices, order=1, mode="nearest")
    inside, outside = beyond <= 0.49, beyond >= 0.51
    assert inside.sum() > 500 and outside.sum() > 500
    assert np.abs(greys - expected)[inside].max() <= 1.0
    assert not greys[outside].any()
