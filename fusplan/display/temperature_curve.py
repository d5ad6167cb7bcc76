"""The temperature through time as a figure: true curve, dots where thermometry shows a frame, a band a sonication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fusplan.display.figure_axis import FigureAxis
from fusplan.simulation.predicted_lesion import LESION_TEMPERATURE_CELSIUS
from fusplan.simulation.sonication import Sonication, SonicationKind
from fusplan.simulation.temperature_history import BODY_CELSIUS, TemperatureHistory
from fusplan.spatial.points import FloatArray

BEFORE_S, AFTER_S = 3.0, 45.0
"""What is shown before and after a sonication on its own: it has cooled to a quarter by then."""

LEAST_TOP_CELSIUS = 60.0
"""The axis reaches at least so far, so that curves of several sonications can be compared by eye."""

MINUTES_FROM_S = 180.0
"""Longer times are written in minutes."""


@dataclass(frozen=True, slots=True)
class CurveBand:
    """While the sound is on: ``number`` counts sonications from 1, times in the unit of the figure's axis."""

    number: int
    kind: SonicationKind
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class CurveLevel:
    """A line across the figure: a temperature (degC) with its words."""

    celsius: float
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class TemperatureCurve:
    """The figure. Times are in the unit of the axis, seconds or minutes.

    Attributes:
        time, celsius: the axes.
        true_points: (t, 2) time and true highest temperature anywhere.
        shown_points: (f, 2) middle of a frame and the highest temperature that thermometry shows in it.
        bands: the sonications that are seen.
        levels: temperatures to compare by.
    """

    time: FigureAxis
    celsius: FigureAxis
    true_points: FloatArray
    shown_points: FloatArray
    bands: tuple[CurveBand, ...]
    levels: tuple[CurveLevel, ...]


def temperature_curve(
    history: TemperatureHistory, sonications: Sequence[Sonication], only: int | None = None
) -> TemperatureCurve:
    """The figure of all sonications, or of one of them.

    Args:
        history: their heat.
        sonications: in the order of time, as they were heated.
        only: which sonication, from 0, is shown alone; None shows all.
    """
    begin_s, end_s = _window_s(history, sonications, only)
    unit_s, title = (60.0, "Time, min") if end_s - begin_s > MINUTES_FROM_S else (1.0, "Time, s")
    zero_s = begin_s + BEFORE_S if only is not None else 0.0
    true_points = _within(history.times_s, history.peak_celsius, begin_s, end_s)
    shown_points = np.zeros((0, 2))
    if history.shown is not None:
        shown_points = _within(history.shown.times_s, history.shown.peak_celsius, begin_s, end_s)
    top = max([LEAST_TOP_CELSIUS, *true_points[:, 1], *shown_points[:, 1]])
    scale = np.array([unit_s, 1.0])
    shift = np.array([zero_s, 0.0])
    return TemperatureCurve(
        time=FigureAxis.of(title, (begin_s - zero_s) / unit_s, (end_s - zero_s) / unit_s),
        celsius=FigureAxis.of("Temperature, °C", BODY_CELSIUS - 2.0, top + 2.0),
        true_points=(true_points - shift) / scale,
        shown_points=(shown_points - shift) / scale,
        bands=tuple(
            CurveBand(number, s.kind, (s.start_s - zero_s) / unit_s, (s.end_s - zero_s) / unit_s)
            for number, s in enumerate(sonications, start=1)
            if s.end_s > begin_s and s.start_s < end_s
        ),
        levels=(CurveLevel(LESION_TEMPERATURE_CELSIUS, f"{LESION_TEMPERATURE_CELSIUS:g} °C"),),
    )


def _window_s(history: TemperatureHistory, sonications: Sequence[Sonication], only: int | None) -> tuple[float, float]:
    """From when until when; the next sonication ends what is shown of one."""
    if only is None:
        return float(history.times_s[0]), float(history.times_s[-1])
    chosen = sonications[only]
    following = sonications[only + 1].start_s if only + 1 < len(sonications) else np.inf
    end_s = min(chosen.end_s + AFTER_S, float(history.times_s[-1]), following)
    return chosen.start_s - BEFORE_S, max(end_s, chosen.end_s)


def _within(times_s: FloatArray, celsius: FloatArray, begin_s: float, end_s: float) -> FloatArray:
    seen = (times_s >= begin_s) & (times_s <= end_s)
    return np.column_stack([times_s[seen], celsius[seen]]).astype(np.float64)
