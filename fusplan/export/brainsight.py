"""``targets_brainsight.txt``: targets for Brainsight's import (tab-separated, NIfTI world = scanner RAS mm).

A target there is a pose; these have no direction, so the axes are those of the frame.
"""

from __future__ import annotations

from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.export.names_in_files import plain_name
from fusplan.export.notice import notice_words
from fusplan.imaging.header_transforms import header_transforms
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Plan, Target
from fusplan.planning.plan_file import is_there
from fusplan.planning.plan_images import ImageReference

_COLUMNS = ("Target Name", "Loc. X", "Loc. Y", "Loc. Z", *(f"m{axis}n{part}" for axis in range(3) for part in range(3)))

_UNTURNED = ("1", "0", "0", "0", "1", "0", "0", "0", "1")


def write_brainsight(plan: Plan, path: Path, notes: Notes = (), image_path: Path | None = None) -> None:
    """One line a target. Raises FileNotWritableError.

    Args:
        plan: the plan.
        path: the file to write.
        notes: what the reader of the image noticed.
        image_path: where the image is, when it is not where the plan says.
    """
    lines = [
        "# Version: 14",
        f"# Coordinate system: NIfTI:{_letter(plan.image, image_path)}:Scanner",
        "# Created by: fusplan",
        "# Units: millimetres, degrees, milliseconds, and microvolts",
        "# Encoding: UTF-8",
        f"# Notes: Each column is delimited by a tab. Each value within a column is delimited by a semicolon. "
        f"{notice_words(notes)}",
        "# " + "\t".join(_COLUMNS),
        *("\t".join(_cells(target)) for target in plan.targets),
    ]
    write_atomically(path, ("\n".join(lines) + "\n").encode("utf-8"))


def _letter(image: ImageReference, found_at: Path | None) -> str:
    """Q where the image's qform places it, and so is the frame of the plan; else S, also where that cannot be asked."""
    path = found_at if found_at is not None else Path(image.path) if image.path and is_there(image) else None
    if path is None:
        return "S"
    try:
        transforms = header_transforms(path)
    except FusplanError:
        return "S"
    return "Q" if transforms is not None and transforms.used.name == "qform" else "S"


def _cells(target: Target) -> tuple[str, ...]:
    return (plain_name(target.name), *(f"{value + 0.0:.6f}" for value in target.point.coordinates), *_UNTURNED)
