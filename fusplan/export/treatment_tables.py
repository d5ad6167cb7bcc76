"""Rows of ``sonications.csv`` and ``elements.csv``: frame and unit stand in the name of every column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from fusplan.export.csv_tables import Cell, Row
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.sonication_peaks import SonicationPeak, sonication_peaks
from fusplan.simulation.skull import SKULL_WORDS
from fusplan.spatial import AcPcGeometry
from fusplan.spatial.points import FloatArray

AXES = ("right", "anterior", "superior")

UNVERIFIED = "simulated; not verified against any treatment"
"""Stands in every row: these are numbers of a model."""


def sonication_rows(plan: Plan, simulated: SimulatedTreatment) -> list[Row]:
    """A row a sonication, target by target, in the order of time."""
    geometry = plan.landmarks.geometry()
    return [
        _sonication_row(target, number, peak, geometry)
        for target in simulated.targets
        for number, peak in enumerate(sonication_peaks(target), start=1)
    ]


def spot_mm(target: SimulatedTarget, offset_mm: tuple[float, float, float]) -> FloatArray:
    """Where a spot lies, shape (3,), scanner RAS mm."""
    return np.asarray(target.pose.target.array + np.array(offset_mm))


def _sonication_row(target: SimulatedTarget, number: int, peak: SonicationPeak, geometry: AcPcGeometry) -> Row:
    sonication = peak.sonication
    offset = np.array(sonication.spot_offset_mm)
    # Columns of the axes are directions in scanner RAS.
    along_head = geometry.axes.T @ offset
    row: Row = {
        "target_id": target.target_id,
        "target": target.name,
        "side": target.side,
        "number": number,
        "kind": sonication.kind,
        "proposed_by_program": target.proposed,
    }
    row |= _named("spot_offset_scanner_ras_{}_mm", "xyz", offset)
    row |= _named("spot_offset_acpc_{}_mm", AXES, along_head)
    row["spot_offset_words"] = offset_words(along_head)
    row |= _named("scanner_ras_{}_mm", "xyz", spot_mm(target, sonication.spot_offset_mm))
    return row | {
        "energy_j": sonication.energy_j,
        "power_w": sonication.power_w,
        "duration_s": sonication.duration_s,
        "start_s": sonication.start_s,
        "shown_peak_celsius": peak.shown_celsius,
        "true_peak_celsius": peak.true_celsius,
        "status": UNVERIFIED,
    }


def offset_words(along_head_mm: FloatArray) -> str:
    """``0.5 mm to the right, 0.8 mm down``; ``at the target`` for none. Right, anterior, superior mm in AC-PC axes."""
    ways = (("to the right", "to the left"), ("forward", "back"), ("up", "down"))
    parts = [
        f"{abs(size):.1f} mm {plus if size > 0 else minus}"
        for size, (plus, minus) in zip(along_head_mm, ways, strict=True)
        if abs(size) >= 0.05  # less reads as 0.0
    ]
    return ", ".join(parts) if parts else "at the target"


def element_rows(simulated: SimulatedTreatment) -> list[Row]:
    """A row an element, target by target, in the order of the helmet; empty where a number is not known.

    From a T1 neither the bone's density nor losses and phases are known.
    """
    return [row for target in simulated.targets for row in _rows_of(target, simulated)]


def _rows_of(target: SimulatedTarget, simulated: SimulatedTreatment) -> Iterator[Row]:
    places = target.pose.elements(simulated.transducer).array
    columns = _element_columns(target)
    skull = SKULL_WORDS[simulated.skull.kind]
    for index, place in enumerate(places):
        row: Row = {"target_id": target.target_id, "element": index + 1}
        row |= _named("scanner_ras_{}_mm", "xyz", place)
        row |= {name: _cell(values, index) for name, values in columns.items()}
        yield row | {
            "relative_load_by_area_only": target.load.by_area_only,
            "skull": skull,
            "status": UNVERIFIED,
        }


def _element_columns(target: SimulatedTarget) -> dict[str, npt.NDArray[np.generic] | None]:
    elements, transmission = target.elements, target.elements.transmission
    known = elements.skull_kind != "t1"
    return {
        "active": elements.active,
        "meets_bone": elements.meets_bone,
        "meets_air": elements.meets_air,
        "incidence_outer_deg": elements.incidence_outer_deg,
        "incidence_inner_deg": elements.incidence_inner_deg,
        "thickness_mm": elements.thickness_mm,
        "mean_hu": elements.mean_hu if known else None,
        "skull_density_ratio": elements.sdr,
        "transmission_magnitude": None if transmission is None else np.abs(transmission),
        "transmission_phase_deg": None if transmission is None else np.degrees(np.angle(transmission)),
        "relative_load": target.load.relative,
    }


def _cell(values: npt.NDArray[np.generic] | None, index: int) -> Cell:
    if values is None:
        return None
    value = values[index].item()
    return value if isinstance(value, bool) or np.isfinite(value) else None


def _named(pattern: str, axes: str | tuple[str, ...], values: FloatArray) -> Row:
    return {pattern.format(axis): float(value) for axis, value in zip(axes, values, strict=True)}
