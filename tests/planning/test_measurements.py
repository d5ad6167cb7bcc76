from __future__ import annotations

import pytest

from fusplan.planning.edits import PlanItemMissingError
from fusplan.planning.measurements import (
    add_measurement,
    find_measurement,
    move_measurement_point,
    remove_measurement,
)
from fusplan.spatial import Point, ScannerRas
from fusplan.spatial.frames import FrameMismatchError
from tests.fixtures.small_heads import head, plan_of

PLAN = plan_of(head(12.0))
A, B, C = (Point(PLAN.image.frame, *place) for place in ((0, 0, 0), (3, 4, 0), (3, 4, 7)))


def test_distances_and_angles_are_added_named_and_numbered() -> None:
    plan = add_measurement(add_measurement(add_measurement(PLAN, (A, B)), (A, B, C)), (B, C), "My line")
    assert [(one.id, one.name, one.words) for one in plan.measurements] == [
        ("distance-1", "Distance 1", "5.0 mm"),
        ("angle-1", "Angle 1", "90.0°"),
        ("distance-2", "My line", "7.0 mm"),
    ]


def test_a_point_is_moved_and_a_measurement_removed() -> None:
    plan = move_measurement_point(add_measurement(PLAN, (A, B)), "distance-1", 1, C)
    assert find_measurement(plan, "distance-1").value == pytest.approx(74**0.5)
    assert remove_measurement(plan, "distance-1").measurements == ()


def test_mistakes_are_refused() -> None:
    with pytest.raises(ValueError, match="two or three"):
        add_measurement(PLAN, (A,))
    with pytest.raises(FrameMismatchError):
        add_measurement(PLAN, (A, Point(ScannerRas("other"), 1, 2, 3)))
    with pytest.raises(PlanItemMissingError):
        remove_measurement(PLAN, "distance-9")
