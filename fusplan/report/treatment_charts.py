"""Charts of a simulated target: temperature through time, and the skull density ratio of its elements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fusplan.display.colours import AMBER, PICTURE_TEXT
from fusplan.display.element_colours import OFF_COLOUR
from fusplan.display.treatment_figures import sdr_histogram
from fusplan.planning.number_words import number
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.planning.treatment_checks import LESION_SHOWN_CELSIUS, LOW_SDR
from fusplan.report.drawing import Disc, Drawing, Line, Polygons, Shape, Words
from fusplan.report.slice_figures import Figure
from fusplan.simulation.temperature_history import BODY_CELSIUS, TemperatureHistory
from fusplan.spatial.points import FloatArray

CURVE_MM, HISTOGRAM_MM = (150.0, 66.0), (90.0, 42.0)
LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 10.0, 9.0, 4.0, 9.0
"""Room for axes and their words."""

SIDE_MM = 4.0
"""Beside the bars of the histogram."""

TRUE_COLOUR, SHOWN_COLOUR = AMBER, "#ffffff"
GRID_COLOUR, ON_COLOUR, BAR_COLOUR = "#343c46", "#2b5d66", "#5aa0ad"
LEAD_S, COOLING_S = 3.0, 20.0
"""Shown before and after each sonication; the rest of the pauses is cut out."""

GAP_MM = 1.4
WORDS_MM = 2.4


@dataclass(frozen=True, slots=True)
class _Window:
    """One sonication's span of time, s, and where it lies in the picture, mm."""

    begin_s: float
    end_s: float
    left_mm: float
    mm_per_s: float

    def x(self, time_s: float) -> float:
        return self.left_mm + (time_s - self.begin_s) * self.mm_per_s


def temperature_figure(target: SimulatedTarget) -> Figure | None:
    """The true temperature as a line, what thermometry shows as dots at its frames; None where nothing is heated."""
    history = target.history
    if history is None:
        return None
    windows = _windows(target)
    top = 10.0 * np.ceil((max(60.0, float(history.peak_celsius.max())) + 1.0) / 10.0)
    shapes = [*_temperature_axis(top)]
    for place, window in enumerate(windows):
        shapes += _sonication_shapes(target, place, window, is_named=_named(windows, place))
    shapes += _true_lines(history, windows, top) + _shown_dots(history, windows, top)
    title = f"Temperature at {target.name}: true highest as a line, shown by thermometry as dots"
    return Figure("Temperature", Drawing(*CURVE_MM, title, None, tuple(shapes)), "pauses are cut out")


def _windows(target: SimulatedTarget) -> list[_Window]:
    done = target.sonications
    starts = [*(sonication.start_s for sonication in done[1:]), float("inf")]
    spans = [
        (sonication.start_s - LEAD_S, min(sonication.end_s + COOLING_S, following))
        for sonication, following in zip(done, starts, strict=True)
    ]
    room = CURVE_MM[0] - LEFT_MM - RIGHT_MM - GAP_MM * (len(spans) - 1)
    mm_per_s = room / sum(end - begin for begin, end in spans)
    windows, left = [], LEFT_MM
    for begin, end in spans:
        windows.append(_Window(begin, end, left, mm_per_s))
        left += (end - begin) * mm_per_s + GAP_MM
    return windows


def _named(windows: list[_Window], place: int) -> bool:
    """Whether there is room for the time below a sonication; of many only some are named."""
    width = (windows[0].end_s - windows[0].begin_s) * windows[0].mm_per_s + GAP_MM
    return place % max(1, int(np.ceil(9.0 / width))) == 0


def _y(celsius: float, top: float) -> float:
    height = CURVE_MM[1] - TOP_MM - BOTTOM_MM
    return CURVE_MM[1] - BOTTOM_MM - height * (celsius - (BODY_CELSIUS - 1)) / (top - (BODY_CELSIUS - 1))


def _temperature_axis(top: float) -> list[Shape]:
    right = CURVE_MM[0] - RIGHT_MM
    shapes: list[Shape] = []
    for celsius in np.arange(40.0, top + 1, 10.0):
        y = _y(float(celsius), top)
        shapes += [
            Line((LEFT_MM, y), (right, y), GRID_COLOUR, 0.15),
            Words((LEFT_MM - 1.2, y), f"{number(float(celsius), 0)} °C" if celsius == 40 else number(float(celsius), 0),
                  WORDS_MM, anchor="end"),
        ]  # fmt: skip
    y = _y(LESION_SHOWN_CELSIUS, top)
    return [
        *shapes,
        Line((LEFT_MM, y), (right, y), PICTURE_TEXT, 0.18, 0.7, (1.2, 0.9)),
        Words((right + 1.0, y), "51 °C", WORDS_MM * 0.9, anchor="start"),
    ]


