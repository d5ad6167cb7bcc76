"""What is wanted of the next plan becomes the request of the workflow; what is usual is what the command line has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.imaging.volume import SeriesReference, Volume
from fusplan.planning.document import PlanDocument
from fusplan.planning.landmark_edits import add_midline_point, move_landmark
from fusplan.planning.lesion_size import LesionSize, LesionSizeError
from fusplan.planning.plan import Landmark, Landmarks
from fusplan.session.plan_options import LesionOptions, PlanOptions, SeedError, kept_words, parse_seed
from fusplan.session.session import Session
from fusplan.spatial import Point
from fusplan.workflows.requests import LesionWish, MakePlanRequest
from tests.fixtures.small_heads import head, small_plan

IMAGE = Path("/heads/T1w.nii.gz")


def volume() -> Volume:
    return replace(head(6.0), path=IMAGE)


def found(landmarks: Landmarks) -> Landmarks:
    """The landmarks as if the program had found them all."""
    midline = tuple(Landmark(landmark.point, "refined") for landmark in landmarks.midline)
    return replace(
        landmarks,
        ac=Landmark(landmarks.ac.point, "template"),
        pc=Landmark(landmarks.pc.point, "template"),
        midline=midline,
    )


def test_untouched_options_ask_for_what_a_request_of_the_image_alone_does() -> None:
    asked = PlanOptions().request(volume(), None, False, small_plan().landmarks)
    assert asked == MakePlanRequest(IMAGE)
    series = replace(volume(), series=SeriesReference("1.2.3", "T1"))
    assert PlanOptions().request(series, 2, True, None) == MakePlanRequest(
        IMAGE, volume_index=2, assume_scanner_ras=True, series_uid="1.2.3"
    )


def test_all_that_the_command_line_has_is_asked_for() -> None:
    options = PlanOptions(LesionOptions("3x4x6", 5.0, -10.0), LesionOptions(" 5 X 7 mm "), "julich", " 7 ", 3)
    assert options.request(volume(), None, False, None) == MakePlanRequest(
        IMAGE,
        lesions={
            "left": LesionWish(LesionSize((3.0, 4.0), 6.0), 5.0, -10.0),
            "right": LesionWish(LesionSize((5.0, 5.0), 7.0)),
        },
        atlas="julich",
        seed=7,
        threads=3,
    )


def test_only_what_was_placed_by_hand_is_kept() -> None:
    plan = small_plan()
    plan = replace(plan, landmarks=found(plan.landmarks))
    options = PlanOptions(keeps_landmarks=True)
    assert options.request(volume(), None, False, plan.landmarks) == MakePlanRequest(IMAGE)
    assert kept_words(plan.landmarks) == ""
    ac = Point(plan.image.frame, 0.5, 2.0, -4.0)
    moved = move_landmark(plan, "ac", ac)
    asked = options.request(volume(), None, False, moved.landmarks)
    assert (asked.ac_mm, asked.pc_mm, asked.midline_mm) == ((0.5, 2.0, -4.0), None, ())
    assert kept_words(moved.landmarks) == "AC"
    top = Point(plan.image.frame, 0.4, -12.0, 45.0)
    more = add_midline_point(moved, top)
    asked = options.request(volume(), None, False, more.landmarks)
    assert asked.midline_mm == tuple(one.point.coordinates for one in more.landmarks.midline)
    assert asked.midline_mm[-1] == (0.4, -12.0, 45.0)
    count = len(more.landmarks.midline)
    assert kept_words(more.landmarks) == f"AC and the midline ({count} points)"
    assert PlanOptions().request(volume(), None, False, more.landmarks) == MakePlanRequest(IMAGE)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (PlanOptions(right=LesionOptions("4y5")), LesionSizeError, "Right lesion: '4y5' is not a lesion size."),
        (PlanOptions(left=LesionOptions("4x50")), LesionSizeError, "Left lesion: A lesion diameter of 50 mm"),
        (PlanOptions(seed="-1"), SeedError, "'-1' is not a seed."),
        (PlanOptions(seed=""), SeedError, "'' is not a seed."),
        (PlanOptions(seed="1.5"), SeedError, "whole number"),
        (PlanOptions(seed="10_0"), SeedError, "whole number"),
        (PlanOptions(seed="9" * 5000), SeedError, "whole number"),
    ],
)
def test_what_cannot_be_understood_is_refused(options: PlanOptions, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        options.request(volume(), None, False, None)
    assert words in str(caught.value)


def test_a_seed_is_any_whole_number() -> None:
    assert [parse_seed(text) for text in ("0", "12", "4294967296")] == [0, 12, 4294967296]


def test_options_belong_to_the_head_that_is_open() -> None:
    session = Session()
    told: list[PlanOptions] = []
    session.plan_options_changed.connect(lambda: told.append(session.plan_options))
    session.open_volume(volume())
    other = PlanOptions(seed="5")
    session.set_plan_options(other)
    session.set_plan_options(PlanOptions(seed="5"))
    assert told == [PlanOptions(), other]
    plan = small_plan()
    session.open_document(volume(), PlanDocument(plan))
    assert session.plan_options == other
    session.open_volume(head(6.0, "b" * 64))
    assert session.plan_options == PlanOptions()
