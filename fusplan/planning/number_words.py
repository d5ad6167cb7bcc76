"""Numbers as people read them: the same wording in the window, in the reports and on the command line."""

from __future__ import annotations

from collections.abc import Sequence

TIMES = " \N{MULTIPLICATION SIGN} "

_DECIMAL_BELOW = 0.0995
_LEAST = 0.0005


def number(value: float, decimals: int = 1) -> str:
    """With a true minus sign and never a negative zero."""
    shown = f"{value:.{decimals}f}"
    if float(shown) == 0.0:
        shown = shown.lstrip("-")
    return shown.replace("-", "\N{MINUS SIGN}")


def percent(share: float) -> str:
    """A share of 0 to 1: ``97 %``, ``9.4 %``, ``0.3 %``, ``< 0.1 %``, ``0 %``; the sign stays on the number's line.

    A decimal below ten: a lesion covers a tenth of a nucleus, and plans differ by less than a per cent of it.
    """
    return f"{_percent_number(share)}\N{NO-BREAK SPACE}%"


def percent_range(low: float, high: float) -> str:
    """``3.2 to 9.4 %``."""
    return f"{_percent_number(low)} to {percent(high)}"


def _percent_number(share: float) -> str:
    if 0 < share < _LEAST:
        return "<\N{NO-BREAK SPACE}0.1"
    return f"{100 * share:.0f}" if share >= _DECIMAL_BELOW or share == 0 else f"{100 * share:.1f}"


def along_the_head(right_anterior_superior_mm: Sequence[float]) -> str:
    """Sizes along the axes of the head: ``1.9 mm right-left, 1.5 mm front-back, 1.6 mm up-down``."""
    axes = ("right-left", "front-back", "up-down")
    return ", ".join(
        f"{number(size)}\N{NO-BREAK SPACE}mm {axis}"
        for size, axis in zip(right_anterior_superior_mm, axes, strict=True)
    )


def how_near(distance_mm: float) -> str:
    """In words whether something is away, touched or reached into, by a distance that is negative inside."""
    if abs(distance_mm) < 0.05:
        return "touches it"
    near = number(abs(distance_mm))
    return f"{near} mm away" if distance_mm > 0 else f"reaches {near} mm into it"
