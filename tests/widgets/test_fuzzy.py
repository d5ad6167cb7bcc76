"""Finding by a few letters."""

from __future__ import annotations

import pytest

from fusplan.widgets.fuzzy import ranked, score

TEXTS = ["Open an image", "Open a plan", "Save", "Save as", "AC-PC axes", "Measure an angle", "Next target"]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("save", "Save"),
        ("open pl", "Open a plan"),
        ("plan open", "Open a plan"),
        ("oai", "Open an image"),
        ("acpc", "AC-PC axes"),
        ("angle", "Measure an angle"),
        ("nt", "Next target"),
    ],
)
def test_the_best_match_comes_first(query: str, best: str) -> None:
    assert TEXTS[ranked(query, TEXTS)[0]] == best


def test_what_does_not_match_is_left_out() -> None:
    assert score("xyz", "Open a plan") is None
    assert ranked("xyz", TEXTS) == []


def test_no_query_keeps_the_order() -> None:
    assert ranked("", TEXTS) == list(range(len(TEXTS)))
