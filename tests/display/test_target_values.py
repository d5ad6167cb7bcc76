"""Rows of targets and the matrix of proposals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.proposal_matrix import DistanceCell, ProposalMatrix, proposal_matrix
from fusplan.display.target_rows import confidence_words, source_words, target_colours, target_rows
from fusplan.planning import edits
from fusplan.planning.agreement import agreement
from fusplan.planning.plan import Plan, Target
from fusplan.planning.proposal_spread import PairSpread, ProposalSpread
from fusplan.planning.provenance import Provenance, SourceKind
from fusplan.spatial import Point, Side, read_acpc
from tests.fixtures.small_heads import small_plan

USUAL = ProposalSpread(
    "CLp",
    ("one", "two"),
    "2026-01-31",
    "a rule",
    "4x5 mm",
    (
        PairSpread("morel-best-cover", "morel-centroid", 1.0, 0.5, 2.0),
        PairSpread("acpc-rule", "morel-centroid", 2.0, 0.5, 3.0),
    ),
)


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
        ("consensus", None, None, "consensus"),
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
    found = agreement(side, plan.proposals, plan.landmarks.geometry(), USUAL)
    return proposal_matrix(plan, side, found, target_id)


def test_the_matrix_has_every_pair_and_the_distances_to_the_target() -> None:
    matrix = matrix_of(small_plan(), "left")
    assert [len(row.to_others) for row in matrix.rows] == [0, 1, 2, 3, 4]
    assert matrix.rows[2].to_others[0].distance_mm == pytest.approx(3.0)
    # Of all pairs the reference knows two; where a person put the target is no matter of other heads.
    known = {
        (row, column): cell for row, found in enumerate(matrix.rows) for column, cell in enumerate(found.to_others)
    }
    assert {place: cell.verdict for place, cell in known.items() if cell.usual} == {(1, 0): "ok", (4, 0): "error"}
    assert {cell.verdict for cell in known.values() if not cell.usual} == {"ok"}
    assert {row.to_target.verdict for row in matrix.rows if row.to_target} == {"ok"}
    assert matrix.agreement.verdict == "error"
    assert matrix.rows[0].place == read_acpc(small_plan().proposals[0].point, small_plan().landmarks.geometry())
    assert matrix.rows[4].to_target is not None
    assert matrix.rows[4].to_target.text == "8.0"


def test_the_matrix_compares_with_the_chosen_target_of_its_side() -> None:
    plan = small_plan()
    moved = Point.of(plan.targets[1].point.frame, plan.targets[1].point.array + np.array([0.0, 0.0, 2.0]))
    plan = edits.add_target(plan, "Other", moved, plan.targets[1].provenance)
    assert matrix_of(plan, "right", "other").rows[0].to_target == DistanceCell(2.0)
    assert matrix_of(plan, "left", "other").target == plan.targets[0]
    assert matrix_of(replace(plan, targets=()), "left").rows[0].to_target is None
