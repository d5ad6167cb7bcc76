from __future__ import annotations

import pytest

from fusplan.display.view_state import LARGEST_ZOOM, SliceCamera, ViewState, ViewStateHolder
from fusplan.imaging.intensity import IntensityWindow
from fusplan.spatial import Point
from tests.fixtures.meshes import FRAME


def test_listeners_hear_before_and_after_once_and_only_of_changes() -> None:
    holder, heard = ViewStateHolder(), []
    stop = holder.connect(lambda before, after: heard.append((before.cursor, after.cursor)))
    point = Point(FRAME, 1.0, 2.0, 3.0)
    holder.update(cursor=point)
    holder.update(cursor=Point(FRAME, 1.0, 2.0, 3.0))
    assert heard == [(None, point)]
    stop()
    holder.update(cursor=None)
    assert len(heard) == 1


def test_a_name_it_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError):
        ViewStateHolder().update(zoom=3)


def test_window_is_remembered_by_image() -> None:
    state = ViewState().with_window("one", IntensityWindow(1, 2)).with_window("two", IntensityWindow(3, 4))
    assert state.window_of("one") == IntensityWindow(1, 2)
    assert state.window_of("three") is None


def test_zoom_stays_within_limits_and_views_are_apart() -> None:
    state = ViewState().with_camera("axial", SliceCamera(1e6, (3.0, 4.0)))
    assert state.camera("axial") == SliceCamera(LARGEST_ZOOM, (3.0, 4.0))
    assert state.camera("coronal") == SliceCamera()


def test_layers_and_selection_change_by_name() -> None:
    state = ViewState().with_layers(contours=False).with_selection(target_id="a")
    assert not state.layers.contours and state.layers.lesions
    assert state.selection.target_id == "a" and state.selection.lesion_id is None