def _sonication_shapes(target: SimulatedTarget, place: int, window: _Window, is_named: bool) -> list[Shape]:
    """A band while the sound is on, and when it begins."""
    sonication = target.sonications[place]
    left, right = window.x(sonication.start_s), window.x(sonication.end_s)
    low, high = CURVE_MM[1] - BOTTOM_MM, TOP_MM
    band = np.array([[left, low], [right, low], [right, high], [left, high]])
    shapes: list[Shape] = [Polygons((band,), ON_COLOUR, 0.0, fill_opacity=0.45)]
    if is_named:
        minutes, seconds = divmod(round(sonication.start_s), 60)
        middle = (left + right) / 2
        shapes.append(Words((middle, low + 2.4), f"{minutes}:{seconds:02d}", WORDS_MM * 0.9))
        if sonication.kind == "test":
            shapes.append(Words((middle, low + 5.6), "test", WORDS_MM * 0.9))
    return shapes


def _true_lines(history: TemperatureHistory, windows: list[_Window], top: float) -> list[Shape]:
    times, celsius = history.times_s, history.peak_celsius
    lines: list[FloatArray] = []
    for window in windows:
        inside = times[(times > window.begin_s) & (times < window.end_s)]
        at = np.concatenate([[max(window.begin_s, float(times[0]))], inside, [min(window.end_s, float(times[-1]))]])
        lines.append(
            np.array([(window.x(t), _y(c, top)) for t, c in zip(at, np.interp(at, times, celsius), strict=True)])
        )
    return [Polygons(tuple(lines), TRUE_COLOUR, 0.45, closed=False, title="highest true temperature")]


def _shown_dots(history: TemperatureHistory, windows: list[_Window], top: float) -> list[Shape]:
    shown = history.shown
    if shown is None:
        return []
    dots: list[Shape] = []
    for time_s, celsius, place in zip(shown.times_s, shown.peak_celsius, shown.of_sonication, strict=True):
        window = windows[int(place)]
        if window.begin_s <= time_s <= window.end_s:
            dots.append(Disc((window.x(float(time_s)), _y(float(celsius), top)), 0.55, SHOWN_COLOUR))
    return dots


def sdr_figure(target: SimulatedTarget) -> Figure | None:
    """How many elements have which skull density ratio, those that are off in grey; None where it is not known."""
    found = sdr_histogram(target.elements)
    if found is None:
        return None
    width, height = HISTOGRAM_MM
    low, per_unit = height - BOTTOM_MM, (width - 2 * SIDE_MM) / float(found.edges[-1])
    tall = (low - TOP_MM - 4.0) / max(1, int((found.active + found.off).max()))
    tops = np.asarray(low - found.active * tall, dtype=np.float64)
    lefts = SIDE_MM + found.edges[:-1] * per_unit
    wide = float(found.edges[1] - found.edges[0]) * per_unit - 0.25
    shapes: list[Shape] = [
        Polygons(_bars(lefts, wide, np.full(len(lefts), low), tops), BAR_COLOUR, 0.0, fill_opacity=0.9),
        Polygons(_bars(lefts, wide, tops, np.asarray(tops - found.off * tall)), OFF_COLOUR, 0.0, fill_opacity=0.9),
        Line((SIDE_MM, low), (width - SIDE_MM, low), GRID_COLOUR, 0.2),
        *(
            Words((SIDE_MM + value * per_unit, low + 2.4), number(value), WORDS_MM * 0.9)
            for value in np.arange(0.0, float(found.edges[-1]) + 0.01, 0.2)
        ),
        *_upright(SIDE_MM + LOW_SDR * per_unit, low, number(LOW_SDR, 2), "end", (0.8, 0.6)),
        Words((width / 2, low + 5.8), "skull density ratio", WORDS_MM * 0.9),
    ]
    mean = "" if found.mean is None else f": mean {number(found.mean, 2)}"
    if found.mean is not None:
        shapes += _upright(SIDE_MM + found.mean * per_unit, low, f"mean {number(found.mean, 2)}", "start", None)
    title = f"Skull density ratio of the elements at {target.name}{mean}"
    return Figure("Skull density ratio", Drawing(width, height, title, None, tuple(shapes)), "elements; grey: off")


def _bars(lefts: FloatArray, wide: float, lows: FloatArray, tops: FloatArray) -> tuple[FloatArray, ...]:
    return tuple(
        np.array([[left, low], [left + wide, low], [left + wide, top], [left, top]])
        for left, low, top in zip(lefts, lows, tops, strict=True)
        if top < low
    )


def _upright(x: float, low: float, words: str, anchor: str, dashes: tuple[float, float] | None) -> list[Shape]:
    """A line across the bars with its words beside its top."""
    beside = 0.8 if anchor == "start" else -0.8
    return [
        Line((x, low), (x, TOP_MM), PICTURE_TEXT, 0.25, dashes_mm=dashes),
        Words((x + beside, TOP_MM + 1.2), words, WORDS_MM, anchor="start" if anchor == "start" else "end"),
    ]
