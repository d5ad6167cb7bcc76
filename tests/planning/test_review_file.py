"""The file of a review: every number comes back, an old or foreign one is not believed."""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fusplan.errors import FileMissingError
from fusplan.planning import edits
from fusplan.planning.plan import AtlasReference, Plan
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.review import REVIEW_VERSION, PlanReview
from fusplan.planning.review_file import ReviewFileError, find_review, load_review, review_path, save_review
from fusplan.planning.stored_file import PlanFileError
from fusplan.spatial import Ellipsoid, Point, ScannerRas
from tests.fixtures import plans
from tests.fixtures.reviews import every_digit, hand_made_review, small_review
from tests.fixtures.small_heads import small_plan

GOLDEN = Path(__file__).parent / "golden" / f"review-v{REVIEW_VERSION}.fusplan.json"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The small plan in a file, with its review beside it."""
    path = tmp_path / "plan.fusplan.json"
    save_plan(small_plan(), path)
    save_review(small_review(), small_plan(), path)
    return path


def test_every_digit_comes_back(saved: Path) -> None:
    found = load_review(review_path(saved))
    assert every_digit(found.review) == every_digit(small_review())
    read = load_plan(saved)
    assert every_digit(find_review(read, saved, small_review().basis.atlases).review) == every_digit(small_review())
    assert find_review(read, saved).messages == ()


def test_the_file_says_what_it_is(saved: Path) -> None:
    content = json.loads(review_path(saved).read_text(encoding="utf-8"))
    assert (content["format"], content["schema_version"]) == ("fusplan review", REVIEW_VERSION)
    assert content["notice"] == "Research and education only. Not for clinical use."
    assert content["image_sha256"] == small_plan().image.sha256
    assert content["review"]["basis"]["plan"] == small_review().basis.plan
    assert [atlas["name"] for atlas in content["review"]["basis"]["atlases"]] == ["morel", "julich"]
    region = content["review"]["lesions"][0]["uncertainty"]["region_95"]
    assert region["frame"] == "scanner RAS"
    assert region["centre_mm"] == list(small_plan().lesions[0].centre.coordinates)


def test_the_golden_file_is_read_and_written_as_ever(tmp_path: Path) -> None:
    found = load_review(GOLDEN)
    assert every_digit(found.review) == every_digit(hand_made_review())
    plan = replace(small_plan(), image=replace(small_plan().image, sha256="0123456789ab" + "c" * 52))
    written = save_review(hand_made_review(), plan, tmp_path / "plan.fusplan.json", WHEN)
    content, golden = (json.loads(path.read_text(encoding="utf-8")) for path in (written, GOLDEN))
    # A number more or less is another version: raise REVIEW_VERSION, and keep another golden file beside this one.
    assert {**content, "program_version": golden["program_version"]} == golden


@pytest.mark.parametrize("version", range(1, REVIEW_VERSION))
def test_a_review_of_an_earlier_version_is_computed_anew(version: int) -> None:
    with pytest.raises(ReviewFileError, match=f"another version than {REVIEW_VERSION}"):
        load_review(GOLDEN.with_name(f"review-v{version}.fusplan.json"))


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a kind, made from what its fields are said to be."""
    origin, of = get_origin(kind), get_args(kind)
    if kind is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if kind is int:
        return st.integers()
    if kind is str:
        return st.text(max_size=20)
    if origin is Literal:
        return st.sampled_from(of)
    if origin is Ellipsoid:
        return st.builds(
            lambda x, y, z, axis, turn: Ellipsoid(
                Point(ScannerRas("aaaaaaaaaaaa"), x, y, z),
                (axis, 2 * axis, 1.5),
                np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1.0]]),
            ),
            *[st.floats(-1e4, 1e4)] * 3,
            st.floats(0.01, 100),
            st.floats(-4, 4),
        )
    if origin is tuple and of[-1] is Ellipsis:
        return st.lists(values_of(of[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*(values_of(one) for one in of))
    if origin in (Union, types.UnionType):
        return st.one_of(*(st.none() if one is type(None) else values_of(one) for one in of))
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: values_of(hints[field.name]) for field in fields(kind)})  # type: ignore[arg-type]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(review=values_of(PlanReview))
def test_any_review_comes_back(tmp_path: Path, review: PlanReview) -> None:
    path = save_review(review, small_plan(), tmp_path / "plan.fusplan.json")
    assert every_digit(load_review(path).review) == every_digit(review)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: edits.move_lesion(plan, plan.lesions[0].id, plan.targets[1].point), "another state of the plan"),
        (lambda plan: edits.rename_target(plan, "clp-left", "Mine"), "another state of the plan"),
        (lambda plan: replace(plan, seed=2), "another state of the plan"),
    ],
)
def test_the_review_of_another_state_is_not_believed(saved: Path, change: Callable[[Plan], Plan], words: str) -> None:
    found = find_review(change(load_plan(saved)), saved)
    assert found.review is None
    assert words in found.messages[0]
    assert "computed anew" in found.messages[0]


