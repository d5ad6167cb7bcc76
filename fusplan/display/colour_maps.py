"""Colour maps of pictures that lie over the image: the larger the value, the lighter, also for colour-blind eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

ColourMapName: TypeAlias = Literal["grey", "wine", "heat", "dose"]
ColourTable: TypeAlias = npt.NDArray[np.uint8]
"""Shape (256, 3): red, green, blue."""


@dataclass(frozen=True, slots=True, eq=False)
class ColourMap:
    """From the 256 levels of a range to colours.

    Attributes:
        name: as a layer knows it.
        source: where its colours come from.
        table: read-only.
    """

    name: ColourMapName
    source: str
    table: ColourTable

    @classmethod
    def of_stops(cls, name: ColourMapName, source: str, stops: Mapping[float, str]) -> ColourMap:
        """Straight between ``#rrggbb`` at places from 0 to 1."""
        colours = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in stops.values()])
        places = np.linspace(0, 1, 256)
        columns = [np.interp(places, list(stops), colours[:, channel]) for channel in range(3)]
        table = np.round(np.column_stack(columns)).astype(np.uint8)
        table.flags.writeable = False
        return cls(name, source, table)


def _even(*colours: str) -> dict[float, str]:
    return {place / (len(colours) - 1): colour for place, colour in enumerate(colours)}


COLOUR_MAPS: Mapping[ColourMapName, ColourMap] = {
    made.name: made
    for made in (
        ColourMap.of_stops("grey", "black to white", _even("#000000", "#ffffff")),
        ColourMap.of_stops(
            "wine",
            "own: from black over wine red and orange to pale yellow",
            {0.0: "#000000", 0.35: "#821e46", 0.7: "#f08228", 1.0: "#fff5c8"},
        ),
        ColourMap.of_stops(
            "heat",
            "nine colours of inferno, N. Smith and S. van der Walt 2015, CC0",
            _even(
                *("#000004", "#210c4a", "#57106e", "#8a226a", "#bc3754", "#e45a31", "#f98c0a", "#f9cb35", "#fcffa4"),
            ),
        ),
        ColourMap.of_stops(
            "dose",
            "nine colours of viridis, N. Smith, S. van der Walt and E. Firing 2015, CC0",
            _even(
                *("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"),
            ),
        ),
    )
}
"""Adding one is a name above and an entry here."""
