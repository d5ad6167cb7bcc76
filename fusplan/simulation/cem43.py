"""Thermal dose as cumulative equivalent minutes at 43 degrees Celsius, cooling included.

CEM43 is the integral of R^(43 - T) over time, R 0.5 from 43 degrees up and 0.25 below (V: Sapareto and Dewey, as coded
in BabelViscoFDTD). Between two moments the temperature is taken to be linear, for which the integral has a closed form.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fusplan.compiled import compiled
from fusplan.spatial.points import FloatArray

Rises: TypeAlias = npt.NDArray[np.float32]

BREAK_CELSIUS = 43.0

BOILING_CELSIUS = 100.0
"""Hotter tissue counts as this hot: beyond, the formula means nothing and its numbers know no bounds."""

LN2 = 0.6931471805599453
LN4 = 1.3862943611198906

STEADY_CELSIUS = 1e-3
"""A change smaller than this within a step counts as none."""

COUNTS_FROM_CELSIUS = 40.0
"""Below, a minute counts less than a second at 43 degrees, and is left out of maps."""


@compiled
def _integrated_rate(celsius: float) -> float:
    """Integral of the dose rate (minutes a minute) over temperature, zero at 43 degrees."""
    rate = LN2 if celsius >= BREAK_CELSIUS else LN4
    return float((np.exp(rate * (celsius - BREAK_CELSIUS)) - 1) / rate)


@compiled
def _dose_minutes(before: float, after: float, seconds: float) -> float:
    before, after = min(before, BOILING_CELSIUS), min(after, BOILING_CELSIUS)
    change = after - before
    if abs(change) < STEADY_CELSIUS:
        middle = (before + after) / 2 - BREAK_CELSIUS
        return float(np.exp((LN2 if middle >= 0 else LN4) * middle) * seconds / 60)
    return float((_integrated_rate(after) - _integrated_rate(before)) / change * seconds / 60)


@compiled
def _accumulate(
    before: Rises, after: Rises, seconds: float, base: float, scales: FloatArray, peak: Rises, dose: Rises
) -> None:
    for place in range(after.size):
        first, last = before[place], after[place]
        hottest = max(first, last)
        peak[place] = max(peak[place], last)
        for index in range(scales.size - 1, -1, -1):
            scale = scales[index]
            if base + scale * hottest < COUNTS_FROM_CELSIUS:
                break
            dose[index, place] += _dose_minutes(base + scale * first, base + scale * last, seconds)


def accumulate(
    before: Rises, after: Rises, seconds: float, base_celsius: float, scales: FloatArray, peak: Rises, dose: Rises
) -> None:
    """Add one step to the greatest rise and the doses of many places.

    Args:
        before, after: (n,) rise at the begin and the end of the step, degrees.
        seconds: its length.
        base_celsius: temperature before all heating.
        scales: (s,) ascending factors on the rise; a dose for each.
        peak: (n,) greatest rise so far, changed.
        dose: (s, n) CEM43 in minutes so far, changed.
    """
    _accumulate(before, after, seconds, base_celsius, scales, peak, dose)


def cem43_minutes(times_s: FloatArray, celsius: FloatArray) -> FloatArray:
    """CEM43 (min) of temperatures (t, ...) at times (t,), linear in between."""
    counted = np.minimum(celsius, BOILING_CELSIUS)
    before, after = counted[:-1], counted[1:]
    change = np.where(np.abs(after - before) < STEADY_CELSIUS, STEADY_CELSIUS, after - before)
    middle = (before + after) / 2
    steps = (_integrals(middle + change / 2) - _integrals(middle - change / 2)) / change
    minutes = np.diff(times_s).reshape(-1, *[1] * (celsius.ndim - 1)) / 60
    return np.asarray((steps * minutes).sum(axis=0))


def _integrals(celsius: FloatArray) -> FloatArray:
    above = celsius - BREAK_CELSIUS
    rate = np.where(above >= 0, LN2, LN4)
    return np.asarray(np.expm1(rate * above) / rate)


def seconds_to_reach(dose_min: float, celsius: float) -> float:
    """How long a constant temperature takes to a dose of CEM43 (min)."""
    rate = LN2 if celsius >= BREAK_CELSIUS else LN4
    return float(60 * dose_min * np.exp(-rate * (celsius - BREAK_CELSIUS)))
