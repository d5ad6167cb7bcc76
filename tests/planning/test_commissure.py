"""Drawn commissures, moved by known vectors, in a head that lies turned in the scanner; and one real head's marks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from fusplan.imaging.volume import Volume
from fusplan.planning.commissure import SPOT_SCALE_MM, find_spot, moved_to_spot
from fusplan.planning.landmarks import refine_landmarks
from fusplan.planning.plan import Landmark, Landmarks
from fusplan.spatial import AcPcGeometry, Affine, Point, Points, ScannerRas, acpc_geometry
from fusplan.spatial.points import FloatArray
from tests.benchmarks.heads import load_head

FRAME = ScannerRas("drawn")
AC, PC = np.array([0.0, 26.0, 0.0]), np.zeros(3)
RADIUS_MM = 1.3
OFF_MM = np.array([0.0, -0.37, 0.23])
SIDE = 61


def acpc_to_scanner() -> Affine[ScannerRas, ScannerRas]:
    """The drawn head's own frame, PC in its origin, to the scanner."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", (12, 5, -7), degrees=True).as_matrix()
    matrix[:3, 3] = (11.3, -6.1, 4.7)
    return Affine(FRAME, FRAME, matrix)


def expected() -> AcPcGeometry:
    ac, pc, *midline = (acpc_to_scanner().apply(Point.of(FRAME, place)) for place in (AC, PC, (0.0, 10.0, 50.0)))
    return acpc_geometry(ac, pc, Points.gather(midline))


def drawn(spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0), off_mm: FloatArray = OFF_MM) -> Volume:
    """Two bright bands from right to left, at ``off_mm`` from AC and PC, on a slope."""
    affine = np.eye(4)
    # Voxels along the axes of the head: its slices are the ones that are made thick.
    affine[:3, :3] = acpc_to_scanner().matrix[:3, :3] * spacing_mm
    shape = tuple(round(SIDE / spacing) for spacing in spacing_mm)
    middle = acpc_to_scanner().apply(Point.of(FRAME, (0.2, 13.3, 0.4))).array
    affine[:3, 3] = middle - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    indices = np.indices(shape).reshape(3, -1).T.astype(np.float64)
    places = Points(FRAME, indices @ affine[:3, :3].T + affine[:3, 3])
    own = acpc_to_scanner().inverse().apply(places).array
    data = 100 + 3 * own[:, 1] + 2 * own[:, 2]
    for centre in (AC + off_mm, PC + off_mm):
        data += 300 * np.exp(-(((own - centre)[:, 1:] / RADIUS_MM) ** 2).sum(axis=1) / 2)
    return Volume.of_array(data.reshape(shape).astype(np.float32), affine, "6" * 64, study_id=FRAME.study_id)


def changed(volume: Volume, data: FloatArray) -> Volume:
    return Volume.of_array(data.astype(np.float32), volume.affine, volume.fingerprint, study_id=FRAME.study_id)


def moved_mm(point: Point[ScannerRas], volume: Volume) -> FloatArray:
    """Where a commissure is moved, in the head's own frame from where it was expected."""
    moved = moved_to_spot(point, volume, expected())
    assert moved is not None
    return acpc_to_scanner().matrix[:3, :3].T @ (moved.array - point.array)


def sagittal(forward_mm: float, up_mm: float, radius_mm: float) -> FloatArray:
    up, forward = np.meshgrid(*[np.arange(45) * 0.25 - 5.5] * 2, indexing="ij")
    return np.exp(-((forward - forward_mm) ** 2 + (up - up_mm) ** 2) / (2 * radius_mm**2)) + 0.02 * forward


@pytest.mark.parametrize("off_mm", [(0.0, 0.0), (0.3, -0.4), (-0.62, 0.51)])
def test_a_drawn_spot_is_found_where_it_is_and_as_sharp_as_it_is(off_mm: tuple[float, float]) -> None:
    """A Gaussian remains one when smoothed: curvature over height follows from the two widths."""
    spot = find_spot(sagittal(*off_mm, RADIUS_MM), ventricle_in_front=False)
    assert spot is not None
    assert (spot.anterior_mm, spot.up_mm) == pytest.approx(off_mm, abs=0.02)
    expected_sharpness = SPOT_SCALE_MM**2 / (SPOT_SCALE_MM**2 + RADIUS_MM**2)
    assert spot.sharpness == pytest.approx(expected_sharpness, rel=0.15)


