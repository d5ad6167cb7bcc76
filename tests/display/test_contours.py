"""Outlines against closed forms: balls are circles, ellipsoids are where direct projection puts them."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.display.contours import (
    Nucleus,
    ellipsoid_outline,
    nuclei_contours,
    polygon_area_mm2,
    trace_zero_level,
)
from fusplan.display.views import VIEW_KINDS, ViewAxes, ViewKind, slice_view
from fusplan.spatial import Ellipsoid, Point, Points, ScannerRas
from tests.fixtures.oblique_views import CENTRE, FRAME, tilted_axes

AXES = ViewAxes("axes", FRAME, tilted_axes(14.0, 6.0, 3.0))


class Balls:
    """An atlas of balls: the field is the distance inside the surface."""

    def __init__(self, *balls: tuple[tuple[float, float, float], float]) -> None:
        self.balls = balls
        self.nuclei = tuple(Nucleus(f"B{index}", f"ball {index}", "left") for index in range(len(balls)))

    def insideness(self, points: Points[ScannerRas]) -> np.ndarray:
        return np.array([radius - np.linalg.norm(points.array - centre, axis=1) for centre, radius in self.balls])


@pytest.mark.parametrize("kind", VIEW_KINDS)
def test_a_ball_is_outlined_by_its_circle(kind: ViewKind) -> None:
    view = slice_view(kind, CENTRE, (60.0, 60.0), AXES)
    ball_centre = CENTRE.array + 3.0 * view.normal.array + 7.0 * view.right.array - 4.0 * view.up.array
    atlas = Balls((tuple(ball_centre), 5.0), (tuple(CENTRE.array + 20 * view.normal.array), 5.0))
    (contour,) = nuclei_contours(view, atlas)
    (polygon,) = contour.polygons
    radius = np.linalg.norm(polygon - (37.0, 34.0), axis=1)
    assert np.abs(radius - 4.0).max() < 0.05  # sqrt(5^2 - 3^2)
    assert contour.area_mm2 == pytest.approx(np.pi * 16.0, rel=0.01)


def test_an_outline_is_closed_along_the_border_of_the_picture() -> None:
    view = slice_view("axial", CENTRE, (20.0, 20.0), AXES)
    atlas = Balls((tuple(CENTRE.array + 10.0 * view.right.array), 4.0))
    (contour,) = nuclei_contours(view, atlas)
    assert contour.area_mm2 == pytest.approx(np.pi * 16.0 / 2, rel=0.08)
    assert contour.polygons[0][:, 0].max() <= 20.0 + 0.51


def test_two_pieces_come_largest_first_and_specks_are_left_out() -> None:
    rows, columns = np.mgrid[0:61, 0:61] * 0.5
    circles = [(8.0, 8.0, 2.0), (20.0, 20.0, 5.0), (27.0, 4.0, 0.2)]
    field = np.max([r - np.hypot(columns - x, rows - y) for x, y, r in circles], axis=0)
    polygons = trace_zero_level(field, 0.5)
    assert [round(polygon_area_mm2(polygon)) for polygon in polygons] == [78, 12]


def test_nothing_inside_gives_no_polygon() -> None:
    assert trace_zero_level(np.full((10, 10), -1.0), 0.5) == ()


@pytest.mark.parametrize("kind", VIEW_KINDS)
def test_a_lesion_is_drawn_where_its_surface_projects(kind: ViewKind) -> None:
    view = slice_view(kind, CENTRE, (60.0, 40.0), AXES)
    middle = Point.of(FRAME, CENTRE.array + np.array([1.0, -2.0, 0.8]))
    ellipsoid = Ellipsoid(middle, (2.0, 2.5, 3.5), tilted_axes(25.0, -10.0, 40.0))
    outline = ellipsoid_outline(view, ellipsoid)
    assert outline is not None
    on_slice = view.to_scanner(outline).array - middle.array
    assert np.einsum("ni,ij,nj->n", on_slice, ellipsoid.shape_matrix, on_slice) == pytest.approx(1.0, abs=1e-9)
    # Independent: of many points of the surface, those lying in the slice are seen on the outline.
    surface = ellipsoid.surface(200_000)
    near = np.abs(view.depth_mm(surface)) < 0.004
    seen = view.to_picture(Points(FRAME, surface.array[near]))
    gaps = np.linalg.norm(seen[:, None] - outline[None], axis=2).min(axis=1)
    assert near.sum() > 50
    assert gaps.max() < 0.2


def test_a_slice_beside_the_lesion_shows_no_outline() -> None:
    view = slice_view("axial", CENTRE, (60.0, 60.0), ViewAxes.scanner(FRAME))
    above = Point.of(FRAME, CENTRE.array + np.array([0, 0, 2.6]))
    assert ellipsoid_outline(view, Ellipsoid(above, (2.0, 2.0, 2.5), np.eye(3))) is None
