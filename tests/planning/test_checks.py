from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.atlas.structure_ref import CLP_KEY, StructureRef, clp
from fusplan.imaging.volume import Volume
from fusplan.planning import edits
from fusplan.planning.checks import (
    Limits,
    check_geometry,
    check_lesion,
    check_plan,
    check_proposals,
    check_target,
    worst,
)
from fusplan.planning.landmark_edits import move_landmark
from fusplan.planning.lesion_size import LesionSize, plan_lesion
from fusplan.planning.plan import Plan, Target
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.provenance import Provenance
from fusplan.planning.review import Check
from fusplan.spatial import AcPcGeometry, Point, Points, acpc_geometry
from tests.fixtures import plans
from tests.fixtures.fake_anatomy import FakeAnatomy, everywhere, landmarks, nowhere, point
from tests.fixtures.small_heads import patient_atlases, small_head, small_plan

GEOMETRY = landmarks().geometry()
BY_HAND = Provenance("placed by hand", "", "derived")


def verdicts(checks: tuple[Check, ...]) -> dict[str, str]:
    return {check.name: check.verdict for check in checks}


def geometry(length_mm: float, bow_mm: float = 0.0, roll_deg: float = 0.0) -> AcPcGeometry:
    up = np.array([np.sin(np.radians(roll_deg)), 0, np.cos(np.radians(roll_deg))])
    right = np.array([up[2], 0, -up[0]])
    midline = np.array([50 * up + bow_mm * right, 50 * up - bow_mm * right])
    return acpc_geometry(point(0, length_mm, 0), point(0, 0, 0), Points(point(0, 0, 0).frame, midline))


def test_limits() -> None:
    limits = Limits(1.0, 2.0)
    assert [limits.verdict(value) for value in (1.0, 1.5, 2.0, 2.1, float("nan"))] == [
        "ok",
        "warning",
        "warning",
        "error",
        "error",
    ]
    assert worst(["ok", "error", "warning"]) == "error"
    assert worst([]) == "ok"


@pytest.mark.parametrize(
    ("length_mm", "verdict"),
    [(26.4, "ok"), (22.3, "ok"), (22.1, "warning"), (30.7, "warning"), (19, "error"), (36, "error")],
)
def test_acpc_length(length_mm: float, verdict: str) -> None:
    assert verdicts(check_geometry(geometry(length_mm)))["AC-PC length"] == verdict


def test_midline_and_turn() -> None:
    assert verdicts(check_geometry(geometry(26, bow_mm=3.0)))["midplane"] == "warning"
    assert verdicts(check_geometry(geometry(26, roll_deg=10.0)))["head position"] == "ok"
    assert verdicts(check_geometry(geometry(26, roll_deg=20.0)))["head position"] == "warning"


@pytest.mark.parametrize(
    ("cl", "clp", "others", "verdict", "words"),
    [
        (everywhere, everywhere, (), "ok", "lies in CLp"),
        (everywhere, nowhere, (), "ok", "in front of CLp"),
        (everywhere, everywhere, (("MD", everywhere),), "warning", "MD nucleus (right), not in CL"),
        (nowhere, nowhere, (), "error", "outside the thalamus"),
    ],
)
def test_the_nucleus_of_a_clp_target(cl, clp, others, verdict: str, words: str) -> None:
    target = Target("t", "CLp right", "right", point(8, 0, 5), BY_HAND, aim=StructureRef(CLP_KEY, "right"))
    found = check_target(target, GEOMETRY, (FakeAnatomy(cl=cl, clp=clp, others=others),))[1]
    assert found.verdict == verdict
    assert words in found.sentence


def test_other_targets_need_not_lie_in_cl() -> None:
    target = Target("t", "Vim right", "right", point(8, 0, 5), BY_HAND)
    found = check_target(target, GEOMETRY, (FakeAnatomy(cl=nowhere, clp=nowhere, others=(("VL", everywhere),)),))
    assert {check.verdict for check in found} == {"ok"}


@pytest.mark.parametrize(
    ("others", "verdict", "words"),
    [
        ((("VPL", everywhere),), "ok", "lies in VPL nucleus (right)."),
        ((("VPL", nowhere),), "warning", "lies in CLp, not in VPL."),
        ((("VPL", nowhere), ("MD", everywhere)), "warning", "lies in MD nucleus (right), not in VPL."),
        ((), "ok", "lies in CLp."),  # an atlas without VPL has nothing to say against it
    ],
)
def test_a_target_is_compared_with_what_it_aims_at(others, verdict: str, words: str) -> None:
    target = Target("t", "A name", "right", point(8, 0, 5), BY_HAND, aim=StructureRef("VPL", "right"))
    found = check_target(target, GEOMETRY, (FakeAnatomy(cl=everywhere, clp=everywhere, others=others),))[1]
    assert (found.verdict, found.sentence.endswith(words)) == (verdict, True), found.sentence


