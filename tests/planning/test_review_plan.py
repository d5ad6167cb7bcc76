from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_atlas, load_template
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import clp
from fusplan.planning.landmarks import carry_landmarks
from fusplan.planning.lesion_size import DEFAULT_SIZES, plan_lesion
from fusplan.planning.plan import Landmarks, Plan, VentricleWall
from fusplan.planning.propose import clp_consensus, propose, starting_target
from fusplan.planning.review import PlanReview
from fusplan.planning.review_plan import review
from fusplan.planning.sides import SIDES
from fusplan.planning.uncertainty import estimate_uncertainty
from fusplan.spatial import Affine
from tests.fixtures import plans


@pytest.fixture(scope="module")
def atlases() -> tuple[PatientAtlas, ...]:
    matrix = np.diag([0.94, 0.94, 0.94, 1.0])
    matrix[:3, 3] = (0, 2, 5)
    to_scanner = Affine(load_template().frame, plans.FRAME, matrix)
    return tuple(PatientAtlas(load_atlas(name), to_scanner, to_scanner.inverse()) for name in ("morel", "julich"))


@pytest.fixture(scope="module")
def plan(atlases: tuple[PatientAtlas, ...]) -> Plan:
    carried = carry_landmarks(load_template(), atlases[0].mni_to_scanner)
    walls = tuple(VentricleWall(side, 2.2, True, "found") for side in SIDES)
    marks = Landmarks(carried.ac, carried.pc, carried.midline, walls)
    consensus = clp_consensus(marks, atlases, "ok")
    proposals = tuple(
        one for side in SIDES for one in propose(clp(side), marks, atlases, DEFAULT_SIZES[side], consensus=consensus)
    )
    targets = tuple(starting_target(proposals, clp(side)) for side in SIDES)
    lesions = tuple(plan_lesion(target, DEFAULT_SIZES[target.side], marks.geometry()) for target in targets)
    return replace(plans.plan(), landmarks=marks, proposals=proposals, targets=targets, lesions=lesions)


@pytest.fixture(scope="module")
def reviewed(plan: Plan, atlases: tuple[PatientAtlas, ...]) -> PlanReview:
    return review(plan, plans.volume(), atlases)


def test_a_review_has_everything_for_every_lesion(plan: Plan, reviewed: PlanReview) -> None:
    found = reviewed
    assert [one.side for one in found.agreements] == ["left", "right"]
    assert all(len(one.distances) == 15 for one in found.agreements)
    for lesion, volume_mm3 in zip(plan.lesions, (41.888, 58.643), strict=True):
        one = found.lesion(lesion.id)
        assert one.volume_mm3 == pytest.approx(volume_mm3, abs=0.001)
        assert [coverage.atlas for coverage in one.coverage] == ["morel", "julich"]
        for coverage in one.coverage:
            assert coverage.sampling_error < 0.01
            spilt = sum(share.volume_mm3 for share in coverage.spill)
            assert coverage.target.volume_mm3 + spilt == pytest.approx(volume_mm3, abs=0.001)
        assert all(coverage.target.share_of_lesion > 0.6 for coverage in one.coverage)
        # CLp measures 435 to 441 mm3 at template size in the label map the figures were taken from.
        assert one.coverage[0].target.structure_mm3 == pytest.approx(438 * 0.94**3, rel=0.1)
        assert one.uncertainty.half_cover_probability == 0.0
        assert one.uncertainty.expected_share[0] < one.uncertainty.largest_share
        assert {"midline", "third-ventricle wall"} <= {distance.to for distance in one.distances}
    assert {check.name for check in found.checks if check.verdict == "error"} == set()


def test_a_lesion_reviewed_alone_has_the_same_figures(
    plan: Plan, reviewed: PlanReview, atlases: tuple[PatientAtlas, ...]
) -> None:
    alone = estimate_uncertainty(plan.lesions[1], clp(plan.lesions[1].side), plan.landmarks, "ok", atlases, plan.seed)
    together = reviewed.lesions[1].uncertainty
    assert alone.touches == together.touches
    assert alone.expected_share == together.expected_share
