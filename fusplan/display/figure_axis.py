"""An axis of a figure: its range, and round numbers at which it is marked."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from fusplan.spatial.points import FloatArray

ROUND_STEPS = (1.0, 2.0, 5.0, 10.0)
TOLERANCE = 1e-9
"""A tick that is on the end of the range is not lost to rounding."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: at which value, and its number."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class FigureAxis:
    """One axis.

    Attributes:
        title: what stands along it, with the unit.
        low, high: its ends.
        ticks: its marks, within the ends.
    """

    title: str
    low: float
    high: float
    ticks: tuple[Tick, ...]

    @classmethod
    def of(cls, title: str, low: float, high: float, most_ticks: int = 6) -> FigureAxis:
        """An axis marked at multiples of 1, 2 or 5 times a power of ten. Raises ValueError for a range of nothing."""
        if not high > low:
            raise ValueError(f"an axis from {low:g} to {high:g} shows nothing")
        step = round_step((high - low) / max(most_ticks - 1, 1))
        first, last = ceil(low / step - TOLERANCE), floor(high / step + TOLERANCE)
        ticks = tuple(Tick(number * step, f"{number * step:g}") for number in range(first, last + 1))
        return cls(title, low, high, ticks)

    def place(self, value: float) -> float:
        """Where a value stands, 0 at the low end to 1 at the high one."""
        return (value - self.low) / (self.high - self.low)

    def places(self, values: FloatArray) -> FloatArray:
        """The same of many (n,)."""
        return np.asarray((values - self.low) / (self.high - self.low), dtype=np.float64)


def round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below ``least``, which is above 0."""
    power = 10.0 ** floor(log10(least))
    return next(step * power for step in ROUND_STEPS if step * power >= least * (1 - TOLERANCE))
