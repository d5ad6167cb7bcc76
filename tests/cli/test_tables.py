"""Coordinates on narrow screens: every number is there whole, at any width."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from fusplan.cli.tables import Column, TableContent, number_column, print_table
from fusplan.planning.plan_file import save_plan
from tests.fixtures import plans
from tests.fixtures.command_line import fusplan_here

WIDTHS = (20, 40, 60, 70, 80, 200)
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


@pytest.fixture
def plan_folder(tmp_path: Path) -> Path:
    save_plan(plans.plan(str(tmp_path / "T1w.nii.gz")), tmp_path / "plan.fusplan.json")
    return tmp_path


def numbers_at(width: int, monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> Counter[str]:
    """All numbers of an answer and how often each is there: where headings are repeated, theirs are."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("fusplan.cli.console.out._width", width)
    done = fusplan_here(*words)
    assert done.returncode == 0, done.stderr
    assert "…" not in done.stdout
    assert "..." not in done.stdout
    return Counter(NUMBER.findall(done.stdout))


@pytest.mark.parametrize("width", WIDTHS[:-1])
@pytest.mark.parametrize(
    "words", [("targets", "PLAN"), ("landmarks", "PLAN"), ("atlas", "show", "morel"), ("atlas", "list")], ids=" ".join
)
def test_no_number_is_shortened_at_any_width(
    words: tuple[str, ...], width: int, plan_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [plan_folder if word == "PLAN" else word for word in words]
    wide = numbers_at(200, monkeypatch, *named)
    assert len(wide) > 1
    assert numbers_at(width, monkeypatch, *named) >= wide


def told(content: TableContent, width: int) -> str:
    stream = io.StringIO()
    print_table(content, Console(file=stream, width=width, highlight=False, soft_wrap=True))
    return stream.getvalue()


def test_a_table_where_it_fits_and_a_line_for_every_value_where_it_does_not() -> None:
    content = TableContent.of(
        (Column("landmark"), Column("scanner RAS mm", whole=True), number_column("off")),
        [("AC", "-133.25, -110.50, 100.75", "12.5"), ("Midline 1", "1.00, 2.00, 3.00", "")],
    )
    wide = told(content, 60).splitlines()
    assert len(wide) == 3
    assert "-133.25, -110.50, 100.75" in wide[1]
    assert told(content, 30).splitlines() == [
        "AC",
        "  scanner RAS mm: ",
        "    -133.25, -110.50, 100.75",
        "  off: 12.5",
        "Midline 1",
        "  scanner RAS mm: ",
        "    1.00, 2.00, 3.00",
    ]


@pytest.mark.parametrize("width", range(8, 120, 7))
def test_words_are_folded_and_numbers_never(width: int) -> None:
    rows = [(f"Vim {n} by hand on the left", f"-{n}33.25, 10.50", "words of some length to fold") for n in range(3)]
    content = TableContent.of((Column("name"), Column("mm", whole=True), Column("why")), rows)
    text = told(content, width)
    for _, whole, _ in rows:
        assert whole in text
    assert sorted(NUMBER.findall(text)) == sorted(NUMBER.findall(told(content, 300)))


def test_brackets_in_headings_and_cells_are_what_they_are() -> None:
    content = TableContent.of((Column("a"), Column("[red]b")), [("[bold]x[/]", r"\[red]y")])
    for width in (60, 5):
        text = told(content, width)
        assert "[red]b" in text
        assert "[red]y" in text
        assert "bold" not in text
