"""Keys of a plan and its parts: what they hold, and what changes without changing them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.planning import edits
from fusplan.planning.landmark_edits import move_landmark, set_proposals
from fusplan.planning.lesion_size import LesionSize
from fusplan.planning.measurements import remove_measurement
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.plan import Landmark, Plan
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.registration_edits import judge_registration, nudge_registration
from tests.fixtures import plans

STILL = (0.0, 0.0, 0.0)


def with_unlocked(plan: Plan) -> Plan:
    return edits.set_target_locked(plan, "clp-left", False)


def moved_target(plan: Plan) -> Plan:
    return edits.move_target(with_unlocked(plan), "clp-left", plans.point(-8.25, -13.1, 5.6))


def with_wall(plan: Plan, **changes: object) -> Plan:
    left, right = plan.landmarks.ventricle_walls
    return replace(plan, landmarks=replace(plan.landmarks, ventricle_walls=(replace(left, **changes), right)))


CHANGES: dict[str, Callable[[Plan], Plan]] = {
    "AC": lambda plan: move_landmark(plan, "ac", plans.point(0.2, 12.6, 0.1)),
    "a wall": lambda plan: with_wall(plan, lateral_mm=2.41),
    "words that a check shows": lambda plan: with_wall(plan, sentence="Found."),
    "the map": lambda plan: nudge_registration(plan, (0.1, 0.0, 0.0), STILL),
    "a judgement": lambda plan: judge_registration(plan, "accepted"),
    "the proposals": lambda plan: set_proposals(plan, plan.proposals[:1]),
    "what the proposals belong to": lambda plan: replace(plan, proposals_basis="0" * 64),
    "a target's place": moved_target,
    "a target's name": lambda plan: edits.rename_target(plan, "clp-left", "Left target"),
    "a target's aim": lambda plan: edits.aim_target(plan, "clp-left", None),
    "a lesion": lambda plan: edits.resize_lesion(plan, "lesion-clp-left", LesionSize((4.0, 4.0), 6.0)),
    "the seed": lambda plan: replace(plan, seed=8),
}
"""What a review reads."""

LEFT_ALONE: dict[str, Callable[[Plan], Plan]] = {
    "a lock": with_unlocked,
    "a colour": lambda plan: edits.set_target_colour(plan, "clp-left", "#ff9d7a"),
    "a measurement": lambda plan: remove_measurement(plan, "distance-1"),
    "the second image": lambda plan: set_image(plan, "second", plans.second_image()),
    "where the image is": lambda plan: replace(plan, image=replace(plan.image, path="/elsewhere/T1w.nii.gz")),
    "the engine's notes": lambda plan: replace(plan, registration=replace(plan.registration, notes=())),
    "who marked AC": lambda plan: replace(
        plan, landmarks=replace(plan.landmarks, ac=Landmark(plan.landmarks.ac.point, "user"))
    ),
}
"""What nothing is computed from."""


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_review_reads_changes_the_key_of_a_plan(change: str) -> None:
    plan = plans.plan()
    assert plan.digest == plans.plan().digest
    assert CHANGES[change](plan).digest != plan.digest


@pytest.mark.parametrize("change", LEFT_ALONE)
def test_what_nothing_is_computed_from_does_not(change: str) -> None:
    plan = plans.plan()
    assert LEFT_ALONE[change](plan).digest == plan.digest


def test_keys_survive_another_process_and_the_file(tmp_path: Path) -> None:
    plan = nudge_registration(plans.plan(), (0.1, -0.2, 0.3), (0.5, 0.0, 0.0))
    save_plan(plan, tmp_path / "plan.fusplan.json")
    for again in (pickle.loads(pickle.dumps(plan)), load_plan(tmp_path / "plan.fusplan.json")):
        assert (again.digest, again.basis) == (plan.digest, plan.basis)
        assert again.landmarks.digest == plan.landmarks.digest
        assert again.registration.digest == plan.registration.digest


def test_landmarks_are_told_apart_by_what_was_marked_and_by_the_walls() -> None:
    marks = plans.landmarks()
    walled = with_wall(plans.plan(), lateral_mm=2.41).landmarks
    assert walled.marks_digest == marks.marks_digest and walled.digest != marks.digest
    fewer = replace(marks, midline=marks.midline[:2])
    assert len({marks.marks_digest, fewer.marks_digest, replace(marks, midline=marks.midline[::-1]).marks_digest}) == 3
    assert with_wall(plans.plan(), sentence="Found.").landmarks.digest == marks.digest


def test_a_judgement_leaves_the_map_alone() -> None:
    plan = plans.plan()
    judged = judge_registration(plan, "distrusted")
    assert judged.registration.digest != plan.registration.digest
    assert judged.registration.mni_to_scanner.digest == plan.registration.mni_to_scanner.digest
    assert judged.basis == plan.basis


def test_the_frame_of_landmarks_is_made_once() -> None:
    marks = plans.landmarks()
    assert marks.geometry() is marks.geometry()
    moved = replace(marks, ac=Landmark(plans.point(0.2, 14.5, 0.1), "user"))
    assert moved.geometry().length_mm == pytest.approx(marks.geometry().length_mm + 2, abs=0.01)
    assert marks == plans.landmarks()


# What the proposals belong to


def test_proposals_belong_to_what_they_were_computed_on() -> None:
    plan = set_proposals(plans.plan(), plans.plan().proposals)
    assert plan.proposals_fit
    moved = move_landmark(plan, "ac", plans.point(0.2, 17.5, 0.1))
    assert moved.proposals_fit is False
    assert move_landmark(moved, "ac", plan.landmarks.ac.point).proposals_fit
    assert nudge_registration(plan, (1.0, 0.0, 0.0), STILL).proposals_fit is False
    assert judge_registration(plan, "distrusted").proposals_fit
    assert moved_target(plan).proposals_fit


def test_proposals_of_an_earlier_version_are_unknown_until_a_landmark_moves() -> None:
    plan = plans.plan()
    assert plan.proposals_basis is None and plan.proposals_fit is None
    assert moved_target(plan).proposals_fit is None
    moved = move_landmark(plan, "ac", plans.point(0.2, 17.5, 0.1))
    assert moved.proposals_fit is False
