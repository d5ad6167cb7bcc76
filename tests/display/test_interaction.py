"""Every gesture, without a window: what a press and a drag lead to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.interaction import camera, modes
from fusplan.display.interaction.drag_lesion import handle_under
from fusplan.display.interaction.nudge import nudge, nudge_step_mm
from fusplan.display.interaction.stage import Pointer, Stage
from fusplan.display.interaction.window_level import WindowLevel, dragged_window
from fusplan.display.lesion_handles import lesion_handles
from fusplan.display.slice_content import outline_on
from fusplan.display.view_state import ViewState
from fusplan.display.views import SliceView, ViewAxes, slice_view
from fusplan.imaging.intensity import IntensityWindow
from fusplan.planning import edits
from fusplan.planning.plan import Plan
from fusplan.spatial import Point, Points
from tests.fixtures.small_heads import head, plan_of

VOLUME = head(6.0)
FRAME = VOLUME.scanner_frame
PLAN = plan_of(VOLUME)
RIGHT = Point(FRAME, 9.0, -24.5, 5.0)
LEFT = Point(FRAME, -9.0, -24.5, 5.0)
MM_PER_PIXEL = 0.2


def slice_at(kind: str = "axial", place: Point = RIGHT) -> SliceView:
    return slice_view(kind, place, (80.0, 60.0), ViewAxes.scanner(FRAME))


def stage(plan: Plan | None = PLAN, **changes: object) -> Stage:
    state = replace(ViewState(cursor=RIGHT), **changes)
    return Stage(state, plan, "no plan yet", VOLUME.fingerprint, IntensityWindow(0, 100))


def pointer_on(point: Point, view: SliceView, right_mm: float = 0.0, down_mm: float = 0.0, **keys: bool) -> Pointer:
    place = view.to_picture(Points.gather([point]))[0] + np.array([right_mm, down_mm])
    return Pointer(view, place, MM_PER_PIXEL, **keys)


def drag(start: Stage, first: Pointer, last: Pointer):
    """Press, move; the response of the move."""
    _, held = modes.press(start, first)
    assert held is not None
    return held.move(start, last)


def test_a_click_moves_the_cursor_and_a_drag_takes_it_along() -> None:
    view = slice_at()
    response, held = modes.press(stage(), pointer_on(RIGHT, view, 20.0, -4.0))
    assert response.state.cursor.coordinates == pytest.approx((9.0 - 20.0, -24.5 + 4.0, 5.0))
    moved = held.move(stage(), pointer_on(RIGHT, view, 10.0, 0.0))
    assert moved.state.cursor.coordinates == pytest.approx((-1.0, -24.5, 5.0))


def test_an_unlocked_target_is_dragged_within_the_slice_with_its_lesion() -> None:
    view = slice_at("coronal", Point(FRAME, 9.0, -23.0, 5.0))
    response = drag(stage(), pointer_on(RIGHT, view), pointer_on(RIGHT, view, -3.0, 2.0))
    plan = response.edit.apply(PLAN)
    assert edits.find_target(plan, "clp-right").point.coordinates == pytest.approx((12.0, -24.5, 3.0))
    assert edits.find_lesion(plan, "lesion-clp-right").centre.coordinates == pytest.approx((12.0, -24.5, 3.0))
    assert response.edit.merge_key == "drag target clp-right"
    assert response.state.cursor.coordinates == pytest.approx((12.0, -24.5, 3.0))


def test_a_press_on_a_target_selects_it_and_a_trembling_hand_does_not_move_it() -> None:
    view = slice_at()
    response, held = modes.press(stage(), pointer_on(RIGHT, view, 0.4))
    assert response.state.selection.target_id == "clp-right"
    assert held.move(stage(), pointer_on(RIGHT, view, 0.9)).edit is None


def test_a_locked_target_says_so_and_stays() -> None:
    view = slice_at("axial", LEFT)
    assert modes.strategy_at(stage(), pointer_on(LEFT, view))[1] == "forbidden"
    response = drag(stage(), pointer_on(LEFT, view), pointer_on(LEFT, view, 5.0))
    assert response.edit is None and "locked" in response.notice


@pytest.mark.parametrize("name", ["ac", "pc", "midline"])
def test_landmarks_are_dragged(name: str) -> None:
    marks = PLAN.landmarks
    point = {"ac": marks.ac.point, "pc": marks.pc.point, "midline": marks.midline[0].point}[name]
    view = slice_at("sagittal", point)
    plan = drag(stage(), pointer_on(point, view), pointer_on(point, view, -1.0, 1.0)).edit.apply(PLAN)
    changed = {"ac": plan.landmarks.ac, "pc": plan.landmarks.pc, "midline": plan.landmarks.midline[0]}[name]
    assert changed.point.coordinates == pytest.approx((point.x, point.y + 1.0, point.z - 1.0))
    assert changed.source == "user"


def selected() -> Stage:
    return stage(selection=ViewState().with_selection(target_id="clp-left", lesion_id="lesion-clp-left").selection)


def handle(kind: str, view: SliceView, axis: int = 2, sign: int = 1) -> np.ndarray:
    found = lesion_handles(edits.find_lesion(PLAN, "lesion-clp-left"), view, MM_PER_PIXEL)
    return next(one.picture_mm for one in found if (one.kind, one.axis, one.sign) == (kind, axis, sign))


def handle_drag(kind: str, right_mm: float, down_mm: float, axis: int = 2, sign: int = 1, **keys: bool):
    view = slice_at("coronal", LEFT)
    place = handle(kind, view, axis, sign)
    first = Pointer(view, place, MM_PER_PIXEL)
    response = drag(selected(), first, Pointer(view, place + np.array([right_mm, down_mm]), MM_PER_PIXEL, **keys))
    return edits.find_lesion(response.edit.apply(PLAN), "lesion-clp-left"), response


def test_the_upper_end_makes_a_lesion_longer_by_twice_the_way() -> None:
    lesion, response = handle_drag("end", 0.0, -1.0)
    assert lesion.length_mm == pytest.approx(7.0, abs=0.051)
    assert lesion.width_mm == (4.0, 4.0)
    assert "mm³" in response.notice


def test_a_side_end_widens_both_ways_unless_alt_is_held() -> None:
    lesion, _ = handle_drag("end", -1.0, 0.0, axis=0, sign=1)
    assert lesion.width_mm == pytest.approx((6.0, 6.0), abs=0.051)
    alone, _ = handle_drag("end", -1.0, 0.0, axis=0, sign=1, alt=True)
    assert alone.width_mm == pytest.approx((6.0, 4.0), abs=0.051)


def test_an_end_stops_at_the_smallest_and_the_largest_size() -> None:
    assert handle_drag("end", 0.0, 30.0)[0].length_mm == 1.0
    assert handle_drag("end", 0.0, -30.0)[0].length_mm == 15.0


def test_an_end_does_not_jump_wherever_its_handle_or_the_outline_is_grasped() -> None:
    view, before = slice_at("coronal", LEFT), edits.find_lesion(PLAN, "lesion-clp-left")
    handles = lesion_handles(before, view, MM_PER_PIXEL)
    upper = next(one for one in handles if one.kind == "end" and one.axis == 2 and one.sign == 1)
    for start in (upper.picture_mm, upper.foot_mm, upper.picture_mm + np.array([0.2, -0.3])):
        for way_mm in (0.9, 2.0):
            end = Pointer(view, start + np.array([0.0, -way_mm]), MM_PER_PIXEL)
            response = drag(selected(), Pointer(view, start, MM_PER_PIXEL), end)
            longer = edits.find_lesion(response.edit.apply(PLAN), before.id)
            assert longer.length_mm == pytest.approx(before.length_mm + 2 * way_mm, abs=0.06)
            assert longer.width_mm == before.width_mm


@pytest.mark.parametrize("mm_per_pixel", [0.5, 0.35, 0.1])
def test_handles_leave_a_small_lesion_in_sight_and_can_be_told_apart(mm_per_pixel: float) -> None:
    lesion = edits.find_lesion(PLAN, "lesion-clp-left")
    view = slice_at("coronal", LEFT)
    centre = view.to_picture(Points.gather([lesion.centre]))[0]
    outline = outline_on(view, lesion.ellipsoid)
    handles = lesion_handles(lesion, view, mm_per_pixel)
    for one in handles:
        if one.kind != "centre":
            # A drawn handle is a square or disc of 4.5 pixels about its place.
            gaps = np.linalg.norm(outline - one.picture_mm, axis=1) / mm_per_pixel
            assert gaps.min() > 4.5 + 1.0
            assert np.linalg.norm(one.picture_mm - centre) > np.linalg.norm(one.foot_mm - centre)
        for other in handles:
            if other is not one:
                assert np.linalg.norm(one.picture_mm - other.picture_mm) / mm_per_pixel > 8.0
    for one in handles:
        at = Pointer(view, one.picture_mm, mm_per_pixel)
        found = handle_under(selected(), at)
        assert found is not None and (found[1].kind, found[1].axis, found[1].sign) == (one.kind, one.axis, one.sign)


def test_the_knob_tilts_about_the_slices_normal() -> None:
    view = slice_at("coronal", LEFT)
    centre = view.to_picture(Points.gather([LEFT]))[0]
    knob = handle("tilt", view)
    reach = np.linalg.norm(knob - centre)
    before = edits.find_lesion(PLAN, "lesion-clp-left")
    wanted = centre + reach * np.array([np.sin(np.radians(30)), -np.cos(np.radians(30))])
    lesion, _ = handle_drag("tilt", *(wanted - knob))
    seen = np.array([lesion.long_axis.array @ view.right.array, lesion.long_axis.array @ view.up.array])
    assert np.degrees(np.arctan2(seen[0], seen[1])) == pytest.approx(30.0)
    assert lesion.long_axis.array @ view.normal.array == pytest.approx(before.long_axis.array @ view.normal.array)
    assert lesion.ellipsoid.volume_mm3 == pytest.approx(before.ellipsoid.volume_mm3)


def test_a_lesion_is_moved_by_its_centre_when_its_target_is_locked() -> None:
    lesion, _ = handle_drag("centre", 2.0, 0.0)
    assert lesion.centre.coordinates == pytest.approx((-11.0, -24.5, 5.0))


def test_a_lesion_dragged_across_the_midplane_says_so_while_it_is_dragged() -> None:
    here, response = handle_drag("centre", 1.0, 0.0)
    assert here.side == "left" and "across" not in response.notice
    there, response = handle_drag("centre", -13.0, 0.0)
    assert there.side == "right" and there.target_id == "clp-left"
    assert "on the right, across the midplane from its target" in response.notice


def test_a_click_in_another_lesion_selects_it() -> None:
    view = slice_at()
    response, _ = modes.press(stage(), pointer_on(RIGHT, view, 1.85, 0.0))
    assert response.state.selection.lesion_id == "lesion-clp-right"


def test_a_foreshortened_axis_has_no_handles() -> None:
    view = slice_at("axial", LEFT)
    found = lesion_handles(edits.find_lesion(PLAN, "lesion-clp-left"), view, MM_PER_PIXEL)
    assert all(one.axis != 2 for one in found if one.kind == "end")
    assert not lesion_handles(
        edits.find_lesion(PLAN, "lesion-clp-left"), slice_at("axial", Point(FRAME, 0, 0, 40)), 0.2
    )


def test_a_target_is_placed_and_the_mode_returns_to_the_crosshair() -> None:
    view = slice_at()
    response, held = modes.press(stage(mode="place_target", new_target_name="Test"), pointer_on(RIGHT, view, 30.0, 0.0))
    plan = response.edit.apply(PLAN)
    added = plan.targets[-1]
    assert (added.name, added.side) == ("Test", "left") and held is None
    assert response.state.mode == "crosshair" and response.state.cursor == added.point


def test_without_a_plan_targets_and_measurements_say_why_not() -> None:
    view = slice_at()
    for mode in ("place_target", "measure_distance"):
        empty = stage(plan=None, mode=mode)
        assert modes.press(empty, pointer_on(RIGHT, view))[0].notice == "no plan yet"
        assert modes.strategy_at(empty, pointer_on(RIGHT, view))[1] == "forbidden"
    assert nudge(stage(plan=None), view, "up", 0.1).notice == "no plan yet"


def test_a_distance_by_two_clicks_and_by_one_drag() -> None:
    view = slice_at()
    first, held = modes.press(stage(mode="measure_distance"), pointer_on(RIGHT, view))
    assert len(first.state.pending) == 1 and first.edit is None
    then = stage(mode="measure_distance", pending=first.state.pending)
    second, _ = modes.press(then, pointer_on(RIGHT, view, 3.0, 4.0))
    assert second.edit.apply(PLAN).measurements[-1].value == pytest.approx(5.0)
    assert second.state.pending == ()
    dragged = held.release(then, pointer_on(RIGHT, view, 6.0, 8.0))
    assert dragged.edit.apply(PLAN).measurements[-1].words == "10.0 mm"
    assert held.release(then, pointer_on(RIGHT, view, 0.2, 0.0)).edit is None


def test_an_angle_by_three_clicks_with_the_corner_second() -> None:
    view, points = slice_at(), ()
    for right, down in ((10.0, 0.0), (0.0, 0.0), (0.0, -7.0)):
        response, _ = modes.press(stage(mode="measure_angle", pending=points), pointer_on(RIGHT, view, right, down))
        points = response.state.pending
    assert response.edit.apply(PLAN).measurements[-1].words == "90.0°"


def test_an_end_of_a_measurement_is_dragged() -> None:
    view = slice_at()
    place = pointer_on(RIGHT, view, 20.0, 12.0).point
    response, _ = modes.press(stage(mode="measure_distance", pending=(place,)), pointer_on(RIGHT, view, 20.0, 2.0))
    plan = response.edit.apply(PLAN)
    moved = drag(stage(plan), pointer_on(place, view), pointer_on(place, view, 0.0, 5.0)).edit.apply(plan)
    assert moved.measurements[-1].value == pytest.approx(15.0)


def test_escape_first_drops_the_points_then_the_mode() -> None:
    half = stage(mode="measure_angle", pending=(RIGHT,))
    dropped = modes.escape(half).state
    assert (dropped.mode, dropped.pending) == ("measure_angle", ())
    assert modes.escape(replace(half, state=dropped)).state.mode == "crosshair"


@pytest.mark.parametrize(
    ("arrow", "offset"), [("left", (1, 0, 0)), ("right", (-1, 0, 0)), ("up", (0, 1, 0)), ("down", (0, -1, 0))]
)
def test_arrows_nudge_the_selected_target_towards_that_border(arrow: str, offset: tuple[int, int, int]) -> None:
    chosen = stage(selection=ViewState().with_selection(target_id="clp-right").selection)
    response = nudge(chosen, slice_at(), arrow, 0.1)
    point = edits.find_target(response.edit.apply(PLAN), "clp-right").point
    assert (point.array - RIGHT.array) == pytest.approx(np.array(offset) * 0.1)
    assert response.edit.merge_key == "nudge target clp-right"


def test_nudges_are_refused_with_a_reason() -> None:
    assert "No target is selected" in nudge(stage(), slice_at(), "up", 0.1).notice
    assert "locked" in nudge(selected(), slice_at(), "up", 0.1).notice
    assert [nudge_step_mm(*keys) for keys in ((False, False), (True, False), (False, True))] == [0.1, 0.5, 1.0]


def test_window_and_level_go_back_with_the_pointer() -> None:
    begun = IntensityWindow(20, 120)
    assert dragged_window(begun, 0, 0) == begun
    assert dragged_window(begun, 200, 0).width == pytest.approx(200)
    assert dragged_window(begun, 0, 200).level == pytest.approx(70 + 50)
    view = slice_at()
    _, held = WindowLevel().press(stage(), pointer_on(RIGHT, view))
    after = held.move(stage(), pointer_on(RIGHT, view, 40.0, 0.0)).state
    assert after.window_of(VOLUME.fingerprint).width == pytest.approx(200)


def test_pan_moves_the_picture_with_the_pointer() -> None:
    view = slice_at()
    held = camera.pan(stage(), pointer_on(RIGHT, view))
    after = held.move(stage(), pointer_on(RIGHT, view, 6.0, 2.0)).state
    assert after.camera("axial").pan_mm == pytest.approx((-6.0, 2.0))
