"""Which paper is meant, and what is said where nothing can be drawn."""

from __future__ import annotations

import importlib.util

import pytest

from fusplan.printing import ready
from fusplan.printing.paper import PAPERS, UnknownPaperError, find_paper, usual_paper
from fusplan.printing.ready import PrintingNotPossibleError, require_printing
from fusplan.qt_libraries import ALWAYS_NEEDED


@pytest.mark.parametrize(
    ("environment", "paper"),
    [
        ({}, "A4"),
        ({"LANG": "C.UTF-8"}, "A4"),
        ({"LANG": "en_US.UTF-8"}, "Letter"),
        ({"LANG": "en_US.UTF-8", "LC_PAPER": "de_CH.UTF-8"}, "A4"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "fr_CA"}, "Letter"),
        ({"LANG": "es_MX@euro"}, "Letter"),
    ],
)
def test_the_usual_paper_follows_the_place(environment: dict[str, str], paper: str) -> None:
    assert usual_paper(environment) == paper


def test_papers_are_found_in_any_case_and_others_refused() -> None:
    assert find_paper("letter") is PAPERS["Letter"]
    assert find_paper("a4").height_mm == 297
    with pytest.raises(UnknownPaperError) as refused:
        find_paper("A3")
    assert "A4 or Letter" in refused.value.remedy


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PrintingNotPossibleError) as refused:
        require_printing()
    assert "fusplan[desktop]" in refused.value.remedy


def test_missing_system_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "missing_qt_libraries", lambda environment: ALWAYS_NEEDED[:2])
    with pytest.raises(PrintingNotPossibleError) as refused:
        require_printing()
    assert ALWAYS_NEEDED[0].file in refused.value.message
    assert f"apt install {ALWAYS_NEEDED[0].debian} {ALWAYS_NEEDED[1].debian}" in refused.value.remedy
