from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from scipy.spatial.transform import Rotation

from fusplan.imaging.simpleitk_bridge import affine_of_sitk, set_place
from fusplan.imaging.volume import Volume
from fusplan.registration.head_crop import EmptyImageError
from fusplan.registration.working_image import enlarged, enlargement, halved, resampled, working_image
from tests.fixtures.blobs import BlobVolume

CENTRES = np.array([(14.0, -10.0, 6.0), (-12.0, 8.0, -16.0)])


def placed(spacing_mm: tuple[float, float, float], angles_deg: tuple[float, float, float], shape: tuple[int, int, int]):
    """An affine with the origin of the scanner in the middle of the grid."""
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", angles_deg, degrees=True).as_matrix() @ np.diag(spacing_mm)
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return affine


def found_blob(image: sitk.Image, near: np.ndarray) -> np.ndarray:
    """Centre of gravity of what is bright within 9 mm of a place, RAS mm."""
    data = sitk.GetArrayFromImage(image).T
    affine = affine_of_sitk(image)
    places = np.indices(data.shape).reshape(3, -1).T @ affine[:3, :3].T + affine[:3, 3]
    weight = np.where(np.linalg.norm(places - near, axis=1) < 9, np.maximum(data.ravel() - 40, 0), 0)
    return (places * weight[:, None]).sum(axis=0) / weight.sum()


@pytest.mark.parametrize(
    ("spacing_mm", "angles_deg", "shape"),
    [
        ((1.0, 1.0, 1.0), (0, 0, 0), (90, 90, 90)),
        ((-1.2, 0.9, 1.0), (12, -20, 8), (80, 100, 90)),
        ((0.5, 0.5, 1.0), (0, 0, 0), (171, 172, 90)),
        ((0.6, 0.9, 3.0), (5, 5, 5), (150, 100, 31)),
    ],
)
def test_what_is_seen_stays_at_its_place_in_the_scanner(
    blob_volume: BlobVolume,
    spacing_mm: tuple[float, float, float],
    angles_deg: tuple[float, float, float],
    shape: tuple[int, int, int],
) -> None:
    image = working_image(blob_volume(shape, placed(spacing_mm, angles_deg, shape), CENTRES))
    for centre in CENTRES:
        assert np.linalg.norm(found_blob(image, centre) - centre) < 0.06


def test_spacing_becomes_workable_and_intensities_run_to_full_scale(blob_volume: BlobVolume) -> None:
    shape = (180, 180, 45)
    image = working_image(blob_volume(shape, placed((0.5, 0.5, 2.0), (0, 0, 0), shape), CENTRES))
    assert min(image.GetSpacing()) >= 0.75 and max(image.GetSpacing()) <= 1.4
    data = sitk.GetArrayViewFromImage(image)
    assert data.dtype == np.float32
    assert data.min() > -1 and 90 < data.max() <= 101


def test_empty_margins_are_cut_and_the_head_is_kept(blob_volume: BlobVolume) -> None:
    shape = (100, 120, 140)
    image = working_image(blob_volume(shape, placed((1, 1, 1), (0, 0, 0), shape), CENTRES))
    # The ball is 72 mm wide; slices with hardly any of it and a margin of 6 mm are left open.
    assert all(68 <= size <= 90 for size in image.GetSize())
    middle = np.array(image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()]))
    assert np.abs(middle).max() < 3


@pytest.mark.parametrize("value", [0.0, 42.0])
def test_an_image_without_content_is_refused(value: float) -> None:
    data = np.full((60, 60, 60), value, dtype=np.float32)
    data[30, 30, 30] += 1000
    with pytest.raises(EmptyImageError, match="shows no head"):
        working_image(Volume.of_array(data, np.diag([3.0, 3, 3, 1]), "empty"))


def ramp(size: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> sitk.Image:
    """An oblique image whose intensity is a linear function of the place, so that averages are known."""
    image = sitk.Image(size, sitk.sitkFloat32)
    image.SetSpacing(spacing_mm)
    image.SetOrigin((7.0, -11.0, 3.0))
    image.SetDirection(Rotation.from_euler("xyz", (10, 20, 30), degrees=True).as_matrix().ravel().tolist())
    affine = affine_of_sitk(image)
    places = np.indices(size).reshape(3, -1).T @ affine[:3, :3].T + affine[:3, 3]
    filled = sitk.GetImageFromArray((places @ (1.0, 2.0, -0.5)).reshape(size).T.astype(np.float32))
    filled.CopyInformation(image)
    return filled


@pytest.mark.parametrize("change", [halved, lambda image: resampled(image, 1.0)])
def test_coarser_images_show_the_same_ramp_at_the_same_places(change) -> None:
    image = change(ramp((40, 44, 48), (0.5, 0.5, 0.5)))
    affine = affine_of_sitk(image)
    data = sitk.GetArrayFromImage(image).T
    inner = tuple(slice(4, -4) for _ in range(3))
    places = np.moveaxis(np.indices(data.shape), 0, -1)[inner] @ affine[:3, :3].T + affine[:3, 3]
    assert np.abs(data[inner] - places @ (1.0, 2.0, -0.5)).max() < 1e-3


def test_resampling_makes_cubes_about_the_same_middle() -> None:
    before = ramp((40, 30, 20), (0.5, 0.7, 2.0))
    after = resampled(before, 1.0)
    middles = [
        image.TransformContinuousIndexToPhysicalPoint([(n - 1) / 2 for n in image.GetSize()])
        for image in (before, after)
    ]
    assert after.GetSpacing() == (1.0, 1.0, 1.0)
    assert after.GetSize() == (20, 21, 40)
    assert np.allclose(*middles, atol=1e-9)


def test_an_enlarged_image_shows_the_same_where_the_enlargement_leads() -> None:
    image = sitk.Image([5, 7, 9], sitk.sitkFloat32)
    set_place(image, placed((1.2, 1.1, 1.4), (10, -20, 5), (5, 7, 9)) + np.array([[0, 0, 0, 30]] * 3 + [[0, 0, 0, 0]]))
    larger, places = enlarged(image, 1.5), enlargement(image, 1.5)
    assert np.allclose(affine_of_sitk(larger), places @ affine_of_sitk(image))
    middle = affine_of_sitk(image) @ [2, 3, 4, 1]
    assert np.allclose(places @ middle, middle)