def test_outside_all_nuclei_is_an_error_for_whatever_is_aimed_at() -> None:
    anatomy = FakeAnatomy(cl=nowhere, clp=nowhere, others=(("VPL", nowhere),))
    for aim, verdict in (("VPL", "error"), (CLP_KEY, "error"), ("VIM", "ok"), (None, "warning")):
        ref = None if aim is None else StructureRef(aim, "right")
        target = Target("t", "A name", "right", point(8, 0, 5), BY_HAND, aim=ref)
        assert check_target(target, GEOMETRY, (anatomy,))[1].verdict == verdict, aim


def test_both_sides_of_any_aim_are_compared() -> None:
    plan = plans.plan()
    aims = [replace(one, aim=StructureRef("VPL", one.side)) for one in plan.targets]
    other = verdicts(check_plan(replace(plan, targets=tuple(aims)), plans.volume(), ()))
    assert other["left and right VPL"] == "ok" and "left and right" not in other
    mixed = verdicts(check_plan(replace(plan, targets=(plan.targets[0], aims[1])), plans.volume(), ()))
    assert not any(name.startswith("left and right") for name in mixed)


def test_a_target_on_the_wrong_side_is_an_error() -> None:
    target = Target("t", "CLp left", "left", point(8, 0, 5), BY_HAND, aim=clp("left"))
    assert check_target(target, GEOMETRY, ())[0].verdict == "error"


def plan_with(lateral_mm: float, size: LesionSize) -> Plan:
    target = Target("t", "CLp right", "right", point(lateral_mm, 0, 5), BY_HAND, aim=clp("right"))
    lesion = plan_lesion(target, size, GEOMETRY)
    return replace(plans.plan(), landmarks=landmarks(wall_mm=2.0), targets=(target,), lesions=(lesion,))


@pytest.mark.parametrize(
    ("lateral_mm", "verdict", "words"),
    [
        (9.0, "ok", "keeps clear of the level of the third-ventricle wall by 5.0 mm"),
        (4.5, "warning", "keeps clear of the level of the third-ventricle wall by 0.5 mm"),
        (3.0, "warning", "crosses the level of the third-ventricle wall by 1.0 mm"),
        (1.5, "error", "crosses the midline by 0.5 mm"),
    ],
)
def test_lesion_against_midline_and_ventricle(lateral_mm: float, verdict: str, words: str) -> None:
    plan = plan_with(lateral_mm, LesionSize((4, 4), 5))
    found = check_lesion(plan.lesions[0], plan, GEOMETRY, ())[0]
    assert found.verdict == verdict
    assert words in found.sentence


def test_a_lesion_across_the_midplane_from_its_target_is_an_error() -> None:
    plan = plan_with(9.0, LesionSize((4, 4), 5))
    assert "called" not in " ".join(check.sentence for check in check_lesion(plan.lesions[0], plan, GEOMETRY, ()))
    across = replace(plan.lesions[0], side="left", centre=point(-4.0, 0, 5))
    found = check_lesion(across, plan, GEOMETRY, ())[0]
    assert found.verdict == "error"
    assert "4.0 mm to the left of the midplane" in found.sentence and "CLp right is called right" in found.sentence


def test_what_a_small_lesion_can_cover_is_said() -> None:
    plan = plan_with(9.0, LesionSize((4, 4), 5))
    anatomy = FakeAnatomy(cl=everywhere, clp=everywhere, clp_mm3=441.0)
    sentence = check_lesion(plan.lesions[0], plan, GEOMETRY, (anatomy,))[1].sentence
    assert "at most 9.5\u00a0% of CLp" in sentence
    assert "impossible wherever it lies" in sentence
    small = FakeAnatomy(cl=everywhere, clp=everywhere, clp_mm3=60.0)
    assert "impossible" not in check_lesion(plan.lesions[0], plan, GEOMETRY, (small,))[1].sentence


def test_what_a_lesion_can_cover_is_said_of_its_aim() -> None:
    plan = plan_with(9.0, LesionSize((4, 4), 5))
    plan = replace(plan, targets=tuple(replace(one, aim=StructureRef("MD", "right")) for one in plan.targets))
    anatomy = FakeAnatomy(cl=everywhere, clp=everywhere, others=(("MD", nowhere),))  # 800 mm3
    assert "at most 5.2\u00a0% of MD (800 mm³" in check_lesion(plan.lesions[0], plan, GEOMETRY, (anatomy,))[1].sentence
    without = FakeAnatomy(cl=everywhere, clp=everywhere)
    assert len(check_lesion(plan.lesions[0], plan, GEOMETRY, (without,))) == 1


