from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.slicer_markups import write_slicer_markups
from fusplan.planning.plan import Plan

POINT_KEYS = {
    "id": str,
    "label": str,
    "description": str,
    "associatedNodeID": str,
    "position": list,
    "orientation": list,
    "selected": bool,
    "locked": bool,
    "visibility": bool,
    "positionStatus": str,
}

GLYPH_TYPES = [
    "Vertex2D",
    "Dash2D",
    "Cross2D",
    "ThickCross2D",
    "Triangle2D",
    "Square2D",
    "Circle2D",
    "Diamond2D",
    "Arrow2D",
    "ThickArrow2D",
    "HookedArrow2D",
    "StarBurst2D",
    "Sphere3D",
    "Diamond3D",
]


@pytest.fixture
def content(plan: Plan, tmp_path: Path) -> dict[str, Any]:
    write_slicer_markups(plan, tmp_path / "targets.mrk.json")
    loaded: dict[str, Any] = json.loads((tmp_path / "targets.mrk.json").read_text(encoding="utf-8"))
    return loaded


def test_it_has_the_form_of_schema_1_0_3(content: dict[str, Any]) -> None:
    assert content["@schema"].endswith("markups-schema-v1.0.3.json#")
    for markup in content["markups"]:
        assert markup["type"] == "Fiducial"
        assert markup["coordinateSystem"] == "LPS"
        assert markup["coordinateUnits"] == "mm"
        assert markup["locked"] is True
        assert markup["display"]["glyphType"] in GLYPH_TYPES
        for number, point in enumerate(markup["controlPoints"], start=1):
            assert set(point) == set(POINT_KEYS)
            assert all(isinstance(point[key], kind) for key, kind in POINT_KEYS.items())
            assert point["id"] == str(number)
            assert point["positionStatus"] == "defined"
            assert len(point["position"]) == 3
            assert abs(np.linalg.det(np.reshape(point["orientation"], (3, 3)))) == pytest.approx(1)


def test_the_points_are_the_plans_in_lps(content: dict[str, Any], plan: Plan) -> None:
    targets, landmarks = content["markups"]
    assert [point["label"] for point in targets["controlPoints"]] == ["CLp left", "CLp right"]
    assert targets["controlPoints"][0]["position"] == [8.25, 13.1, 5.5]
    labels = [point["label"] for point in landmarks["controlPoints"]]
    assert labels == ["AC", "PC", "midline 1", "midline 2", "midline 3"]
    ac = plan.landmarks.ac.point
    assert landmarks["controlPoints"][0]["position"] == [-ac.x, -ac.y, ac.z]


def test_the_descriptions_hold_provenance_lesion_axes_and_the_notice(content: dict[str, Any]) -> None:
    words = content["markups"][0]["controlPoints"][0]["description"]
    assert "Morel" in words
    assert "ellipsoid 4 x 5 mm, 41.9 mm3" in words
    assert "5 mm along (0.0976, -0.1952, 0.9759)" in words
    for markup in content["markups"]:
        assert all(RESEARCH_ONLY in point["description"] for point in markup["controlPoints"])
