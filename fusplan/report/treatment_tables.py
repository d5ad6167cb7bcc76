"""The tables of a simulated treatment as plain words, for the page and for paper alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fusplan.export.treatment_tables import peaks_celsius
from fusplan.planning.number_words import number, percent
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.planning.treatment_details import spot_offset
from fusplan.planning.treatment_summary import TreatmentSummary
from fusplan.simulation.element_report import BoolArray
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS
from fusplan.spatial import AcPcGeometry

NOTHING = "\N{EN DASH}"
"""In a cell without a value."""

INCIDENCE_STEPS_DEG = (10.0, 15.0, 20.0)
"""Elements are counted between these and the limit."""


@dataclass(frozen=True, slots=True)
class WordTable:
    """A head, rows of as many cells, and which columns are numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


def helmet_words(tilt: HelmetTilt) -> str:
    """How the helmet stands, as a sentence."""
    ways = ((tilt.anterior_deg, "forward", "back"), (tilt.right_deg, "to the right", "to the left"))
    leans = [f"{number(abs(deg))}° {plus if deg > 0 else minus}" for deg, plus, minus in ways if abs(deg) >= 0.05]
    words = f"Its apex leans {' and '.join(leans)}" if leans else "The helmet is upright along the AC-PC axes"
    turned = f", turned by {number(tilt.roll_deg)}° about its own axis" if abs(tilt.roll_deg) >= 0.05 else ""
    return f"{words}{turned}."


def lesion_table(summary: TreatmentSummary) -> WordTable | None:
    """Every contour of the lesion to expect; None without one."""
    rows = []
    for kind, words in CONTOUR_WORDS.items():
        found = [summary.named(f"{kind}_{part}") for part in ("volume", "extent", "covered")]
        if found[0] is not None:
            rows.append((words, *(NOTHING if row is None else row.words for row in found)))
    head = ("Region", "Volume: middle (p10 to p90)", "Extent of the middle case", "Of the planned lesion")
    return WordTable(head, tuple(rows), (False, False, False, False)) if rows else None


def sonication_table(target: SimulatedTarget, geometry: AcPcGeometry) -> WordTable | None:
    """Every sonication in the order of time; None without any."""
    rows = []
    for place, sonication in enumerate(target.sonications):
        shown, true = peaks_celsius(target, place)
        minutes, seconds = divmod(round(sonication.start_s), 60)
        rows.append(
            (
                f"{place + 1} {sonication.kind}",
                spot_offset(sonication, geometry).words,
                f"{minutes}:{seconds:02d}",
                f"{number(sonication.duration_s, 0)} s",
                f"{number(sonication.energy_j / 1000)} kJ",
                f"{number(sonication.power_w, 0)} W",
                _celsius(shown),
                _celsius(true),
            )
        )
    head = ("Sonication", "Spot, from the target", "Begins", "Lasts", "Energy", "Power", "Shown", "True")
    return WordTable(head, tuple(rows), (False, False, True, True, True, True, True, True)) if rows else None


def _celsius(celsius: float | None) -> str:
    return NOTHING if celsius is None else f"{number(celsius)} °C"


def element_table(target: SimulatedTarget) -> WordTable:
    """Elements by how they meet the skull: how many, and what the skull does to them."""
    elements = target.elements
    known = elements.sdr is not None and elements.transmission is not None
    head = ("Incidence", "Elements", "Thickness", *(("SDR", "Passes") if known else ()), "Load")
    rows = tuple(_element_row(target, words, chosen) for words, chosen in _groups(target) if chosen.any())
    return WordTable(head, rows, (False, *(True,) * (len(head) - 1)))


def _groups(target: SimulatedTarget) -> Iterator[tuple[str, BoolArray]]:
    elements = target.elements
    incidence, limit = np.nan_to_num(elements.incidence_deg, nan=np.inf), elements.incidence_limit_deg
    edges = [0.0, *(step for step in INCIDENCE_STEPS_DEG if step < limit), limit]
    for low, high in pairwise(edges):
        chosen = elements.active & (incidence >= low) & (incidence < high)
        yield f"{number(low, 0)} to {number(high, 0)}°", chosen
    off = elements.meets_bone & ~elements.active
    yield "off: air in the skull", off & elements.meets_air
    yield f"off: above {number(limit, 0)}°", off & ~elements.meets_air
    yield "off: no bone met", ~elements.meets_bone


def _element_row(target: SimulatedTarget, words: str, chosen: BoolArray) -> tuple[str, ...]:
    elements = target.elements
    cells = [words, str(int(np.count_nonzero(chosen)))]
    on = bool((chosen & elements.active).any())
    thickness = elements.thickness_mm[chosen & elements.meets_bone]
    cells.append(f"{number(float(np.nanmean(thickness)))} mm" if np.isfinite(thickness).any() else NOTHING)
    if elements.sdr is not None and elements.transmission is not None:
        ratios = elements.sdr[chosen & elements.active]
        cells.append(number(float(np.nanmean(ratios)), 2) if np.isfinite(ratios).any() else NOTHING)
        cells.append(percent(float(np.abs(elements.transmission[chosen]).mean())) if on else NOTHING)
    return (*cells, number(float(target.load.relative[chosen].mean()), 2) if on else NOTHING)
