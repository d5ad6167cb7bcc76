"""``targets.fcsv``: targets as a point list in 3D Slicer's earlier form (LPS mm), for older versions and scripts."""

from __future__ import annotations

from pathlib import Path

from fusplan.export.names_in_files import plain_name
from fusplan.export.notice import notice_words
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Plan, Target
from fusplan.spatial.lps import flip_ras_lps


def write_slicer_fcsv(plan: Plan, path: Path, notes: Notes = ()) -> None:
    """One line a target. Raises FileNotWritableError."""
    lines = [
        "# Markups fiducial file version = 4.13",
        "# CoordinateSystem = LPS",
        "# columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID",
        *(_line(number, target, notes) for number, target in enumerate(plan.targets)),
    ]
    write_atomically(path, ("\n".join(lines) + "\n").encode("utf-8"))


def _line(number: int, target: Target, notes: Notes) -> str:
    left, posterior, superior = (f"{value + 0.0:.6f}" for value in flip_ras_lps(target.point.array))
    description = f"{target.provenance.method}. {notice_words(notes)}"
    # ow,ox,oy,oz 0,0,0,1 is no turn; visible, selected, locked.
    return f"{number},{left},{posterior},{superior},0,0,0,1,1,1,1,{_quoted(target.name)},{_quoted(description)},"


def _quoted(text: str) -> str:
    """Text as one field: the form has no line breaks, and commas only within quotes."""
    plain = plain_name(text)
    return '"' + plain.replace('"', '""') + '"' if "," in plain or '"' in plain else plain
