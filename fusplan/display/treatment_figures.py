"""Two figures of a treatment, as values: what the helmet's tilt does, and how skull density ratios are spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.display.colour_bars import ColourBar
from fusplan.display.colour_maps import COLOUR_MAPS
from fusplan.display.figure_axis import FigureAxis, Tick
from fusplan.display.image_layers import ImageLayer
from fusplan.display.views import Convention
from fusplan.imaging.intensity import IntensityWindow
from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.skull_density_ratio import SDR_LEAST, SDR_USUAL
from fusplan.simulation.tilt_search import TiltMap
from fusplan.spatial.points import FloatArray

TiltQuantity: TypeAlias = Literal["active", "incidence", "efficiency"]

TILT_QUANTITIES: Mapping[TiltQuantity, tuple[str, str]] = MappingProxyType(
    {
        "active": ("Active elements", ""),
        "incidence": ("Mean incidence", "°"),
        "efficiency": ("Pressure at the target", "% of water"),
    }
)
"""Title and unit of each."""

TILT_WORDS = "The trade-off over tilts, no recommendation. Hatched: helmet too close to the skin."

UNKNOWN_COLOUR = (109, 116, 125)


@dataclass(frozen=True, slots=True, eq=False)
class TiltCell:
    """One tilt of the map.

    Attributes:
        across, up: its middle, 0 to 1 from the left and from the bottom.
        tilt: which.
        value: in the unit of the map; not-a-number where no element is on.
        rgb: its colour.
        fits: whether the helmet keeps its distance from the skin; None where that is not known.
    """

    across: float
    up: float
    tilt: HelmetTilt
    value: float
    rgb: tuple[int, int, int]
    fits: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class TiltPicture:
    """The map of one quantity.

    Attributes:
        quantity: which.
        cells: one a tilt.
        cell_size: width and height of a cell, parts of the map.
        across, up: the axes: leaning to the patient's right, which lies as in axial slices, and forward.
        now: where the helmet leans now, 0 to 1 from the left and from the bottom; None beyond the map.
        bar: what the colours mean; None where nothing is known.
    """

    quantity: TiltQuantity
    cells: tuple[TiltCell, ...]
    cell_size: tuple[float, float]
    across: FigureAxis
    up: FigureAxis
    now: tuple[float, float] | None
    bar: ColourBar | None

    def cell_at(self, across: float, up: float) -> TiltCell | None:
        """The cell at a place of the map, 0 to 1 from the left and from the bottom."""
        width, height = self.cell_size
        inside = (c for c in self.cells if abs(c.across - across) <= width / 2 and abs(c.up - up) <= height / 2)
        return next(inside, None)


def tilt_values(found: TiltMap, quantity: TiltQuantity) -> FloatArray | None:
    """Numbers (a, r) in the unit of the map; None where the skull does not tell them."""
    if quantity == "efficiency":
        return None if found.efficiency is None else 100 * found.efficiency
    return found.active_count.astype(np.float64) if quantity == "active" else found.mean_incidence_deg


def tilt_picture(
    found: TiltMap, quantity: TiltQuantity, now: HelmetTilt | None = None, convention: Convention = "radiological"
) -> TiltPicture:
    """The map as cells: forward is up; tilts that do not fit are told, not left out."""
    values = tilt_values(found, quantity)
    numbers = np.full(found.active_count.shape, np.nan) if values is None else values
    window = _window_of(numbers)
    mirror = -1.0 if convention == "radiological" else 1.0
    to_right, forward = mirror * found.right_deg, found.anterior_deg
    across = _axis_of("L ← lean, ° → R" if mirror > 0 else "R ← lean, ° → L", to_right)
    up = _axis_of("back ← lean, ° → forward", forward)
    cells = tuple(
        TiltCell(
            across.place(float(to_right[column])),
            up.place(float(forward[row])),
            HelmetTilt(float(found.anterior_deg[row]), float(found.right_deg[column])),
            float(numbers[row, column]),
            _colour_of(float(numbers[row, column]), window),
            None if found.fits is None else bool(found.fits[row, column]),
        )
        for row in range(len(forward))
        for column in range(len(to_right))
    )
    return TiltPicture(
        quantity,
        cells,
        (1 / len(to_right), 1 / len(forward)),
        across,
        up,
        _place_of(now, across, up, mirror),
        None if window is None else _bar_of(quantity, window),
    )


def _axis_of(title: str, degrees: FloatArray) -> FigureAxis:
    """Half a cell is left beyond the outer ones; the title says which way a tilt goes, the numbers how far."""
    half = float(np.ptp(degrees)) / max(len(degrees) - 1, 1) / 2 or 0.5
    axis = FigureAxis.of(title, float(degrees.min()) - half, float(degrees.max()) + half)
    return replace(axis, ticks=tuple(Tick(tick.value, f"{abs(tick.value):g}") for tick in axis.ticks))


def _place_of(now: HelmetTilt | None, across: FigureAxis, up: FigureAxis, mirror: float) -> tuple[float, float] | None:
    if now is None:
        return None
    place = (across.place(mirror * now.right_deg), up.place(now.anterior_deg))
    return place if all(0 <= part <= 1 for part in place) else None


def _window_of(numbers: FloatArray) -> IntensityWindow | None:
    known = numbers[np.isfinite(numbers)]
    if known.size == 0:
        return None
    low, high = float(known.min()), float(known.max())
    return IntensityWindow(low, high if high > low else low + 1.0)


def _colour_of(value: float, window: IntensityWindow | None) -> tuple[int, int, int]:
    if window is None or not np.isfinite(value):
        return UNKNOWN_COLOUR
    level = round(255 * (value - window.low) / window.width)
    red, green, blue = COLOUR_MAPS["dose"].table[level].tolist()
    return (red, green, blue)


def _bar_of(quantity: TiltQuantity, window: IntensityWindow) -> ColourBar:
    title, unit = TILT_QUANTITIES[quantity]
    return ColourBar(ImageLayer("tilts", title, "dose"), window, unit)


@dataclass(frozen=True, slots=True)
class SdrLine:
    """A ratio to compare by, with its words."""

    ratio: float
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class SdrHistogram:
    """How the skull density ratios of the elements are spread.

    Attributes:
        edges: (bins + 1,) of the bars.
        active, off: (bins,) elements in each bar; those that are off stand above the active ones, in grey.
        ratio, count: the axes.
        mean: of the active ones; None without any.
        lines: ratios to compare by.
    """

    edges: FloatArray
    active: npt.NDArray[np.int64]
    off: npt.NDArray[np.int64]
    ratio: FigureAxis
    count: FigureAxis
    mean: float | None
    lines: tuple[SdrLine, ...]


SDR_BAR = 0.05

SDR_LINES = (SdrLine(SDR_LEAST, f"{SDR_LEAST:g} asked for in trials"), SdrLine(SDR_USUAL, f"{SDR_USUAL:g} usual"))


def sdr_histogram(elements: ElementReport) -> SdrHistogram | None:
    """The histogram; None where the skull does not tell ratios."""
    if elements.sdr is None or not np.isfinite(elements.sdr).any():
        return None
    edges = np.linspace(0.0, 1.0, round(1 / SDR_BAR) + 1)
    known = np.isfinite(elements.sdr)
    ratios = np.clip(elements.sdr, 0.0, 1.0)
    active, _ = np.histogram(ratios[known & elements.active], edges)
    off, _ = np.histogram(ratios[known & ~elements.active], edges)
    return SdrHistogram(
        edges,
        active.astype(np.int64),
        off.astype(np.int64),
        FigureAxis.of("Skull density ratio", 0.0, 1.0),
        FigureAxis.of("Elements", 0.0, float(max((active + off).max(), 1)), 5),
        elements.skull_sdr,
        SDR_LINES,
    )
