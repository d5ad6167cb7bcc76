from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.interaction.camera import stepped, zoomed
from fusplan.display.interaction.stage import Pointer
from fusplan.display.slice_layout import (
    THALAMUS_ABOVE_MM,
    ImageExtent,
    axes_of,
    following,
    laid_out,
    on_thalamus,
    position_words,
    wheel_step_mm,
)
from fusplan.display.view_state import SliceCamera, ViewState
from fusplan.display.views import VIEW_KINDS, ViewAxes
from fusplan.imaging.volume import Volume
from fusplan.spatial import Point, Points
from tests.fixtures.small_heads import head, plan_of

SIZE = (500, 400)


@pytest.fixture(scope="module")
def volume() -> Volume:
    return head(6.0)


def state_at(volume: Volume, x: float, y: float, z: float, **changes: object) -> ViewState:
    return ViewState(cursor=Point(volume.scanner_frame, x, y, z), **changes)


@pytest.mark.parametrize("kind", VIEW_KINDS)
def test_the_slice_holds_the_cursor_and_the_whole_image(volume: Volume, kind: str) -> None:
    state, extent = state_at(volume, 9, -24, 5), ImageExtent.of(volume)
    axes = axes_of(state, volume.scanner_frame, None)
    view, mm_per_pixel = laid_out(kind, state, extent, axes, SIZE)
    assert abs(float(view.depth_mm(Points.gather([state.cursor]))[0])) < 1e-9
    seen = view.to_picture(extent.corners)
    assert seen.min() > -1e-6 and (seen[:, 0] <= view.width_mm).all() and (seen[:, 1] <= view.height_mm).all()
    assert view.width_mm == pytest.approx(SIZE[0] * mm_per_pixel)


def test_the_three_views_have_one_scale(volume: Volume) -> None:
    state, extent = state_at(volume, 0, 0, 0), ImageExtent.of(volume)
    axes = ViewAxes.scanner(volume.scanner_frame)
    assert len({laid_out(kind, state, extent, axes, SIZE)[1] for kind in VIEW_KINDS}) == 1


def test_zoom_keeps_what_is_under_the_pointer(volume: Volume) -> None:
    state, extent = state_at(volume, 9, -24, 5), ImageExtent.of(volume)
    axes = ViewAxes.scanner(volume.scanner_frame)
    view, mm_per_pixel = laid_out("coronal", state, extent, axes, SIZE)
    pointer = Pointer(view, np.array([130.0, 77.0]) * mm_per_pixel, mm_per_pixel)
    closer, scale = laid_out("coronal", zoomed(state, pointer, 5), extent, axes, SIZE)
    assert scale == pytest.approx(mm_per_pixel / 1.2**5)
    assert np.allclose(closer.to_picture(Points.gather([pointer.point]))[0] / scale, [130, 77])


def test_the_wheel_goes_by_voxels_along_the_normal(volume: Volume) -> None:
    state, extent = state_at(volume, 9, -24, 5), ImageExtent.of(volume)
    axes = ViewAxes.scanner(volume.scanner_frame)
    view, _ = laid_out("sagittal", state, extent, axes, SIZE)
    moved = stepped(state, view, -2, wheel_step_mm(volume, axes, "sagittal"))
    assert moved.cursor.coordinates == pytest.approx((9 - 12, -24, 5))


def test_a_view_follows_a_cursor_that_leaves_it(volume: Volume) -> None:
    extent, axes = ImageExtent.of(volume), ViewAxes.scanner(volume.scanner_frame)
    state = state_at(volume, 9, -24, 5).with_camera("axial", SliceCamera(8.0, (0.0, 0.0)))
    views = tuple(laid_out(kind, state, extent, axes, SIZE)[0] for kind in VIEW_KINDS)
    far = replace(state, cursor=Point(volume.scanner_frame, 60.0, -24.0, 5.0))
    followed = following(far, views)
    view, _ = laid_out("axial", followed, extent, axes, SIZE)
    assert np.allclose(view.to_picture(Points.gather([far.cursor]))[0], [view.width_mm / 2, view.height_mm / 2])
    assert followed.camera("coronal") == SliceCamera()


def test_beyond_the_image_there_is_nothing_to_see(volume: Volume) -> None:
    axes = ViewAxes.scanner(volume.scanner_frame)
    extent = ImageExtent.of(volume)
    inside = extent.nearest(Point(volume.scanner_frame, 500.0, 0.0, 0.0), axes)
    assert inside.x == pytest.approx(extent.corners.array[:, 0].max())
    assert inside.y == 0.0


def test_the_position_names_its_frame(volume: Volume) -> None:
    geometry = plan_of(volume).landmarks.geometry()
    extent = ImageExtent.of(volume)
    state = state_at(volume, -9.5, -24, 5)
    scanner = laid_out("sagittal", state, extent, axes_of(state, volume.scanner_frame, geometry), SIZE)[0]
    assert position_words(scanner, state, geometry) == "9.5 mm left · scanner RAS"
    straight = replace(state, axes="acpc")
    view = laid_out("axial", straight, extent, axes_of(straight, volume.scanner_frame, geometry), SIZE)[0]
    above = geometry.scanner_to_acpc("pc").apply(state.cursor).z
    assert position_words(view, straight, geometry) == f"{above:.1f} mm above the AC-PC plane · AC-PC"


def test_acpc_axes_need_landmarks(volume: Volume) -> None:
    state = state_at(volume, 0, 0, 0, axes="acpc")
    assert axes_of(state, volume.scanner_frame, None).name == "scanner axes"


@pytest.mark.parametrize("convention", ["radiological", "neurological"])
@pytest.mark.parametrize("axes_name", ["scanner", "acpc"])
def test_near_to_the_thalami_every_view_has_them_in_its_middle(volume: Volume, convention: str, axes_name: str) -> None:
    geometry = plan_of(volume).landmarks.geometry()
    state = on_thalamus(ViewState(axes=axes_name, convention=convention, cursor=geometry.mcp), volume, geometry)
    extent, axes = ImageExtent.of(volume), axes_of(state, volume.scanner_frame, geometry)
    above = geometry.mcp.array + THALAMUS_ABOVE_MM * axes.matrix[:, 2]
    for kind in VIEW_KINDS:
        view, _ = laid_out(kind, state, extent, axes, (500, 400))
        offset = above - view.centre.array
        assert abs(offset @ view.right.array) < 1e-6 and abs(offset @ view.up.array) < 1e-6
        assert 70 < min(view.width_mm, view.height_mm) < 140


def test_the_other_convention_mirrors_what_is_seen_and_shows_the_same_place(volume: Volume) -> None:
    state = ViewState(cursor=Point(volume.scanner_frame, 3.0, -20.0, 8.0))
    for kind in VIEW_KINDS:
        state = state.with_camera(kind, SliceCamera(3.0, (12.0, 5.0)))
    extent, axes = ImageExtent.of(volume), ViewAxes.scanner(volume.scanner_frame)
    other = state.with_convention("neurological")
    for kind in VIEW_KINDS:
        before, after = (laid_out(kind, one, extent, axes, (500, 400))[0] for one in (state, other))
        assert np.allclose(before.centre.array, after.centre.array)
        mirrored = kind != "sagittal"
        assert np.allclose(before.right.array, -after.right.array if mirrored else after.right.array)
    assert other.with_convention("radiological") == state
