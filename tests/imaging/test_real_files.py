"""Real heads open; odd files open or are refused with the right sentence; 48 axis orders show one brain."""

from __future__ import annotations

import itertools
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from fusplan.errors import FusplanError
from fusplan.imaging.notes import notes_words
from fusplan.imaging.orientation import orientation_code
from fusplan.imaging.read import read_volume
from fusplan.imaging.reorient import closest_ras
from fusplan.imaging.volume import Volume
from fusplan.spatial import Field, Points

AXIS_ORDERS = [
    "".join(letters) for order in itertools.permutations(("LR", "PA", "IS")) for letters in itertools.product(*order)
]

ODD = {
    "nibabel/analyze.hdr": "ImagePartMissingError",
    "nibabel/anatomical.nii": "FieldOfViewTooSmallError",
    "nibabel/example4d.nii.gz": "SeveralVolumesError",
    "nibabel/example_nifti2.nii.gz": "SeveralVolumesError",
    "nibabel/functional.nii": "SeveralVolumesError",
    "nibabel/nifti1.hdr": "ImagePartMissingError",
    "nibabel/nifti2.hdr": "ImagePartMissingError",
    "nibabel/reoriented_anat_moved.nii": "VoxelsTooLargeError",
    "nibabel/resampled_anat_moved.nii": "VoxelsTooLargeError",
    "nibabel/standard.nii.gz": "FieldOfViewTooSmallError",
    "nibabel/test.mgz": "SeveralVolumesError",
    "nibabel/tiny.mnc": "NotAnImageError",
    "niivue/FLAIR.nrrd": "NotAnImageError",
    "niivue/avg152T1_RL_nifti.nii.gz": "opens",
    "niivue/complex.nii.gz": "VoxelTypeError",
    "niivue/complex_image.nii.gz": "VoxelTypeError",
    "niivue/ct_perfusion.nii.gz": "VoxelTypeError",
    "niivue/draw.nii.gz": "opens",
    "niivue/enh.dcm": "VoxelsTooLargeError",
    "niivue/labels256.nii.gz": "opens",
    "niivue/low_res.nii.gz": "FieldOfViewTooSmallError",
    "niivue/mha.mha": "NotAnImageError",
    "niivue/minimal.nii.gz": "NoSpatialTransformError",
    "niivue/pval.LH.nii.gz": "NotThreeDimensionalError",
    "niivue/ras.hdr": "opens",
    "niivue/ras.img": "opens",
    "niivue/shear.nii.gz": "opens",
    "niivue/torsoLabel.nii.gz": "VoxelsTooLargeError",
    "niivue/tstat1.nii.gz": "VoxelsTooLargeError",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_files_open_or_are_refused(shared_data: Path, name: str) -> None:
    path = shared_data / "odd" / name
    try:
        volume = read_volume(path)
    except FusplanError as error:
        assert type(error).__name__ == ODD[name]
    else:
        assert ODD[name] == "opens"
        image = nib.load(path)
        assert_allclose(volume.affine, image.affine, atol=1e-5)
        assert_array_equal(volume.data, np.asarray(image.dataobj, dtype=np.float32))


def test_no_odd_file_ends_in_another_error(shared_data: Path) -> None:
    for path in sorted((shared_data / "odd").rglob("*")):
        try:
            read_volume(path)
        except FusplanError as error:
            assert error.remedy


def test_the_sheared_file_says_both_oddities(shared_data: Path) -> None:
    notes = notes_words(read_volume(shared_data / "odd/niivue/shear.nii.gz").notes)
    assert "sheared" in notes and "18.5 degrees" in notes
    assert "disagree by up to" in notes


@pytest.fixture(scope="module")
def one_brain(shared_data: Path) -> dict[str, Volume]:
    return {order: read_volume(shared_data / f"odd/niivue/{order}.nii.gz") for order in AXIS_ORDERS}


def test_forty_eight_axis_orders_hold_one_brain(one_brain: dict[str, Volume]) -> None:
    assert len(one_brain) == 48
    reference = closest_ras(one_brain["RAS"])
    for order, volume in one_brain.items():
        assert orientation_code(volume.affine) == order
        turned = closest_ras(volume)
        # Corresponding voxels hold the same number and lie at the same place.
        assert_array_equal(turned.data, reference.data)
        corners = Points(turned.voxel_frame, np.array(list(itertools.product((0, 63), (0, 78), (0, 66)))))
        places = turned.voxel_to_scanner.apply(corners).array
        expected = reference.voxel_to_scanner.apply(Points(reference.voxel_frame, corners.array)).array
        assert_allclose(places, expected, atol=0.01)


def test_forty_eight_axis_orders_show_one_slice(one_brain: dict[str, Volume]) -> None:
    across, up = np.array([1, 0.2, 0.1]) * 2.5, np.array([-0.2, 1, 0]) * 2.5
    rows, columns = (axis.reshape(-1, 1) - 30.0 for axis in np.indices((60, 60)))
    places = np.array([3.0, -10, 8]) + columns * across - rows * up
    pictures = [
        Field(volume.grid, volume.data, "1", outside=0.0).at(Points(volume.scanner_frame, places))
        for volume in one_brain.values()
    ]
    assert float(pictures[0].max()) > 50
    for picture in pictures[1:]:
        # A hundredth of a millimetre of a 2.4 mm voxel may change at most a hundredth of the range.
        assert_allclose(picture, pictures[0], atol=1.0)


@pytest.mark.parametrize(
    "name",
    [
        "brainchop_T1w.nii.gz",
        "seg3d_T1w.nii.gz",
        "cstar_T1_brain.nii.gz",
        "cstar_T2_brain.nii.gz",
        "cstar_FLAIR_brain.nii.gz",
        "mne_sample_ecog_T1.mgz",
        "mne_sample_ecog_aseg.mgz",
    ],
)
def test_real_heads_open_as_nibabel_reads_them(shared_data: Path, name: str) -> None:
    path = shared_data / "heads" / name
    volume = read_volume(path)
    image = nib.load(path)
    assert_allclose(volume.affine, image.affine, atol=1e-4)
    assert_array_equal(volume.data, np.asarray(image.dataobj).astype(np.float32))
    assert volume.notes == ()
