from __future__ import annotations

import numpy as np
import pytest

from fusplan.display.slice_blend import blended, colour_table
from fusplan.display.view_state import Blend

FIRST = np.full((40, 60), 100, dtype=np.uint8)
SECOND = np.full((40, 60), 200, dtype=np.uint8)


@pytest.mark.parametrize(("amount", "grey"), [(0.0, 100), (0.5, 150), (1.0, 200)])
def test_opacity_mixes(amount: float, grey: int) -> None:
    assert np.all(np.abs(blended(FIRST, SECOND, Blend("opacity", amount), 1.0).astype(int) - grey) <= 1)


def test_swipe_shows_the_second_to_the_left_of_the_divide() -> None:
    picture = blended(FIRST, SECOND, Blend("swipe", 0.25), 1.0)
    assert (picture[:, :15] == 200).all() and (picture[:, 15:] == 100).all()


def test_checkerboard_has_fields_of_the_size_asked_for_and_the_first_in_the_middle() -> None:
    picture = blended(FIRST, SECOND, Blend("checkerboard", tile_mm=5.0), 0.5)
    assert picture[20, 30] == 100 and picture[20, 40] == 200 and picture[30, 40] == 100
    assert (picture == 200).mean() == pytest.approx(0.5, abs=0.1)


def test_colour_leaves_grey_where_the_second_is_dark_and_tints_where_it_is_bright() -> None:
    second = np.zeros_like(FIRST)
    second[:, 30:] = 180
    picture = blended(FIRST, second, Blend("colour", 1.0), 1.0)
    assert (picture[:, 0, :3] == 100).all()
    blue, green, red = picture[0, 50, :3]
    assert red > green > blue


def test_a_hidden_second_image_changes_nothing() -> None:
    assert blended(FIRST, SECOND, Blend(visible=False), 1.0) is FIRST


def test_the_colour_map_grows_lighter_all_the_way() -> None:
    lightness = colour_table().astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) >= -0.5).all() and lightness[-1] > 230
