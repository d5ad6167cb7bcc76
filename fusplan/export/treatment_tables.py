"""Rows of ``sonications.csv`` and ``elements.csv``: frame and unit stand in the name of every column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from fusplan.export.csv_tables import Cell, Row
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.treatment_details import shown_celsius, spot_offset, true_celsius
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
        _sonication_row(target, place, geometry)
        for target in simulated.targets
        for place in range(len(target.sonications))
    ]


def spot_mm(target: SimulatedTarget, offset_mm: tuple[float, float, float]) -> FloatArray:
    """Where a spot lies, shape (3,), scanner RAS mm."""
    return np.asarray(target.pose.target.array + np.array(offset_mm))


def peaks_celsius(target: SimulatedTarget, place: int) -> tuple[float | None, float | None]:
    """The highest temperature shown and true of a sonication, by its place; None where it is not known."""
    history = target.history
    if history is None:
        return None, None
    return shown_celsius(history, place), true_celsius(history, target.sonications, place)


def _sonication_row(target: SimulatedTarget, place: int, geometry: AcPcGeometry) -> Row:
    sonication = target.sonications[place]
    offset = spot_offset(sonication, geometry)
    shown, true = peaks_celsius(target, place)
    row: Row = {
        "target_id": target.target_id,
        "target": target.name,
        "side": target.side,
        "number": place + 1,
        "kind": sonication.kind,
        "proposed_by_program": target.proposed,
    }
    row |= _named("spot_offset_scanner_ras_{}_mm", "xyz", np.array(sonication.spot_offset_mm))
    along_head = np.array([offset.right_mm, offset.anterior_mm, offset.superior_mm])
    row |= _named("spot_offset_acpc_{}_mm", AXES, along_head)
    row["spot_offset_words"] = offset.words.replace("\N{NO-BREAK SPACE}", " ")
    row |= _named("scanner_ras_{}_mm", "xyz", spot_mm(target, sonication.spot_offset_mm))
    return row | {
        "energy_j": sonication.energy_j,
        "power_w": sonication.power_w,
        "duration_s": sonication.duration_s,
        "start_s": sonication.start_s,
        "shown_peak_celsius": shown,
        "true_peak_celsius": true,
        "status": UNVERIFIED,
    }


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
