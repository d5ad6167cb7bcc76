"""Nudging an atlas by hand, and a person's word on a registration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.registration_edits import (
    HandNudge,
    NudgeTooFarError,
    is_distrusted,
    judge_registration,
    nudge_map,
    nudge_registration,
)
from fusplan.registration.request import Verdict
from fusplan.spatial import Point, Points
from tests.fixtures import plans

STILL = (0.0, 0.0, 0.0)


def in_acpc(plan: Plan, places: Points) -> np.ndarray:
    return plan.landmarks.geometry().scanner_to_acpc("mcp").apply(places).array


def seen(plan: Plan) -> np.ndarray:
    """AC-PC places of some template points under the plan's registration, by the landmarks of the fixture."""
    template = Points(plans.TEMPLATE, np.array([[0.0, 0.0, 0.0], [9.0, -20.0, 6.0], [-12.0, 5.0, -3.0]]))
    return in_acpc(plans.plan(), plan.registration.mni_to_scanner.apply(template))


def measured(verdict: Verdict) -> Plan:
    plan = plans.plan()
    measures = (replace(plan.registration.quality.measures[0], verdict=verdict),)
    quality = replace(plan.registration.quality, measures=measures, verdict=verdict)
    return replace(plan, registration=replace(plan.registration, quality=quality))


def test_a_translation_runs_along_the_acpc_axes() -> None:
    plan = plans.plan()
    moved = nudge_registration(plan, (1.0, -2.0, 0.5), STILL)
    assert np.allclose(seen(moved) - seen(plan), (1.0, -2.0, 0.5), atol=1e-9)
    assert moved.landmarks is plan.landmarks
    assert moved.targets is plan.targets
    assert moved.lesions is plan.lesions
    assert moved.registration.mni_to_scanner.displacements is plan.registration.mni_to_scanner.displacements


@pytest.mark.parametrize(
    ("rotation_deg", "axis", "leads_to"),
    [
        ((90.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),  # pitch: the nose goes up
        ((0.0, 90.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),  # roll: the right side goes down
        ((0.0, 0.0, 90.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0)),  # yaw: the nose goes to the left
    ],
)
def test_turns_are_about_the_mid_commissural_point(rotation_deg: tuple, axis: tuple, leads_to: tuple) -> None:
    geometry = plans.landmarks().geometry()
    motion = nudge_map(geometry, STILL, rotation_deg)
    back = geometry.acpc_to_scanner("mcp")
    start = back.apply(Point.of(back.source, axis))
    assert np.allclose(geometry.scanner_to_acpc("mcp").apply(motion.apply(start)).array, leads_to, atol=1e-9)
    assert motion.apply(geometry.mcp).distance_to(geometry.mcp) < 1e-9


def test_nudges_add_up_and_the_way_back_is_exact() -> None:
    plan = plans.plan()
    there = nudge_registration(nudge_registration(plan, (0.5, 0.0, 0.0), STILL), (0.5, 0.0, -1.0), (0.0, 2.0, 0.0))
    assert there.registration.nudge == HandNudge((1.0, 0.0, -1.0), (0.0, 2.0, 0.0))
    assert sum(note.startswith("Nudged by hand") for note in there.registration.remarks) == 1
    assert "right +1.00 mm" in there.registration.remarks[-1]
    back = nudge_registration(nudge_registration(plan, (0.7, 0.0, 0.0), STILL), (-0.7, 0.0, 0.0), STILL)
    assert np.allclose(seen(back), seen(plan), atol=1e-9)
    assert back.registration.nudge.is_none
    assert back.registration.notes == plan.registration.notes


def test_a_nudge_asks_for_another_look() -> None:
    plan = judge_registration(plans.plan(), "accepted")
    moved = nudge_registration(plan, (0.5, 0.0, 0.0), STILL)
    assert moved.registration.judgement == "none"
    assert moved.registration.quality.verdict == "warning"
    assert "nudged by hand" in moved.registration.quality.sentence
    assert judge_registration(moved, "accepted").registration.quality.verdict == "ok"


@pytest.mark.parametrize("step", [(31.0, 0.0, 0.0), (float("nan"), 0.0, 0.0)])
def test_a_nudge_too_far_is_refused(step: tuple[float, float, float]) -> None:
    with pytest.raises(NudgeTooFarError, match="30 mm"):
        nudge_registration(plans.plan(), step, STILL)
    near = nudge_registration(plans.plan(), (29.0, 0.0, 0.0), STILL)
    with pytest.raises(NudgeTooFarError):
        nudge_registration(near, (2.0, 0.0, 0.0), STILL)


def test_distrust_holds_until_it_is_taken_back() -> None:
    plan = plans.plan()
    distrusted = judge_registration(plan, "distrusted")
    assert is_distrusted(distrusted.registration)
    assert "person" in distrusted.registration.quality.sentence
    again = judge_registration(distrusted, "none")
    assert not is_distrusted(again.registration)
    assert again.registration.quality.verdict == "ok"
    assert again.registration.notes == plan.registration.notes
    assert judge_registration(plan, "none") is plan


def test_acceptance_never_hides_what_was_measured() -> None:
    accepted = judge_registration(measured("error"), "accepted")
    assert not is_distrusted(accepted.registration)
    assert accepted.registration.quality.verdict == "warning"
    assert "although" in accepted.registration.quality.sentence
    assert is_distrusted(judge_registration(accepted, "none").registration)
    assert is_distrusted(nudge_registration(accepted, (1.0, 0.0, 0.0), STILL).registration)


def test_judgement_and_nudge_survive_the_file(tmp_path: Path) -> None:
    plan = judge_registration(nudge_registration(plans.plan(), (0.2, 0.0, 0.0), (0.0, 0.0, 1.5)), "distrusted")
    save_plan(plan, tmp_path / "plan.fusplan.json")
    loaded = load_plan(tmp_path / "plan.fusplan.json").registration
    assert loaded.judgement == "distrusted"
    assert is_distrusted(loaded)
    assert loaded.nudge == HandNudge((0.2, 0.0, 0.0), (0.0, 0.0, 1.5))
    assert np.allclose(loaded.mni_to_scanner.affine.matrix, plan.registration.mni_to_scanner.affine.matrix)
