"""The page of the browser and the printed one place the same words about a lesion."""

from __future__ import annotations

import html
import re

import pytest

from fusplan.export.readings import read_in_plan
from fusplan.planning.lesion_summary import lesion_summary
from fusplan.report.html_report import report_html
from fusplan.report.printed.report import printed_report
from tests.fixtures.example_plan import ExamplePlan
from tests.fixtures.printed_plans import words_of


def plain(words: str) -> str:
    """One kind of space, and one of it."""
    return re.sub(r"\s+", " ", words.replace("\u00a0", " "))


@pytest.fixture(scope="module")
def both(example: ExamplePlan) -> tuple[str, str]:
    """The text of the page, and of the printed pages."""
    plan = example.plan
    readings = {target.id: read_in_plan(plan, target.point) for target in plan.targets}
    arguments = (plan, example.volume, example.review, readings, example.atlases)
    page = re.sub(r"<[^>]+>", " ", report_html(*arguments))
    return plain(html.unescape(page)), plain(words_of(printed_report(*arguments)))


def test_both_say_how_sure_and_what_matters_most(example: ExamplePlan, both: tuple[str, str]) -> None:
    for review in example.review.lesions:
        summary = lesion_summary(review)
        for words in both:
            for row in summary.of("position", "effect"):
                assert plain(row.in_text) in words or (row.share is not None and plain(row.words) in words)
            for rows in summary.key_numbers:
                assert plain(rows[0].title) in words
                assert all(plain(row.words) in words for row in rows)


def test_both_say_how_near_it_is(example: ExamplePlan, both: tuple[str, str]) -> None:
    page, printed = both
    for review in example.review.lesions:
        for row in lesion_summary(review).nearest(3, with_key=True):
            assert f"{row.title} {row.words}" in page
            assert f"{row.title} {row.words}" in printed