def test_a_broad_spot_is_trusted_less_than_a_sharp_one() -> None:
    sharp, broad = (find_spot(sagittal(0.4, 0.0, radius), ventricle_in_front=True) for radius in (1.0, 2.5))
    assert sharp is not None
    assert broad is not None
    assert 0 < broad.trust < sharp.trust < 1


@pytest.mark.parametrize("commissure", ["ac", "pc"])
def test_a_landmark_goes_towards_its_commissure_and_not_beyond(commissure: str) -> None:
    moved = moved_mm(getattr(expected(), commissure), drawn())
    share = moved[1:] @ OFF_MM[1:] / (OFF_MM[1:] @ OFF_MM[1:])
    assert 0.6 < share < 1
    assert moved == pytest.approx(share * OFF_MM, abs=0.04)


def test_nothing_moves_along_a_direction_of_thick_slices() -> None:
    axial, coronal = (moved_mm(expected().pc, drawn(spacing)) for spacing in ((1, 1, 2.5), (1, 2.5, 1)))
    assert axial[2] == pytest.approx(0, abs=1e-6)
    assert axial[1] < -0.1
    assert coronal[1] == pytest.approx(0, abs=1e-6)


def test_where_fluid_is_bright_ac_is_the_dark_spot_and_pc_stays() -> None:
    """The flow void of the aqueduct is as dark as PC and beside it."""
    head = drawn()
    inverted = changed(head, 1000 - head.data)
    assert moved_mm(expected().ac, inverted) == pytest.approx(moved_mm(expected().ac, head), abs=0.01)
    assert moved_to_spot(expected().pc, inverted, expected()) is None


def test_where_the_image_shows_no_spot_nothing_moves() -> None:
    head, pc = drawn(), expected().pc
    noise = np.random.default_rng(2).normal(size=head.shape)
    for data in (np.full(head.shape, 7.0), 1000 - head.data, 1000 - head.data + noise):
        assert moved_to_spot(pc, changed(head, data), expected()) is None


def test_a_spot_too_far_away_is_another_one() -> None:
    assert moved_to_spot(expected().pc, drawn(off_mm=np.array([0.0, 1.3, 0.6])), expected()) is None


def test_outside_the_image_nothing_is_guessed() -> None:
    head = drawn()
    behind = changed(head, head.data[:, :20])
    assert moved_to_spot(expected().ac, behind, expected()) is None


def test_what_a_user_has_marked_stays_and_the_templates_is_refined() -> None:
    geometry = expected()
    high = Landmark(acpc_to_scanner().apply(Point.of(FRAME, (0.0, 10.0, 50.0))), "user")
    marked = Landmarks(Landmark(geometry.ac, "user"), Landmark(geometry.pc, "template"), (high,))
    refined = refine_landmarks(marked, drawn())
    assert refined.ac == marked.ac
    assert refined.pc.source == "refined"
    off = acpc_to_scanner().apply(Point.of(FRAME, PC + OFF_MM))
    assert refined.pc.point.distance_to(off) < 0.4 * float(np.linalg.norm(OFF_MM))


@pytest.mark.parametrize(("forward_mm", "up_mm"), [(0.4, 0.0), (-0.3, 0.3), (0.0, -0.4)])
def test_the_marks_of_a_real_head_are_approached_from_all_sides(forward_mm: float, up_mm: float) -> None:
    """Colin27, marked by eye to half a millimetre or so."""
    head = load_head("colin27")
    geometry = head.geometry()
    for mark in (head.ac, head.pc):
        start = mark.array + geometry.axes @ (0.0, forward_mm, up_mm)
        moved = moved_to_spot(Point.of(mark.frame, start), head.volume, geometry)
        assert moved is not None
        assert moved.distance_to(mark) < 0.35
