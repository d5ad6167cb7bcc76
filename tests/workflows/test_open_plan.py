"""A saved plan with its review: stored, given or computed, and when which of them is believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel as nib
import pytest

from fusplan.imaging.read import read_volume
from fusplan.planning import edits
from fusplan.planning.plan import ImageReference, Plan
from fusplan.planning.plan_file import save_plan
from fusplan.planning.review import PlanReview
from fusplan.planning.review_file import review_path, save_review
from fusplan.planning.review_key import ReviewBasis, references
from fusplan.planning.review_plan import review
from fusplan.progress import NoProgress
from fusplan.workflows.head_atlases import plan_head_atlases
from fusplan.workflows.open_plan import open_plan, read_plan
from fusplan.workflows.requests import OpenPlanRequest, SavePlanRequest, SaveReviewRequest
from fusplan.workflows.save_plan import save_plan as save_plan_job
from fusplan.workflows.save_plan import save_review as save_review_job
from tests.fixtures.reviews import every_digit
from tests.fixtures.small_heads import head, plan_of

ENGINES = ("cover", "lesion_distances", "estimate_uncertainty")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small head as a file, and its plan."""
    folder = tmp_path_factory.mktemp("plan")
    image = folder / "head.nii.gz"
    nib.save(nib.Nifti1Image(head().data, head().affine), image)
    save_plan(plan_on(image), folder / "plan.fusplan.json")
    return folder


def plan_on(image: Path) -> Plan:
    """The small plan on that image; its frame is named after the image's content, so that it is made anew there."""
    volume = read_volume(image)
    plan = plan_of(volume)
    return replace(plan, image=ImageReference.of_volume(volume))


@pytest.fixture(scope="module")
def made(folder: Path) -> PlanReview:
    """Its review, as computed when it is opened first."""
    return open_plan(OpenPlanRequest(folder), NoProgress()).review


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, made: PlanReview) -> list[str]:
    """What is computed, by name; nothing is."""
    del made  # before nothing can be computed any more
    called: list[str] = []
    for engine in ENGINES:
        monkeypatch.setattr(f"fusplan.planning.review_plan.{engine}", lambda *_, name=engine: called.append(name))
    monkeypatch.setattr("fusplan.planning.review_plan.check_plan", lambda *_: called.append("check_plan"))
    return called


def test_a_review_on_the_command_line_has_the_very_numbers_of_one_in_the_window(folder: Path, made: PlanReview) -> None:
    opened = read_plan(OpenPlanRequest(folder), NoProgress())
    atlases = plan_head_atlases(opened.plan).atlases
    assert every_digit(review(opened.plan, opened.volume, atlases)) == every_digit(made)


def test_a_stored_review_is_read_not_computed(folder: Path, made: PlanReview, calls: list[str]) -> None:
    plan = read_plan(OpenPlanRequest(folder), NoProgress()).plan
    save_review(made, plan, folder / "plan.fusplan.json")
    try:
        opened = open_plan(OpenPlanRequest(folder), NoProgress())
        assert every_digit(opened.review) == every_digit(made)
        assert opened.messages == ()
        assert every_digit(read_plan(OpenPlanRequest(folder), NoProgress()).review) == every_digit(made)
        assert calls == []
    finally:
        review_path(folder / "plan.fusplan.json").unlink()


def test_of_a_given_review_only_what_is_missing_is_computed(
    folder: Path, made: PlanReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fusplan.planning import review_plan

    reviewed: list[str] = []
    original = review_plan.review_lesion

    def counted(lesion, *arguments):  # type: ignore[no-untyped-def]
        reviewed.append(lesion.id)
        return original(lesion, *arguments)

    monkeypatch.setattr(review_plan, "review_lesion", counted)
    part = replace(made, lesions=made.lesions[1:], checks=())
    opened = open_plan(OpenPlanRequest(folder, review=part), NoProgress())
    assert reviewed == [made.lesions[0].lesion_id]
    assert every_digit(opened.review) == every_digit(made)
    # One of another state of the plan is not looked at.
    reviewed.clear()
    other = replace(made, basis=replace(made.basis, plan="0" * 64))
    assert every_digit(open_plan(OpenPlanRequest(folder, review=other), NoProgress()).review) == every_digit(made)
    assert reviewed == [found.lesion_id for found in made.lesions]


def test_a_review_kept_beside_a_plan_is_told_when_it_is_stale(folder: Path, made: PlanReview, tmp_path: Path) -> None:
    opened = read_plan(OpenPlanRequest(folder), NoProgress())
    path = tmp_path / "mine.fusplan.json"
    assert made.is_of_all(opened.plan)
    assert not replace(made, checks=()).is_of_all(opened.plan)
    save_plan_job(SavePlanRequest(opened.plan, path), NoProgress())
    save_review_job(SaveReviewRequest(made, opened.plan, path), NoProgress())
    assert (tmp_path / "mine.review.fusplan.json").is_file()
    assert every_digit(read_plan(OpenPlanRequest(path), NoProgress()).review) == every_digit(made)
    renamed = edits.rename_target(opened.plan, "clp-left", "Other")
    save_plan_job(SavePlanRequest(renamed, path), NoProgress())
    again = read_plan(OpenPlanRequest(path), NoProgress())
    assert again.review is None
    assert "mine.review.fusplan.json belongs to another state of the plan" in again.messages[0]
    anew = open_plan(OpenPlanRequest(path), NoProgress())
    assert anew.messages == again.messages
    assert any("Other" in check.sentence for check in anew.review.checks)


def test_the_basis_of_a_review_is_the_plan_and_its_atlases(folder: Path, made: PlanReview) -> None:
    plan = read_plan(OpenPlanRequest(folder), NoProgress()).plan
    assert made.basis == ReviewBasis.of(plan, references(plan_head_atlases(plan).atlases))
