"""Heads that are the mirror image of themselves about a plane that is known, looked at from a frame that is off."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from fusplan.imaging.volume import Volume
from fusplan.planning.landmarks import refine_landmarks
from fusplan.planning.plan import Landmark, Landmarks
from fusplan.planning.symmetry import centred, find_fissure
from fusplan.spatial import AcPcGeometry, Affine, Point, Points, ScannerRas, acpc_geometry
from tests.benchmarks.heads import load_head

FRAME = ScannerRas("mirrored")
ROLL_DEG, OFFSET_MM = 4.0, 0.6
ASIDE = np.array([OFFSET_MM, 0.0, 0.0])
TRUE_AC, TRUE_PC = np.array([0.0, 27.0, 0.0]), np.zeros(3)


def true_to_scanner() -> Affine[ScannerRas, ScannerRas]:
    """The head lies rolled and moved in the scanner; in its own frame the PC is the origin and x = 0 the midplane."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", (10, ROLL_DEG, -6), degrees=True).as_matrix()
    matrix[:3, 3] = (12.0, -7.0, 5.0)
    return Affine(FRAME, FRAME, matrix)


@lru_cache(maxsize=1)
def symmetric_head() -> Volume:
    """Smooth random texture of |x|, 1.5 mm voxels, 120 mm about the PC."""
    half, spacing = 60, 1.5
    affine = np.diag([spacing, spacing, spacing, 1.0])
    affine[:3, 3] = np.array([12.0, -7.0, 25.0]) - half * spacing
    indices = np.indices((2 * half + 1,) * 3).reshape(3, -1).T.astype(np.float64)
    places = true_to_scanner().inverse().apply(Points(FRAME, indices @ affine[:3, :3].T + affine[:3, 3])).array
    rng = np.random.default_rng(4)
    texture = ndimage.gaussian_filter(rng.normal(size=(80, 80, 80)), 1.2) * 500 + 200
    at = np.stack([np.abs(places[:, 0]), places[:, 1] + 120, places[:, 2] + 120]) / 3.0
    data = ndimage.map_coordinates(texture, at, order=3, mode="mirror").reshape((2 * half + 1,) * 3)
    return Volume.of_array(data.astype(np.float32), affine, "5" * 64, study_id=FRAME.study_id)


def seen_off(user: bool = False) -> Landmarks:
    """Landmarks 0.6 mm off to the right, their midline without the roll of the head: no point above the brain stem."""
    rolled = Rotation.from_euler("y", -ROLL_DEG, degrees=True).as_matrix()
    to_scanner = true_to_scanner()
    points = [TRUE_AC + ASIDE, TRUE_PC + ASIDE, rolled @ (0, 8, -14), rolled @ (0, 40, 12)]
    moved = [to_scanner.apply(Point.of(FRAME, point)) for point in points]
    ac, pc, *midline = (Landmark(point, "user" if user else "template") for point in moved)
    return Landmarks(ac, pc, tuple(midline))


def tilt_deg(geometry: AcPcGeometry) -> float:
    right = true_to_scanner().matrix[:3, 0]
    return float(np.degrees(np.arccos(geometry.axes[:, 0] @ right)))


def lateral_mm(point: Point[ScannerRas]) -> float:
    return float(true_to_scanner().inverse().apply(point).x)


def test_the_true_plane_is_found_from_one_that_is_four_degrees_off() -> None:
    before = seen_off()
    after = refine_landmarks(before, symmetric_head())
    assert tilt_deg(before.geometry()) > 3.0
    # The template's two points are kept and pull a little: they are four degrees off.
    assert tilt_deg(after.geometry()) < 0.3
    assert [mark.source for mark in after.midline] == ["template", "template", "refined", "refined", "refined"]
    assert max(abs(lateral_mm(mark.point)) for mark in after.midline[2:]) < 0.1


def test_commissures_move_into_the_middle_and_only_sideways() -> None:
    before = seen_off()
    after = refine_landmarks(before, symmetric_head())
    for old, new in ((before.ac, after.ac), (before.pc, after.pc)):
        assert new.source == "refined"
        assert abs(lateral_mm(old.point)) == pytest.approx(OFFSET_MM)
        assert abs(lateral_mm(new.point)) < 0.1
        assert new.point.distance_to(old.point) == pytest.approx(OFFSET_MM, abs=0.1)


def test_an_inverted_image_gives_the_same_answer() -> None:
    head = symmetric_head()
    inverted = Volume.of_array(1000 - head.data, head.affine, head.fingerprint, study_id=FRAME.study_id)
    first, second = refine_landmarks(seen_off(), head), refine_landmarks(seen_off(), inverted)
    assert first.ac.point.distance_to(second.ac.point) < 1e-3
    assert first.geometry().axes == pytest.approx(second.geometry().axes, abs=1e-4)


def test_what_a_user_has_marked_stays() -> None:
    marked = seen_off(user=True)
    assert refine_landmarks(marked, symmetric_head()) == marked


def test_an_image_that_says_nothing_changes_nothing() -> None:
    head, geometry = symmetric_head(), seen_off().geometry()
    rng = np.random.default_rng(1)
    flat = np.zeros(head.shape, np.float32)
    for data in (flat, rng.normal(size=head.shape).astype(np.float32)):
        silent = Volume.of_array(data, head.affine, head.fingerprint, study_id=FRAME.study_id)
        assert find_fissure(silent, geometry) == ()
        assert centred(geometry.pc, silent, geometry) is None


def test_a_place_outside_the_image_is_not_guessed() -> None:
    head = symmetric_head()
    low = Volume.of_array(head.data[:, :, :55], head.affine, head.fingerprint, study_id=FRAME.study_id)
    assert find_fissure(low, seen_off().geometry()) == ()


def test_a_commissure_is_not_moved_far() -> None:
    to_scanner = true_to_scanner()
    ac, pc = (to_scanner.apply(Point.of(FRAME, point + 4 * ASIDE)) for point in (TRUE_AC, TRUE_PC))
    midline = to_scanner.apply(Points(FRAME, np.array([[4 * OFFSET_MM, 10.0, 50.0]])))
    assert centred(pc, symmetric_head(), acpc_geometry(ac, pc, midline)) is None


@pytest.mark.parametrize("roll_deg", [-4.0, 4.0])
def test_the_marked_midplane_of_a_real_head_is_found(roll_deg: float) -> None:
    """Colin27, marked by eye: its roll is known to about half a degree, AC and PC to a quarter of a millimetre."""
    head = load_head("colin27")
    geometry = head.geometry()
    rolled = Rotation.from_euler("y", roll_deg, degrees=True).as_matrix()
    off = [np.array([-0.5, geometry.length_mm, 0]), np.array([-0.5, 0, 0]), rolled @ (0, 8, -14), rolled @ (0, 40, 12)]
    points = geometry.acpc_to_scanner("pc").apply(Points(geometry.frame("pc"), np.array(off)))
    ac, pc, *midline = (Landmark(points[index], "template") for index in range(4))
    found = refine_landmarks(Landmarks(ac, pc, tuple(midline)), head.volume).geometry()
    assert np.degrees(np.arccos(found.axes[:, 0] @ geometry.axes[:, 0])) < 1.2
    for point, mark in ((found.ac, head.ac), (found.pc, head.pc)):
        assert abs((point.array - mark.array) @ geometry.axes[:, 0]) < 0.35
