"""SimpleITK's own idea of where a voxel lies is ours with x and y turned round."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.transform import Rotation

from fusplan.imaging.read import read_volume
from fusplan.imaging.simpleitk_bridge import (
    affine_of_sitk,
    array_of_sitk,
    array_to_sitk,
    template_to_sitk,
    volume_of_sitk,
    volume_to_sitk,
)
from fusplan.imaging.template_image import TemplateImage, TemplateLandmarks
from fusplan.imaging.volume import Volume
from fusplan.spatial import Grid, Mni, Point, Points
from tests.fixtures.nifti_heads import WriteHead
from tests.fixtures.sheared_images import CENTRE_MM, blob_volume, sheared_affine

SHAPE = (4, 5, 6)


def volume_at(affine: np.ndarray) -> Volume:
    data = np.arange(120, dtype=np.float32).reshape(SHAPE)
    return Volume.of_array(data, affine, "c" * 64)


angles = st.floats(-180, 180)


@settings(max_examples=60, deadline=None)
@given(angles, angles, angles, st.tuples(*[st.floats(0.2, 3)] * 3), st.booleans(), st.tuples(*[st.floats(-99, 99)] * 3))
def test_itk_places_voxels_where_we_do(
    a: float, b: float, c: float, spacing: tuple[float, ...], mirrored: bool, origin: tuple[float, ...]
) -> None:
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", (a, b, c), degrees=True).as_matrix() @ np.diag(spacing)
    if mirrored:
        affine[:3, 0] *= -1
    affine[:3, 3] = origin
    volume = volume_at(affine)
    image = volume_to_sitk(volume)
    assert image.GetSize() == SHAPE
    for index in ((0, 0, 0), (3, 4, 5), (1, 0, 4)):
        x, y, z = image.TransformIndexToPhysicalPoint(index)
        ours = volume.voxel_to_scanner.apply(Point.of(volume.voxel_frame, index))
        assert_allclose((-x, -y, z), ours.coordinates, atol=1e-9)
        assert image.GetPixel(index) == volume.data[index]
        assert image.TransformPhysicalPointToIndex((x, y, z)) == index
    back = volume_of_sitk(image, volume.scanner_frame, volume.fingerprint)
    assert_array_equal(back.data, volume.data)
    assert_allclose(back.affine, volume.affine, atol=1e-9)
    assert back.scanner_frame == volume.scanner_frame


def test_a_mirrored_image_is_resampled_by_itk_at_the_right_place() -> None:
    affine = np.diag([-2.0, 2, 2, 1])
    affine[:3, 3] = CENTRE_MM - affine[:3, :3] @ (20, 20, 20)
    image = volume_to_sitk(blob_volume(affine, (40, 40, 40)))
    # ITK's own grid, without reflection, about the blob's centre.
    grid = sitk.Image(21, 21, 21, sitk.sitkFloat32)
    grid.SetOrigin((-CENTRE_MM[0] - 10, -CENTRE_MM[1] - 10, CENTRE_MM[2] - 10))
    found = sitk.GetArrayFromImage(sitk.Resample(image, grid))
    assert np.unravel_index(int(found.argmax()), found.shape) == (10, 10, 10)


def test_the_same_file_read_by_itk_has_the_same_place(write_head: WriteHead) -> None:
    path = write_head("head.nii.gz")
    theirs, ours = sitk.ReadImage(str(path)), volume_to_sitk(read_volume(path))
    assert_allclose(ours.GetOrigin(), theirs.GetOrigin(), atol=1e-4)
    assert_allclose(ours.GetSpacing(), theirs.GetSpacing(), atol=1e-6)
    assert_allclose(ours.GetDirection(), theirs.GetDirection(), atol=1e-6)
    assert_array_equal(sitk.GetArrayFromImage(ours), sitk.GetArrayFromImage(theirs))


def test_axis_orders_read_by_itk_have_the_same_place(shared_data: Path) -> None:
    for order in ("RAS", "LPI", "SAL", "AIR"):
        path = shared_data / f"odd/niivue/{order}.nii.gz"
        theirs, ours = sitk.ReadImage(str(path)), volume_to_sitk(read_volume(path))
        assert_allclose(affine_of_sitk(ours), affine_of_sitk(theirs), atol=1e-4)


def test_shear_is_resampled_for_volumes_and_refused_for_arrays() -> None:
    volume = blob_volume(sheared_affine(), (34, 40, 36))
    image = volume_to_sitk(volume)
    brightest = np.unravel_index(int(sitk.GetArrayFromImage(image).argmax()), image.GetSize()[::-1])
    x, y, z = image.TransformIndexToPhysicalPoint([int(value) for value in brightest[::-1]])
    assert_allclose((-x, -y, z), CENTRE_MM, atol=1.5)
    with pytest.raises(ValueError, match="right angles"):
        array_to_sitk(volume.data, volume.grid)


def test_vectors_and_booleans() -> None:
    image = sitk.Image([2, 3, 4], sitk.sitkVectorFloat32, 3)
    image[1, 2, 3] = (7.0, 8.0, 9.0)
    assert_array_equal(array_of_sitk(image)[1, 2, 3], (7, 8, 9))
    grid = Grid.of((2, 3, 4), np.eye(4), Mni("T"), "t")
    nowhere = Point(grid.frame, 0, 0, 0)
    template = TemplateImage(
        np.ones((2, 3, 4), dtype=np.float32),
        np.ones((2, 3, 4), dtype=bool),
        grid,
        TemplateLandmarks(nowhere, nowhere, Points.gather([nowhere]), "none"),
        "0",
    )
    t1, mask = template_to_sitk(template)
    assert t1.GetPixelID() == sitk.sitkFloat32
    assert mask.GetPixelID() == sitk.sitkUInt8
    assert mask.GetSize() == (2, 3, 4)
