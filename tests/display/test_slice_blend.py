from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.colour_maps import COLOUR_MAPS
from fusplan.display.image_layers import SECOND_LAYER, ImageLayer, usual_window
from fusplan.display.slice_blend import ShownLayer, in_colour, lay_over, with_layers
from fusplan.display.slice_raster import Raster, SliceSource, slice_greys
from fusplan.display.slice_workspace import SliceWorkspace
from fusplan.display.views import ViewAxes, slice_view
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.spatial import Field, Grid, Point
from fusplan.spatial.frames import FrameMismatchError

FIRST = np.full((40, 60), 100, dtype=np.uint8)
SECOND = np.full((40, 60), 200, dtype=np.uint8)
LEVELS = IntensityWindow(0.0, 255.0)
PICTURE = Volume.of_array(np.zeros((2, 2, 2), dtype=np.float32), np.eye(4), "0" * 64)


def channels(picture: np.ndarray) -> np.ndarray:
    """Shape (rows, columns, 3): red, green, blue."""
    assert (picture >> 24 == 255).all()
    return np.stack([(picture >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(int)


def blended(
    first: np.ndarray,
    levels: np.ndarray,
    layer: ImageLayer,
    mm_per_pixel: float = 1.0,
    window: IntensityWindow = LEVELS,
) -> np.ndarray:
    picture = in_colour(first, SliceWorkspace())
    lay_over(picture, levels, ShownLayer(layer, PICTURE, window), mm_per_pixel)
    return channels(picture)


@pytest.mark.parametrize(("opacity", "grey"), [(0.0, 100), (0.5, 150), (1.0, 200)])
def test_opacity_mixes(opacity: float, grey: int) -> None:
    assert np.all(np.abs(blended(FIRST, SECOND, replace(SECOND_LAYER, opacity=opacity)) - grey) <= 1)


def test_swipe_shows_the_second_to_the_left_of_the_divide() -> None:
    picture = blended(FIRST, SECOND, replace(SECOND_LAYER, blend="swipe", divide=0.25))
    assert (picture[:, :15] == 200).all() and (picture[:, 15:] == 100).all()


def test_checkerboard_has_fields_of_the_size_asked_for_and_the_first_in_the_middle() -> None:
    picture = blended(FIRST, SECOND, replace(SECOND_LAYER, blend="checkerboard", tile_mm=5.0), 0.5)[..., 0]
    assert picture[20, 30] == 100 and picture[20, 40] == 200 and picture[30, 40] == 100
    assert (picture == 200).mean() == pytest.approx(0.5, abs=0.1)


def test_colour_leaves_grey_where_the_second_is_dark_and_tints_where_it_is_bright() -> None:
    second = np.zeros_like(FIRST)
    second[:, 30:] = 180
    picture = blended(FIRST, second, replace(SECOND_LAYER.looking("colour"), opacity=1.0))
    assert (picture[:, 0] == 100).all()
    red, green, blue = picture[0, 50]
    assert red > green > blue


def test_colour_grows_in_over_the_darker_third_of_the_levels() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None, :]
    picture = blended(
        np.full((1, 256), 100, dtype=np.uint8), ramp, replace(SECOND_LAYER.looking("colour"), opacity=0.7)
    )
    weight = 0.7 * np.minimum(np.arange(256) / 96, 1.0)[:, None]
    expected = 100 * (1 - weight) + COLOUR_MAPS["wine"].table * weight
    assert np.abs(picture[0] - expected).max() <= 1.5


def test_what_lies_below_a_threshold_or_outside_a_picture_in_colour_is_see_through() -> None:
    window = IntensityWindow(37.0, 63.0)
    field = ImageLayer("temperature", colour_map="heat", opacity=1.0, see_through_below=50.0)
    levels = np.array([[0, 1, 126, 129, 255]], dtype=np.uint8)
    below = np.full((1, 5), 80, dtype=np.uint8)
    heat = COLOUR_MAPS["heat"].table
    # Level 127.5 is 50 degrees.
    expected = [[80] * 3, [80] * 3, [80] * 3, heat[129], heat[255]]
    assert np.array_equal(blended(below, levels, field, window=window)[0], expected)
    all_of_it = replace(field, see_through_below=None)
    assert np.array_equal(blended(below, levels, all_of_it, window=window)[0], [[80] * 3, *heat[[1, 126, 129, 255]]])


FRAME_AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])


def volume_of(data: np.ndarray, affine: np.ndarray = FRAME_AFFINE, study: str = "head") -> Volume:
    return Volume.of_array(data.astype(np.float32), affine, "0" * 64, study_id=study)


