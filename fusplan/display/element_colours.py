"""The helmet's elements in colours: by incidence, thickness of the skull, skull density ratio or load; grey when off.

The same colours stand in the 3-D view and in the flat map of the helmet, with one colour bar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from fusplan.display.colour_bars import ColourBar
from fusplan.display.colour_maps import COLOUR_MAPS, ColourMapName
from fusplan.display.image_layers import ImageLayer
from fusplan.display.layer_table import ElementQuantity
from fusplan.display.views import Convention
from fusplan.imaging.intensity import IntensityWindow
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.simulation.transducer import Transducer
from fusplan.spatial.points import FloatArray

OFF_COLOUR = "#6d747d"
"""Of elements that are off, or of which the number is not known."""

OFF_WORDS = "grey: off"


@dataclass(frozen=True, slots=True)
class QuantityWords:
    """How a quantity is told: title and unit of its colour bar, its name in a choice, and what it is."""

    title: str
    unit: str
    choice: str
    tooltip: str


QUANTITIES: Mapping[ElementQuantity, QuantityWords] = MappingProxyType(
    {
        "incidence": QuantityWords(
            "Incidence", "°", "Incidence", "Angle between the ray and the skull's normal, mean of both tables"
        ),
        "thickness": QuantityWords(
            "Skull thickness", "mm", "Thickness", "Of the skull along the ray, outer to inner table"
        ),
        "sdr": QuantityWords("SDR", "", "SDR", "Skull density ratio, by the published recipe, not the vendor's"),
        "load": QuantityWords(
            "Load",
            "times the mean",
            "Load",
            "Relative load where the ray goes through; it is no temperature",
        ),
    }
)

COLOURS_OF: Mapping[ElementQuantity, ColourMapName] = MappingProxyType(
    {"incidence": "dose", "thickness": "dose", "sdr": "dose", "load": "heat"}
)

_LEAST_RANGE: Mapping[ElementQuantity, float] = MappingProxyType(
    {"incidence": 5.0, "thickness": 1.0, "sdr": 0.1, "load": 0.5}
)
"""A skull as even as the synthetic one is shown as even, not spread over all colours."""


@dataclass(frozen=True, slots=True, eq=False)
class ElementColours:
    """The elements of one target's helmet by one quantity.

    Attributes:
        quantity: which.
        values: (n,) not-a-number where it is not known.
        is_on: (n,) whether the element is active and its number known: the others are grey.
        rgb: (n, 3) its colours.
        bar: what they mean; None where no element has a number.
    """

    quantity: ElementQuantity
    values: FloatArray
    is_on: npt.NDArray[np.bool_]
    rgb: npt.NDArray[np.uint8]
    bar: ColourBar | None


def element_values(target: SimulatedTarget, quantity: ElementQuantity) -> FloatArray | None:
    """The numbers (n,) of a target's elements; None where the skull does not tell them."""
    elements = target.elements
    if quantity == "sdr":
        return elements.sdr
    if quantity == "load":
        return target.load.relative
    return elements.incidence_deg if quantity == "incidence" else elements.thickness_mm


def element_colours(target: SimulatedTarget, quantity: ElementQuantity) -> ElementColours:
    """Colours of a target's elements: the range is that of the active ones, without the outer hundredths."""
    active = target.elements.active
    known = element_values(target, quantity)
    values = np.full(len(active), np.nan) if known is None else np.asarray(known, dtype=np.float64)
    is_on = active & np.isfinite(values)
    rgb = np.tile(np.array(_channels(OFF_COLOUR), dtype=np.uint8), (len(active), 1))
    if not is_on.any():
        return ElementColours(quantity, values, is_on, rgb, None)
    window = _range_of(values[is_on], quantity)
    table = COLOUR_MAPS[COLOURS_OF[quantity]].table
    levels = np.clip((values[is_on] - window.low) / window.width, 0.0, 1.0)
    rgb[is_on] = table[np.round(255 * levels).astype(int)]
    return ElementColours(quantity, values, is_on, rgb, quantity_bar(quantity, window))


def quantity_bar(quantity: ElementQuantity, window: IntensityWindow) -> ColourBar:
    """The colour bar of a quantity."""
    words = QUANTITIES[quantity]
    return ColourBar(ImageLayer("elements", words.title, COLOURS_OF[quantity]), window, words.unit)


def known_quantities(target: SimulatedTarget) -> tuple[ElementQuantity, ...]:
    """Those that the skull at hand tells."""
    return tuple(quantity for quantity in QUANTITIES if element_values(target, quantity) is not None)


def _range_of(values: FloatArray, quantity: ElementQuantity) -> IntensityWindow:
    low, high = (float(end) for end in np.percentile(values, [1, 99]))
    lacking = max(_LEAST_RANGE[quantity] - (high - low), 0.0)
    low = max(low - lacking / 2, 0.0)
    return IntensityWindow(low, max(high, low + _LEAST_RANGE[quantity]))


def _channels(colour: str) -> tuple[int, int, int]:
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))


@dataclass(frozen=True, slots=True, eq=False)
class ElementMap:
    """The helmet laid flat, seen from above: the apex in the middle, the rim at radius 1, anterior up.

    Attributes:
        places: (n, 2) to the right and up, within the unit circle.
        radius: of a dot, so that dots just do not touch.
        colours: of the dots, in the order of the places.
        left, right, top, bottom: letters at the borders.
    """

    places: FloatArray
    radius: float
    colours: ElementColours
    left: str
    right: str
    top: str = "A"
    bottom: str = "P"


def element_map(transducer: Transducer, colours: ElementColours, convention: Convention = "radiological") -> ElementMap:
    """The flat map; distances from the apex are true, the patient's right lies as in axial slices."""
    x, y, z = transducer.element_positions_mm.T
    polar = np.arccos(np.clip(z / transducer.radius_mm, -1.0, 1.0))
    azimuth = np.arctan2(y, x)
    reach = polar / polar.max()
    mirror = -1.0 if convention == "radiological" else 1.0
    places = np.column_stack([mirror * reach * np.cos(azimuth), reach * np.sin(azimuth)])
    left, right = ("R", "L") if convention == "radiological" else ("L", "R")
    radius = 0.7 / float(np.sqrt(len(places)))
    return ElementMap(places, radius, colours, left, right)
