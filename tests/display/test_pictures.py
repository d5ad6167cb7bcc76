"""Pictures of slices against known intensities; the template carried by a known map."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.display.grey_levels import deep_brain_window, to_grey
from fusplan.display.pictures import carried_template, checkerboard, slice_intensities
from fusplan.display.template_edges import fluid_level, template_edges
from fusplan.display.views import ViewAxes, slice_view
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.template_image import TemplateImage, TemplateLandmarks
from fusplan.imaging.volume import Volume
from fusplan.spatial import Affine, Grid, Mni, Point, Points, ScannerRas, acpc_geometry
from tests.fixtures.oblique_views import tilted_axes

MNI = Mni("MNI152NLin2009cAsym")


def ball_template() -> TemplateImage:
    """A brain of 40 mm radius with a fluid ball of 10 mm in its middle, on a 1 mm grid."""
    grid = np.mgrid[-50:51, -50:51, -50:51].astype(np.float32)
    radius = np.sqrt((grid**2).sum(axis=0))
    data = np.where(radius < 10, 20.0, np.where(radius < 40, np.where(grid[2] > 0, 100.0, 80.0), 0.0))
    matrix = np.eye(4)
    matrix[:3, 3] = -50.0
    landmarks = TemplateLandmarks(
        Point(MNI, 0, 14, 0), Point(MNI, 0, -14, 0), Points(MNI, np.array([[0, 0, 40.0]])), ""
    )
    return TemplateImage(
        data.astype(np.float32), radius < 40, Grid.of(radius.shape, matrix, MNI, "t"), landmarks, "0" * 64
    )


def test_a_slice_shows_a_linear_image_exactly() -> None:
    index = np.indices((40, 44, 36)).astype(np.float32)
    affine = np.array([[-1.0, 0, 0, 20], [0, 1.2, 0, -25], [0, 0, 1.1, -18], [0, 0, 0, 1]])
    places = np.einsum("ij,jabc->iabc", affine[:3, :3], index) + affine[:3, 3][:, None, None, None]
    volume = Volume.of_array((2 * places[0] - 3 * places[1] + places[2] + 200).astype(np.float32), affine, "ab" * 32)
    centre = Point(volume.scanner_frame, 0.3, 1.1, 0.7)
    view = slice_view("coronal", centre, (14.0, 10.0), ViewAxes("a", volume.scanner_frame, tilted_axes(12.0, 8.0)))
    pixels = view.pixels(0.5)
    x, y, z = pixels.all_places().array.T
    assert slice_intensities(volume, pixels).ravel() == pytest.approx(2 * x - 3 * y + z + 200, abs=0.05)


def test_a_voxel_centre_shows_its_voxel_and_row_zero_is_the_top() -> None:
    data = np.zeros((34, 40, 36), dtype=np.float32)
    data[20, 11, 30] = 100.0
    affine = np.array([[-2.0, 0, 0, 33], [0, 1.9, -0.4, -41], [0, 0.4, 1.9, -30], [0, 0, 0, 1]])
    volume = Volume.of_array(data, affine, "ab" * 32)
    frame = volume.scanner_frame
    place = affine[:3, :3] @ (20, 11, 30) + affine[:3, 3]
    # 10 mm below the picture's middle: in the lower half, so in a later row.
    middle = Point.of(frame, place + np.array([0.0, 0.0, 10.0]))
    view = slice_view("coronal", middle, (41.0, 41.0), ViewAxes.scanner(frame))
    picture = slice_intensities(volume, view.pixels(1.0), "linear")
    row, column = np.unravel_index(int(np.argmax(picture)), picture.shape)
    assert (row, column) == (30, 20)
    assert picture[row, column] == pytest.approx(100.0, rel=1e-5)


def test_outside_the_image_is_black() -> None:
    volume = Volume.of_array(np.ones((20, 20, 20), dtype=np.float32), np.eye(4), "cd" * 32)
    view = slice_view(
        "axial", Point(volume.scanner_frame, 500.0, 0, 0), (10, 10), ViewAxes.scanner(volume.scanner_frame)
    )
    assert slice_intensities(volume, view.pixels(1.0)).max() == 0.0


def test_greys_follow_the_window_and_nan_is_black() -> None:
    greys = to_grey(np.array([-5.0, 0.0, 5.0, 10.0, 20.0, np.nan], dtype=np.float32), IntensityWindow(0.0, 10.0))
    assert greys.tolist() == [0, 0, 128, 255, 255, 0]


def test_the_window_ignores_bright_fat_far_from_the_brain() -> None:
    data = np.full((120, 120, 60), 100.0, dtype=np.float32)
    data[:, :50] = 40.0
    data[:5] = data[-5:] = 5000.0
    affine = np.eye(4)
    affine[:3, 3] = (-60, -60, -30)
    volume = Volume.of_array(data, affine, "ef" * 32)
    frame = volume.scanner_frame
    geometry = acpc_geometry(
        Point(frame, 0, 13, 0), Point(frame, 0, -13, 0), Points(frame, np.array([[0.0, 0.0, 25.0]]))
    )
    window = deep_brain_window(volume, geometry)
    assert window.low == pytest.approx(40.0)
    assert 100.0 < window.high < 130.0


def test_a_template_lies_where_its_map_puts_it() -> None:
    template = ball_template()
    frame = ScannerRas("head")
    shift = np.eye(4)
    shift[:3, 3] = (7.0, -4.0, 3.0)
    scanner_to_mni = Affine(MNI, frame, shift).inverse()
    centre = Point(frame, 7.0, -4.0, 3.0)
    view = slice_view("sagittal", centre, (100.0, 100.0), ViewAxes.scanner(frame))
    carried = carried_template(template, scanner_to_mni, view, view.pixels(0.5))
    edges = template_edges(carried, fluid_level(template))
    (brain,) = edges.brain
    assert np.abs(np.linalg.norm(brain - 50.0, axis=1) - 39.9).max() < 0.6
    assert (brain.max(axis=0) + brain.min(axis=0)) / 2 == pytest.approx([50.0, 50.0], abs=0.15)
    fluid = np.concatenate(edges.fluid)
    assert np.abs(np.linalg.norm(fluid - 50.0, axis=1) - 9.9).max() < 0.6


def test_a_checkerboard_has_the_patient_in_the_middle() -> None:
    first, second = np.full((100, 80), 10, dtype=np.uint8), np.full((100, 80), 200, dtype=np.uint8)
    board = checkerboard(first, second, 1.0, 20.0)
    assert board[50, 40] == 10
    assert board[50, 40 + 15] == 200
    assert board[50 - 15, 40 + 15] == 10
    assert (board[41:59, 31:49] == 10).all()
