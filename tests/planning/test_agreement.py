from __future__ import annotations

import json

import pytest

from fusplan.atlas.presets import CLP_RULE
from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.planning.agreement import AGREE_WITHIN_MM, agreement
from fusplan.planning.plan import Proposal
from fusplan.planning.proposal_spread import SPREAD_FILE, PairSpread, ProposalSpread, reference_spread
from fusplan.planning.provenance import Provenance
from tests.fixtures.fake_anatomy import landmarks, point

GEOMETRY = landmarks().geometry()
USUAL = ProposalSpread(
    "CLp",
    ("one", "two", "three"),
    "2026-01-31",
    "a rule",
    "4x5 mm",
    (PairSpread("a", "b", 6.0, 1.0, 7.5), PairSpread("a", "c", 1.0, 0.1, 1.2)),
)


def proposal(method: str, x: float, y: float, z: float, side: str = "right", aim: str = "CLp") -> Proposal:
    source = Provenance("other", "", "C", key=method)
    return Proposal(method.title(), side, point(x, y, z), source, StructureRef(aim, side))


def test_all_pairs_are_measured_and_the_other_side_is_left_alone() -> None:
    proposals = (
        proposal("a", 8, 0, 5),
        proposal("b", 8, 3, 9),
        proposal("c", 8, 0, 6),
        proposal("d", -8, 0, 5, "left"),
    )
    found = agreement("right", proposals, GEOMETRY, USUAL)
    distances = {(one.first, one.second): one.distance_mm for one in found.distances}
    assert distances == {
        ("a", "b"): pytest.approx(5.0),
        ("a", "c"): pytest.approx(1.0),
        ("b", "c"): pytest.approx(18**0.5),
    }
    assert found.largest_mm == pytest.approx(5.0)
    assert "A and B" in found.sentence


@pytest.mark.parametrize(
    ("apart_mm", "verdict", "standing"),
    [
        (0.0, "ok", "as in most heads"),
        (8.4, "ok", "as in most heads"),
        (8.6, "warning", "further apart than in most heads"),
        (9.9, "warning", "further apart than in most heads"),
        (10.1, "error", "unusually far apart"),
    ],
)
def test_a_distance_is_judged_by_that_of_the_same_proposals_in_other_heads(
    apart_mm: float, verdict: str, standing: str
) -> None:
    found = agreement("right", (proposal("b", 8, 0, 5), proposal("a", 8, 0, 5 + apart_mm)), GEOMETRY, USUAL)
    assert (found.verdict, found.standing) == (verdict, standing)
    assert "6.0 ± 1.0 mm in 3 reference heads" in found.sentence
    assert ("mostly above and below" in found.sentence) == (apart_mm > 0)


@pytest.mark.parametrize(("apart_mm", "verdict"), [(AGREE_WITHIN_MM - 0.01, "ok"), (2.45, "warning"), (3.3, "error")])
def test_a_small_spread_of_few_heads_is_not_believed(apart_mm: float, verdict: str) -> None:
    """Mean 1 mm, deviation 0.1 mm taken for 0.5: warning at 2.25, but two that share one CLp are never unusual."""
    found = agreement("right", (proposal("a", 8, 0, 5), proposal("c", 8, 0, 5 + apart_mm)), GEOMETRY, USUAL)
    assert found.verdict == verdict


def test_the_least_usual_pair_is_told_even_where_another_is_further_apart() -> None:
    three = (proposal("a", 8, 0, 5), proposal("b", 8, 0, 12), proposal("c", 8, 3.5, 5))
    found = agreement("right", three, GEOMETRY, USUAL)
    assert found.verdict == "error"
    assert found.largest_mm > 7
    assert "A and C are 3.5 mm apart" in found.sentence


def test_proposals_that_no_reference_head_had_are_not_judged() -> None:
    mine = (proposal("mine", 8, 0, 5), proposal("a", 8, 0, 25))
    found = agreement("right", mine, GEOMETRY, USUAL)
    assert (found.verdict, found.standing) == ("ok", "not judged")
    assert found.distances[0].usual_mm is None
    assert "No reference heads" in found.sentence
    other_aim = tuple(proposal(name, 8, 0, z, aim="VPL") for name, z in (("a", 5), ("b", 25)))
    assert agreement("right", other_aim, GEOMETRY, USUAL).standing == "not judged"


def test_proposals_for_different_aims_are_not_compared() -> None:
    two = (proposal("a", 8, 0, 5), proposal("b", 8, 0, 25, aim="VPL"))
    assert agreement("right", two, GEOMETRY, USUAL).standing == "nothing to compare"


def test_a_single_proposal_is_not_agreement() -> None:
    assert agreement("right", (proposal("a", 8, 0, 5),), GEOMETRY).verdict == "warning"


def test_the_reference_that_comes_with_the_program_is_of_its_own_rule_and_says_its_size() -> None:
    known = reference_spread()
    assert known.aim_key == clp("left").key
    assert known.head_count == len(set(known.heads)) >= 5
    assert known.rule == CLP_RULE.words(), "make it anew: python -m tests.benchmarks.proposal_spread --write"
    assert ProposalSpread.of_plain(known.plain) == known
    assert json.loads(SPREAD_FILE.read_text(encoding="utf-8"))["head_count"] == known.head_count
    for pair in known.pairs:
        assert pair.first < pair.second
        assert 0 <= pair.mean_mm <= pair.largest_mm < pair.error_mm
        assert pair.mean_mm < pair.warning_mm <= pair.error_mm
