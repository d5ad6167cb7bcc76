from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusplan.display.cutting_table import edges_across
from fusplan.display.mesh_slices import SliceableMesh, cut_mesh, cut_meshes
from fusplan.display.views import ViewAxes, slice_view
from fusplan.spatial import Ellipsoid, Point, Points, ScannerRas
from fusplan.spatial.frames import FrameMismatchError
from tests.fixtures.meshes import FRAME, ball, of_ellipsoid

SIZE_MM = (100.0, 80.0)


def view_at(x: float, y: float, z: float, kind: str = "axial", axes: ViewAxes | None = None):
    return slice_view(kind, Point(FRAME, x, y, z), SIZE_MM, axes or ViewAxes.scanner(FRAME))


@pytest.mark.parametrize("kind", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("offset_mm", [0.0, 3.0, -7.5])
def test_a_ball_is_cut_in_a_circle_of_the_radius_of_pythagoras(kind: str, offset_mm: float) -> None:
    mesh = SliceableMesh.prepare("ball", *ball())
    place = {"axial": (0, 0, offset_mm), "coronal": (0, offset_mm, 0), "sagittal": (offset_mm, 0, 0)}[kind]
    contour = cut_mesh(mesh, view_at(*place, kind=kind))
    assert contour is not None
    assert contour.closed == (True,)
    radius_mm = np.sqrt(100 - offset_mm**2)
    from_middle = np.linalg.norm(contour.lines[0] - np.array(SIZE_MM) / 2, axis=1)
    assert np.allclose(from_middle, radius_mm, atol=0.05)
    assert contour.area_mm2 == pytest.approx(np.pi * radius_mm**2, rel=5e-3)
    assert contour.label_place_mm == pytest.approx((50, 40), abs=0.3)


def test_a_plane_beside_the_surface_gives_nothing() -> None:
    mesh = SliceableMesh.prepare("ball", *ball())
    assert cut_mesh(mesh, view_at(0, 0, 10.5)) is None
    assert cut_meshes([mesh], view_at(0, 0, -30)) == ()


@settings(max_examples=25, deadline=None)
@given(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6), st.floats(-4, 4))
def test_an_oblique_cut_agrees_with_the_closed_form_of_the_ellipse(roll: float, pitch: float, z: float) -> None:
    rotation, _ = np.linalg.qr(np.array([[1.0, 0.3, 0.1], [-0.2, 1.0, 0.4], [0.1, -0.3, 1.0]]))
    ellipsoid = Ellipsoid(Point(FRAME, 1.0, 2.0, -1.0), (8.0, 12.0, 15.0), rotation)
    mesh = SliceableMesh.prepare("egg", *of_ellipsoid(ellipsoid))
    turn_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    turn_y = np.array([[np.cos(roll), 0, np.sin(roll)], [0, 1, 0], [-np.sin(roll), 0, np.cos(roll)]])
    view = view_at(0, 0, z, axes=ViewAxes("test axes", FRAME, turn_x @ turn_y))
    contour = cut_mesh(mesh, view)
    outline = ellipsoid.outline(view.centre, view.right, view.up, count=400)
    assert contour is not None and outline is not None
    x, y = outline.T
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    assert contour.closed == (True,)
    assert contour.area_mm2 == pytest.approx(area, rel=1e-2)


def test_a_cut_through_vertices_still_closes() -> None:
    """An octahedron cut exactly through its four equatorial corners."""
    corners = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float) * 10
    faces = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4], [1, 0, 5], [2, 1, 5], [3, 2, 5], [0, 3, 5]])
    mesh = SliceableMesh.prepare("octahedron", Points(FRAME, corners), faces)
    contour = cut_mesh(mesh, view_at(0, 0, 0))
    assert contour is not None and contour.closed == (True,)
    assert contour.area_mm2 == pytest.approx(200.0)


def test_an_open_surface_gives_an_open_line_from_border_to_border() -> None:
    xs, ys = np.arange(6.0), np.arange(3.0)
    grid = np.array([[x, y, y - 0.9] for x in xs for y in ys])
    faces = []
    for i in range(5):
        for j in range(2):
            a = i * 3 + j
            faces += [[a, a + 3, a + 1], [a + 3, a + 4, a + 1]]
    mesh = SliceableMesh.prepare("sheet", Points(FRAME, grid), faces[::-1])
    contour = cut_mesh(mesh, view_at(0, 0, 0))
    assert contour is not None and contour.closed == (False,)
    ends = contour.lines[0][[0, -1]]
    assert sorted(50 - ends[:, 0]) == pytest.approx([0.0, 5.0])
    assert np.allclose(40 - contour.lines[0][:, 1], 0.9)


def test_two_bodies_of_one_surface_give_two_rings() -> None:
    (first, faces_a), (second, faces_b) = ball((-15, 0, 0), count=500), ball((15, 0, 0), count=500)
    both = Points(FRAME, np.vstack([first.array, second.array]))
    mesh = SliceableMesh.prepare("pair", both, np.vstack([faces_a, faces_b + len(first)]))
    contour = cut_mesh(mesh, view_at(0, 0, 1))
    assert contour is not None
    assert contour.closed == (True, True)
    assert contour.area_mm2 == pytest.approx(2 * np.pi * 99, rel=2e-2)


def test_the_hole_of_a_hollow_ball_is_taken_off_its_area() -> None:
    (outer, faces), (inner, faces_within) = ball(), ball(radius_mm=6.0)
    both = Points(FRAME, np.vstack([outer.array, inner.array]))
    mesh = SliceableMesh.prepare("hollow", both, np.vstack([faces, faces_within[:, ::-1] + len(outer)]))
    for z in (0.0, 1.3, -4.2):
        contour = cut_mesh(mesh, view_at(0, 0, z))
        assert contour is not None and len(contour.lines) == 2
        assert contour.area_mm2 == pytest.approx(np.pi * (100 - 36), rel=1e-2)


def test_inconsistently_turned_triangles_are_walked_all_the_same() -> None:
    vertices, faces = ball(count=300)
    faces[::3] = faces[::3, ::-1]
    contour = cut_mesh(SliceableMesh.prepare("muddled", vertices, faces), view_at(0, 0, 2))
    assert contour is not None and contour.closed == (True,)


def test_edges_of_a_tetrahedron_lie_against_each_other() -> None:
    faces = np.array([[0, 1, 2], [0, 3, 1], [1, 3, 2], [2, 3, 0]], dtype=np.int32)
    across = edges_across(faces).ravel()
    assert np.array_equal(across[across], np.arange(12))
    ends = [{int(faces[edge // 3, edge % 3]), int(faces[edge // 3, (edge + 1) % 3])} for edge in range(12)]
    assert all(ends[edge] == ends[other] and edge // 3 != other // 3 for edge, other in enumerate(across.tolist()))


def test_a_surface_of_another_study_is_refused() -> None:
    vertices, faces = ball(count=100)
    other = Points(ScannerRas("another"), vertices.array)
    with pytest.raises(FrameMismatchError):
        cut_mesh(SliceableMesh.prepare("ball", other, faces), view_at(0, 0, 0))
    with pytest.raises(FrameMismatchError):
        cut_meshes([SliceableMesh.prepare("ball", places, faces) for places in (vertices, other)], view_at(0, 0, 0))


def test_no_triangles_no_contour() -> None:
    empty = SliceableMesh.prepare("empty", Points(FRAME, np.zeros((0, 3))), np.zeros((0, 3), dtype=np.int32))
    assert cut_mesh(empty, view_at(0, 0, 0)) is None
