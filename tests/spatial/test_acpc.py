"""The AC-PC frame: textbook cases, heads turned by known rotations, and landmarks that define none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation

from fusplan.spatial import (
    DegenerateLandmarksError,
    FrameMismatchError,
    Point,
    Points,
    ScannerRas,
    acpc_geometry,
    read_acpc,
)
from fusplan.spatial.frames import AcPcOrigin
from tests.fixtures.acpc_frames import AC, FRAME, MIDLINE, PC, geometry_of

TARGET = np.array([-8.5, -14.0, 5.5])
"""On the left, 1 mm behind PC, 5.5 mm above the plane."""


def turned(angles_deg: tuple[float, ...], shift_mm: tuple[float, ...] = (0, 0, 0)):
    matrix = Rotation.from_euler("xyz", angles_deg, degrees=True).as_matrix()
    return lambda places: places @ matrix.T + np.array(shift_mm)


def test_a_head_that_already_lies_straight() -> None:
    geometry = geometry_of()
    assert_allclose(geometry.axes, np.eye(3), atol=1e-12)
    assert geometry.length_mm == pytest.approx(26)
    assert_allclose(geometry.mcp.array, 0, atol=1e-12)
    assert geometry.midplane.largest_residual_mm == pytest.approx(0)
    assert geometry.midplane.roll_deg == pytest.approx(0)
    assert geometry.midplane.yaw_deg == pytest.approx(0)


@pytest.mark.parametrize(("origin", "y"), [("ac", 0.0), ("mcp", 13.0), ("pc", 26.0)])
def test_the_three_origins(origin: AcPcOrigin, y: float) -> None:
    geometry = geometry_of(turned((10, -4, 7), (3, 4, 5)))
    assert_allclose(geometry.scanner_to_acpc(origin).apply(geometry.ac).coordinates, (0, y, 0), atol=1e-9)
    assert geometry.frame(origin).origin == origin


angle = st.floats(-30, 30)
shift = st.floats(-80, 80)


@given(st.tuples(angle, angle, angle), st.tuples(shift, shift, shift))
def test_a_turned_head_has_the_same_readings(angles: tuple[float, ...], shifts: tuple[float, ...]) -> None:
    move = turned(angles, shifts)
    geometry = geometry_of(move)
    reading = read_acpc(Point.of(FRAME, move(TARGET)), geometry)
    assert reading.side == "left"
    assert reading.lateral_mm == pytest.approx(8.5, abs=1e-6)
    assert reading.anterior_of_pc_mm == pytest.approx(-1.0, abs=1e-6)
    assert reading.anterior_of_mcp_mm == pytest.approx(-14.0, abs=1e-6)
    assert reading.above_plane_mm == pytest.approx(5.5, abs=1e-6)


@given(st.tuples(angle, angle, angle), st.tuples(shift, shift, shift))
def test_the_frame_is_right_handed_rigid_and_invertible(angles: tuple[float, ...], shifts: tuple[float, ...]) -> None:
    geometry = geometry_of(turned(angles, shifts))
    assert_allclose(geometry.axes.T @ geometry.axes, np.eye(3), atol=1e-9)
    assert np.linalg.det(geometry.axes) == pytest.approx(1)
    point = Point.of(FRAME, (5, 6, 7))
    back = geometry.acpc_to_scanner("pc").apply(geometry.scanner_to_acpc("pc").apply(point))
    assert_allclose(back.array, point.array, atol=1e-9)


def test_roll_and_yaw_have_the_stated_signs() -> None:
    # Rotation about +y by a positive angle takes +x towards -z: the right side goes down.
    assert geometry_of(turned((0, 6, 0))).midplane.roll_deg == pytest.approx(6)
    # Rotation about +z by a positive angle takes +y towards -x: the nose goes to the left.
    assert geometry_of(turned((0, 0, 5))).midplane.yaw_deg == pytest.approx(5)


def test_the_midplane_is_the_nearest_one_by_brute_force() -> None:
    rng = np.random.default_rng(2)
    midline = MIDLINE + rng.normal(0, 1.5, MIDLINE.shape)
    geometry = geometry_of(midline=midline)
    angles = np.radians(np.arange(-20, 20, 0.001))
    normals = np.column_stack([np.cos(angles), np.zeros_like(angles), np.sin(angles)])
    costs = ((midline - PC) @ normals.T) ** 2
    assert_allclose(geometry.axes[:, 0], normals[np.argmin(costs.sum(axis=0))], atol=2e-5)
    assert_allclose(geometry.midplane.residuals_mm, (midline - PC) @ geometry.axes[:, 0])


def test_one_midline_point_is_enough() -> None:
    geometry = geometry_of(turned((4, 5, 6)), midline=MIDLINE[:1])
    assert geometry.midplane.largest_residual_mm < 1e-9
    assert geometry.midplane.roll_deg == pytest.approx(geometry_of(turned((4, 5, 6))).midplane.roll_deg)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ac": PC + np.array([0, 3, 0])}, "mm apart"),
        ({"ac": PC, "pc": PC}, "mm apart"),
        ({"ac": PC, "pc": AC}, "backwards"),
        ({"midline": np.array([[0.0, 0.0, 3.0]])}, "within 8 mm"),
        ({"midline": np.array([[50.0, 0.0, 0.0]])}, "sideways"),
        ({"midline": np.array([[0.0, 0.0, 40.0], [40.0, 0.0, 0.0]])}, "one plane"),
        ({"midline": np.array([[0.0, 0.0, 40.0], [30.0, 0.0, 0.0]])}, "one plane"),
    ],
)
def test_landmarks_that_define_no_frame(change: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(DegenerateLandmarksError, match=words) as caught:
        geometry_of(**change)
    assert caught.value.remedy


def test_landmarks_of_two_studies_are_refused() -> None:
    stranger = Point.of(ScannerRas("another"), PC)
    with pytest.raises(FrameMismatchError):
        acpc_geometry(Point.of(FRAME, AC), stranger, Points(FRAME, MIDLINE))
    with pytest.raises(FrameMismatchError):
        acpc_geometry(Point.of(FRAME, AC), Point.of(FRAME, PC), Points(ScannerRas("another"), MIDLINE))


def test_frames_of_the_same_landmarks_are_the_same_and_of_others_are_not() -> None:
    assert geometry_of().frame("pc") == geometry_of().frame("pc")
    assert geometry_of().frame("pc") != geometry_of().frame("mcp")
    assert geometry_of(turned((0, 0, 1))).frame() != geometry_of().frame()
    assert geometry_of(ac=AC + np.array([0, 0, -1e-12])).frame() == geometry_of().frame()
    other = ScannerRas("another")
    moved = acpc_geometry(Point.of(other, AC), Point.of(other, PC), Points(other, MIDLINE))
    assert moved.frame() != geometry_of().frame()
    with pytest.raises(FrameMismatchError):
        geometry_of(turned((0, 0, 1))).acpc_to_scanner().apply(geometry_of().scanner_to_acpc().apply(geometry_of().ac))


def test_axes_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        geometry_of().axes[0, 0] = 2.0
