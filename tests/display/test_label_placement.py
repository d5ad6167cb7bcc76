"""Labels keep their distance, their order and their leaders apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusplan.display.label_placement import Anchor, InnerPoints, place_in_column, spread

heights = st.lists(st.floats(0.0, 60.0), min_size=1, max_size=14).map(sorted)


@given(heights)
def test_labels_never_cover_each_other_and_stay_in_the_column(wished: list[float]) -> None:
    placed = spread(wished, 3.0, 5.0, 55.0)
    assert min(placed) >= 5.0 - 1e-9
    assert max(placed) <= 55.0 + 1e-9
    assert np.all(np.diff(placed) >= 3.0 - 1e-9)


def test_labels_with_room_stay_at_their_anchors() -> None:
    assert spread([10.0, 20.0, 30.0], 3.0, 0.0, 60.0) == [10.0, 20.0, 30.0]


def test_two_that_collide_move_apart_evenly() -> None:
    assert spread([20.0, 20.0], 3.0, 0.0, 60.0) == pytest.approx([18.5, 21.5])


def test_too_many_are_spread_over_the_room_there_is() -> None:
    placed = spread([10.0] * 30, 3.0, 0.0, 58.0)
    assert np.diff(placed) == pytest.approx(2.0)


@given(st.lists(st.tuples(st.floats(5.0, 35.0), st.floats(8.0, 52.0)), min_size=2, max_size=10, unique=True))
def test_leader_lines_do_not_cross(places: list[tuple[float, float]]) -> None:
    anchors = [Anchor(f"N{index}", round(x, 2), round(y, 2)) for index, (x, y) in enumerate(places)]
    placed = place_in_column(anchors, 45.0, 3.2, 7.0, 52.0)
    assert {label.anchor.text for label in placed} == {anchor.text for anchor in anchors}
    for index, first in enumerate(placed):
        for second in placed[index + 1 :]:
            assert not _properly_cross(first, second)


def _properly_cross(first: object, second: object) -> bool:
    """Independent of the code under test: signs of four triangle areas."""

    def area(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    a, b = (first.anchor.x_mm, first.anchor.y_mm), (first.x_mm, first.y_mm)  # type: ignore[attr-defined]
    c, d = (second.anchor.x_mm, second.anchor.y_mm), (second.x_mm, second.y_mm)  # type: ignore[attr-defined]
    tiny = 1e-6
    return area(a, b, c) * area(a, b, d) < -tiny and area(c, d, a) * area(c, d, b) < -tiny


def test_the_inner_point_of_a_ring_segment_lies_in_it() -> None:
    angle = np.linspace(0, 1.5 * np.pi, 80)
    outer = np.column_stack([np.cos(angle), np.sin(angle)]) * 10 + 20
    inner = np.column_stack([np.cos(angle), np.sin(angle)])[::-1] * 7 + 20
    x, y, distance = InnerPoints.of(np.vstack([outer, inner])).deepest
    assert 7.0 < np.hypot(x - 20, y - 20) < 10.0
    assert distance == pytest.approx(1.5, abs=0.3)


def test_an_inner_point_is_drawn_towards_the_label() -> None:
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    x, _, _ = InnerPoints.of(square).deepest
    right_x, _, depth = InnerPoints.of(square).towards(60.0)
    assert x == pytest.approx(5.0, abs=0.3)
    assert right_x > 6.5
    assert 2.7 < depth < 3.3
