"""The 3-D scene with a real OpenGL: run under xvfb-run with ``-m gl``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication

from fusplan.display.treatment_sights import treatment_sights
from fusplan.display.view_state import SliceCamera
from fusplan.imaging.volume import Volume
from fusplan.planning.open_review import OpenReview
from fusplan.planning.plan import Proposal
from fusplan.spatial import Direction, Point
from fusplan.widgets.opengl_support import opengl_problem
from fusplan.widgets.view_grid import ViewGrid
from tests.fixtures.cases import open_case
from tests.fixtures.simulated_plans import simulated_plan
from tests.fixtures.small_heads import head
from tests.fixtures.waits import wait_for_posted_events

UP = Direction.of(head(6.0).scanner_frame, (0.0, 0.0, 1.0))


def wait_until_drawn(qtbot, grid: ViewGrid) -> None:
    """Wait until the scene shows what it is to show."""
    qtbot.waitUntil(lambda: not grid.scene._timer.isActive())
    wait_for_posted_events(qtbot)


@pytest.fixture
def grid(qtbot):
    if QGuiApplication.platformName() == "offscreen":
        pytest.skip("the offscreen platform draws without OpenGL; run under xvfb-run with QT_QPA_PLATFORM=xcb")
    made = ViewGrid(open_case(volume=head(6.0)))
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    qtbot.waitUntil(lambda: made.scene.canvas is not None)
    wait_until_drawn(qtbot, made)
    yield made
    made.close()


def pixels_of(image) -> np.ndarray:
    image = image.convertToFormat(image.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


@pytest.mark.gl
def test_the_scene_is_drawn_lit_and_sharp_at_twice_the_size(grid: ViewGrid) -> None:
    assert opengl_problem() is None and grid.scene.problem is None
    once, twice = grid.render_view("scene", 1.0), grid.render_view("scene", 2.0)
    assert twice.width() == 2 * once.width()
    seen = pixels_of(once)
    assert (seen.max(axis=2) > 40).mean() > 0.02
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) > 500


@pytest.mark.gl
def test_a_click_on_a_nucleus_takes_the_cursor_there(qtbot, grid: ViewGrid) -> None:
    grid.scene.look_from("superior")
    case = grid._case
    case.view.become(case.view.state.with_layers(lesions=False, targets=False, landmarks=False))
    wait_until_drawn(qtbot, grid)
    canvas = grid.scene.canvas
    found = {}
    for x in range(0, canvas.width(), 6):
        for y in range(0, canvas.height(), 6):
            surface = canvas.surface_at(QPointF(x, y))
            if surface is not None:
                found.setdefault(surface.name, QPointF(x, y))
    assert "CLp left" in found and "CLp right" in found
    assert found["CLp left"].x() < found["CLp right"].x()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=found["CLp left"].toPoint())
    assert case.view.state.cursor.coordinates == pytest.approx((-9.0, -24.5, 5.0), abs=0.2)


@pytest.mark.gl
def test_the_head_and_the_planes_come_and_go(qtbot, grid: ViewGrid) -> None:
    case = grid._case
    with_planes = pixels_of(grid.render_view("scene"))
    case.view.become(case.view.state.with_layers(scene_slices=False))
    wait_until_drawn(qtbot, grid)
    without = pixels_of(grid.render_view("scene"))
    assert (without > 20).mean() < (with_planes > 20).mean()
    case.view.become(case.view.state.with_layers(head_surface=True))
    wait_until_drawn(qtbot, grid)
    assert np.abs(pixels_of(grid.render_view("scene")) - without).max() > 10


@pytest.mark.gl
@pytest.mark.parametrize(
    ("preset", "towards_the_eye"), [("superior", (0, 0, 8)), ("anterior", (0, 8, 0)), ("left", (-8, 0, 0))]
)
def test_a_slice_before_a_lesion_does_not_hide_it(qtbot, grid: ViewGrid, preset: str, towards_the_eye) -> None:
    case = grid._case
    lesion = next(one for one in case.plan.lesions if one.side == "left")
    case.view.update(cursor=Point.of(lesion.centre.frame, lesion.centre.array + towards_the_eye))
    grid.scene.look_from(preset)
    wait_until_drawn(qtbot, grid)
    blue, green, red = np.moveaxis(pixels_of(grid.render_view("scene")), 2, 0)
    like_a_lesion = (blue > red + 60) & (green > red + 60)
    assert np.count_nonzero(like_a_lesion) > 100


@pytest.mark.gl
def test_the_eye_goes_to_another_image(qtbot, grid: ViewGrid) -> None:
    case = grid._case
    before = grid.scene.canvas.opts["center"]
    other = head(6.0)
    shifted = np.array(other.affine)
    shifted[:3, 3] += (40.0, 0.0, 0.0)
    case.open_volume(Volume.of_array(other.data, shifted, "1" * 64))
    qtbot.waitUntil(lambda: abs(grid.scene.canvas.opts["center"].x() - before.x() - 40) < 15)
    from fusplan.widgets.scene_canvas import WHOLE_DISTANCE_MM  # needs the system's OpenGL library

    assert grid.scene.canvas.opts["distance"] == WHOLE_DISTANCE_MM


def repaints(qtbot, grid: ViewGrid, change: Callable[[], None], at_least: int = 0) -> int:
    """How often the scene is drawn because of a change; waits as long as a slow machine needs for the first ones."""
    canvas = grid.scene.canvas
    drawn: list[int] = []
    original = canvas.paintGL
    canvas.paintGL = lambda: (drawn.append(1), original())
    change()
    qtbot.waitUntil(lambda: len(drawn) >= at_least)
    wait_until_drawn(qtbot, grid)  # more often than it should be, perhaps
    del canvas.paintGL
    return len(drawn)


@pytest.mark.gl
def test_the_scene_is_drawn_again_only_when_it_shows_something_else(qtbot, grid: ViewGrid) -> None:
    case, scene = grid._case, grid.scene
    cursor = case.view.state.cursor
    wait_until_drawn(qtbot, grid)

    def figures() -> None:
        for _ in range(5):
            case.set_review(OpenReview())
            case.atlases_changed.emit()

    def zoom() -> None:
        case.view.become(case.view.state.with_camera("axial", SliceCamera(2.0, (1.0, 1.0))))

    assert repaints(qtbot, grid, lambda: None) == 0
    assert repaints(qtbot, grid, figures) == 0
    assert repaints(qtbot, grid, zoom) == 0
    assert repaints(qtbot, grid, lambda: case.view.update(cursor=cursor.moved(UP, 2.0)), 1) == 1
    assert repaints(qtbot, grid, lambda: scene.look_from("left"), 1) == 1


@pytest.mark.gl
def test_only_the_slice_that_moved_is_loaded_anew(qtbot, grid: ViewGrid, monkeypatch) -> None:
    from fusplan.widgets import scene_canvas  # needs the system's OpenGL library

    loaded: list[object] = []
    original = scene_canvas.update_plane
    monkeypatch.setattr(scene_canvas, "update_plane", lambda item, plane: (loaded.append(plane), original(item, plane)))
    case = grid._case
    items = dict(grid.scene.canvas._surface_items)
    case.view.update(cursor=case.view.state.cursor.moved(UP, 2.0))
    qtbot.waitUntil(lambda: len(loaded) >= 1)
    wait_until_drawn(qtbot, grid)  # more than there should be, perhaps
    assert len(loaded) == 1
    assert grid.scene.canvas._surface_items == items


def turned_about(azimuth_deg: float) -> np.ndarray:
    """Axes tilted and turned, as columns."""
    turn, tilt = np.radians(azimuth_deg), np.radians(20.0)
    about_up = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    about_right = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    return about_up @ about_right


@pytest.mark.gl
@pytest.mark.parametrize(
    ("preset", "towards_the_eye", "up"),
    [
        ("superior", (0, 0, 1), (0, 1, 0)),
        ("anterior", (0, 1, 0), (0, 0, 1)),
        ("left", (-1, 0, 0), (0, 0, 1)),
        ("right", (1, 0, 0), (0, 0, 1)),
    ],
)
def test_presets_look_along_the_axes_that_the_slices_follow(grid: ViewGrid, preset, towards_the_eye, up) -> None:
    canvas, axes = grid.scene.canvas, turned_about(10.0)
    grid.scene.look_from(preset)
    for along in (np.eye(3), axes):
        canvas.follow_axes(along)
        centre = np.array([canvas.opts["center"].x(), canvas.opts["center"].y(), canvas.opts["center"].z()])
        eye = (canvas.eye - centre) / np.linalg.norm(canvas.eye - centre)
        assert np.allclose(eye, along @ towards_the_eye, atol=1e-4)
        row = canvas.viewMatrix().row(1)
        assert np.allclose((row.x(), row.y(), row.z()), along @ up, atol=1e-4)


@pytest.mark.gl
def test_the_toggle_of_axes_turns_the_scene(qtbot, grid: ViewGrid) -> None:
    case, canvas = grid._case, grid.scene.canvas
    grid.scene.look_from("left")
    case.view.update(axes="acpc")
    superior = case.plan.landmarks.geometry().axes[:, 2]
    qtbot.waitUntil(lambda: np.allclose(canvas._axes[:, 2], superior))
    row = canvas.viewMatrix().row(1)
    assert np.allclose((row.x(), row.y(), row.z()), superior, atol=1e-4)
    case.view.update(axes="scanner")
    qtbot.waitUntil(lambda: np.allclose(canvas._axes, np.eye(3)))


@pytest.mark.gl
@pytest.mark.parametrize("preset", ["superior", "left"])
def test_the_scene_follows_the_pointer_when_it_is_moved(grid: ViewGrid, preset: str) -> None:
    canvas = grid.scene.canvas
    grid.scene.look_from(preset)
    middle = QPointF(canvas.width() / 2, canvas.height() / 2)
    place = canvas.opts["center"]
    canvas.pan(30.0, 20.0, 0.0, "view-upright")
    eye, direction = canvas.ray_through(middle + QPointF(30.0, 20.0))
    offset = np.array([place.x(), place.y(), place.z()]) - eye
    assert np.linalg.norm(offset - (offset @ direction) * direction) < 1.0


@pytest.mark.gl
def test_the_proposals_are_seen_with_their_numbers_over_the_nuclei(qtbot, grid: ViewGrid) -> None:
    case = grid._case
    here = [
        Proposal(f"Proposal {place}", one.side, one.point, one.provenance, one.aim)
        for place, one in enumerate(case.plan.targets)
    ]
    case.document.amend(lambda plan: replace(plan, proposals=tuple(here)))
    case.view.become(case.view.state.with_layers(proposals=False))
    wait_until_drawn(qtbot, grid)
    before = pixels_of(grid.render_view("scene", 1.0))
    case.view.become(case.view.state.with_layers(proposals=True))
    wait_until_drawn(qtbot, grid)
    canvas = grid.scene.canvas
    assert canvas is not None
    assert len(canvas._scene.numbers) == len(case.plan.proposals) > 0
    after = pixels_of(grid.render_view("scene", 1.0))
    for x, y in canvas.seen_at([number.point for number in canvas._scene.numbers]):
        around = (slice(round(y) - 2, round(y) + 3), slice(round(x) - 2, round(x) + 3))
        assert (after[around] != before[around]).any()


@pytest.mark.gl
def test_the_helmet_is_seen_as_a_whole_and_the_eye_returns_when_it_goes(qtbot, grid: ViewGrid) -> None:
    case, canvas = grid._case, grid.scene.canvas
    before = canvas.place_of_eye
    case.view.update(workspace="treatment")
    case.set_sights(treatment_sights(simulated := simulated_plan(case.plan), simulated.targets[0]))
    wait_until_drawn(qtbot, grid)
    assert canvas.place_of_eye.distance_mm > 400
    seen = canvas.seen_at(list_of_points(case.sights.simulated.pose.elements(case.sights.transducer)))
    assert (seen > 0).all() and (seen[:, 0] < canvas.width()).all() and (seen[:, 1] < canvas.height()).all()
    coloured = pixels_of(grid.render_view("scene"))
    case.view.become(case.view.state.with_layers(helmet=False))
    wait_until_drawn(qtbot, grid)
    changed = np.abs(pixels_of(grid.render_view("scene")) - coloured).max(axis=2) > 20
    assert changed.mean() > 0.005
    azimuth = canvas.place_of_eye.azimuth_deg
    case.set_sights(treatment_sights(simulated, simulated.targets[1]))
    wait_until_drawn(qtbot, grid)
    assert canvas.place_of_eye.azimuth_deg == pytest.approx(180.0 - azimuth)
    grid.scene.look_at_centre()
    assert canvas.place_of_eye.distance_mm < 300
    grid.scene.look_at_helmet()
    case.view.update(workspace="plan")
    wait_until_drawn(qtbot, grid)
    assert canvas.place_of_eye == before


def list_of_points(points) -> list[Point]:
    return [points[number] for number in range(len(points.array))]
