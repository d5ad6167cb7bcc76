"""The views on real widgets, by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from fusplan.display.colour_maps import COLOUR_MAPS
from fusplan.display.image_layers import SECOND_KEY, SECOND_LAYER, ImageLayer, ImageStack
from fusplan.display.interaction.drag_spot import add_spot, remove_spot
from fusplan.display.view_state import FOUR_VIEWS, SliceCamera
from fusplan.imaging.intensity import IntensityWindow
from fusplan.planning import edits
from fusplan.planning.treatment_edits import treatment_of
from fusplan.session.second_image import SecondImage
from fusplan.spatial import Ellipsoid, Field, Grid, Point, Points
from fusplan.spatial.field import Unit
from fusplan.widgets.case import Case
from fusplan.widgets.slice_view import SlicePane
from fusplan.widgets.view_grid import ViewGrid
from tests.fixtures.cases import open_case
from tests.fixtures.simulated_plans import simulated_plan
from tests.fixtures.small_heads import head
from tests.fixtures.treatment_sights import small_sights, small_simulated


@pytest.fixture
def case() -> Case:
    made = open_case(volume=head(6.0))
    made.view.update(cameras={kind: SliceCamera(4.0) for kind in ("axial", "coronal", "sagittal")})
    return made


@pytest.fixture
def grid(qtbot, case: Case) -> Iterator[ViewGrid]:
    made = ViewGrid(case)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def pixel_of(case: Case, pane: SlicePane, point: Point) -> QPoint:
    view, mm_per_pixel = pane.layout_of(case.volume)
    x, y = view.to_picture(Points.gather([point]))[0] / mm_per_pixel
    return QPoint(round(float(x)), round(float(y)))


def wheel(pane: SlicePane, notches: float, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = QPointF(pane.width() / 2, pane.height() / 2)
    angle = QPoint(0, round(120 * notches))
    event = QWheelEvent(
        place, pane.mapToGlobal(place), QPoint(), angle, Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(pane, event)


def test_another_volume_of_the_same_file_is_another_picture(grid: ViewGrid, case: Case) -> None:
    """Volumes of a 4-D file have one fingerprint."""
    case.close()
    case.open_volume(head(6.0), 1)
    before = grid.render_view("axial")
    case.open_volume(replace(head(6.0), data=np.asfortranarray(head(6.0).data[::-1])), 2)
    assert case.view.state.cursor is not None
    assert grid.render_view("axial") != before


def right(case: Case) -> Point:
    return edits.find_target(case.plan, "clp-right").point


def test_a_click_takes_the_cursor_there_in_all_views(qtbot, grid: ViewGrid, case: Case) -> None:
    pane = grid.slices["axial"]
    place = Point(case.volume.scanner_frame, 0.0, -10.0, 5.0)
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pixel_of(case, pane, place))
    assert case.view.state.cursor.distance_to(place) < 0.5
    view, _ = grid.slices["coronal"].layout_of(case.volume)
    assert abs(float(view.depth_mm(Points.gather([case.view.state.cursor]))[0])) < 1e-6


def test_the_wheel_steps_and_with_ctrl_zooms(grid: ViewGrid, case: Case) -> None:
    pane = grid.slices["axial"]
    before = case.view.state.cursor
    wheel(pane, 2)
    assert case.view.state.cursor.z == pytest.approx(before.z + 12.0)
    wheel(pane, 0.5)
    wheel(pane, 0.5)
    assert case.view.state.cursor.z == pytest.approx(before.z + 18.0)
    wheel(pane, -1, Qt.KeyboardModifier.ControlModifier)
    assert case.view.state.camera("axial").zoom == pytest.approx(4 / 1.2)


def test_a_target_is_dragged_as_one_undoable_step(qtbot, grid: ViewGrid, case: Case) -> None:
    pane = grid.slices["axial"]
    start = pixel_of(case, pane, right(case))
    steps = len(case.document.history.steps)
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=start)
    for move in range(1, 9):
        qtbot.mouseMove(pane, start + QPoint(-4 * move, 0))
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=start + QPoint(-32, 0))
    _, mm_per_pixel = pane.layout_of(case.volume)
    assert right(case).x == pytest.approx(9.0 + 32 * mm_per_pixel, abs=0.6)
    assert len(case.document.history.steps) == steps + 1
    case.document.undo()
    assert right(case).x == pytest.approx(9.0)


def test_arrow_keys_nudge_and_two_drags_are_two_steps(qtbot, grid: ViewGrid, case: Case) -> None:
    case.view.become(case.view.state.with_selection(target_id="clp-right"))
    pane = grid.slices["axial"]
    pane.setFocus()
    qtbot.keyClick(pane, Qt.Key.Key_Up)
    qtbot.keyClick(pane, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(pane, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert right(case).coordinates == pytest.approx((10.0, -23.9, 5.0))
    assert case.document.history.undo_label == "Nudge CLp right"
    case.document.undo()
    assert right(case).coordinates == pytest.approx((9.0, -24.5, 5.0))


def test_right_drag_changes_the_window_and_remembers_it(qtbot, grid: ViewGrid, case: Case) -> None:
    pane = grid.slices["coronal"]
    assert case.view.state.window_of(case.volume.fingerprint) is None
    qtbot.mousePress(pane, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    qtbot.mouseMove(pane, QPoint(150, 100))
    qtbot.mouseRelease(pane, Qt.MouseButton.RightButton, pos=QPoint(150, 100))
    assert case.view.state.window_of(case.volume.fingerprint) is not None


def test_middle_drag_pans(qtbot, grid: ViewGrid, case: Case) -> None:
    pane = grid.slices["sagittal"]
    _, mm_per_pixel = pane.layout_of(case.volume)
    qtbot.mousePress(pane, Qt.MouseButton.MiddleButton, pos=QPoint(100, 100))
    qtbot.mouseMove(pane, QPoint(120, 90))
    qtbot.mouseRelease(pane, Qt.MouseButton.MiddleButton, pos=QPoint(120, 90))
    assert case.view.state.camera("sagittal").pan_mm == pytest.approx((-20 * mm_per_pixel, -10 * mm_per_pixel))


def test_a_double_click_fills_the_grid_and_goes_back(qtbot, grid: ViewGrid, case: Case) -> None:
    pane = grid.slices["coronal"]
    qtbot.mouseDClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert case.view.state.filling == "coronal"
    assert pane.isVisible() and not grid.slices["axial"].isVisible() and not grid.scene.isVisible()
    qtbot.waitUntil(lambda: pane.width() > grid.width() - 5 and pane.height() > grid.height() - 5)
    qtbot.mouseDClick(pane, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert grid.slices["axial"].isVisible()


def test_views_are_arranged_in_rows(qtbot, grid: ViewGrid, case: Case) -> None:
    def boxes() -> dict[str, tuple[int, int, int, int]]:
        grid.layout().activate()
        views = {name: grid.view(name) for name in ("axial", "coronal", "sagittal", "scene")}
        return {name: view.geometry().getRect() for name, view in views.items() if view.isVisible()}

    four = boxes()
    assert set(four) == {"axial", "coronal", "sagittal", "scene"}
    grid.arrange((("coronal",), ("axial", "sagittal")))
    rows = boxes()
    assert list(rows) == ["axial", "coronal", "sagittal"]
    assert rows["coronal"][:3] == (0, 0, grid.width())
    assert rows["axial"][0] == 0 and rows["axial"][1] == rows["sagittal"][1] > rows["coronal"][3]
    assert rows["axial"][2] == pytest.approx(rows["sagittal"][2], abs=1)
    grid.arrange((("coronal",),))
    assert (boxes(), grid.active_view) == ({"coronal": (0, 0, grid.width(), grid.height())}, "coronal")
    # A view that is not among them fills the grid when it is asked for.
    case.view.update(filling="scene")
    assert boxes() == {"scene": (0, 0, grid.width(), grid.height())}
    grid.arrange(FOUR_VIEWS)
    assert boxes() == {"scene": (0, 0, grid.width(), grid.height())}
    case.view.update(filling=None)
    assert boxes() == four


def test_escape_leaves_a_mode(qtbot, grid: ViewGrid, case: Case) -> None:
    case.view.update(mode="measure_distance")
    pane = grid.slices["axial"]
    pane.setFocus()
    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert case.view.state.mode == "crosshair"


def test_a_landmark_that_cannot_be_is_refused_with_the_reason(qtbot, grid: ViewGrid, case: Case) -> None:
    ac, pc = case.plan.landmarks.ac.point, case.plan.landmarks.pc.point
    case.view.update(cursor=pc)
    pane = grid.slices["sagittal"]
    heard: list[str] = []
    grid.noticed.connect(heard.append)
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=pixel_of(case, pane, pc))
    qtbot.mouseMove(pane, pixel_of(case, pane, ac))
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=pixel_of(case, pane, ac))
    assert any("mm apart" in sentence for sentence in heard)
    assert case.plan.landmarks.geometry().length_mm > 20


@pytest.mark.parametrize("scale", [1.0, 2.0, 4.0])
def test_any_view_is_rendered_sharp_at_any_scale(grid: ViewGrid, scale: float) -> None:
    image = grid.render_view("axial", scale)
    pane = grid.slices["axial"]
    assert (image.width(), image.height()) == (round(pane.width() * scale), round(pane.height() * scale))
    scene = grid.render_view("scene", scale)
    assert scene.width() == round(grid.scene.width() * scale)


def test_without_opengl_the_scene_says_so_and_the_slices_work(qtbot, grid: ViewGrid) -> None:
    qtbot.waitUntil(lambda: grid.scene.problem is not None)
    assert "OpenGL" in grid.scene.problem


def test_a_second_image_is_blended_over_the_first(grid: ViewGrid, case: Case) -> None:
    other = head(6.0, "b" * 64, study_id=case.volume.scanner_frame.study_id)
    other = replace(other, data=np.sqrt(other.data))
    plain = grid.render_view("axial")
    case.set_second_image(SecondImage(other, "T2"))
    pictures = [plain]
    for look in ("opacity", "colour", "swipe", "checkerboard"):
        case.view.update(image_layers=ImageStack((SECOND_LAYER.looking(look),)))
        pictures.append(grid.render_view("axial"))
    assert not any(one == two for one, two in combinations(pictures, 2))
    case.view.change(lambda state: state.with_image_layer(SECOND_KEY, visible=False))
    assert grid.render_view("axial") == plain


def test_fields_lie_over_one_another_with_their_colour_bars_in_the_corner(grid: ViewGrid, case: Case) -> None:
    """Two synthetic fields of grids of their own: a warm spot at the cursor within a wide beam."""
    spot = case.view.state.cursor
    assert spot is not None
    case.view.change(lambda state: state.with_layers(contours=False, targets=False, lesions=False, crosshair=False))
    warm = spot_field(spot, 2.0, 4.0, 37.0, 23.0, "degC")
    beam = spot_field(spot, 3.0, 20.0, 0.0, 4e6, "Pa")
    plain = pixels(grid.render_view("axial"))
    case.set_picture("temperature", warm)
    case.set_picture("pressure", beam)
    assert np.array_equal(pixels(grid.render_view("axial")), plain)
    temperature = ImageLayer("temperature", "Temperature", "heat", IntensityWindow(37.0, 60.0), see_through_below=42.0)
    stack = ImageStack((ImageLayer("pressure", "Pressure", "dose", opacity=0.5), replace(temperature, opacity=1.0)))
    case.view.update(image_layers=stack)
    drawn = pixels(grid.render_view("axial"))
    pane = grid.slices["axial"]
    view, mm_per_pixel = pane.layout_of(case.volume)
    down, across = np.round(view.seen_at(spot)[::-1] / mm_per_pixel).astype(int)
    hottest = COLOUR_MAPS["heat"].table[-1].astype(int)
    assert np.abs(drawn[down, across] - hottest).max() < 45
    # In the corner the bar of each shows its map's colours.
    corner = drawn[:90, -140:].reshape(-1, 1, 3).astype(int)
    for name in ("heat", "dose"):
        colours = COLOUR_MAPS[name].table[100:250:25].astype(int)
        assert (np.abs(corner - colours).sum(axis=-1).min(axis=0) < 12).all(), name
    case.view.update(image_layers=stack.changed("pressure", visible=False).changed("temperature", visible=False))
    assert np.array_equal(pixels(grid.render_view("axial")), plain)


def spot_field(spot: Point, step_mm: float, radius_mm: float, base: float, height: float, unit: Unit) -> Field:
    """A round spot that falls off with its distance from the middle of a cube of 21 voxels."""
    size, reach = 21, 10
    matrix = np.diag([step_mm, step_mm, step_mm, 1.0])
    matrix[:3, 3] = spot.array - reach * step_mm
    grid = Grid.of((size, size, size), matrix, spot.frame, unit)
    away_mm = np.linalg.norm(grid.places(np.argwhere(np.ones(grid.shape))).array - spot.array, axis=1)
    return Field(grid, (base + height * np.exp(-((away_mm / radius_mm) ** 2))).reshape(grid.shape), unit)


def pixels(image: QImage) -> np.ndarray:
    """Shape (rows, columns, 3): red, green, blue."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    array = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return array[:, : plain.width(), 2::-1].copy()


