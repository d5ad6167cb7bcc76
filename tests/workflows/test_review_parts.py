"""The parts of a review that the window has computed, beside the review as a whole; coverage that follows the mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fusplan.atlas.structure_ref import clp
from fusplan.display.lesion_rows import coverage_bars
from fusplan.planning import edits
from fusplan.planning.coverage import cover
from fusplan.planning.live_coverage import grid_holds, live_coverage
from fusplan.planning.open_review import LesionReviewState, OpenReview, ReviewSubject, regions_95
from fusplan.planning.plan import Plan
from fusplan.planning.review_key import references
from fusplan.progress import NoProgress
from fusplan.spatial import Affine, Point
from fusplan.workflows.requests import ReviewLesionRequest
from fusplan.workflows.review_parts import review_open_lesion
from tests.fixtures.reviews import every_digit, first_lesion_state, small_review
from tests.fixtures.small_heads import patient_atlases, small_head, small_plan

PLAN = small_plan()
LESION = PLAN.lesions[0]


def moved(offset_mm: tuple[float, float, float]) -> Plan:
    centre = Point.of(LESION.centre.frame, LESION.centre.array + offset_mm)
    return edits.move_lesion(PLAN, LESION.id, centre)


def subject(plan: Plan) -> ReviewSubject:
    return ReviewSubject(plan, small_head().fingerprint, references(patient_atlases()))


def known() -> OpenReview:
    return OpenReview.begin(PLAN).with_lesion(first_lesion_state())


def reviewed(plan: Plan, before: LesionReviewState | None) -> LesionReviewState:
    lesion = edits.find_lesion(plan, LESION.id)
    return review_open_lesion(ReviewLesionRequest(plan, lesion, patient_atlases(), before), NoProgress())


def test_a_part_has_the_very_numbers_of_the_whole() -> None:
    assert every_digit(first_lesion_state().review) == every_digit(small_review().lesions[0])
    assert live_coverage(LESION, subject(PLAN), known()) == small_review().lesions[0].coverage


def test_a_lesion_moved_to_and_fro_has_the_very_numbers_it_had() -> None:
    state: LesionReviewState = first_lesion_state()
    for offset in ((0.4, 0.0, 0.0), (0.9, -0.3, 0.2), (5.0, 0.0, 0.0)):
        state = reviewed(moved(offset), state)
    back = reviewed(PLAN, state)
    assert every_digit(back.review) == every_digit(small_review().lesions[0])
    assert back.key == first_lesion_state().key


def test_a_review_that_is_known_is_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known_already = LesionReviewState(first_lesion_state().key, small_review().lesions[0])
    monkeypatch.setattr("fusplan.workflows.review_parts.review_lesion", None)
    found = reviewed(PLAN, known_already)
    assert found.review is known_already.review
    assert found.drag is not None


def test_live_coverage_is_near_the_exact_one() -> None:
    plan = moved((0.7, -1.1, 0.9))
    lesion = edits.find_lesion(plan, LESION.id)
    live = live_coverage(lesion, subject(plan), known())
    assert live is not None
    for found, atlas in zip(live, first_lesion_state().drag.atlases, strict=True):
        exact = cover(lesion.ellipsoid, atlas, clp(lesion.side))
        assert found.target.share_of_lesion == pytest.approx(exact.target.share_of_lesion, abs=0.05)
        assert found.lesion_volume_mm3 == exact.lesion_volume_mm3


def test_there_is_no_live_coverage_beyond_the_grid_or_on_another_registration() -> None:
    plan = moved((0.0, 0.0, 30.0))
    assert live_coverage(edits.find_lesion(plan, LESION.id), subject(plan), known()) is None
    assert live_coverage(LESION, subject(PLAN), OpenReview()) is None
    warp = PLAN.registration.mni_to_scanner
    matrix = warp.affine.matrix.copy()
    matrix[0, 3] += 0.5
    shifted = replace(warp, affine=Affine(warp.source, warp.target, matrix))
    other = replace(PLAN, registration=replace(PLAN.registration, mni_to_scanner=shifted))
    assert live_coverage(LESION, subject(other), known()) is None
    assert regions_95(other, known()) == ()


def test_a_copy_of_the_registration_is_the_same_registration() -> None:
    warp = PLAN.registration.mni_to_scanner
    copy = replace(PLAN, registration=replace(PLAN.registration, mni_to_scanner=replace(warp)))
    assert known().is_current(LESION, subject(copy))
    assert len(regions_95(copy, known())) == 1


def test_a_grid_holds_what_lies_a_margin_inside_it() -> None:
    grid = first_lesion_state().drag.grids[0]
    assert grid_holds(grid, LESION.ellipsoid, 8.0)
    assert not grid_holds(grid, LESION.ellipsoid, 12.0)


def test_grids_to_drag_on_are_used_again_for_small_moves_only() -> None:
    state = first_lesion_state()
    for offset, same in (((1.0, 0.0, 0.0), True), ((6.0, 0.0, 0.0), False)):
        plan = moved(offset)
        again = reviewed(plan, state)
        assert (again.drag.grids[1] is state.drag.grids[1]) is same
        assert again.drag.grids[0] is not state.drag.grids[0]
        assert OpenReview().with_lesion(again).is_current(edits.find_lesion(plan, LESION.id), subject(plan))
        assert not known().is_current(edits.find_lesion(plan, LESION.id), subject(plan))


def test_a_name_changes_no_number() -> None:
    plan = edits.rename_lesion(PLAN, LESION.id, "Another name")
    assert known().is_current(edits.find_lesion(plan, LESION.id), subject(plan))


def test_regions_follow_the_lesion() -> None:
    plan = moved((2.0, 0.0, 0.0))
    (region,) = regions_95(plan, known())
    assert region.centre == edits.find_lesion(plan, LESION.id).centre


def test_bars_say_what_was_computed() -> None:
    review = first_lesion_state().review
    bars = coverage_bars(review.coverage[0])
    assert bars.bars[0].label == "CLp"
    assert sum(bar.share for bar in bars.bars) == pytest.approx(1.0, abs=0.03)
    assert "of CLp (possible: " in bars.sentence
