"""Proposals follow the landmarks."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from fusplan.atlas.structure_ref import clp
from fusplan.planning import landmark_edits
from fusplan.planning.propose import clp_consensus, propose
from fusplan.progress import NoProgress
from fusplan.spatial import Point
from fusplan.workflows.recompute import (
    adopt_proposals,
    recompute,
    recompute_proposals,
    recompute_rule,
)
from fusplan.workflows.requests import RecomputeRequest
from tests.fixtures.small_heads import patient_atlases, small_head, small_plan

PLAN = small_plan()


def raised() -> object:
    pc = PLAN.landmarks.pc.point
    return landmark_edits.move_landmark(PLAN, "pc", Point(pc.frame, pc.x, pc.y + 2.0, pc.z))


@pytest.fixture(scope="module")
def computed() -> object:
    return recompute_proposals(raised(), small_head(), patient_atlases())


def test_every_proposal_is_computed_for_the_new_landmarks(computed: object) -> None:
    for side, lesion in zip(("left", "right"), PLAN.lesions, strict=True):
        consensus = clp_consensus(computed.landmarks, patient_atlases(), "ok")
        expected = propose(clp(side), computed.landmarks, patient_atlases(), _size(lesion), consensus=consensus)
        found = [one for one in computed.proposals if one.side == side]
        assert [one.provenance.method for one in found] == [one.provenance.method for one in expected]
        for one, other in zip(found, expected, strict=True):
            assert one.point.distance_to(other.point) < 0.5


def test_only_walls_and_proposals_change(computed: object) -> None:
    before = raised()
    assert computed.targets is before.targets
    assert computed.lesions is before.lesions
    assert computed.proposals_fit and computed.basis == before.basis != PLAN.basis
    assert {wall.side for wall in computed.landmarks.ventricle_walls} == {"left", "right"}


def test_the_rule_alone_follows_at_once() -> None:
    ruled = recompute_rule(raised(), small_head())
    for before, after in zip(PLAN.proposals, ruled.proposals, strict=True):
        if before.provenance.method != "acpc-rule":
            assert after is before
    rules = [one for one in ruled.proposals if one.provenance.method == "acpc-rule"]
    geometry = ruled.landmarks.geometry()
    for rule in rules:
        assert geometry.scanner_to_acpc("pc").apply(rule.point).y == pytest.approx(0.5)
        assert np.isclose(geometry.scanner_to_acpc("pc").apply(rule.point).z, 6.5)


def test_what_was_edited_meanwhile_stays(computed: object) -> None:
    meanwhile = replace(raised(), seed=99, targets=())
    adopted = adopt_proposals(meanwhile, computed)
    assert adopted.seed == 99
    assert adopted.targets == ()
    assert adopted.proposals is computed.proposals


def test_it_works_as_a_job() -> None:
    request = pickle.loads(pickle.dumps(RecomputeRequest(raised(), small_head(), ())))
    plan = recompute(request, NoProgress())
    assert {one.provenance.method for one in plan.proposals} == {"acpc-rule"}


def _size(lesion: object) -> object:
    from fusplan.planning.lesion_size import LesionSize

    return LesionSize(lesion.width_mm, lesion.length_mm)
