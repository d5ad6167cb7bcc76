from __future__ import annotations

import pytest

from fusplan.atlas.structure_ref import clp
from fusplan.planning.agreement import agreement
from fusplan.planning.plan import Proposal
from fusplan.planning.provenance import Provenance
from tests.fixtures.fake_anatomy import landmarks, point

GEOMETRY = landmarks().geometry()


def proposal(method: str, x: float, y: float, z: float, side: str = "right") -> Proposal:
    source = Provenance("other", "", "C", key=method)
    return Proposal(method.title(), side, point(x, y, z), source, clp(side))


def test_all_pairs_are_measured_and_the_other_side_is_left_alone() -> None:
    proposals = (
        proposal("a", 8, 0, 5),
        proposal("b", 8, 3, 9),
        proposal("c", 8, 0, 6),
        proposal("d", -8, 0, 5, "left"),
    )
    found = agreement("right", proposals, GEOMETRY)
    distances = {(one.first, one.second): one.distance_mm for one in found.distances}
    assert distances == {
        ("a", "b"): pytest.approx(5.0),
        ("a", "c"): pytest.approx(1.0),
        ("b", "c"): pytest.approx(18**0.5),
    }
    assert found.largest_mm == pytest.approx(5.0)
    assert "A and B" in found.sentence


@pytest.mark.parametrize(("apart_mm", "verdict"), [(2.3, "ok"), (2.5, "warning"), (4.9, "warning"), (5.1, "error")])
def test_the_verdict_follows_the_size_of_clp(apart_mm: float, verdict: str) -> None:
    found = agreement("right", (proposal("a", 8, 0, 5), proposal("b", 8, 0, 5 + apart_mm)), GEOMETRY)
    assert found.verdict == verdict
    assert "mostly above and below" in found.sentence


def test_a_single_proposal_is_not_agreement() -> None:
    assert agreement("right", (proposal("a", 8, 0, 5),), GEOMETRY).verdict == "warning"
