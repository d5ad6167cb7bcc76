"""One count of the checks, and the agreement of the proposals among them, wherever they are told."""

from __future__ import annotations

from fusplan.planning.agreement import agreements
from fusplan.planning.checks import check_agreement
from fusplan.planning.review import Check
from fusplan.planning.sorted_checks import sorted_checks
from tests.fixtures.reviews import small_review
from tests.fixtures.small_heads import small_plan

CHECKS = (Check("a", "ok", "A."), Check("b", "warning", "B."), Check("c", "error", "C."), Check("d", "warning", "D."))


def test_the_counts_the_words_and_the_gravest_verdict_are_of_the_same_checks() -> None:
    found = sorted_checks(CHECKS)
    assert found.counts == {"wrong": 1, "to_look_at": 2, "fine": 1}
    assert found.words == "1 wrong, 2 to look at, 1 fine."
    assert found.verdict == "error"
    assert sorted_checks(CHECKS[:1]).verdict == "ok"


def test_what_is_said_of_the_proposals_is_one_of_the_checks() -> None:
    found = check_agreement(small_plan())
    assert [check.name for check in found] == ["proposals on the left", "proposals on the right"]
    told = [(one.verdict, one.sentence) for one in agreements(small_plan())]
    assert [(check.verdict, check.sentence) for check in found] == told
    assert set(found) <= set(small_review().checks)
