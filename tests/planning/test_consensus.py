"""Where the least favourable atlas still finds most of a lesion: closed answers, symmetry, size, fall-back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr

from fusplan.atlas.structure_ref import clp
from fusplan.planning.consensus import LEAST_SHARE, Consensus, error_deviation_mm
from fusplan.planning.lesion_size import LesionSize
from fusplan.planning.plan import Landmarks, VentricleWall
from fusplan.planning.propose import clp_consensus, propose
from fusplan.planning.sides import SIDES
from fusplan.spatial import Side
from tests.fixtures.fake_anatomy import FakeAnatomy, Inside, ball, everywhere, landmarks, nowhere
from tests.fixtures.small_heads import patient_atlases, small_plan

RULE = np.array([8.0, 0.5, 6.5])
"""The rule's point in a head whose wall is 2 mm from the midplane: lateral, in front of PC, above the plane."""


def beside(outward_mm: float, forward_mm: float, upward_mm: float) -> tuple[float, float, float]:
    """A place on the right, by its offset from the rule's point."""
    return RULE[0] + outward_mm, RULE[1] + forward_mm, RULE[2] + upward_mm


def slab(axis: int, low_mm: float, high_mm: float) -> Inside:
    return lambda places: (places[:, axis] >= low_mm) & (places[:, axis] <= high_mm)


def mirrored(inside: Inside) -> Inside:
    return lambda places: inside(places * np.array([-1.0, 1.0, 1.0]))


def on(inside: Inside, sign: int) -> Inside:
    """Of a solid what lies right (1) or left (-1) of the midplane."""
    return lambda places: inside(places) & (places[:, 0] * sign > 0)


def head(*right: Inside, left: tuple[Inside, ...] | None = None) -> tuple[FakeAnatomy, ...]:
    """One atlas for each solid that CLp is said to be on the right; on the left its mirror image, or ``left``."""
    others = left if left is not None else tuple(mirrored(inside) for inside in right)
    return tuple(
        FakeAnatomy(cl=on(inside, 1), clp=everywhere, name=f"atlas{number}", left_cl=on(other, -1))
        for number, (inside, other) in enumerate(zip(right, others, strict=True))
    )


def found(anatomies: tuple[FakeAnatomy, ...], marks: Landmarks | None = None) -> dict[Side, Consensus]:
    return {one.side: one for one in clp_consensus(marks or landmarks(), anatomies, "ok")}


def place(consensus: Consensus) -> np.ndarray:
    """Lateral of the midplane, in front of PC, above the plane."""
    return np.abs(consensus.point.array[:1]).tolist() + consensus.point.array[1:].tolist()


def test_between_two_borders_the_least_favourable_is_best_where_both_are_equal() -> None:
    """By one atlas CLp is all above a plane, by the other all below another, 1 mm higher.

    Half-way between them each has the share of an ellipsoid 0.5 mm within a plane, spread by a normal distribution.
    """
    side = found(head(slab(2, 7.75, 99), slab(2, -99, 8.75)))["right"]
    assert side.point.z == pytest.approx(8.25, abs=0.2)
    heights = np.linspace(-3, 3, 6001)
    areas = 1 - (heights / 3) ** 2
    share = np.average(ndtr((heights + 0.5) / error_deviation_mm("ok")[2]), weights=areas)
    assert side.best_share == pytest.approx(share, abs=0.02)
    assert min(share for _, share in side.shares) == pytest.approx(share, abs=0.04)


def test_of_places_as_good_the_nearest_to_the_rule_is_taken() -> None:
    """In CLp everywhere nothing pulls away from the rule."""
    for side in found(head(everywhere)).values():
        assert place(side) == pytest.approx(RULE.tolist(), abs=1e-9)
        assert side.best_share == pytest.approx(1.0, abs=1e-6)


def test_two_balls_share_their_middle_however_large_the_one_is() -> None:
    """Two balls of one size: by symmetry the best lies half-way; each atlas alone would have its own centre."""
    first, second = beside(0.0, -1.5, 1.0), beside(0.0, 2.5, 1.0)
    side = found(head(ball(first, 4.0), ball(second, 4.0)))["right"]
    assert side.point.y == pytest.approx((first[1] + second[1]) / 2, abs=0.3)
    shares = [share for _, share in side.shares]
    assert shares[0] == pytest.approx(shares[1], abs=0.05)
    alone = found(head(ball(first, 4.0)))["right"]
    assert alone.shares[0][1] > max(shares)


def test_no_place_is_further_than_3_mm_from_the_rule() -> None:
    far = ball(beside(0.0, 0.0, 5.0), 4.5)
    side = found(head(far))["right"]
    assert np.linalg.norm(side.point.array - RULE) <= 3.0 + 1e-6
    assert side.point.z > RULE[2] + 1.5