def test_a_whole_plan() -> None:
    found = verdicts(check_plan(plans.plan(), plans.volume(), ()))
    assert found["image"] == "ok"
    assert found["registration"] == "ok"
    assert found["ventricle wall left"] == "ok"
    assert found["ventricle wall right"] == "warning"
    assert found["left and right"] == "ok"
    assert "CLp left lesion and CLp right lesion" not in found


def test_another_image_is_noticed() -> None:
    other = Volume.of_array(np.zeros((9, 9, 9), dtype=np.float32), np.eye(4), "0" * 64, study_id=plans.FRAME.study_id)
    assert verdicts(check_plan(plans.plan(), other, ()))["image"] == "error"


def test_a_target_outside_the_image_is_an_error() -> None:
    plan = plans.plan()
    far = replace(plan.targets[0], point=plans.point(-200, 0, 0))
    moved = replace(plan, targets=(far, plan.targets[1]))
    assert verdicts(check_plan(moved, plans.volume(), ()))["image"] == "error"


def test_sides_that_differ_and_lesions_that_overlap() -> None:
    plan = plans.plan()
    left = plan.lesions[0]
    near = replace(plan.lesions[1], centre=plans.point(*(left.centre.array + np.array([0, 0, 2]))), side="left")
    higher = replace(plan.targets[1], point=plans.point(8.5, -13.1, 10.0))
    found = verdicts(
        check_plan(replace(plan, lesions=(left, near), targets=(plan.targets[0], higher)), plans.volume(), ())
    )
    assert found["left and right"] == "warning"
    assert found["CLp left lesion and CLp right lesion"] == "warning"
    assert found["CLp right lesion: target"] == "error"


def small_head_checks(plan: Plan) -> dict[str, str]:
    """Verdicts of the checks of a plan on the small head, by what they are of: targets go by their ids."""
    found = check_plan(plan, small_head(), patient_atlases())
    names = {target.name: target.id for target in plan.targets}
    named = {}
    for check in found:
        subject, colon, rest = check.name.partition(": ")
        named[names.get(subject, subject) + colon + rest] = check.verdict
    return named


def test_renaming_a_target_changes_no_verdict() -> None:
    """It once switched the checks of CLp off."""
    plan = small_plan()
    right = plan.targets[1]
    beside = Point.of(right.point.frame, right.point.array + np.array((6.0, -4.0, 0.0)))
    moved = edits.move_target(plan, right.id, beside)
    before = small_head_checks(moved)
    # Of the made-up proposals some are further apart than in any head.
    assert sorted(name for name, verdict in before.items() if verdict != "ok" and "proposals" not in name) == [
        "clp-right: nucleus by Julich",
        "clp-right: nucleus by Morel",
        "left and right",
    ]
    renamed = edits.rename_target(moved, right.id, "Right target")
    after = small_head_checks(renamed)
    assert {name: after[name] for name in before if "lesion" not in name} == {
        name: verdict for name, verdict in before.items() if "lesion" not in name
    }
    assert len(after) == len(before)
    # Who means another structure says so.
    elsewhere = small_head_checks(edits.aim_target(renamed, right.id, None))
    assert {elsewhere["clp-right: nucleus by Morel"], elsewhere["clp-right: nucleus by Julich"]} == {"ok"}
    assert "left and right" not in elsewhere


def test_a_name_alone_aims_at_nothing() -> None:
    target = Target("t", "CLp right", "right", point(8, 0, 5), BY_HAND)
    found = check_target(target, GEOMETRY, (FakeAnatomy(cl=nowhere, clp=nowhere, others=(("VL", everywhere),)),))
    assert {check.verdict for check in found} == {"ok"}


def test_a_saved_plan_remembers_that_its_proposals_belong_to_other_landmarks(tmp_path: Path) -> None:
    plan = small_plan()
    assert check_proposals(plan) == ()
    ac = plan.landmarks.ac.point
    moved = move_landmark(plan, "ac", Point.of(ac.frame, ac.array + np.array((0.0, 5.0, 0.0))))
    save_plan(moved, tmp_path / "plan.fusplan.json")
    loaded = load_plan(tmp_path / "plan.fusplan.json")
    (check,) = check_proposals(loaded)
    assert (check.name, check.verdict) == ("proposals", "warning")
    assert check in check_plan(loaded, small_head(), ())
    back = move_landmark(loaded, "ac", ac)
    assert check_proposals(back) == ()
    assert check_proposals(replace(loaded, proposals=())) == ()


def test_of_a_plan_of_an_earlier_version_it_is_said_that_it_is_not_known() -> None:
    (check,) = check_proposals(replace(small_plan(), proposals_basis=None))
    assert check.verdict == "ok"
    assert "not known" in check.sentence
