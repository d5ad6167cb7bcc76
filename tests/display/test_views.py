"""Slices face the right way: letters and picture places against directions worked out here."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusplan.display.views import (
    VIEW_KINDS,
    Convention,
    SliceView,
    ViewAxes,
    ViewKind,
    border_letters,
    direction_letters,
    scale_bar_length_mm,
    slice_position_words,
    slice_view,
)
from fusplan.spatial import Direction, FrameMismatchError, Point, Points, ScannerRas, acpc_geometry
from tests.fixtures.oblique_views import CENTRE, FRAME, tilted_axes

ANATOMY = {"R": (1, 0, 0), "L": (-1, 0, 0), "A": (0, 1, 0), "P": (0, -1, 0), "S": (0, 0, 1), "I": (0, 0, -1)}


def letter_where_it_is_seen(view: SliceView, letter: str) -> str:
    """The border towards which a step in an anatomical direction moves a point in the picture."""
    step = view.axes.matrix @ np.array(ANATOMY[letter], dtype=float)
    places = view.to_picture(Points(FRAME, np.array([view.centre.array, view.centre.array + 5 * step])))
    across, down = places[1] - places[0]
    if abs(across) > abs(down):
        return "right" if across > 0 else "left"
    return "bottom" if down > 0 else "top"


@pytest.mark.parametrize("kind", VIEW_KINDS)
@pytest.mark.parametrize("convention", ["radiological", "neurological"])
@pytest.mark.parametrize("axes", [np.eye(3), tilted_axes(18.0, 7.0, -11.0)])
def test_every_letter_stands_where_its_direction_leads(
    kind: ViewKind, convention: Convention, axes: np.ndarray
) -> None:
    view = slice_view(kind, CENTRE, (60.0, 50.0), ViewAxes("axes", FRAME, axes), convention)
    letters = border_letters(view)
    shown = {letters.left: "left", letters.right: "right", letters.top: "top", letters.bottom: "bottom"}
    expected = {"axial": "RLAP", "coronal": "RLSI", "sagittal": "APSI"}[kind]
    assert set(shown) == set(expected)
    for letter in expected:
        assert letter_where_it_is_seen(view, letter) == shown[letter]


def test_the_right_of_the_patient_is_on_the_left_of_a_radiological_picture() -> None:
    radiological = slice_view("axial", CENTRE, (60.0, 60.0), ViewAxes.scanner(FRAME))
    neurological = slice_view("axial", CENTRE, (60.0, 60.0), ViewAxes.scanner(FRAME), "neurological")
    patients_right = Points(FRAME, np.array([[13.0, -20.0, 8.0]]))
    assert radiological.to_picture(patients_right)[0] == pytest.approx([20.0, 30.0])
    assert neurological.to_picture(patients_right)[0] == pytest.approx([40.0, 30.0])
    assert border_letters(radiological).left == "R"
    assert border_letters(neurological).left == "L"


@pytest.mark.parametrize("kind", VIEW_KINDS)
def test_a_raster_and_back_is_the_same_place(kind: ViewKind) -> None:
    view = slice_view(kind, CENTRE, (30.0, 20.0), ViewAxes("axes", FRAME, tilted_axes(10.0, 5.0)))
    points, (rows, columns) = view.raster(0.4)
    places = view.to_picture(points).reshape(rows, columns, 2)
    assert (rows, columns) == (51, 76)
    assert places[0, 0] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert places[-1, -1] == pytest.approx([30.0, 20.0], abs=1e-9)
    assert np.abs(view.depth_mm(points)).max() < 1e-9
    assert view.depth_mm(Points(FRAME, (CENTRE.array + 2 * view.normal.array)[None])) == pytest.approx([2.0])


def test_the_pixels_of_a_view_lie_where_the_view_sees_them() -> None:
    view = slice_view("coronal", CENTRE, (30.0, 18.0), ViewAxes("axes", FRAME, tilted_axes(10.0, 5.0)))
    pixels = view.pixels(0.5)
    assert pixels.shape == (36, 60, 1)
    assert pixels.spacing_mm == pytest.approx((0.5, 0.5, 0.5))
    places = pixels.all_places()
    seen = view.to_picture(places).reshape(36, 60, 2)
    assert seen[0, 0] == pytest.approx([0.25, 0.25], abs=1e-9)
    assert seen[35, 59] == pytest.approx([29.75, 17.75], abs=1e-9)
    assert seen[2, 3] == pytest.approx([1.75, 1.25], abs=1e-9)
    assert np.abs(view.depth_mm(places)).max() < 1e-9


@pytest.mark.parametrize(
    ("size_mm", "pixel_mm", "shape"),
    [((7.0, 5.0), 1.0, (5, 7, 1)), ((7.0, 5.2), 2.0, (3, 4, 1)), ((0.3, 9), 5, (30, 1, 1))],
)
def test_a_whole_number_of_pixels_fills_the_width_and_the_middle_stays_the_middle(
    size_mm: tuple[float, float], pixel_mm: float, shape: tuple[int, int, int]
) -> None:
    view = slice_view("axial", CENTRE, size_mm, ViewAxes("axes", FRAME, tilted_axes(10.0, 5.0)))
    pixels = view.pixels(pixel_mm)
    assert pixels.shape == shape
    assert pixels.spacing_mm[1] * shape[1] == pytest.approx(size_mm[0])
    assert pixels.centre.array == pytest.approx(CENTRE.array, abs=1e-12)


@pytest.mark.parametrize(
    ("components", "letters"),
    [((0, 0, 1), "S"), ((0.2, 0, 1), "S"), ((0, 1, 1.1), "SA"), ((-1, 0, -0.9), "LI"), ((1, 0.38, 0), "R")],
)
def test_oblique_directions_get_two_letters(components: tuple[float, float, float], letters: str) -> None:
    assert direction_letters(Direction.of(FRAME, components), ViewAxes.scanner(FRAME)) == letters


@given(st.floats(0.5, 500.0))
def test_the_scale_bar_is_round_and_fits(width_mm: float) -> None:
    length = scale_bar_length_mm(width_mm)
    assert str(length).strip("0.")[0] in "125"
    assert length <= width_mm


def test_the_scale_bar_of_a_target_picture_is_10_mm() -> None:
    assert scale_bar_length_mm(60.0) == 10.0


def test_positions_are_said_in_words() -> None:
    geometry = acpc_geometry(
        Point(FRAME, 0.0, 25.0, 0.0), Point(FRAME, 0.0, 0.0, 0.0), Points(FRAME, np.array([[0.0, 10.0, 50.0]]))
    )
    centre = Point(FRAME, -8.5, -1.0, 5.5)
    words = {
        kind: slice_position_words(slice_view(kind, centre, (60, 60), ViewAxes.acpc(geometry)), geometry)
        for kind in VIEW_KINDS
    }
    assert words == {
        "axial": "5.5 mm above the AC-PC plane",
        "coronal": "1.0 mm behind PC",
        "sagittal": "8.5 mm left of the midplane",
    }


def test_points_of_another_head_are_refused() -> None:
    view = slice_view("axial", CENTRE, (60.0, 60.0), ViewAxes.scanner(FRAME))
    with pytest.raises(FrameMismatchError):
        view.to_picture(Points(ScannerRas("other"), np.zeros((1, 3))))
    with pytest.raises(FrameMismatchError):
        slice_view("axial", Point(ScannerRas("other"), 0, 0, 0), (60.0, 60.0), ViewAxes.scanner(FRAME))
