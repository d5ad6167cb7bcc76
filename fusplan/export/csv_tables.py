"""``targets.csv`` and ``lesions.csv``: one row each, frame and unit in the name of every column.

Plain CSV (UTF-8, comma, one header line) that spreadsheets, R and pandas read as it stands; the research-only line
is the last column. Numbers have at most four decimals, shares are per cent.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TypeAlias

from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.readings import read_in_plan, read_tilt
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Lesion, Plan, Target
from fusplan.planning.review import Coverage, LesionReview, PlanReview, Uncertainty

Cell: TypeAlias = str | int | float | bool | None
Row: TypeAlias = dict[str, Cell]

_DECIMALS = 4
"""Of every number: a tenth of a micrometre, and 0.01 degrees of a direction."""


def write_targets_csv(plan: Plan, path: Path) -> None:
    """Every target in every frame, with where it came from. Raises FileNotWritableError."""
    _write([target_row(plan, target) for target in plan.targets], path)


def write_lesions_csv(plan: Plan, review: PlanReview, path: Path) -> None:
    """Every lesion: size, place, axes, coverage by each atlas, distances, uncertainty. Raises FileNotWritableError."""
    _write([lesion_row(plan, lesion, review.lesion(lesion.id)) for lesion in plan.lesions], path)


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
        "volume_mm3": review.volume_mm3,
    }
    row |= {f"centre_{name}": value for name, value in reading.columns.items()}
    row["centre_words"] = reading.words.words
    row |= _axes(plan, lesion)
    for coverage in review.coverage:
        row |= _coverage(coverage)
    row |= _uncertainty(review.uncertainty)
    # Last, because each lesion has neighbours of its own: a nucleus that is far from one leaves its cell empty.
    nuclei_last = sorted(review.distances, key=lambda distance: distance.kind == "structure")
    return row | {f"distance_to_{_slug(distance.to)}_mm": distance.distance_mm for distance in nuclei_last}


def _axes(plan: Plan, lesion: Lesion) -> Row:
    """Directions of the three axes as unit vectors, and the tilt of the long axis from the dorsoventral axis."""
    rotation = lesion.ellipsoid.rotation
    row: Row = {}
    for index, name in enumerate(("width_1", "width_2", "length")):
        for axis, component in zip("xyz", rotation[:, index], strict=True):
            row[f"{name}_axis_scanner_ras_{axis}"] = float(component)
    anterior_deg, lateral_deg = read_tilt(lesion, plan.landmarks.geometry())
    return row | {"tilt_anterior_acpc_deg": anterior_deg, "tilt_lateral_acpc_deg": lateral_deg}


def _coverage(coverage: Coverage) -> Row:
    atlas = _slug(coverage.atlas)
    row: Row = {}
    shares = {column_name(coverage.structure.key): coverage.target}
    if coverage.is_of_part:
        shares[column_name(coverage.whole_key)] = coverage.whole
    for name, share in shares.items():
        if share is None:  # an atlas that does not describe it
            continue
        row[f"{atlas}_{name}_covered_mm3"] = share.volume_mm3
        row[f"{atlas}_{name}_covered_percent_of_{name}"] = 100 * share.share_of_structure
        row[f"{atlas}_{name}_percent_of_lesion"] = 100 * share.share_of_lesion
        row[f"{atlas}_{name}_whole_mm3"] = share.structure_mm3
    outside = next((share for share in coverage.spill if share.kind == "outside"), None)
    # The rest of CL is spill for CLp, but not another nucleus; it shows in the columns of CL.
    nuclei = [share for share in coverage.spill if share.kind == "structure"]
    largest = max(nuclei, key=lambda share: share.volume_mm3, default=None)
    row[f"{atlas}_largest_spill_structure"] = largest.abbreviation if largest else ""
    row[f"{atlas}_largest_spill_mm3"] = largest.volume_mm3 if largest else 0.0
    row[f"{atlas}_outside_thalamus_mm3"] = outside.volume_mm3 if outside else 0.0
    row[f"{atlas}_sampling_error_percent"] = 100 * coverage.sampling_error
    return row


def _uncertainty(uncertainty: Uncertainty) -> Row:
    region = uncertainty.region_95
    row: Row = {
        f"region_95_percent_semi_axis_{number}_mm": semi_axis
        for number, semi_axis in enumerate(sorted(region.semi_axes_mm, reverse=True), start=1)
    }
    for axis, half in zip("xyz", region.half_extent_mm, strict=True):
        row[f"region_95_percent_half_extent_scanner_ras_{axis}_mm"] = float(half)
    for axis, deviation in zip(("right", "anterior", "superior"), uncertainty.standard_deviation_mm, strict=True):
        row[f"standard_deviation_acpc_{axis}_mm"] = deviation
    key = column_name(uncertainty.structure.key)
    row[f"most_of_{key}_coverable_by_this_volume_percent"] = 100 * uncertainty.largest_share
    row[f"probability_of_half_{key}_percent"] = 100 * uncertainty.half_cover_probability
    for name, share in zip(("mean", "5th_percentile", "95th_percentile"), uncertainty.expected_share, strict=True):
        row[f"expected_{key}_covered_{name}_percent"] = 100 * share
    return row


def column_name(key: str) -> str:
    """What a structure is called within names of columns: ``clp``."""
    return _slug(key).lower()


def _slug(name: str) -> str:
    """``third_ventricle_wall`` for ``third-ventricle wall``: letters, digits and underscores."""
    return re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{round(cell, _DECIMALS) + 0.0:.12g}"
    return str(cell)


def _write(rows: list[Row], path: Path) -> None:
    """All rows under the union of their columns in the order in which they first appear, then the notice."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*columns, "notice"])
    for row in rows:
        writer.writerow([*(_written(row.get(name)) for name in columns), RESEARCH_ONLY])
    write_atomically(path, stream.getvalue().encode("utf-8"))
