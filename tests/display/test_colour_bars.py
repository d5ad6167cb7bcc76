from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.colour_bars import ColourBar, colour_bars
from fusplan.display.colour_maps import COLOUR_MAPS
from fusplan.display.image_layers import SECOND_LAYER, ImageLayer
from fusplan.display.slice_blend import ShownLayer
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.spatial import Field

IMAGE = Volume.of_array(np.zeros((2, 2, 2), dtype=np.float32), np.eye(4), "0" * 64)
WINDOW = IntensityWindow(37.0, 63.0)
HEAT = ImageLayer("temperature", "Temperature", "heat", opacity=0.4)


def field(unit: str = "degC") -> Field:
    return Field(IMAGE.grid, np.zeros((2, 2, 2)), unit)


def test_fields_in_colour_have_a_bar_the_uppermost_first() -> None:
    shown = [
        ShownLayer(SECOND_LAYER.looking("colour"), IMAGE, WINDOW),
        ShownLayer(ImageLayer("ct", "CT", "wine", unit="HU"), IMAGE, WINDOW),
        ShownLayer(ImageLayer("grey"), field(), WINDOW),
        ShownLayer(HEAT, field(), WINDOW),
        ShownLayer(ImageLayer("share", "Share", "dose"), field("1"), IntensityWindow(0.0, 1.0)),
    ]
    assert [bar.heading for bar in colour_bars(shown)] == ["Share", "Temperature, °C", "CT, HU"]


@pytest.mark.parametrize(
    ("window", "below", "heading", "ticks"),
    [
        ((37.0, 63.0), None, "Temperature, °C", [(0.0, "37"), (0.5, "50"), (1.0, "63")]),
        ((37.0, 63.0), 43.5, "Temperature, °C", [(0.0, "37"), (0.25, "43.5"), (1.0, "63")]),
        ((0.0, 500.0), 20.0, "Temperature, °C", [(0.04, "20"), (1.0, "500")]),
        ((0.0, 500.0), 490.0, "Temperature, °C", [(0.0, "0"), (1.0, "500")]),
        ((99.0, 4e6), None, "Temperature, 10⁶ °C", [(0.0, "0"), (0.5, "2"), (1.0, "4")]),
        ((-2e-5, 2e-5), None, "Temperature, 10⁻⁶ °C", [(0.0, "-20"), (0.5, "0"), (1.0, "20")]),
    ],
)
def test_a_bar_tells_unit_range_and_where_its_layer_begins(
    window: tuple[float, float], below: float | None, heading: str, ticks: list[tuple[float, str]]
) -> None:
    bar = ColourBar(replace(HEAT, see_through_below=below), IntensityWindow(*window), "°C")
    assert bar.heading == heading
    assert [number for _, number in bar.ticks] == [number for _, number in ticks]
    assert [place for place, _ in bar.ticks] == pytest.approx([place for place, _ in ticks], abs=1e-3)


def test_a_bar_shows_the_colours_of_its_map_and_nothing_where_nothing_is_drawn() -> None:
    colours = ColourBar(replace(HEAT, see_through_below=50.0, fade_in=0.1), WINDOW, "°C").colours()
    assert np.array_equal(colours[:, :3], COLOUR_MAPS["heat"].table)
    assert (colours[:127, 3] == 0).all() and (colours[155:, 3] == 255).all()
    assert (np.diff(colours[127:155, 3].astype(int)) >= 0).all()
