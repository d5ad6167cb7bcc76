from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.drawn_layers import Shown
from fusplan.display.slice_content import contour_under, mark_opacity, slice_content
from fusplan.display.view_state import ViewState
from fusplan.display.views import ViewAxes, slice_view
from fusplan.planning.measurements import add_measurement
from fusplan.spatial import Ellipsoid, Point, Points
from tests.fixtures.meshes import nuclei
from tests.fixtures.small_heads import head, plan_of

VOLUME = head(6.0)
FRAME = VOLUME.scanner_frame
TARGET = Point(FRAME, 9.0, -24.5, 5.0)


def content_at(place: Point = TARGET, kind: str = "axial", state: ViewState | None = None, plan=None, regions=()):
    plan = plan or plan_of(VOLUME)
    state = state or ViewState(cursor=place)
    shown = Shown(state, plan, plan.landmarks.geometry(), nuclei(FRAME), regions)
    return slice_content(shown, slice_view(kind, place, (80.0, 60.0), ViewAxes.scanner(FRAME)), 0.2)


def test_a_slice_through_the_targets_shows_both_with_lesions_nuclei_and_crosshair() -> None:
    content = content_at()
    targets = [mark for mark in content.overlays.marks if mark.of.kind == "target"]
    assert [(mark.of.label, mark.of.locked, mark.opacity) for mark in targets] == [
        ("CLp left", True, 1.0),
        ("CLp right", False, 1.0),
    ]
    assert np.allclose(targets[1].picture_mm, content.overlays.crosshair)
    assert {contour.mesh.name for contour in content.overlays.contours} == {"MD", "CL", "CLp"}
    right = next(lesion for lesion in content.overlays.lesions if lesion.lesion_id == "lesion-clp-right")
    assert np.ptp(right.polygon, axis=0) == pytest.approx([4.0, 4.0], abs=0.1)
    assert content.letters.left == "R" and content.title == "Axial"


def test_what_is_switched_off_is_not_drawn() -> None:
    state = ViewState(cursor=TARGET).with_layers(
        contours=False, lesions=False, targets=False, landmarks=False, acpc_line=False, crosshair=False
    )
    overlays = content_at(state=state).overlays
    assert not (overlays.contours or overlays.lesions or overlays.marks or overlays.lines)
    assert overlays.crosshair is None
    only = ViewState(cursor=TARGET).with_layers(hidden_structures=frozenset({"MD", "CL"}))
    assert {contour.mesh.name for contour in content_at(state=only).overlays.contours} == {"CLp"}


def test_marks_fade_with_their_distance_and_vanish() -> None:
    assert mark_opacity(0.0) == 1.0 and mark_opacity(3.0) == pytest.approx(0.25)
    near = content_at(Point(FRAME, 9.0, -24.5, 6.5)).overlays.marks
    assert any(mark.of.kind == "target" and 0.5 < mark.opacity < 0.7 for mark in near)
    assert not content_at(Point(FRAME, 9.0, -24.5, 9.0)).overlays.marks


def test_only_the_selected_lesion_has_handles() -> None:
    state = ViewState(cursor=TARGET).with_selection(lesion_id="lesion-clp-right")
    handles = {lesion.lesion_id: len(lesion.handles) for lesion in content_at(state=state).overlays.lesions}
    assert handles["lesion-clp-left"] == 0 and handles["lesion-clp-right"] == 5


def test_a_target_makes_room_for_its_selected_lesion() -> None:
    def under(lesion_id: str | None, hidden: bool = False) -> dict[str, bool]:
        state = ViewState(cursor=TARGET).with_selection(lesion_id=lesion_id).with_layers(lesions=not hidden)
        targets = [mark for mark in content_at(state=state).overlays.marks if mark.of.kind == "target"]
        return {mark.of.label: mark.under_lesion for mark in targets}

    assert under(None) == {"CLp left": False, "CLp right": False}
    assert under("lesion-clp-right") == {"CLp left": False, "CLp right": True}
    assert under("lesion-clp-right", hidden=True) == {"CLp left": False, "CLp right": False}


def test_measurements_and_pending_points_are_drawn_with_their_words() -> None:
    plan = add_measurement(plan_of(VOLUME), (TARGET, Point(FRAME, -9.0, -24.5, 5.0)))
    state = replace(ViewState(cursor=TARGET), pending=(TARGET,))
    lines = {line.of.kind: line for line in content_at(state=state, plan=plan).overlays.lines}
    assert lines["measurement"].of.words == "18.0 mm"
    assert len(lines["pending"].points) == 1


def test_a_region_is_an_outline() -> None:
    region = Ellipsoid(TARGET, (3.0, 2.0, 4.0), np.eye(3))
    (outline,) = content_at(regions=(region,)).overlays.regions
    assert np.ptp(outline.polygon, axis=0) == pytest.approx([6.0, 4.0], abs=0.05)


def test_the_nucleus_under_the_pointer_is_the_smallest_that_holds_it() -> None:
    content = content_at()
    at = content.view.to_picture(Points.gather([TARGET]))[0]
    assert contour_under(content, at).mesh.name == "CLp"
    assert contour_under(content, at + np.array([0.0, -6.0])).mesh.name in ("CL", "MD")
    assert contour_under(content, np.array([1.0, 1.0])) is None
