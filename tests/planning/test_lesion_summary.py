"""The numbers of a lesion in words: the same everywhere, and each of them in the tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fusplan.planning.lesion_summary import LesionSummary, lesion_summary
from fusplan.planning.number_words import along_the_head, how_near, number, percent, percent_range
from tests.fixtures.reviews import hand_made_review, small_review


@pytest.fixture
def summary() -> LesionSummary:
    return lesion_summary(hand_made_review().lesions[0])


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0 %"),
        (0.0004, "< 0.1 %"),
        (0.0005, "0.1 %"),
        (0.003, "0.3 %"),
        (0.0944, "9.4 %"),
        (0.0994, "9.9 %"),
        (0.0996, "10 %"),
        (0.5, "50 %"),
        (1.0, "100 %"),
    ],
)
def test_percent(share: float, words: str) -> None:
    assert percent(share).replace("\u00a0", " ") == words


def test_other_numbers() -> None:
    assert number(-0.04) == "0.0"
    assert number(-1.26) == "\N{MINUS SIGN}1.3"
    assert percent_range(0.032, 0.25).replace("\u00a0", " ") == "3.2 to 25 %"
    along = along_the_head((1.0, 2.25, 0.5)).replace("\u00a0", " ")
    assert along == "1.0 mm right-left, 2.2 mm front-back, 0.5 mm up-down"
    assert [how_near(mm) for mm in (1.24, 0.04, -0.04, -0.66)] == [
        "1.2 mm away", "touches it", "touches it", "reaches 0.7 mm into it",
    ]  # fmt: skip


def test_what_matters_most_is_said_by_every_atlas_that_knows_it(summary: LesionSummary) -> None:
    shown = [[(row.title, row.by, row.words.replace("\u00a0", " ")) for row in rows] for rows in summary.key_numbers]
    assert shown == [
        [("Of the lesion in CLp", "", "75 % by Morel")],
        [("Volume", "", "50.0 mm³")],
        [("CLp covered as planned", "Morel", "25 %")],
        [("Largest spill", "Morel", "outside the thalamus 19 %")],
        [("CLp covered, 9 of 10 draws", "", "10 to 30 %")],
    ]


def test_running_text_says_name_value_and_seed(summary: LesionSummary) -> None:
    told = " ".join(row.in_text for row in summary.of("position", "effect")).replace("\u00a0", " ")
    assert "95 % region of the target: ± 3.2 mm right-left, 2.9 mm front-back, 4.5 mm up-down along" in told
    assert "Standard deviation 1.0 mm right-left, 1.2 mm front-back, 1.5 mm up-down along" in told
    assert "CLp covered on average: 20 %." in told
    draws = "by the Morel figures, 20,000 draws of all errors together, seed 7"
    assert f"CLp covered in nine of ten draws: 10 to 30 % ({draws})." in told


def test_what_is_out_of_reach_is_no_probability(summary: LesionSummary) -> None:
    (half,) = summary.named("half_covered")
    assert half.share is None
    assert half.words.replace("\u00a0", " ") == "cannot: at most 33 %"
    assert "Wherever it lies, 50.0 mm³ is at most 33 % of a CLp of 150 mm³." in half.in_text.replace("\u00a0", " ")
    review = hand_made_review().lesions[0]
    large = replace(review, uncertainty=replace(review.uncertainty, largest_share=0.75))
    (half,) = lesion_summary(large).named("half_covered")
    assert (half.share, half.in_text.replace("\u00a0", " ")) == (0.125, "Covers at least half of CLp: 12 %.")


def test_distances_are_nearest_first_and_the_midline_is_never_left_out(summary: LesionSummary) -> None:
    assert [row.title for row in summary.nearest(1)] == ["Pul"]
    assert [row.title for row in summary.nearest(1, with_key=True)] == ["Pul", "midline"]


def test_columns_hold_raw_values_and_no_two_rows_share_one() -> None:
    for review in (*hand_made_review().lesions, *small_review().lesions):
        summary = lesion_summary(review)
        names = [name for row in summary.numbers for name, _ in row.columns]
        assert len(names) == len(set(names))
        assert summary.columns["volume_mm3"] == review.volume_mm3
        assert summary.columns["morel_clp_covered_mm3"] == review.coverage[0].known_target.volume_mm3
        assert summary.columns["standard_deviation_acpc_anterior_mm"] == review.uncertainty.standard_deviation_mm[1]


def test_every_row_can_be_placed() -> None:
    for review in (*hand_made_review().lesions, *small_review().lesions):
        for row in lesion_summary(review).numbers:
            assert row.title and row.words and row.in_text.endswith(".")
            assert row.share is None or 0 <= row.share <= 1