def test_what_no_number_depends_on_leaves_the_review_as_it_is(saved: Path) -> None:
    locked = edits.set_target_locked(load_plan(saved), "clp-left", False)
    assert find_review(locked, saved).review is not None


def test_the_review_by_other_atlases_or_another_program_is_not_believed(saved: Path) -> None:
    plan, atlases = load_plan(saved), small_review().basis.atlases
    other = (*atlases, AtlasReference("mine", "Mine", "e" * 64))
    assert "other atlases" in find_review(plan, saved, other).messages[0]
    path = review_path(saved)
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "program_version": "0.0.9"}), encoding="utf-8")
    assert "computed by fusplan 0.0.9" in find_review(plan, saved, atlases).messages[0]


def test_a_review_taken_for_a_plan_says_where_the_plan_is(saved: Path) -> None:
    with pytest.raises(PlanFileError, match="Choose the plan beside it"):
        load_plan(review_path(saved))


def test_a_plan_of_another_name_has_a_review_of_its_own(tmp_path: Path) -> None:
    assert review_path(tmp_path / "plan.fusplan.json").name == "review.fusplan.json"
    assert review_path(tmp_path / "head.fusplan.json").name == "head.review.fusplan.json"
    assert review_path(tmp_path / "head.json").name == "head.json.review.fusplan.json"


def test_nothing_is_said_where_there_is_none(tmp_path: Path) -> None:
    found = find_review(small_plan(), tmp_path / "plan.fusplan.json")
    assert (found.review, found.messages) == (None, ())
    with pytest.raises(FileMissingError):
        load_review(tmp_path / "review.fusplan.json")


NOT_A_NUMBER = {
    "side": "left",
    "distances": [],
    "largest_mm": float("nan"),
    "standing": "as in most heads",
    "sentence": "Fine.",
}


def damaged(content: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps({**content, **changes}).encode("utf-8")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"\xff\xfe",
        lambda content: b"[" * 100_000,
        lambda content: b"[]",
        lambda content: damaged(content, format="fusplan plan"),
        lambda content: damaged(content, schema_version=REVIEW_VERSION + 1),
        lambda content: damaged(content, schema_version=REVIEW_VERSION - 1),
        lambda content: damaged(content, schema_version="1"),
        lambda content: damaged(content, surprise=1),
        lambda content: damaged(content, review={**content["review"], "lesions": [{}]}),
        lambda content: damaged(content, review={**content["review"], "surprise": 1}),
        lambda content: damaged(content, review={**content["review"], "agreements": [NOT_A_NUMBER]}),
        lambda content: json.dumps(content).replace('"axes": [[', '"axes": [[7', 1).encode("utf-8"),
    ],
)
def test_a_damaged_file_is_refused_and_never_in_the_way(saved: Path, spoil: Callable[[dict[str, Any]], bytes]) -> None:
    path = review_path(saved)
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_bytes(spoil(content))
    with pytest.raises(ReviewFileError):
        load_review(path)
    found = find_review(load_plan(saved), saved)
    assert found.review is None
    assert "computed anew" in found.messages[0]


def test_the_plan_of_the_tests_has_the_digest_it_is_saved_with(tmp_path: Path) -> None:
    from fusplan.planning.review_key import ReviewBasis

    plan = plans.plan()
    save_plan(plan, tmp_path / "plan.fusplan.json")
    assert ReviewBasis.of(load_plan(tmp_path / "plan.fusplan.json"), ()) == ReviewBasis.of(plan, ())
