"""Where targets lie by each atlas, and how high their aim lies: solids of closed form."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.display.target_height import span_mm
from fusplan.display.target_standing import target_standing
from fusplan.planning import edits
from fusplan.planning.checks import check_target
from fusplan.planning.plan import Plan
from fusplan.planning.target_places import astray_targets, astray_words, target_places
from fusplan.spatial import Points, read_acpc
from tests.fixtures.small_heads import patient_atlases, small_plan


def moved(offset: tuple[float, float, float]) -> Plan:
    plan = small_plan()
    right = plan.target("clp-right")
    place = right.point.of(right.point.frame, right.point.array + np.array(offset))
    return edits.move_target(plan, "clp-right", place)


@pytest.mark.parametrize("offset", [(0.0, 0.0, 0.0), (6.0, -4.0, 0.0), (12.0, 12.0, 0.0), (60.0, 0.0, 0.0)])
def test_lists_marks_and_checks_say_the_same(offset: tuple[float, float, float]) -> None:
    plan = moved(offset)
    target, geometry = plan.target("clp-right"), plan.landmarks.geometry()
    places = target_places(target, patient_atlases())
    checks = check_target(target, geometry, patient_atlases())[1:]
    assert [(place.verdict, place.sentence) for place in places] == [(one.verdict, one.sentence) for one in checks]
    is_astray = any(check.verdict != "ok" for check in checks)
    assert ("clp-right" in dict(astray_targets(plan, patient_atlases()))) == is_astray
    standing = target_standing(target, plan.landmarks, geometry, patient_atlases())
    assert (standing.verdict != "ok") == is_astray
    assert standing.astray.lower() == astray_words(places).lower()


def test_the_distance_to_the_wall_is_the_clinical_one() -> None:
    plan = small_plan()
    target, geometry = plan.target("clp-right"), plan.landmarks.geometry()
    words = target_standing(target, plan.landmarks, geometry, patient_atlases()).words.replace("\u00a0", " ")
    wall = plan.landmarks.ventricle_wall("right")
    if wall is None or not wall.plausible:
        assert "ventricle" not in words
    else:
        away_mm = read_acpc(target.point, geometry).lateral_mm - wall.lateral_mm
        assert f"{away_mm:.1f} mm lateral of the ventricle wall" in words


def test_the_span_of_the_aim_on_the_line_is_where_the_atlas_changes_its_mind() -> None:
    plan = small_plan()
    target, geometry = plan.target("clp-left"), plan.landmarks.geometry()
    assert target.aim is not None
    for atlas in patient_atlases():
        span = span_mm(target, target.aim, atlas, geometry)
        assert span is not None
        above_mm = read_acpc(target.point, geometry).above_plane_mm
        heights = (span[0] - 0.5, span[0], span[1], span[1] + 0.5)
        places = [target.point.array + (height - above_mm) * geometry.axes[:, 2] for height in heights]
        inside = atlas.atlas.members(target.aim, atlas.labelling(Points(target.point.frame, np.array(places))))
        assert inside.tolist() == [False, True, True, False]
