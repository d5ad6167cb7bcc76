"""Numbers of crowded points: all there, none over another, each led to its own point."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from fusplan.display.number_layout import placed_numbers

WIDTH, HEIGHT = 7.0, 13.0


def placed(places):
    return placed_numbers(np.array(places, dtype=float), [str(n + 1) for n in range(len(places))], WIDTH, HEIGHT)


def test_a_lone_point_has_its_number_beside_it() -> None:
    (found,) = placed([(50, 60)])
    assert (found.words, found.leader) == ("1", None)
    assert found.left > 50 and found.middle == 60


def test_no_number_of_a_crowd_covers_another_and_each_leads_to_its_point() -> None:
    places = [(50, 50), (54, 51), (52, 55), (60, 47), (57, 59), (49, 58)]
    found = placed(places)
    assert sorted(one.words for one in found) == ["1", "2", "3", "4", "5", "6"]
    for one, other in combinations(found, 2):
        assert abs(one.middle - other.middle) >= HEIGHT - 1e-6
    for one in found:
        assert one.leader is not None and one.leader[0] == places[int(one.words) - 1]
        assert one.left > max(x for x, _ in places)


def test_points_at_one_place_share_their_words() -> None:
    found = placed([(50, 50), (70, 80), (51, 50)])
    assert [one.words for one in found] == ["1·3", "2"]


def test_many_points_at_one_place_stay_short() -> None:
    assert [one.words for one in placed([(50, 50)] * 54)] == ["1\N{EN DASH}54"]
    assert [one.words for one in placed([(50, 50), (150, 80), (50, 50), (50, 50), (50, 50)])] == [
        "1·3\N{EN DASH}5",
        "2",
    ]
    scattered = placed([(50, 50), (150, 80)] * 10)
    assert [one.words for one in scattered] == ["1·3·5·\N{HORIZONTAL ELLIPSIS}", "2·4·6·\N{HORIZONTAL ELLIPSIS}"]


def test_numbers_of_both_sides_stand_outside() -> None:
    left, right = placed([(40, 50), (90, 50)])
    assert left.left + WIDTH < 40 and right.left > 90


def test_nothing_is_placed_for_no_points() -> None:
    assert placed_numbers(np.empty((0, 2)), [], WIDTH, HEIGHT) == ()


def test_the_numbers_of_a_group_cover_no_point_of_another() -> None:
    """As in a small 3-D view: the column of the upper group would stand over the lower group's dots."""
    places = [(71, 105), (69, 109), (53, 116), (56, 120), (62, 131)]
    found = placed_numbers(np.array([*places, (140.0, 110.0)]), list("324516"), WIDTH, HEIGHT)
    for one in found:
        right = one.left + WIDTH * len(one.words)
        covered = [(x, y) for x, y in places if one.left < x < right and abs(y - one.middle) < HEIGHT / 2]
        assert not covered, one
    for one, other in combinations(found, 2):
        assert (
            one.left + WIDTH * len(one.words) <= other.left
            or other.left + WIDTH * len(other.words) <= one.left
            or (abs(one.middle - other.middle) >= HEIGHT / 2)
        )
