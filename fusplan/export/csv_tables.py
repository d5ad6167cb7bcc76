"""``targets.csv`` and ``lesions.csv``: one row each, frame and unit in the name of every column.

Plain CSV (UTF-8, comma, one header line) that spreadsheets, R and pandas read as it stands; what the reader of the
image noticed and the research-only line are the last columns. Numbers have at most four decimals, shares are per cent.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TypeAlias

from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.readings import read_in_plan, read_tilt
from fusplan.harmless import harmless
from fusplan.imaging.notes import Notes, notes_words
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.lesion_summary import lesion_summary
from fusplan.planning.plan import Lesion, Plan, Target
from fusplan.planning.review import LesionReview, PlanReview

Cell: TypeAlias = str | int | float | bool | None
Row: TypeAlias = dict[str, Cell]

_DECIMALS = 4
"""Of every number: a tenth of a micrometre, and 0.01 degrees of a direction."""


def write_targets_csv(plan: Plan, path: Path, notes: Notes = ()) -> None:
    """Every target in every frame, with where it came from. Raises FileNotWritableError."""
    write_rows([target_row(plan, target) for target in plan.targets], path, notes)


def write_lesions_csv(plan: Plan, review: PlanReview, path: Path, notes: Notes = ()) -> None:
    """Every lesion: size, place, axes, coverage by each atlas, distances, uncertainty. Raises FileNotWritableError."""
    write_rows([lesion_row(plan, lesion, review.lesion(lesion.id)) for lesion in plan.lesions], path, notes)


def target_row(plan: Plan, target: Target) -> Row:
    """A target in every frame, under column names that say frame, axis and unit."""
    reading = read_in_plan(plan, target.point)
    return {
        "id": target.id,
        "name": target.name,
        "side": target.side,
        "locked": target.locked,
        **reading.columns,
        "words": reading.words.words,
        "method": target.provenance.method,
        "confidence": target.provenance.confidence,
        "uncertainty_mm": target.provenance.uncertainty_mm,
        "provenance": target.provenance.words,
        "aim": target.aim.key if target.aim is not None else None,
    }


def lesion_row(plan: Plan, lesion: Lesion, review: LesionReview) -> Row:
    """A lesion and what was computed for it, under column names that say frame, axis and unit."""
    reading = read_in_plan(plan, lesion.centre)
    row: Row = {
        "id": lesion.id,
        "name": lesion.name,
        "side": lesion.side,
        "target_id": lesion.target_id,
        "width_1_mm": lesion.width_mm[0],
        "width_2_mm": lesion.width_mm[1],
        "length_mm": lesion.length_mm,
    }
    summary = lesion_summary(review)
    row |= {name: value for number in summary.of("lesion") for name, value in number.columns}
    row |= {f"centre_{name}": value for name, value in reading.columns.items()}
    row["centre_words"] = reading.words.words
    row |= _axes(plan, lesion)
    return row | summary.columns


def _axes(plan: Plan, lesion: Lesion) -> Row:
    """Directions of the three axes as unit vectors, and the tilt of the long axis from the dorsoventral axis."""
    rotation = lesion.ellipsoid.rotation
    row: Row = {}
    for index, name in enumerate(("width_1", "width_2", "length")):
        for axis, component in zip("xyz", rotation[:, index], strict=True):
            row[f"{name}_axis_scanner_ras_{axis}"] = float(component)
    anterior_deg, lateral_deg = read_tilt(lesion, plan.landmarks.geometry())
    return row | {"tilt_anterior_acpc_deg": anterior_deg, "tilt_lateral_acpc_deg": lateral_deg}


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{round(cell, _DECIMALS) + 0.0:.12g}"
    return harmless(str(cell))


def write_rows(rows: list[Row], path: Path, notes: Notes) -> None:
    """All rows under the union of their columns in the order in which they first appear, then what was noticed.

    Raises FileNotWritableError.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*columns, "image_notes", "notice"])
    for row in rows:
        writer.writerow([*(_written(row.get(name)) for name in columns), notes_words(notes), RESEARCH_ONLY])
    write_atomically(path, stream.getvalue().encode("utf-8"))
