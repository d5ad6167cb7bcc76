"""A simulated treatment read back: tables by the csv module, numbers by json, fields by SimpleITK."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from fusplan.export.check_rows import CheckRow, NamedPlace, centre_row, point_rows
from fusplan.export.names_in_files import plain_name
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.treatment_fields import FieldFile, field_files
from fusplan.export.treatment_files import ELEMENTS, NUMBERS, SONICATIONS, TREATMENT_FOLDER
from fusplan.export.treatment_tables import spot_mm
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTreatment
from fusplan.planning.treatment_summary import treatment_summary
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.points import FloatArray

_COLUMNS = tuple(f"scanner_ras_{axis}_mm" for axis in "xyz")
_NEAR = 1e-4
"""Of a number that a file keeps with four decimals, or as a float of 32 bits: allowed beside the number itself."""

TableRow = dict[str, str]


def check_treatment_files(simulated: SimulatedTreatment, plan: Plan, folder: Path) -> list[CheckRow]:
    """Every file of ``treatment/``: spots and elements where they are, numbers as they were computed."""
    made = folder / TREATMENT_FOLDER
    rows = _check_sonications(simulated, plan, made)
    rows += _check_elements(simulated, made)
    rows.append(_check_numbers(simulated, made))
    for one in field_files(simulated):
        rows += _check_field(one, made)
    return rows


def _table(path: Path) -> list[TableRow]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _place(row: TableRow) -> FloatArray:
    return np.array([float(row[name]) for name in _COLUMNS])


def _check_sonications(simulated: SimulatedTreatment, plan: Plan, made: Path) -> list[CheckRow]:
    file, found = f"{TREATMENT_FOLDER}/{SONICATIONS}", _table(made / SONICATIONS)
    known = {target.id: plain_name(target.name) for target in plan.targets}
    rows: list[CheckRow] = []
    wrong = abs(len(found) - sum(len(target.sonications) for target in simulated.targets))
    for target in simulated.targets:
        own = [row for row in found if row["target_id"] == target.target_id]
        subject = known.get(target.target_id, plain_name(target.name))
        for row, sonication in zip(own, target.sonications, strict=False):
            wanted: list[NamedPlace] = [(subject, spot_mm(target, sonication.spot_offset_mm))]
            rows += point_rows(file, "csv module", wanted, [(subject, _place(row))])
            numbers = (sonication.energy_j, sonication.power_w, sonication.duration_s, sonication.start_s)
            read = tuple(float(row[name]) for name in ("energy_j", "power_w", "duration_s", "start_s"))
            wrong += not np.allclose(read, numbers, rtol=0, atol=_NEAR) or row["notice"] != RESEARCH_ONLY
    return [*rows, CheckRow(file, "csv module", "sonications", "reference", float(wrong), 0)]


def _check_elements(simulated: SimulatedTreatment, made: Path) -> list[CheckRow]:
    file, found = f"{TREATMENT_FOLDER}/{ELEMENTS}", _table(made / ELEMENTS)
    wrong = abs(len(found) - sum(len(target.elements.active) for target in simulated.targets))
    for target in simulated.targets:
        own = [row for row in found if row["target_id"] == target.target_id]
        places = target.pose.elements(simulated.transducer).array
        for row, place, active in zip(own, places, target.elements.active, strict=False):
            wrong += not np.allclose(_place(row), place, rtol=0, atol=_NEAR) or (row["active"] == "true") != active
    return [CheckRow(file, "csv module", "elements", "reference", float(wrong), 0)]


def _check_numbers(simulated: SimulatedTreatment, made: Path) -> CheckRow:
    content = json.loads((made / NUMBERS).read_text(encoding="utf-8"))
    read = {target["id"]: target["numbers"] for target in content["targets"]}
    wrong = int(content["notice"] != RESEARCH_ONLY)
    for target in simulated.targets:
        for name, value in treatment_summary(target).columns.items():
            if isinstance(value, float) and np.isfinite(value):
                wrong += not np.isclose(read.get(target.target_id, {}).get(name, np.nan), value)
    return CheckRow(f"{TREATMENT_FOLDER}/{NUMBERS}", "json module", "numbers", "reference", float(wrong), 0)


def _check_field(one: FieldFile, made: Path) -> list[CheckRow]:
    """Every value, and where the middle of the largest ones lies as ITK places it."""
    file = f"{TREATMENT_FOLDER}/{one.name}"
    image = sitk.ReadImage(str(made / one.name))
    values = sitk.GetArrayFromImage(image).transpose(2, 1, 0)
    # As the file keeps them, so that the first of the highest is the same one.
    expected, grid = one.field.values.astype(np.float32), one.field.grid
    if values.shape != expected.shape:
        return [CheckRow(file, "SimpleITK", "shape", "reference", 1.0, 0)]
    wrong = np.count_nonzero(~np.isclose(values, expected, rtol=_NEAR, atol=1e-6))
    rows = [CheckRow(file, "SimpleITK", "values", "reference", float(wrong), 0)]
    highest = np.argwhere(values >= values.max())[0]
    found = flip_ras_lps(np.array(image.TransformIndexToPhysicalPoint([int(index) for index in highest])))
    place = grid.places(np.argwhere(expected >= expected.max())[:1]).array[0]
    return [*rows, centre_row(file, "SimpleITK", "its peak", found, place, 0.01)]
