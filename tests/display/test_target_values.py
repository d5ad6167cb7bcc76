"""Rows of targets and the matrix of proposals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.proposal_matrix import ProposalMatrix, distance_cell, proposal_matrix
from fusplan.display.target_rows import confidence_words, source_words, target_colours, target_rows
from fusplan.planning import edits
from fusplan.planning.open_review import OpenReview
from fusplan.planning.plan import Plan, Target
from fusplan.planning.provenance import Provenance, SourceKind
from fusplan.spatial import Point, Side
from tests.fixtures.small_heads import small_plan


def test_rows_say_where_and_whence() -> None:
    left, right = target_rows(small_plan())
    assert (left.name, left.locked, right.locked) == ("CLp left", True, False)
    assert left.place.startswith("Left, 9.1 mm lateral, ")
    assert left.source == "placed by hand (derived)"
    assert left.colour != right.colour


@pytest.mark.parametrize(
    ("kind", "key", "atlas", "words"),
    [
        ("atlas best cover", None, "morel", "Morel best cover"),
        ("atlas centroid", None, "thomas-2", "Thomas 2 centroid"),
        ("AC-PC rule", None, None, "AC-PC rule"),
        ("preset", "vim", None, "preset Vim, standard"),
        ("nucleus centroid", "VPL", "julich", "Julich VPL centroid"),
        ("placed by hand", None, None, "placed by hand"),
        ("moved by hand", None, None, "moved by hand"),
        ("file", None, None, "File"),
        ("other", "some-method", None, "Some method"),
    ],
)
def test_kinds_of_sources_have_words(kind: SourceKind, key: str | None, atlas: str | None, words: str) -> None:
    assert source_words(Provenance(kind, "Why.", "C", key=key, atlas=atlas)) == words


def test_confidence_and_uncertainty_are_spelt_out() -> None:
    assert confidence_words(Provenance("file", "", "C", 2.5)) == "computed from published data, ± 2.5 mm (1 sigma)"
    assert confidence_words(Provenance("file", "", "M")) == "from memory of the literature, unverified"


def test_colours_differ_and_stay_when_another_target_goes() -> None:
    plan = small_plan()
    for name in ("Vim", "GPi", "PSA", "MD"):
        plan = edits.add_target(plan, name, plan.targets[0].point, plan.targets[0].provenance)
    before = target_colours(plan.targets)
    assert len(set(before.values())) == 6
    without_last: tuple[Target, ...] = plan.targets[:-1]
    assert target_colours(without_last) == {key: before[key] for key in before if key != plan.targets[-1].id}


def matrix_of(plan: Plan, side: Side, target_id: str | None = None) -> ProposalMatrix:
    return proposal_matrix(plan, side, OpenReview.begin(plan).agreement(side), target_id)


def test_the_matrix_has_every_pair_and_the_distances_to_the_target() -> None:
    matrix = matrix_of(small_plan(), "left")
    assert [len(row.to_others) for row in matrix.rows] == [0, 1, 2, 3, 4]
    assert matrix.rows[2].to_others[0].distance_mm == pytest.approx(3.0)
    verdicts = [row.to_target.verdict for row in matrix.rows if row.to_target]
    assert verdicts == ["ok", "ok", "warning", "warning", "error"]
    assert matrix.agreement.verdict == "error"
    assert matrix.rows[4].to_target is not None
    assert matrix.rows[4].to_target.text == "8.0"


def test_the_matrix_compares_with_the_chosen_target_of_its_side() -> None:
    plan = small_plan()
    moved = Point.of(plan.targets[1].point.frame, plan.targets[1].point.array + np.array([0.0, 0.0, 2.0]))
    plan = edits.add_target(plan, "Other", moved, plan.targets[1].provenance)
    assert matrix_of(plan, "right", "other").rows[0].to_target == distance_cell(2.0)
    assert matrix_of(plan, "left", "other").target == plan.targets[0]
    assert matrix_of(replace(plan, targets=()), "left").rows[0].to_target is None


@pytest.mark.parametrize(("distance", "verdict"), [(0.0, "ok"), (2.4, "ok"), (2.41, "warning"), (5.01, "error")])
def test_verdicts(distance: float, verdict: str) -> None:
    assert distance_cell(distance).verdict == verdict
