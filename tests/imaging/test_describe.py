"""What a person is told about a file, whether or not it can be planned on."""

from __future__ import annotations

import hashlib

import nibabel as nib
import numpy as np
import pytest

from fusplan.errors import FusplanError
from fusplan.imaging.describe import describe_image
from tests.fixtures.nifti_heads import WriteHead, head_affine, head_array


def test_a_good_image(write_head: WriteHead) -> None:
    path = write_head()
    found = describe_image(path)
    assert found.format_name == "NIfTI-1"
    assert found.shape == head_array().shape
    assert found.spacing_mm == pytest.approx((2, 2, 2), rel=1e-6)
    assert found.extent_mm == pytest.approx((68, 80, 72), rel=1e-6)
    assert found.orientation == "LAS"
    assert found.oblique_deg == pytest.approx(13.0, abs=0.1)
    assert found.transform is not None and found.transform.startswith("sform")
    assert found.datatype == "int16"
    assert found.intensity_range == (0, head_array().max())
    assert found.problem is None and found.remedy is None
    assert found.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()
    np.testing.assert_allclose(found.voxel_to_scanner, head_affine(), atol=1e-5)


def test_a_qform_image_of_other_byte_order(write_head: WriteHead) -> None:
    def edit(header) -> None:
        header["sform_code"] = 0
        header.set_qform(head_affine(), 1)

    header = nib.Nifti2Image.header_class(endianness=">")
    header.set_data_dtype("f4")
    found = describe_image(write_head("a.nii", kind=nib.Nifti2Image, header=header))
    assert (found.format_name, found.datatype) == ("NIfTI-2", "float32")
    assert describe_image(write_head("b.nii", edit=edit)).transform == "qform (scanner)"


def test_an_image_that_cannot_be_planned_on_is_described_with_its_problem(write_head: WriteHead) -> None:
    found = describe_image(write_head(data=np.stack([head_array()] * 4, axis=-1)))
    assert found.volume_count == 4
    assert found.problem is not None and "4 volumes" in found.problem
    assert found.remedy is not None and "--volume" in found.remedy
    assert found.orientation == "LAS"
    assert found.intensity_range is None
    coarse = describe_image(write_head("coarse.nii", affine=np.diag([4, 4, 4, 1])))
    assert coarse.problem is not None and "3 mm" in coarse.problem


def test_an_image_without_a_place_has_no_orientation(write_head: WriteHead) -> None:
    def edit(header) -> None:
        header["sform_code"] = header["qform_code"] = 0

    path = write_head("a.nii", edit=edit)
    found = describe_image(path)
    assert (found.orientation, found.transform, found.oblique_deg, found.voxel_to_scanner) == (None,) * 4
    assert found.spacing_mm == pytest.approx((2, 2, 2), rel=1e-6)
    assert describe_image(path, assume_scanner_ras=True).orientation == "RAS"


def test_a_file_that_is_no_image_is_refused(write_head: WriteHead) -> None:
    path = write_head("a.nii")
    path.write_bytes(b"nothing")
    with pytest.raises(FusplanError):
        describe_image(path)
