"""``targets.mrk.json``: targets and landmarks as locked point lists of 3D Slicer (schema 1.0.3, LPS mm).

A planned lesion has no form in Slicer's markups (its ROI is a box), so its size and axes stand in the description
of its target; its form is in the label map ``lesions.nii.gz``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fusplan.atlas.colours import AMBER, LESION
from fusplan.export.notice import RESEARCH_ONLY, notice_words
from fusplan.harmless import harmless
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.plan import Landmark, Lesion, Plan, Target
from fusplan.spatial import Point, ScannerRas, read_acpc
from fusplan.spatial.lps import flip_ras_lps

SCHEMA = (
    "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/Resources/Schema/"
    "markups-schema-v1.0.3.json#"
)

_UPRIGHT_LPS = [-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0]
"""Orientation of a control point that is not turned: Slicer's RAS axes as seen in LPS."""


def write_slicer_markups(plan: Plan, path: Path, notes: Notes = ()) -> None:
    """Two point lists in one file: the targets, then AC, PC and the midline points. Raises FileNotWritableError."""
    content = {"@schema": SCHEMA, "markups": [_targets(plan, notes), _landmarks(plan, notes)]}
    text = json.dumps(content, indent=4, ensure_ascii=False, allow_nan=False)
    write_atomically(path, (text + "\n").encode("utf-8"))


def _targets(plan: Plan, notes: Notes) -> dict[str, Any]:
    points = [
        _control_point(number, target.name, target.point, _target_words(plan, target))
        for number, target in enumerate(plan.targets, start=1)
    ]
    return _point_list("fusplan targets", points, LESION, notes)


def _landmarks(plan: Plan, notes: Notes) -> dict[str, Any]:
    named: list[tuple[str, Landmark]] = [("AC", plan.landmarks.ac), ("PC", plan.landmarks.pc)]
    named += [(f"midline {number}", one) for number, one in enumerate(plan.landmarks.midline, start=1)]
    points = [
        _control_point(number, name, landmark.point, f"Marked by: {landmark.source}. {RESEARCH_ONLY}")
        for number, (name, landmark) in enumerate(named, start=1)
    ]
    return _point_list("fusplan landmarks", points, AMBER, notes)


def _point_list(name: str, points: list[dict[str, Any]], colour: str, notes: Notes) -> dict[str, Any]:
    shade = [round(int(colour[start : start + 2], 16) / 255, 4) for start in (1, 3, 5)]
    return {
        "type": "Fiducial",
        "name": name,
        "coordinateSystem": "LPS",
        "coordinateUnits": "mm",
        "locked": True,
        "fixedNumberOfControlPoints": True,
        "labelFormat": "%N-%d",
        "lastUsedControlPointNumber": len(points),
        "description": notice_words(notes),
        "controlPoints": points,
        "display": {
            "visibility": True,
            "color": shade,
            "selectedColor": shade,
            "pointLabelsVisibility": True,
            "glyphType": "ThickCross2D",
        },
    }


def _control_point(number: int, label: str, point: Point[ScannerRas], description: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "label": harmless(label),
        "description": description,
        "associatedNodeID": "",
        "position": [float(value) + 0.0 for value in flip_ras_lps(point.array)],
        "orientation": _UPRIGHT_LPS,
        "selected": True,
        "locked": True,
        "visibility": True,
        "positionStatus": "defined",
    }


def _target_words(plan: Plan, target: Target) -> str:
    """Where the target is in words, where it came from, and the lesions planned about it."""
    provenance = target.provenance
    spread = "" if provenance.uncertainty_mm is None else f", about {provenance.uncertainty_mm:g} mm uncertain"
    parts = [
        f"{read_acpc(target.point, plan.landmarks.geometry()).words}.",
        f"Source ({provenance.method}, confidence {provenance.confidence}{spread}): {provenance.words}",
        *(_lesion_words(lesion) for lesion in plan.lesions_of(target.id)),
        RESEARCH_ONLY,
    ]
    return " ".join(parts)


def _lesion_words(lesion: Lesion) -> str:
    ellipsoid = lesion.ellipsoid
    centre = _lps_words(flip_ras_lps(lesion.centre.array).tolist(), 3)
    axes = "; ".join(
        f"{2 * semi_axis:g} mm along {_lps_words(flip_ras_lps(ellipsoid.rotation[:, index]).tolist(), 4)}"
        for index, semi_axis in enumerate(ellipsoid.semi_axes_mm)
    )
    return f"{lesion.name}: ellipsoid {lesion.size_words}, {ellipsoid.volume_mm3:.1f} mm3, LPS centre {centre}; {axes}."


def _lps_words(values: Sequence[float], decimals: int) -> str:
    return "(" + ", ".join(f"{value + 0.0:.{decimals}f}" for value in values) + ")"
