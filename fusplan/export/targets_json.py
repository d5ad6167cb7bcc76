"""``targets.json``: targets, lesions and landmarks for programs, the same names and numbers as in the CSV tables."""

from __future__ import annotations

import json
from pathlib import Path

from fusplan import __version__
from fusplan.export.csv_tables import lesion_row, target_row
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Landmark, Plan
from fusplan.planning.review import PlanReview


def write_targets_json(plan: Plan, review: PlanReview, path: Path, notes: Notes = ()) -> None:
    """Every target and lesion; frame, axis and unit stand in each name. Raises FileNotWritableError."""
    marked: list[tuple[str, Landmark]] = [("AC", plan.landmarks.ac), ("PC", plan.landmarks.pc)]
    marked += [(f"midline {number}", one) for number, one in enumerate(plan.landmarks.midline, start=1)]
    content = {
        "notice": RESEARCH_ONLY,
        "generated_by": f"fusplan {__version__}",
        "image_sha256": plan.image.sha256,
        "image_notes": [note.as_json for note in notes],
        "landmarks": [
            {"name": name, "scanner_ras_mm": list(one.point.coordinates), "source": one.source} for name, one in marked
        ],
        "targets": [target_row(plan, target) for target in plan.targets],
        "lesions": [lesion_row(plan, lesion, review.lesion(lesion.id)) for lesion in plan.lesions],
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(path, (text + "\n").encode("utf-8"))
