from __future__ import annotations

import numpy as np
import pytest

from fusplan.display.mesh_slices import CutLines, SliceableMesh
from fusplan.display.outlines import BRAIN_EDGE, OutlineGroup, OutlineSet, edge_style, nucleus_style
from fusplan.display.screen_picture import screen_picture
from fusplan.display.slice_raster import Raster
from fusplan.display.slice_workspace import SliceWorkspace
from tests.fixtures.meshes import ball

MM_PER_PIXEL = 0.5


def channels(picture: np.ndarray) -> np.ndarray:
    """Shape (rows, columns, 3): red, green, blue."""
    return np.stack([(picture >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(float)


Outline = tuple[str, list[tuple[float, float]], bool]


def drawn(
    outlines: list[Outline],
    edges: list[Outline] = [],  # noqa: B006 - never changed
    raster: Raster = Raster(60, 80),  # noqa: B008 - frozen
    mm_per_pixel: float = MM_PER_PIXEL,
    ratio: float = 1.0,
    workspace: SliceWorkspace | None = None,
) -> np.ndarray:
    """Lines, each of a name, picture mm and whether it is closed, on a black picture."""
    below, above = (tuple(SliceableMesh.prepare(name, *ball()) for name, _, _ in some) for some in (edges, outlines))
    styles = OutlineSet.of(OutlineGroup(below, edge_style), OutlineGroup(above, nucleus_style, are_nuclei=True))
    ordered = [*edges, *sorted(outlines, key=lambda one: one[0] == "CLp")]
    assert [mesh.name for mesh in styles.meshes] == [name for name, _, _ in ordered]
    lines = CutLines(
        np.concatenate([np.array(points, dtype=np.float64) for _, points, _ in ordered]),
        np.cumsum([0, *(len(points) for _, points, _ in ordered)], dtype=np.int32),
        np.array([closed for _, _, closed in ordered]),
        np.arange(len(ordered), dtype=np.int32),
    )
    greys = np.zeros((raster.rows, raster.columns), dtype=np.uint8)
    return screen_picture(greys, raster, mm_per_pixel, styles, lines, ratio, workspace)


def ink(picture: np.ndarray, name: str) -> float:
    """How many pixels' worth of a nucleus's colour a black picture has got."""
    colour = np.array([int(nucleus_style(name).colour[start : start + 2], 16) for start in (1, 3, 5)])
    return float(channels(picture).sum() / colour.sum())


@pytest.mark.parametrize("ends", [((5, 10), (35, 10)), ((10, 5), (10, 25)), ((5, 5), (29, 23))])
@pytest.mark.parametrize("name", ["MD", "CL", "CLp"])
def test_a_line_covers_its_length_times_its_width(ends: tuple, name: str) -> None:
    picture = drawn([(name, list(ends), False)])
    length = np.hypot(*np.subtract(*ends)) / MM_PER_PIXEL
    width = nucleus_style(name).width
    # Its ends are round.
    assert ink(picture, name) == pytest.approx(length * width + np.pi * width**2 / 4, rel=0.05)


def test_a_ring_of_many_pieces_is_no_darker_where_they_meet() -> None:
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    ring = np.column_stack([20 + 10 * np.cos(angle), 15 + 10 * np.sin(angle)])
    picture = drawn([("MD", [tuple(point) for point in ring], True)])
    assert ink(picture, "MD") == pytest.approx(2 * np.pi * 20 * nucleus_style("MD").width, rel=0.05)
    assert channels(picture)[30, 40].sum() == 0


def test_only_clp_is_filled_and_lies_above_the_others() -> None:
    square = [(10.0, 10.0), (30.0, 10.0), (30.0, 20.0), (10.0, 20.0)]
    picture = drawn([("CLp", square, True), ("MD", square, True)])
    style = nucleus_style("CLp")
    red = int(style.colour[1:3], 16)
    assert channels(picture)[30, 40, 0] == pytest.approx(red * style.fill, abs=1.0)
    assert picture[20, 40] == 0xFF000000 | style.rgb


def test_lines_beyond_the_picture_do_no_harm() -> None:
    far = [(-500.0, -30.0), (900.0, 400.0), (20.0, 1e4)]
    picture = drawn([("CLp", far, True), ("MD", [(1e5, 1e5), (2e5, 1e5)], False)])
    assert np.all(picture >> 24 == 255)


def test_edges_of_the_template_lie_below_and_twice_the_pixels_double_the_width() -> None:
    line = [(5.0, 10.25), (35.0, 10.25)]
    both = drawn([("CL", line, False)], [(BRAIN_EDGE, line, False)])
    alone = drawn([("CL", line, False)])
    fine = drawn([("CL", line, False)], (), Raster(120, 160), MM_PER_PIXEL / 2, ratio=2.0)
    assert both[20, 40] == alone[20, 40]
    assert ink(fine, "CL") == pytest.approx(4 * ink(alone, "CL"), rel=0.03)


def test_nothing_is_left_of_a_picture_made_in_the_same_memory() -> None:
    workspace = SliceWorkspace()
    square = [(10.0, 10.0), (30.0, 10.0), (30.0, 20.0), (10.0, 20.0)]
    line = [("MD", [(5.0, 10.0), (35.0, 14.0)], False)]
    first = drawn([("CLp", square, True)], workspace=workspace)
    second = drawn(line, workspace=workspace)
    assert second is first
    assert np.array_equal(second, drawn(line))


def test_greys_one_for_one() -> None:
    greys = np.arange(48, dtype=np.uint8).reshape(6, 8)
    assert np.array_equal(channels(screen_picture(greys, Raster(6, 8))), np.repeat(greys[..., None], 3, axis=2))


@pytest.mark.parametrize("shape", [(60, 80), (55, 93)])
def test_enlarging_keeps_a_slope_a_slope(shape: tuple[int, int]) -> None:
    row, column = np.mgrid[:30, :40]
    greys = (20 + 3 * row + 2 * column).astype(np.uint8)
    blue = greys.astype(np.uint32)
    colours = 0xFF000000 | (255 - blue) << 16 | (blue // 2) << 8 | blue
    down = (np.arange(shape[0]) + 0.5) * 30 / shape[0] - 0.5
    across = (np.arange(shape[1]) + 0.5) * 40 / shape[1] - 0.5
    expected = 20 + 3 * np.clip(down, 0, 29)[:, None] + 2 * np.clip(across, 0, 39)[None, :]
    grey = channels(screen_picture(greys, Raster(*shape)))
    assert np.abs(grey - expected[..., None]).max() <= 1
    red, _, blue = np.moveaxis(channels(screen_picture(colours, Raster(*shape))), -1, 0)
    assert np.abs(blue - expected).max() <= 1
    assert np.abs(red - (255 - expected)).max() <= 1