UNEVEN: tuple[Inside, ...] = (ball((8.7, 1.9, 7.6), 3.2), ball((7.4, -0.3, 8.1), 3.6))
OTHER: tuple[Inside, ...] = (mirrored(ball((8.1, 0.2, 6.9), 3.0)), mirrored(ball((8.9, 1.1, 5.9), 3.5)))


def test_the_mirror_image_of_a_head_has_the_mirrored_places() -> None:
    here = found(head(*UNEVEN, left=OTHER))
    there = found(head(*(mirrored(one) for one in OTHER), left=tuple(mirrored(one) for one in UNEVEN)))
    for side, other in (("left", "right"), ("right", "left")):
        assert place(here[side]) == pytest.approx(place(there[other]), abs=0.01)
    assert np.linalg.norm(np.subtract(place(here["left"]), place(here["right"]))) > 0.1


def test_a_head_alike_on_both_sides_has_targets_alike() -> None:
    both = found(head(*UNEVEN))
    assert place(both["left"]) == pytest.approx(place(both["right"]), abs=0.01)


def test_a_little_difference_of_the_atlas_does_not_part_the_sides_and_a_large_one_does() -> None:
    """Alone, each side would follow its own ball; together they share what costs less than 0.05 a millimetre."""

    def apart(shift_mm: float) -> tuple[float, float]:
        balls = [ball(beside(0.0, sign * shift_mm / 2, 0.0), 3.0) for sign in (1, -1)]
        together = found(head(balls[0], left=(mirrored(balls[1]),)))
        alone = [found(head(one))["right"].point.y for one in balls]
        return abs(together["right"].point.y - together["left"].point.y), abs(alone[0] - alone[1])

    near, near_alone = apart(2.0)
    assert near < near_alone
    far, far_alone = apart(5.0)
    assert far > 1.0
    assert far < far_alone + 1e-9


def test_without_agreement_the_rule_is_kept_on_that_side_alone() -> None:
    near, far = ball(beside(0.0, 1.0, 1.0), 4.0), ball(beside(12.0, 0.0, 0.0), 4.0)
    both = found(head(near, left=(mirrored(far),)))
    assert both["right"].is_found
    assert not both["left"].is_found
    assert both["left"].best_share < LEAST_SHARE
    assert place(both["left"]) == pytest.approx(RULE.tolist(), abs=1e-9)
    assert place(both["right"]) == pytest.approx(place(found(head(near))["right"]), abs=0.5)


def test_atlases_that_disagree_altogether_agree_on_nothing() -> None:
    """Each finds a place near the rule; no place is in both."""
    apart = head(ball(beside(0.0, 2.9, 0.0), 2.0), ball(beside(0.0, -2.9, 0.0), 2.0))
    assert not found(apart)["right"].is_found
    assert all(found((one,))["right"].is_found for one in apart)


def test_an_atlas_without_clp_has_no_say() -> None:
    without = FakeAnatomy(cl=nowhere, clp=nowhere, name="none")
    without.atlas = replace(without.atlas, structures=(), parts=())
    assert found((without,)) == {}
    one = head(UNEVEN[0])
    assert found((*one, without)) == found(one)


def test_a_worse_registration_weighs_more_and_gives_less() -> None:
    shares = [
        {one.side: one.best_share for one in clp_consensus(landmarks(), head(*UNEVEN), verdict)}["right"]
        for verdict in ("ok", "warning", "error")
    ]
    assert shares == sorted(shares, reverse=True)
    assert error_deviation_mm("ok") == pytest.approx(np.sqrt(np.array([0.562, 0.503, 0.757]) ** 2 + 1.75**2 / 3))


@pytest.fixture(scope="module")
def marks() -> Landmarks:
    walls = tuple(VentricleWall(side, 2.3, True, "found") for side in SIDES)
    return replace(small_plan().landmarks, ventricle_walls=walls)


@pytest.mark.parametrize("size", [LesionSize((4, 4), 7), LesionSize((6, 6), 8), LesionSize((1.5, 1.5), 3)])
def test_the_size_of_the_lesion_does_not_move_the_place(marks: Landmarks, size: LesionSize) -> None:
    consensus = clp_consensus(marks, patient_atlases(), "ok")
    for side in SIDES:
        usual, other = (
            propose(clp(side), marks, patient_atlases(), each, consensus=consensus)[0].point
            for each in (LesionSize((4, 4), 5), size)
        )
        assert usual.distance_to(other) <= 0.5


def test_the_built_in_atlases_agree_near_the_rule(marks: Landmarks) -> None:
    for side in clp_consensus(marks, patient_atlases(), "ok"):
        assert side.is_found
        assert [called for called, _ in side.shares] == ["the Morel figures", "the Julich figures"]
        assert min(share for _, share in side.shares) >= side.best_share - 0.15
        assert side.best_share > 0.45
