"""Spots of sonications: their marks, and the gestures that move, add and remove them, without a window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.drawn_layers import Shown, marks_of
from fusplan.display.interaction import modes
from fusplan.display.interaction.drag_spot import add_spot, offset_words, remove_spot
from fusplan.display.interaction.nudge import nudge
from fusplan.display.interaction.stage import Pointer, Stage
from fusplan.display.treated_spots import shown_target, treated_spots
from fusplan.display.view_state import Selection, ViewState
from fusplan.display.views import SliceView, ViewAxes, slice_view
from fusplan.errors import FusplanError
from fusplan.imaging.intensity import IntensityWindow
from fusplan.planning.plan import Plan
from fusplan.planning.treatment_edits import set_sonications, treatment_of
from fusplan.spatial import Point, Points
from tests.fixtures.simulated_plans import ABLATIONS, TEST
from tests.fixtures.small_heads import small_plan
from tests.fixtures.treatment_sights import small_simulated

PLAN = small_plan()
TARGET = PLAN.targets[0]
OWN = set_sonications(PLAN, TARGET.id, (TEST, *ABLATIONS))
MM_PER_PIXEL = 0.05


def stage(plan: Plan = PLAN, **selection: object) -> Stage:
    state = ViewState(cursor=TARGET.point, workspace="treatment").with_selection(target_id=TARGET.id, **selection)
    spots = treated_spots(plan, TARGET, small_simulated())
    return Stage(state, plan, "no plan", "fingerprint", IntensityWindow(0, 100), spots)


def axial(place: Point) -> SliceView:
    return slice_view("axial", place, (40.0, 40.0), ViewAxes.scanner(place.frame))


def pointer_on(point: Point, view: SliceView, right_mm: float = 0.0, down_mm: float = 0.0) -> Pointer:
    place = view.to_picture(Points.gather([point]))[0] + np.array([right_mm, down_mm])
    return Pointer(view, place, MM_PER_PIXEL)


def test_proposed_spots_are_shown_until_the_plan_has_its_own() -> None:
    proposed, own = stage().spots, stage(OWN).spots
    assert proposed.proposed and len(proposed.sonications) == 3
    assert not own.proposed and own.sonications == (TEST, *ABLATIONS)
    assert own.place(2).coordinates == pytest.approx(TARGET.point.array + ABLATIONS[0].spot_offset_mm)
    assert treated_spots(PLAN, TARGET, None).sonications == ()
    assert shown_target(PLAN, Selection()) is PLAN.targets[0]
    assert shown_target(PLAN, Selection(PLAN.targets[1].id)) is PLAN.targets[1]


def test_spots_are_numbered_in_the_order_of_time_and_tests_are_hollow() -> None:
    here = stage(OWN, spot=2)
    marks = [mark for mark in marks_of(Shown(here.state, OWN, spots=here.spots)) if mark.kind == "spot"]
    assert [(mark.label, mark.shape, mark.selected) for mark in marks] == [
        ("1", "open dot", False),
        ("2", "dot", True),
        ("3", "dot", False),
    ]
    assert marks[0].colour != marks[1].colour
    without = here.state.with_layers(spots=False)
    assert not any(mark.kind == "spot" for mark in marks_of(Shown(without, OWN, spots=here.spots)))


def test_a_press_on_a_spot_selects_it_and_a_drag_moves_it_within_the_slice() -> None:
    start = stage(OWN)
    place = start.spots.place(3)
    view = axial(place)
    response, held = modes.press(start, pointer_on(place, view))
    assert (response.state.selection.spot, response.state.selection.target_id) == (3, TARGET.id)
    assert held.move(start, pointer_on(place, view, 0.1)).edit is None
    moved = held.move(start, pointer_on(place, view, -1.0, 0.5))
    plan = moved.edit.apply(OWN)
    done = treatment_of(plan).at(TARGET.id).sonications
    assert done[:2] == (TEST, ABLATIONS[0])
    x, y, z = ABLATIONS[1].spot_offset_mm
    assert done[2].spot_offset_mm == pytest.approx((x + 1.0, y - 0.5, z))
    assert moved.edit.merge_key == f"move spot {TARGET.id} 3"
    assert "right" in moved.notice


def test_the_first_drag_takes_proposed_spots_into_the_plan() -> None:
    start = stage()
    place = start.spots.place(2)
    _, held = modes.press(start, pointer_on(place, axial(place)))
    plan = held.move(start, pointer_on(place, axial(place), 1.0)).edit.apply(PLAN)
    assert len(treatment_of(plan).at(TARGET.id).sonications) == 3


def test_spots_are_not_grasped_outside_of_the_workspace_or_while_hidden() -> None:
    place = stage(OWN).spots.place(3)
    view = axial(place)
    outside = replace(stage(OWN), spots=None)
    assert modes.press(outside, pointer_on(place, view))[0].state.selection.spot is None
    hidden = replace(stage(OWN), state=stage(OWN).state.with_layers(spots=False, targets=False, lesions=False))
    assert modes.press(hidden, pointer_on(place, view))[0].state.selection.spot is None


def test_a_spot_beyond_the_reach_of_steering_is_refused() -> None:
    start = stage(OWN)
    place = start.spots.place(3)
    _, held = modes.press(start, pointer_on(place, axial(place)))
    edit = held.move(start, pointer_on(place, axial(place), 17.0)).edit
    with pytest.raises(FusplanError, match="steering"):
        edit.apply(OWN)


def test_arrows_nudge_the_selected_spot_and_else_the_target() -> None:
    here = stage(OWN, spot=2)
    response = nudge(here, axial(TARGET.point), "left", 0.5)
    x, y, z = ABLATIONS[0].spot_offset_mm
    done = treatment_of(response.edit.apply(OWN)).at(TARGET.id).sonications
    assert done[1].spot_offset_mm == pytest.approx((x + 0.5, y, z))
    assert TARGET.locked and "locked" in nudge(stage(OWN), axial(TARGET.point), "left", 0.5).notice


def test_a_spot_is_added_at_the_cursor_after_the_others_and_removed_again() -> None:
    here = stage(OWN)
    cursor = Point.of(TARGET.point.frame, TARGET.point.array + np.array([1.0, -1.0, 0.5]))
    there = replace(here, state=replace(here.state, cursor=cursor))
    response = add_spot(there)
    plan = response.edit.apply(OWN)
    added = treatment_of(plan).at(TARGET.id).sonications[-1]
    assert added.spot_offset_mm == pytest.approx((1.0, -1.0, 0.5))
    assert (added.energy_j, added.kind) == (ABLATIONS[-1].energy_j, "ablation")
    assert added.start_s >= ABLATIONS[-1].end_s
    assert response.state.selection.spot == 4
    gone = remove_spot(stage(plan, spot=4))
    assert treatment_of(gone.edit.apply(plan)).at(TARGET.id).sonications == (TEST, *ABLATIONS)
    assert gone.state.selection.spot is None
    assert remove_spot(stage(plan)) is None and remove_spot(stage(plan, spot=9)) is None


def test_the_first_spot_of_all_has_the_energy_of_the_calibration() -> None:
    bare = replace(stage(PLAN), spots=treated_spots(PLAN, TARGET, None))
    added = treatment_of(add_spot(bare).edit.apply(PLAN)).at(TARGET.id).sonications
    assert [sonication.kind for sonication in added] == ["ablation"]
    assert added[0].energy_j == pytest.approx(1000 * (54 - 37) / 2.3)


def test_another_target_has_no_spot_selected() -> None:
    state = ViewState().with_selection(target_id="a", spot=3)
    assert state.with_selection(target_id="b").selection.spot is None
    assert state.with_selection(target_id="a").selection.spot == 3


def test_offsets_are_told_by_their_sides() -> None:
    assert offset_words((-1.24, 0.0, 2.0)) == "1.2 mm left, 0.0 mm anterior, 2.0 mm superior"


def test_a_press_on_the_target_or_a_lesion_lets_go_of_the_spot() -> None:
    far = set_sonications(PLAN, TARGET.id, [replace(TEST, spot_offset_mm=(8.0, 0.0, 0.0))])
    here = stage(far, spot=1)
    pressed, _ = modes.press(here, pointer_on(TARGET.point, axial(TARGET.point)))
    assert pressed.state.selection.target_id == TARGET.id and pressed.state.selection.spot is None
    inside, _ = modes.press(here, pointer_on(TARGET.point, axial(TARGET.point), 1.0))
    assert inside.state.selection.lesion_id is not None and inside.state.selection.spot is None
