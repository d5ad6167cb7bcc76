"""Warps: there and back, at grid points, and beyond their grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy import ndimage
from scipy.spatial.transform import Rotation

from fusplan.spatial import Affine, FrameMismatchError, Grid, Mni, Point, Points, ScannerRas, Warp
from fusplan.spatial.warp import Displacements

SCANNER, MNI = ScannerRas("study"), Mni("T")


def smooth_warp(seed: int, largest_mm: float = 6.0) -> Warp[Mni, ScannerRas]:
    """A random smooth displacement of up to ``largest_mm``, zero at the grid's edge, then an oblique affine."""
    rng = np.random.default_rng(seed)
    noise = np.stack([ndimage.gaussian_filter(rng.normal(size=(30, 32, 28)), 4) for _ in range(3)], axis=-1)
    fade = np.prod(
        np.meshgrid(*(np.sin(np.linspace(0, np.pi, size)) for size in noise.shape[:3]), indexing="ij"), axis=0
    )
    vectors = noise * fade[..., None]
    vectors *= largest_mm / np.abs(vectors).max()
    grid = np.diag([3.0, 3.0, 3.0, 1.0])
    grid[:3, 3] = (-45, -48, -42)
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", (20, -5, 8), degrees=True).as_matrix() @ np.diag([0.9, 1.1, 1.0])
    matrix[:3, 3] = (4, -7, 12)
    return Warp(Displacements.of(vectors.astype(np.float32), grid, MNI), Affine(MNI, SCANNER, matrix))


def test_warps_refuse_other_frames_at_run_time() -> None:
    with pytest.raises(FrameMismatchError):
        smooth_warp(0).apply(Point(Mni("another template"), 0, 0, 0))
    with pytest.raises(FrameMismatchError):
        smooth_warp(0).inverse().apply(Point(ScannerRas("another study"), 0, 0, 0))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), arrays(np.float64, (20, 3), elements=st.floats(-60, 60)))
def test_warp_there_and_back(seed: int, array: np.ndarray) -> None:
    warp = smooth_warp(seed)
    inside = Points(MNI, array)
    assert_allclose(warp.inverse().apply(warp.apply(inside)).array, array, atol=1e-3)
    outside = warp.affine.apply(inside)
    assert_allclose(warp.apply(warp.inverse().apply(outside)).array, outside.array, atol=1e-3)
    assert warp.inverse().inverse() is warp


def test_a_warp_moves_grid_points_by_their_own_vectors() -> None:
    warp = smooth_warp(3)
    index = np.array([10, 20, 15])
    place = np.array([-45, -48, -42]) + 3.0 * index
    moved = place + warp.displacements.vectors_mm[10, 20, 15]
    expected = warp.affine.apply(Point.of(MNI, moved))
    assert_allclose(warp.apply(Point.of(MNI, place)).array, expected.array, atol=1e-5)


def test_a_warp_without_displacement_is_its_affine() -> None:
    affine = smooth_warp(0).affine
    warp = Warp(Displacements.of(np.zeros((4, 4, 4, 3), dtype=np.float32), np.eye(4), MNI), affine)
    point = Point.of(MNI, (3, 50, -9))
    assert_allclose(warp.apply(point).array, affine.apply(point).array)


def test_outside_the_field_its_nearest_edge_counts() -> None:
    vectors = np.zeros((4, 4, 4, 3), dtype=np.float32)
    vectors[3, :, :, 0] = 2.0
    field = Displacements.of(vectors, np.eye(4), MNI)
    assert_allclose(field.at(Points(MNI, np.array([[100.0, 1, 1], [-50, 1, 1], [2.5, 1, 1]])))[:, 0], [2, 0, 1])


def test_no_points_stay_no_points() -> None:
    nothing = Points(MNI, np.empty((0, 3)))
    warp = smooth_warp(1)
    assert len(warp.inverse().apply(warp.apply(nothing))) == 0


def test_making_a_field_leaves_the_callers_array_alone() -> None:
    vectors = np.zeros((2, 2, 2, 3), dtype=np.float32)
    Displacements.of(vectors, np.eye(4), MNI)
    vectors[0, 0, 0, 0] = 1.0
    with pytest.raises(ValueError, match="finite"):
        Displacements.of(np.full((2, 2, 2, 3), np.nan, dtype=np.float32), np.eye(4), MNI)
    grid = Grid.of((2, 2, 2), np.eye(4), MNI, "field")
    for shape in ((2, 2, 2), (2, 2, 3, 3), (2, 2, 2, 2)):
        with pytest.raises(ValueError, match="shape"):
            Displacements(np.zeros(shape, dtype=np.float32), grid)


def test_a_field_of_another_template_makes_no_warp() -> None:
    warp = smooth_warp(0)
    with pytest.raises(FrameMismatchError):
        Warp(warp.displacements, Affine(Mni("another template"), SCANNER, np.eye(4)))