def test_contours_regions_and_labels_change_the_picture(grid: ViewGrid, case: Case) -> None:
    plain = grid.render_view("axial")
    grid.set_regions([Ellipsoid(right(case), (5.0, 5.0, 5.0), np.eye(3))])
    region = grid.render_view("axial")
    case.view.become(case.view.state.with_layers(contour_labels=True))
    assert len({bytes(image.constBits()) for image in (plain, region, grid.render_view("axial"))}) == 3


def test_without_a_plan_the_views_work_and_targets_say_why_not(qtbot) -> None:
    case = open_case(with_plan=False, volume=head(6.0))
    grid = ViewGrid(case)
    qtbot.addWidget(grid)
    grid.resize(700, 500)
    grid.show()
    heard: list[str] = []
    grid.noticed.connect(heard.append)
    case.view.update(mode="place_target", axes="acpc")
    qtbot.mouseClick(grid.slices["axial"], Qt.MouseButton.LeftButton, pos=QPoint(80, 80))
    assert any("AC-PC frame" in sentence for sentence in heard)
    case.close()
    assert not grid.render_view("axial").isNull()
    grid.close()


def test_presenting_shows_the_nucleus_under_the_pointer(qtbot, grid: ViewGrid, case: Case) -> None:
    pane = grid.slices["axial"]
    case.view.update(presenting=True)
    qtbot.mouseMove(pane, QPoint(5, 5))
    empty = grid.render_view("axial")
    qtbot.mouseMove(pane, pixel_of(case, pane, right(case)))
    assert grid.render_view("axial") != empty


