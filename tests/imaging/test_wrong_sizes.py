"""Headers whose sizes or handedness are wrong in ways that only the rest of the file can tell."""

from __future__ import annotations

import struct
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from fusplan.imaging.describe import describe_image
from fusplan.imaging.header import DamagedHeaderError
from fusplan.imaging.placement import BadSpatialTransformError
from fusplan.imaging.read import read_volume
from tests.fixtures.nifti_heads import WriteHead, head_array

SCAN_PARAMETERS = struct.pack(">5f", 7.18, 0, 0, 0, 256)


def with_byte_fields(path: Path, *changes: tuple[int, str, float]) -> Path:
    content = bytearray(path.read_bytes())
    for offset, kind, value in changes:
        struct.pack_into(kind, content, offset, value)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("offset", [4, 8, 12])
def test_an_mgh_size_that_is_too_small_is_not_taken_for_a_footer(write_head: WriteHead, offset: int) -> None:
    path = write_head("a.mgh", kind=nib.MGHImage)
    (true,) = struct.unpack_from(">i", path.read_bytes(), offset)
    with pytest.raises(DamagedHeaderError, match="sizes are wrong"):
        read_volume(with_byte_fields(path, (offset, ">i", true - 1)))


@pytest.mark.parametrize("tag", [(31, 72), (3, 10), (1, 0)])
def test_a_long_mgh_footer_is_a_footer(write_head: WriteHead, tag: tuple[int, int]) -> None:
    path = write_head("a.mgh", kind=nib.MGHImage)
    whole = path.read_bytes()[: 284 + head_array().nbytes]
    footer = SCAN_PARAMETERS + struct.pack(">iq", *tag) + bytes(50_000)
    path.write_bytes(whole + footer)
    np.testing.assert_array_equal(read_volume(path).data, head_array())


@pytest.mark.parametrize("tag", [(0, 0), (31, 90_000), (31, -1), (500, 4)])
def test_other_numbers_are_no_footer(write_head: WriteHead, tag: tuple[int, int]) -> None:
    path = write_head("a.mgh", kind=nib.MGHImage)
    whole = path.read_bytes()[: 284 + head_array().nbytes]
    path.write_bytes(whole + SCAN_PARAMETERS + struct.pack(">iq", *tag) + bytes(50_000))
    with pytest.raises(DamagedHeaderError):
        read_volume(path)


@pytest.mark.parametrize("handedness", [-1.5, -0.5, 2.0, np.nan])
def test_a_damaged_handedness_never_exchanges_left_and_right(write_head: WriteHead, handedness: float) -> None:
    """The first pixdim says which side is left when only the qform places an image."""
    path = write_head("a.nii", edit=lambda header: header.set_sform(None, code=0))
    read_volume(with_byte_fields(path, (252, "<h", 1)))
    with pytest.raises(BadSpatialTransformError):
        read_volume(with_byte_fields(path, (76, "<f", handedness)))


def test_a_damaged_handedness_of_an_unused_qform_is_told(write_head: WriteHead) -> None:
    path = with_byte_fields(write_head("a.nii"), (252, "<h", 1), (254, "<h", 1), (76, "<f", -1.5))
    assert any("qform is not a usable transform" in note.sentence for note in read_volume(path).notes)


def test_a_description_of_an_image_without_a_place_holds_its_spacing(write_head: WriteHead) -> None:
    path = with_byte_fields(write_head("a.nii"), (252, "<h", 0), (254, "<h", 0), (80, "<f", np.nan))
    described = describe_image(path)
    assert described.problem is not None
    assert np.isnan(described.spacing_mm[0])
