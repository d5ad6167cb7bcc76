"""How the contours of heat and focus look: each its own line, told apart without colours too, and its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from fusplan.atlas.colours import LESION
from fusplan.display.outlines import LineLook, LineStyle
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS, Band, ContourKind

if TYPE_CHECKING:
    from fusplan.simulation.dragged_spots import PatternNumbers

FOCUS_NAME = "focus at -6 dB"

TEMPERATURE_LINE = "#ff6a55"
DOSE_LINE = "#d9b3ff"
FOCUS_LINE = "#7fe3ff"
"""Apart from CLp's amber and AC-PC's green; dose lines are told apart by their dashes."""

HEAT_LOOKS: Mapping[str, LineLook] = MappingProxyType(
    {
        "51_celsius": LineLook(TEMPERATURE_LINE, 2.2),
        "17_cem43": LineLook(DOSE_LINE, 1.3, (1.0, 2.5)),
        "100_cem43": LineLook(DOSE_LINE, 1.5, (3.0, 2.5)),
        "200_cem43": LineLook(DOSE_LINE, 1.5, (7.0, 2.5)),
        "240_cem43": LineLook(DOSE_LINE, 1.8),
        FOCUS_NAME: LineLook(FOCUS_LINE, 1.5, (2.0, 2.0)),
    }
)
"""By kind. Lines get denser with the dose; the one of 51 degrees, which fits the day-1 lesion best, stands out."""

IN_SCENE: Mapping[str, float] = MappingProxyType({"51_celsius": 0.55, FOCUS_NAME: 0.45})
"""Opacity in space: of the contours only that of 51 degrees, the others lie nearly on it."""

PLANNED_LOOK = LineLook(LESION, 1.6)


@lru_cache(maxsize=len(HEAT_LOOKS))
def heat_style(name: str) -> LineStyle:
    """Of a contour by its kind, or of the focus."""
    look = HEAT_LOOKS[name]
    return LineStyle(look.colour, look.width, in_scene=IN_SCENE.get(name, 0.0))


@dataclass(frozen=True, slots=True)
class LegendLine:
    """One entry of the legend in a slice: a line as it is drawn, and its words; words alone without a line."""

    look: LineLook | None
    words: str


def heat_legend(
    names: Iterable[str],
    volumes_mm3: Mapping[ContourKind, float],
    has_planned: bool,
    doubts_mm3: Mapping[ContourKind, Band] | None = None,
) -> tuple[LegendLine, ...]:
    """The legend of the contours that are drawn.

    Args:
        names: their kinds, and the focus.
        volumes_mm3: of the contours, where they are known.
        has_planned: whether the planned ellipsoid is drawn beside them.
        doubts_mm3: of the same, percentiles 10 and 90 among them, where they are known.
    """
    entries = [LegendLine(PLANNED_LOOK, "planned")] if has_planned else []
    drawn = set(names)
    for kind, words in CONTOUR_WORDS.items():
        if kind in drawn:
            volume = volumes_mm3.get(kind)
            doubt = (doubts_mm3 or {}).get(kind)
            told = "" if volume is None else f": {volume:.0f} mm³"
            told += "" if doubt is None else f" ({doubt.p10:.0f} to {doubt.p90:.0f})"
            entries.append(LegendLine(HEAT_LOOKS[kind], words.removesuffix(" reached") + told))
    if FOCUS_NAME in drawn:
        entries.append(LegendLine(HEAT_LOOKS[FOCUS_NAME], FOCUS_NAME))
    return tuple(entries)


def dragged_words(numbers: PatternNumbers) -> tuple[LegendLine, ...]:
    """What is known of spots while they are dragged, below the lines."""
    covered = numbers.coverage.get("51_celsius")
    share = "" if covered is None else f", {100 * covered.covered:.0f} % of planned covered"
    return (LegendLine(None, f"{numbers.peak_celsius:.1f} °C at most{share}"),)
