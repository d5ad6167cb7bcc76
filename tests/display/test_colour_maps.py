from __future__ import annotations

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

from fusplan.display.colour_maps import COLOUR_MAPS

# Linear RGB as protanopes, deuteranopes and tritanopes see it: Machado, Oliveira and Fernandes 2009, severity 1.
COLOUR_BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(table: np.ndarray) -> np.ndarray:
    shares = table / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def seen_by(table: np.ndarray, matrix: list[list[float]]) -> np.ndarray:
    light = np.clip(linear(table) @ np.array(matrix).T, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_the_larger_a_value_the_lighter_its_colour(name: str) -> None:
    table = COLOUR_MAPS[name].table
    lightness = rgb2lab(table / 255)[:, 0]
    assert table.shape == (256, 3) and not table.flags.writeable
    # Half a step of an 8-bit colour; over eight levels it always grows.
    assert np.diff(lightness).min() > -0.6 and (lightness[8:] - lightness[:-8]).min() > 0.5
    assert lightness[-1] > 88 and lightness[-1] - lightness[0] > 70


@pytest.mark.parametrize("blindness", COLOUR_BLIND)
@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_the_order_holds_for_colour_blind_people(name: str, blindness: str) -> None:
    lab = rgb2lab(seen_by(COLOUR_MAPS[name].table, COLOUR_BLIND[blindness]))
    assert (lab[16:, 0] - lab[:-16, 0]).min() > 0
    # Two shades a tenth of the range apart are told apart.
    assert np.linalg.norm(lab[26:] - lab[:-26], axis=1).min() > 4


@pytest.mark.parametrize("name", ["heat", "dose"])
def test_maps_of_fields_are_told_from_the_grey_of_the_head(name: str) -> None:
    lab = rgb2lab(COLOUR_MAPS[name].table / 255)
    grey = lab2rgb(np.column_stack([lab[:, 0], np.zeros(256), np.zeros(256)]))
    away = np.linalg.norm(lab - rgb2lab(grey), axis=1)
    assert away[40:].min() > 15
