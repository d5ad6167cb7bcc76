"""A lesion in numbers, there and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusplan.display.lesion_numbers import are_alike, changed_words, lesion_numbers, side_warning, with_numbers
from fusplan.planning import edits
from fusplan.planning.lesion_size import LesionSizeError
from fusplan.spatial import Point
from tests.fixtures.small_heads import small_plan

PLAN = small_plan()
IDS = st.sampled_from([lesion.id for lesion in PLAN.lesions])
SIZES = st.floats(1.0, 15.0)
TILTS = st.floats(-60, 60)
OFFSETS = st.floats(-20, 20)


@settings(deadline=None)
@given(IDS, st.tuples(SIZES, SIZES, SIZES, TILTS, TILTS, OFFSETS, OFFSETS, OFFSETS))
def test_what_is_typed_is_what_is_shown(lesion_id: str, values: tuple[float, ...]) -> None:
    names = ("width_mm", "depth_mm", "length_mm", "tilt_anterior_deg", "tilt_lateral_deg")
    wanted = replace(
        lesion_numbers(edits.find_lesion(PLAN, lesion_id), PLAN),
        **dict(zip((*names, "lateral_mm", "anterior_mm", "superior_mm"), values, strict=True)),
    )
    plan = with_numbers(PLAN, lesion_id, wanted)
    assert are_alike(lesion_numbers(edits.find_lesion(plan, lesion_id), plan), wanted)


def test_lateral_is_away_from_the_midline_on_both_sides() -> None:
    for lesion in PLAN.lesions:
        moved = with_numbers(PLAN, lesion.id, replace(lesion_numbers(lesion, PLAN), lateral_mm=2.0))
        centre = edits.find_lesion(moved, lesion.id).centre
        assert abs(centre.x) == pytest.approx(abs(lesion.centre.x) + 2.0, abs=0.01)


def test_what_was_not_typed_is_not_touched() -> None:
    lesion = PLAN.lesions[0]
    assert with_numbers(PLAN, lesion.id, lesion_numbers(lesion, PLAN)) is PLAN
    turned = edits.point_lesion_along(PLAN, lesion.id, PLAN.lesions[1].long_axis)
    numbers = replace(lesion_numbers(turned.lesions[0], turned), length_mm=6.0)
    longer = with_numbers(turned, lesion.id, numbers).lesions[0]
    assert longer.long_axis is turned.lesions[0].long_axis
    assert longer.centre is turned.lesions[0].centre
    assert longer.length_mm == 6.0


def test_the_history_gets_a_verb() -> None:
    before = lesion_numbers(PLAN.lesions[0], PLAN)
    assert changed_words(before, replace(before, width_mm=5.0)) == "Resize"
    assert changed_words(before, replace(before, tilt_lateral_deg=5.0)) == "Tilt"
    assert changed_words(before, replace(before, superior_mm=1.0)) == "Move"
    assert changed_words(before, replace(before, superior_mm=1.0, width_mm=5.0)) == "Change"


def test_impossible_numbers_are_refused() -> None:
    lesion = PLAN.lesions[0]
    with pytest.raises(LesionSizeError):
        with_numbers(PLAN, lesion.id, replace(lesion_numbers(lesion, PLAN), length_mm=0.5))


def test_an_offset_is_measured_from_the_target_of_the_lesion() -> None:
    lesion = PLAN.lesions[1]
    geometry = PLAN.landmarks.geometry()
    centre = Point.of(lesion.centre.frame, lesion.centre.array + geometry.axes @ (1.0, -2.0, 3.0))
    numbers = lesion_numbers(replace(lesion, centre=centre), PLAN)
    assert (numbers.lateral_mm, numbers.anterior_mm, numbers.superior_mm) == pytest.approx((1.0, -2.0, 3.0), abs=1e-3)


def test_outward_is_read_on_the_side_where_the_lesion_lies() -> None:
    left = next(lesion for lesion in PLAN.lesions if lesion.side == "left")
    tilted = edits.tilt_lesion(PLAN, left.id, 0.0, 10.0)
    across = edits.move_lesion(tilted, left.id, Point(left.centre.frame, 3.0, left.centre.y, left.centre.z))
    lesion = edits.find_lesion(across, left.id)
    # In space the axis is as before: its upper end leans to the left, which is inward on the right side.
    assert lesion.long_axis == edits.find_lesion(tilted, left.id).long_axis and lesion.long_axis.array[0] < 0
    assert lesion_numbers(lesion, across).tilt_lateral_deg == pytest.approx(-10.0, abs=1e-3)
    outward = with_numbers(across, left.id, replace(lesion_numbers(lesion, across), tilt_lateral_deg=10.0))
    assert edits.find_lesion(outward, left.id).long_axis.array[0] > 0


def test_a_lesion_across_the_midplane_is_named_with_its_distance_and_what_outward_means() -> None:
    left = next(lesion for lesion in PLAN.lesions if lesion.side == "left")
    assert side_warning(left, PLAN) == ""
    right = PLAN.landmarks.geometry().axes[:, 0]
    lateral_mm = float((left.centre.array - PLAN.landmarks.pc.point.array) @ right)
    place = Point.of(left.centre.frame, left.centre.array + (2.5 - lateral_mm) * right)
    across = edits.move_lesion(PLAN, left.id, place)
    words = side_warning(edits.find_lesion(across, left.id), across)
    assert "2.5 mm to the right of the midplane" in words and "CLp left is called left" in words
    assert "outward is towards the right; Lateral still counts towards the left" in words
    # And so it does: 1 mm more of Lateral brings the centre 1 mm to the left.
    numbers = lesion_numbers(edits.find_lesion(across, left.id), across)
    more = with_numbers(across, left.id, replace(numbers, lateral_mm=numbers.lateral_mm + 1))
    moved = edits.find_lesion(more, left.id).centre.array - place.array
    assert float(moved @ right) == pytest.approx(-1.0, abs=0.01)
