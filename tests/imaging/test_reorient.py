"""Other grids for the same image: what lies where in the scanner must not move."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from fusplan.imaging.orientation import oblique_deg, orientation_code
from fusplan.imaging.placement import shear_deg
from fusplan.imaging.reorient import closest_ras, unsheared
from fusplan.imaging.volume import Volume
from tests.fixtures.nifti_heads import head_affine
from tests.fixtures.sheared_images import CENTRE_MM, blob_volume, sheared_affine


def centre_of_mass_mm(volume: Volume) -> np.ndarray:
    place = ndimage.center_of_mass(volume.data.astype(np.float64))
    return volume.affine[:3, :3] @ place + volume.affine[:3, 3]


def test_closest_ras_is_a_view_of_the_same_anatomy() -> None:
    affine = head_affine()[:, [1, 2, 0, 3]]
    affine[:3, 0] *= -1
    affine[:3, 3] -= affine[:3, 0] * 39
    volume = blob_volume(affine, (40, 36, 34))
    turned = closest_ras(volume)
    assert orientation_code(volume.affine) == "PSL"
    assert orientation_code(turned.affine) == "RAS"
    assert np.shares_memory(turned.data, volume.data)
    assert_allclose(centre_of_mass_mm(turned), centre_of_mass_mm(volume), atol=1e-6)
    assert oblique_deg(turned.affine) == pytest.approx(oblique_deg(volume.affine))
    assert turned.scanner_frame == volume.scanner_frame
    assert turned.voxel_frame != volume.voxel_frame


def test_shear_is_taken_out() -> None:
    volume = blob_volume(sheared_affine(), (34, 40, 36))
    assert shear_deg(volume.affine) > 15
    straight = unsheared(volume)
    assert shear_deg(straight.affine) < 1e-6
    assert_allclose(centre_of_mass_mm(straight), CENTRE_MM, atol=0.15)
    assert_allclose(straight.spacing_mm, volume.spacing_mm, rtol=1e-6)
    assert straight.data.max() == pytest.approx(100, abs=3)
    # Every voxel of the old grid lies inside the new one.
    corners = np.array(np.meshgrid(*([0, size - 1] for size in volume.shape))).reshape(3, -1)
    inside = np.linalg.inv(straight.affine) @ volume.affine @ np.vstack([corners, np.ones(8)])
    assert inside[:3].min() > -1e-4
    assert np.all(inside[:3].max(axis=1) < np.array(straight.shape) - 1 + 1e-4)


def test_right_angled_images_stay_themselves() -> None:
    volume = blob_volume(head_affine(), (34, 40, 36))
    assert unsheared(volume) is volume


def test_orientation_codes_of_plain_matrices() -> None:
    assert orientation_code(np.eye(4)) == "RAS"
    assert orientation_code(np.diag([-1, -1, 1, 1])) == "LPS"
    assert oblique_deg(np.eye(4)) == 0
    assert_array_equal(np.round(oblique_deg(head_affine())), 13)