def test_a_spot_is_dragged_as_one_undoable_step_nudged_and_removed(qtbot, grid: ViewGrid, case: Case) -> None:
    target = case.plan.targets[0]
    case.set_simulated(simulated_plan(case.plan))
    case.view.become(case.view.state.with_selection(target_id=target.id))
    case.view.update(workspace="treatment", cursor=target.point)
    before = case.plan
    pane = grid.slices["axial"]
    start = pixel_of(case, pane, target.point)
    qtbot.mousePress(pane, Qt.MouseButton.LeftButton, pos=start)
    assert case.view.state.selection.spot == 1
    for move in range(1, 4):
        qtbot.mouseMove(pane, start + QPoint(-4 * move, 0))
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=start + QPoint(-12, 0))
    _, mm_per_pixel = pane.layout_of(case.volume)
    moved = treatment_of(case.plan).at(target.id).sonications
    assert moved[0].spot_offset_mm == pytest.approx((12 * mm_per_pixel, 0.0, 0.0), abs=0.01)
    qtbot.keyClick(pane, Qt.Key.Key_Up)
    assert treatment_of(case.plan).at(target.id).sonications[0].spot_offset_mm[1] == pytest.approx(0.1)
    qtbot.keyClick(pane, Qt.Key.Key_Delete)
    assert len(treatment_of(case.plan).at(target.id).sonications) == len(moved) - 1
    for _ in range(3):
        case.document.undo()
    assert case.plan == before or case.plan.treatment == before.treatment


