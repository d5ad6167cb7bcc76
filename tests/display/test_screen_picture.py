from __future__ import annotations

import numpy as np
import pytest

from fusplan.display.mesh_slices import MeshContour, SliceableMesh
from fusplan.display.screen_picture import draw_outlines, nucleus_style, screen_picture
from fusplan.display.slice_content import BRAIN_EDGE
from fusplan.display.slice_raster import Raster
from tests.display.meshes import ball

MM_PER_PIXEL = 0.5


def black(rows: int = 60, columns: int = 80) -> np.ndarray:
    return np.full((rows, columns), 0xFF000000, dtype=np.uint32)


def channels(picture: np.ndarray) -> np.ndarray:
    """Shape (rows, columns, 3): red, green, blue."""
    return np.stack([(picture >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(float)


def outline(name: str, points_mm: list[tuple[float, float]], closed: bool) -> MeshContour:
    mesh = SliceableMesh.prepare(name, *ball())
    return MeshContour(mesh, (np.array(points_mm, dtype=np.float64),), (closed,))


def ink(picture: np.ndarray, name: str) -> float:
    """How many pixels' worth of a nucleus's colour a black picture has got."""
    colour = np.array([int(nucleus_style(name).colour[start : start + 2], 16) for start in (1, 3, 5)])
    return float(channels(picture).sum() / colour.sum())


@pytest.mark.parametrize("ends", [((5, 10), (35, 10)), ((10, 5), (10, 25)), ((5, 5), (29, 23))])
@pytest.mark.parametrize("name", ["MD", "CL", "CLp"])
def test_a_line_covers_its_length_times_its_width(ends: tuple, name: str) -> None:
    picture = black()
    draw_outlines(picture, [outline(name, list(ends), closed=False)], (), MM_PER_PIXEL)
    length = np.hypot(*np.subtract(*ends)) / MM_PER_PIXEL
    width = nucleus_style(name).width
    # Its ends are round.
    assert ink(picture, name) == pytest.approx(length * width + np.pi * width**2 / 4, rel=0.05)


def test_a_ring_of_many_pieces_is_no_darker_where_they_meet() -> None:
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    ring = np.column_stack([20 + 10 * np.cos(angle), 15 + 10 * np.sin(angle)])
    picture = black()
    draw_outlines(picture, [outline("MD", [tuple(point) for point in ring], closed=True)], (), MM_PER_PIXEL)
    assert ink(picture, "MD") == pytest.approx(2 * np.pi * 20 * nucleus_style("MD").width, rel=0.05)
    assert channels(picture)[30, 40].sum() == 0


def test_only_clp_is_filled_and_lies_above_the_others() -> None:
    square = [(10.0, 10.0), (30.0, 10.0), (30.0, 20.0), (10.0, 20.0)]
    picture = black()
    draw_outlines(picture, [outline("CLp", square, True), outline("MD", square, True)], (), MM_PER_PIXEL)
    style = nucleus_style("CLp")
    red = int(style.colour[1:3], 16)
    assert channels(picture)[30, 40, 0] == pytest.approx(red * style.fill, abs=1.0)
    assert picture[20, 40] == 0xFF000000 | style.rgb


def test_lines_beyond_the_picture_do_no_harm() -> None:
    picture = black()
    far = outline("CLp", [(-500.0, -30.0), (900.0, 400.0), (20.0, 1e4)], closed=True)
    draw_outlines(picture, [far, outline("MD", [(1e5, 1e5), (2e5, 1e5)], False)], (), MM_PER_PIXEL)
    assert np.all(picture >> 24 == 255)


def test_edges_of_the_template_lie_below_and_twice_the_pixels_double_the_width() -> None:
    line = [(5.0, 10.25), (35.0, 10.25)]
    both = black()
    draw_outlines(both, [outline("CL", line, False)], [outline(BRAIN_EDGE, line, False)], MM_PER_PIXEL)
    alone, fine = black(), black(120, 160)
    draw_outlines(alone, [outline("CL", line, False)], (), MM_PER_PIXEL)
    draw_outlines(fine, [outline("CL", line, False)], (), MM_PER_PIXEL / 2, ratio=2.0)
    assert both[20, 40] == alone[20, 40]
    assert ink(fine, "CL") == pytest.approx(4 * ink(alone, "CL"), rel=0.03)


def test_greys_one_for_one() -> None:
    greys = np.arange(48, dtype=np.uint8).reshape(6, 8)
    assert np.array_equal(channels(screen_picture(greys, Raster(6, 8))), np.repeat(greys[..., None], 3, axis=2))


@pytest.mark.parametrize("shape", [(60, 80), (55, 93)])
def test_enlarging_keeps_a_slope_a_slope(shape: tuple[int, int]) -> None:
    row, column = np.mgrid[:30, :40]
    greys = (20 + 3 * row + 2 * column).astype(np.uint8)
    colours = np.stack([greys, greys // 2, 255 - greys, np.full_like(greys, 7)], axis=-1)
    down = (np.arange(shape[0]) + 0.5) * 30 / shape[0] - 0.5
    across = (np.arange(shape[1]) + 0.5) * 40 / shape[1] - 0.5
    expected = 20 + 3 * np.clip(down, 0, 29)[:, None] + 2 * np.clip(across, 0, 39)[None, :]
    grey = channels(screen_picture(greys, Raster(*shape)))
    assert np.abs(grey - expected[..., None]).max() <= 1
    red, _, blue = np.moveaxis(channels(screen_picture(colours, Raster(*shape))), -1, 0)
    assert np.abs(blue - expected).max() <= 1
    assert np.abs(red - (255 - expected)).max() <= 1
