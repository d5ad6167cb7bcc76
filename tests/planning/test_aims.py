"""A plan that aims elsewhere than at CLp, from its target to the figures a person reads."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.display.lesion_rows import certainty_rows, coverage_bars
from fusplan.export.csv_tables import lesion_row
from fusplan.planning import edits
from fusplan.planning.aims import aim_of, covered_structure
from fusplan.planning.lesion_summary import lesion_summary
from fusplan.planning.live_coverage import live_coverage
from fusplan.planning.open_review import OpenReview, ReviewSubject
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview
from fusplan.planning.review_key import LesionReviewKey, references
from fusplan.planning.review_plan import review, review_lesion
from fusplan.progress import NoProgress
from fusplan.report.coverage_section import coverage_columns, uncertainty
from fusplan.report.summary_section import plan_title
from fusplan.spatial import Point
from fusplan.workflows.requests import ReviewLesionRequest
from fusplan.workflows.review_parts import review_open_lesion
from tests.fixtures.reviews import every_digit, small_review
from tests.fixtures.small_heads import patient_atlases, small_head, small_plan


def aimed(key: str | None) -> Plan:
    """The small plan with its left target and lesion moved to the middle of a structure that it aims at then."""
    plan, target = small_plan(), small_plan().targets[0]
    plan = edits.aim_target(edits.set_target_locked(plan, target.id, False), target.id, key)
    if key is None:
        return plan
    middle = patient_atlases()[0].centroid(StructureRef(key, "left"))
    return edits.move_lesion(edits.move_target(plan, target.id, middle), plan.lesions[0].id, middle)


@lru_cache(maxsize=1)
def reviewed() -> PlanReview:
    plan = aimed("VPM")
    return review(replace(plan, lesions=plan.lesions[:1]), small_head(), patient_atlases())


def test_a_lesion_covers_what_its_target_aims_at_on_its_own_side() -> None:
    plan, atlases = aimed("VPM"), patient_atlases()
    assert covered_structure(plan.lesions[0], plan, atlases) == StructureRef("VPM", "left")
    assert covered_structure(plan.lesions[1], plan, atlases) == clp("right")
    across = replace(plan.lesions[0], side="right")
    assert covered_structure(across, plan, atlases) == StructureRef("VPM", "right")


def test_without_an_aim_or_without_its_figures_it_is_clp() -> None:
    morel, julich = patient_atlases()
    nothing = aimed(None)
    assert covered_structure(nothing.lesions[0], nothing, (morel, julich)) == clp("left")
    plan = edits.aim_target(small_plan(), small_plan().targets[0].id, "VIM")
    assert aim_of(plan.lesions[0], plan) == StructureRef("VIM", "left")
    assert covered_structure(plan.lesions[0], plan, (morel,)) == clp("left")
    assert covered_structure(plan.lesions[0], plan, (morel, julich)) == StructureRef("VIM", "left")
    alone = replace(plan.lesions[0], target_id="gone")
    assert aim_of(alone, plan) == clp("left")


def test_an_aim_of_the_second_atlas_alone_is_judged_by_that_one() -> None:
    """VIM is in the Julich figures only: they lead, and the Morel figures say what lies there by them."""
    atlases, target = patient_atlases(), small_plan().targets[0]
    plan = edits.aim_target(small_plan(), target.id, "VIM")
    middle = atlases[1].centroid(StructureRef("VIM", "left"))
    plan = edits.move_lesion(plan, plan.lesions[0].id, middle)
    found = review_lesion(plan.lesions[0], plan, atlases)
    assert [one.atlas for one in found.coverage] == ["julich", "morel"]
    assert found.coverage[0].known_target.share_of_lesion > 0.5 and found.coverage[1].target is None
    assert found.uncertainty.structure == StructureRef("VIM", "left") and found.uncertainty.expected_share[0] > 0
    assert coverage_bars(found.coverage[1]).sentence == "describes no VIM"
    state = review_open_lesion(ReviewLesionRequest(plan, plan.lesions[0], atlases), NoProgress())
    assert every_digit(state.review) == every_digit(found)
    subject = ReviewSubject(plan, small_head().fingerprint, references(atlases))
    near = edits.move_lesion(plan, plan.lesions[0].id, Point(middle.frame, middle.x + 0.5, middle.y, middle.z))
    live = live_coverage(near.lesions[0], replace(subject, plan=near), OpenReview().with_lesion(state))
    assert live is not None and [one.atlas for one in live] == ["julich", "morel"]
    assert live[0].known_target.share_of_lesion > 0.4
    other = edits.aim_target(near, target.id, "VPM")
    assert live_coverage(other.lesions[0], replace(subject, plan=other), OpenReview().with_lesion(state)) is None


def test_another_aim_is_another_review() -> None:
    plan, atlases = small_plan(), references(patient_atlases())
    other = edits.aim_target(plan, plan.targets[0].id, "VPM")
    keys = [LesionReviewKey.of(one.lesions[0], one, atlases) for one in (plan, other)]
    assert keys[0] != keys[1]
    assert keys[0] == LesionReviewKey.of(plan.lesions[0], edits.aim_target(other, plan.targets[0].id, "CLp"), atlases)


def test_the_review_is_of_the_aim() -> None:
    found = reviewed().lesions[0]
    assert found.structure == StructureRef("VPM", "left")
    assert [one.structure for one in found.coverage] == [found.structure] * 2
    first = found.coverage[0]
    assert first.known_target.share_of_lesion > 0.7
    assert first.known_target.structure_mm3 == patient_atlases()[0].volume_mm3(found.structure)
    expected, low, high = found.uncertainty.expected_share
    assert 0 < low < expected < high <= found.uncertainty.largest_share
    assert found.uncertainty.largest_share == pytest.approx(found.volume_mm3 / first.known_target.structure_mm3)
    assert "between VPM in the two" in " ".join(str(one) for one in found.uncertainty.budget)
    assert "VPM" not in {one.to for one in found.distances} | {one.abbreviation for one in found.uncertainty.touches}


def test_the_distance_between_the_atlases_is_that_of_the_aim() -> None:
    structure = reviewed().lesions[0].structure
    first, second = (atlas.centroid(structure).array for atlas in patient_atlases())
    which = next(one for one in reviewed().lesions[0].uncertainty.budget if one.kind == "atlas")
    assert which.rms_mm == pytest.approx(np.linalg.norm(second - first) / 2, rel=0.05)


def test_everything_a_person_reads_names_the_aim() -> None:
    found = reviewed().lesions[0]
    bars = coverage_bars(found.coverage[0])
    assert bars.bars[0].label == "VPM" and " of VPM (possible: " in bars.sentence
    titles = {row.title for row in certainty_rows(lesion_summary(found))}
    assert {"VPM covered, 9 of 10 draws", "Half of VPM covered"} <= titles
    page = coverage_columns(found, lesion_summary(found)) + uncertainty(found, lesion_summary(found))
    assert "VPM covered in nine of ten draws: " in page and "CLp" not in page and "all of it" not in page
    assert plan_title(reviewed()) == "VPM lesion plan"
    assert plan_title(small_review()) == "CLp thalamotomy plan"
    both = replace(reviewed(), lesions=(*reviewed().lesions, small_review().lesions[1]))
    assert plan_title(both) == "VPM and CLp lesion plan"


def test_columns_are_named_after_the_aim_and_for_clp_as_ever() -> None:
    plan = aimed("VPM")
    row = lesion_row(plan, plan.lesions[0], reviewed().lesions[0])
    assert row["morel_vpm_whole_mm3"] == reviewed().lesions[0].coverage[0].known_target.structure_mm3
    assert {"julich_vpm_covered_percent_of_vpm", "probability_of_half_vpm_percent"} <= set(row)
    assert not any("clp" in name or "_cl_" in name for name in row)
    of_clp = lesion_row(small_plan(), small_plan().lesions[0], small_review().lesions[0])
    assert [name for name in of_clp if "clp" in name or "_cl_" in name] == [
        *(
            f"{atlas}_{name}"
            for atlas in ("morel", "julich")
            for name in (
                "clp_covered_mm3", "clp_covered_percent_of_clp", "clp_percent_of_lesion", "clp_whole_mm3",
                "cl_covered_mm3", "cl_covered_percent_of_cl", "cl_percent_of_lesion", "cl_whole_mm3",
            )
        ),
        "most_of_clp_coverable_by_this_volume_percent", "probability_of_half_clp_percent",
        "expected_clp_covered_mean_percent", "expected_clp_covered_5th_percentile_percent",
        "expected_clp_covered_95th_percentile_percent",
    ]  # fmt: skip