def test_the_treatment_is_drawn_in_the_slices_and_its_legend_in_one(grid: ViewGrid, case: Case) -> None:
    case.view.update(cursor=case.plan.targets[0].point, workspace="treatment")
    case.set_simulated(small_simulated())
    plain = {name: pixels(grid.render_view(name)) for name in ("axial", "coronal")}
    case.view.become(case.view.state.with_layers(focus=True))
    case.set_sights(small_sights())
    for name, before in plain.items():
        assert np.abs(pixels(grid.render_view(name)).astype(int) - before).max() > 60
    assert set(case.pictures) >= {"focus", "temperature", "dose"}
    case.set_sights(None)
    assert not set(case.pictures) & {"focus", "temperature", "dose"}


def test_what_needs_no_pointer_is_one_step_of_its_own(grid: ViewGrid, case: Case) -> None:
    target = case.plan.targets[0]
    case.view.update(workspace="treatment", cursor=target.point)
    grid.do(add_spot)
    (added,) = treatment_of(case.plan).at(target.id).sonications
    assert added.spot_offset_mm == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)
    grid.do(remove_spot)
    assert treatment_of(case.plan).at(target.id).sonications == ()
    grid.do(remove_spot)
    case.document.undo()
    assert treatment_of(case.plan).at(target.id).sonications == (added,)
