"""What the colours over the image mean: one bar a layer, with title, unit and range, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import floor, log10

import numpy as np
import numpy.typing as npt

from fusplan.display.colour_maps import COLOUR_MAPS
from fusplan.display.image_layers import ImageLayer, unit_words
from fusplan.display.slice_blend import ShownLayer, visibility
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume

CROWDED = 0.25
"""A tick nearer to an end of the bar than this part of it would run into the end's number."""


LEAST_SHORT, MOST_SHORT = 0.01, 1e4
"""Numbers between these are written as they are."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class ColourBar:
    """The colours of one layer.

    Attributes:
        layer: whose they are.
        window: the values that get the first and the last colour.
        unit: of the values, or "".
    """

    layer: ImageLayer
    window: IntensityWindow
    unit: str

    @property
    def heading(self) -> str:
        """``Temperature, °C``; ``Pressure, 10⁶ Pa`` where the numbers would be long."""
        power = f"10{str(self._exponent).translate(RAISED)}" if self._exponent else ""
        unit = " ".join(part for part in (power, self.unit) if part)
        return ", ".join(part for part in (self.layer.title or self.layer.key, unit) if part)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Places from 0 to 1 with their numbers: where it begins to be drawn, the ends, or half between them."""
        low, width, begins = self.window.low, self.window.width, self.layer.see_through_below
        place = 0.5 if begins is None else (begins - low) / width
        places: tuple[float, ...] = (0.0, 1.0)
        if CROWDED <= place <= 1 - CROWDED:
            places = (0.0, place, 1.0)
        elif 0 < place < CROWDED:
            places = (place, 1.0)
        scale = 10.0**self._exponent
        decimals = 2 - floor(log10(width / scale))
        return tuple((at, f"{round((low + at * width) / scale, decimals) + 0.0:g}") for at in places)

    @property
    def _exponent(self) -> int:
        """The power of ten, in threes, that makes long numbers short; 0 where they are short already."""
        greatest = max(abs(self.window.low), abs(self.window.high))
        return 0 if LEAST_SHORT <= greatest < MOST_SHORT else 3 * floor(log10(greatest) / 3)

    def colours(self) -> npt.NDArray[np.uint8]:
        """Red, green, blue and how much is seen of each of 256 levels, its opacity left aside, shape (256, 4)."""
        seen = visibility(replace(self.layer, blend="opacity", opacity=1.0), self.window)
        alpha = np.round(255 * seen).astype(np.uint8)
        return np.column_stack([COLOUR_MAPS[self.layer.colour_map].table, alpha])


def colour_bars(layers: Iterable[ShownLayer]) -> tuple[ColourBar, ...]:
    """The bars of the layers that need one, the uppermost first.

    Those are fields and images with a unit, in colour. An image in colour of no unit shows where, not how much.
    """
    bars = []
    for shown in layers:
        unit = unit_words(shown.layer, shown.picture)
        if shown.layer.colour_map != "grey" and (unit or not isinstance(shown.picture, Volume)):
            bars.append(ColourBar(shown.layer, shown.window, unit))
    return tuple(reversed(bars))
