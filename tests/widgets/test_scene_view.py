"""The 3-D scene with a real OpenGL: run under xvfb-run with ``-m gl``."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication

from fusplan.imaging.volume import Volume
from fusplan.spatial import Point
from fusplan.widgets.opengl_support import opengl_problem
from fusplan.widgets.view_grid import ViewGrid
from tests.widgets.cases import head, open_case


@pytest.fixture
def grid(qtbot):
    if QGuiApplication.platformName() == "offscreen":
        pytest.skip("the offscreen platform draws without OpenGL; run under xvfb-run with QT_QPA_PLATFORM=xcb")
    made = ViewGrid(open_case(volume=head(6.0)))
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    qtbot.waitUntil(lambda: made.scene.canvas is not None, timeout=20000)
    qtbot.wait(300)
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
    qtbot.wait(200)
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
    qtbot.wait(200)
    without = pixels_of(grid.render_view("scene"))
    assert (without > 20).mean() < (with_planes > 20).mean()
    case.view.become(case.view.state.with_layers(head_surface=True))
    qtbot.wait(400)
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
    qtbot.wait(200)
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
    qtbot.waitUntil(lambda: abs(grid.scene.canvas.opts["center"].x() - before.x() - 40) < 15, timeout=5000)
    from fusplan.widgets.scene_canvas import WHOLE_DISTANCE_MM  # needs the system's OpenGL library

    assert grid.scene.canvas.opts["distance"] == WHOLE_DISTANCE_MM
