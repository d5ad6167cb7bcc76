"""``targets_localite.xml``: targets as an entry-target list of Localite's navigator (LPS mm).

That list pairs each target with an entry point on the head; a plan has none, so every entry is written as not set.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from fusplan.atlas.colours import LESION
from fusplan.export.names_in_files import plain_name
from fusplan.export.notice import notice_words
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Plan, Target
from fusplan.spatial.lps import flip_ras_lps

_MARKER_RADIUS_MM = 1.0


def write_localite(plan: Plan, path: Path, notes: Notes = ()) -> None:
    """One entry (not set) and one target for each target of the plan. Raises FileNotWritableError."""
    root = ElementTree.Element("EntryTargetList", coordinateSpace="LPS")
    root.append(ElementTree.Comment(f" {_comment(notice_words(notes))} "))
    for index, target in enumerate(plan.targets):
        _add(root, "Entry", index, target, is_set=False)
        _add(root, "Target", index, target, is_set=True)
    ElementTree.indent(root)
    write_atomically(path, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _add(root: ElementTree.Element, tag: str, index: int, target: Target, is_set: bool) -> None:
    name = plain_name(target.name)
    holder = ElementTree.SubElement(root, tag, index=str(index), selected="false", description=name)
    marker = ElementTree.SubElement(
        holder,
        "Marker",
        description=name,
        color=LESION,
        radius=f"{_MARKER_RADIUS_MM:g}",
        set="true" if is_set else "false",
    )
    place = flip_ras_lps(target.point.array) if is_set else (0.0, 0.0, 0.0)
    ElementTree.SubElement(
        marker, "ColVec3D", {f"data{axis}": f"{float(value) + 0.0:.6f}" for axis, value in enumerate(place)}
    )


def _comment(words: str) -> str:
    """Words as XML lets a comment have them: without two hyphens in a row."""
    return re.sub("-{2,}", "-", words)