def test_three_layers_lie_over_one_another_as_plain_numbers_say() -> None:
    """A grey image, a field in colour of another grid, a checkerboard: every pixel against a plain composition."""
    random = np.random.default_rng(3)
    head = volume_of(random.uniform(0, 1000, (20, 22, 18)))
    other = volume_of(random.uniform(0, 50, (20, 22, 18)))
    # A smaller box with larger voxels, in the middle of the head.
    field = volume_of(
        random.uniform(30, 70, (5, 5, 5)), np.array([[4, 0, 0, 10], [0, 4, 0, 12], [0, 0, 4, 8], [0, 0, 0, 1.0]])
    )
    layers = (
        ShownLayer(ImageLayer("other", opacity=0.3), other, IntensityWindow(0.0, 50.0)),
        ShownLayer(
            ImageLayer(
                "temperature", "Temperature", "heat", unit="°C", opacity=0.8, see_through_below=45.0, fade_in=0.2
            ),
            field,
            IntensityWindow(37.0, 65.0),
        ),
        ShownLayer(ImageLayer("ct", blend="checkerboard", tile_mm=6.0), other, IntensityWindow(10.0, 40.0)),
    )
    frame, window = head.scanner_frame, IntensityWindow(0.0, 1000.0)
    view = slice_view("axial", Point(frame, 19.0, 21.0, 17.0), (44.0, 36.0), ViewAxes.scanner(frame))
    raster = Raster(36, 44)
    greys = slice_greys(SliceSource.of(head), view, raster, window)
    found = channels(with_layers(greys, [(layer, SliceSource.of(layer.picture)) for layer in layers], view))

    across = 19.0 + (np.arange(44) + 0.5 - 22) * (1 if view.right.array[0] > 0 else -1)
    down = 21.0 - (np.arange(36) + 0.5 - 18)

    def sampled(volume: Volume) -> np.ndarray:
        """Trilinear values, NaN further than half a voxel outside."""
        from scipy.ndimage import map_coordinates

        x, y = np.meshgrid(across, down)
        places = np.stack([x, y, np.full_like(x, 17.0), np.ones_like(x)]).reshape(4, -1)
        indices = (np.linalg.inv(volume.affine) @ places)[:3]
        values = map_coordinates(volume.data.astype(float), indices, order=1, mode="nearest")
        top = np.array(volume.shape)[:, None] - 0.5
        inside = ((indices >= -0.5) & (indices <= top)).all(axis=0)
        return np.where(inside, values, np.nan).reshape(36, 44)

    def shares(values: np.ndarray, low: float, high: float) -> np.ndarray:
        return np.nan_to_num(np.clip((values - low) / (high - low), 0, 1))

    expected = np.repeat(255 * shares(sampled(head), 0, 1000)[..., None], 3, axis=2)
    expected = expected * 0.7 + 255 * shares(sampled(other), 0, 50)[..., None] * 0.3
    degrees = sampled(field)
    colour = COLOUR_MAPS["heat"].table[np.round(255 * shares(degrees, 37, 65)).astype(int)]
    seen = 0.8 * np.where(degrees >= 45, np.clip((degrees - 45) / (0.2 * 28), 0, 1), 0.0)[..., None]
    expected = expected * (1 - seen) + colour * seen
    fields = (
        np.floor((np.arange(44) + 0.5 - 22) / 6 + 0.5) + np.floor((np.arange(36) + 0.5 - 18) / 6 + 0.5)[:, None]
    ) % 2
    expected = np.where(fields[..., None] == 1, 255 * shares(sampled(other), 10, 40)[..., None], expected)

    assert np.isnan(degrees).any() and (degrees < 45).any() and (seen == 0.8).any()
    assert np.abs(found - expected).max() <= 3
    assert np.abs(found - expected).mean() < 0.5


def test_layers_of_an_oblique_slice_and_of_nearest_voxels_are_cut_where_the_first_image_is() -> None:
    random = np.random.default_rng(4)
    head = volume_of(random.uniform(0, 255, (20, 22, 18)))
    shown = ShownLayer(ImageLayer("second", opacity=1.0), head, LEVELS)
    turn = np.linalg.qr(np.array([[1.0, 0.2, 0.1], [-0.2, 1.0, 0.3], [0.1, -0.3, 1.0]]))[0]
    axes = ViewAxes("turned", head.scanner_frame, turn)
    view = slice_view("coronal", Point(head.scanner_frame, 19.0, 21.0, 17.0), (44.0, 36.0), axes)
    for interpolation in ("linear", "nearest"):
        greys = slice_greys(SliceSource.of(head), view, Raster(30, 40), LEVELS, interpolation)
        for source in (SliceSource.of(head), SliceSource.plain(head))[: 2 if interpolation == "linear" else 1]:
            over = channels(with_layers(np.zeros_like(greys), [(shown, source)], view, interpolation))
            assert np.abs(over - greys[..., None]).max() <= 1


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_small_peak_of_a_field_is_drawn_to_its_full_height(kind: type) -> None:
    """One voxel of 60 degrees among ten thousands of 37: far from the usual range, and all that matters."""
    head = volume_of(np.zeros((30, 30, 30)))
    degrees = 37 + np.random.default_rng(5).uniform(0, 0.1, (30, 30, 30)).astype(kind)
    degrees[15, 15, 15] = 60.0
    field = Field(Grid(degrees.shape, head.voxel_to_scanner), degrees, "degC")
    assert usual_window(field) == IntensityWindow(float(degrees.min()), 60.0)
    shown = ShownLayer(ImageLayer("heat", colour_map="heat", opacity=1.0), field, IntensityWindow(37.0, 63.0))
    frame = head.scanner_frame
    view = slice_view("axial", Point(frame, 30.0, 30.0, 30.0), (2.0, 2.0), ViewAxes.scanner(frame))
    expected = COLOUR_MAPS["heat"].table[round(255 * 23 / 26)].astype(int)
    for source in (SliceSource.of(field), SliceSource.plain(field)):
        picture = channels(with_layers(np.zeros((1, 1), dtype=np.uint8), [(shown, source)], view))
        assert np.abs(picture[0, 0] - expected).max() <= 3


def test_a_layer_of_another_study_is_refused() -> None:
    head, stranger = volume_of(np.ones((4, 4, 4))), volume_of(np.ones((4, 4, 4)), study="another")
    view = slice_view(
        "axial", Point(head.scanner_frame, 3.0, 3.0, 3.0), (8.0, 8.0), ViewAxes.scanner(head.scanner_frame)
    )
    with pytest.raises(FrameMismatchError):
        with_layers(FIRST, [(ShownLayer(SECOND_LAYER, stranger, LEVELS), SliceSource.of(stranger))], view)
