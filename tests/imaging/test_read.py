"""Images of every readable kind come out as nibabel reads them."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tracemalloc
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from fusplan.imaging.read import read_volume
from tests.fixtures.nifti_heads import WriteHead, head_affine, head_array


def by_nibabel(path: Path) -> Any:
    # From bytes, because nibabel leaves .mgh files open.
    return nib.MGHImage.from_bytes(path.read_bytes()) if path.suffix == ".mgh" else nib.load(path)


def assert_as_nibabel(path: Path) -> None:
    volume = read_volume(path)
    image = by_nibabel(path)
    assert_allclose(volume.affine, image.affine, atol=2e-5)
    assert_allclose(volume.data, np.asarray(image.dataobj).reshape(volume.shape).astype(np.float32), rtol=1e-6)
    assert volume.data.dtype == np.float32
    assert not volume.data.flags.writeable


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.img", "a.hdr", "a.NII.GZ"])
@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
def test_single_files_and_pairs(write_head: WriteHead, name: str, kind: type) -> None:
    if name.endswith((".img", ".hdr")):
        kind = nib.Nifti1Pair if kind is nib.Nifti1Image else nib.Nifti2Pair
    path = write_head(name, kind=kind)
    assert_as_nibabel(path)


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
def test_every_voxel_type_in_both_byte_orders(write_head: WriteHead, dtype: str) -> None:
    data = np.minimum(head_array(), 120).astype(dtype)
    for kind in (nib.Nifti1Image, nib.Nifti2Image):
        for order in "<>":
            header = kind.header_class(endianness=order)
            header.set_data_dtype(dtype)
            path = write_head(f"{dtype}{ord(order)}.nii", data=data, kind=kind, header=header)
            assert nib.load(path).header.endianness == order
            assert_as_nibabel(path)


@pytest.mark.parametrize("name", ["a.mgh", "a.mgz"])
@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "f4"])
def test_freesurfer_files(write_head: WriteHead, name: str, dtype: str) -> None:
    assert_as_nibabel(write_head(name, data=head_array(dtype=dtype), kind=nib.MGHImage))


def test_slope_and_intercept_scale_the_intensities(write_head: WriteHead) -> None:
    path = write_head("a.nii", edit=lambda header: header.set_slope_inter(0.25, -7))
    assert_as_nibabel(path)
    assert_allclose(read_volume(path).data, head_array() * 0.25 - 7)


@pytest.mark.parametrize("slope", [0.0, np.nan, np.inf])
def test_a_slope_that_is_none_leaves_the_numbers(write_head: WriteHead, slope: float) -> None:
    def edit(header) -> None:
        header["scl_slope"], header["scl_inter"] = slope, 5

    path = write_head("a.nii", edit=edit)
    assert_array_equal(read_volume(path).data, head_array())
    assert_as_nibabel(path)


def test_pairs_may_be_named_by_either_half_and_may_be_gzipped(write_head: WriteHead) -> None:
    path = write_head("pair.img", kind=nib.Nifti1Pair)
    header = path.with_suffix(".hdr")
    by_image, by_header = read_volume(path), read_volume(header)
    assert by_image.fingerprint == by_header.fingerprint
    assert by_image.fingerprint == hashlib.sha256(header.read_bytes() + path.read_bytes()).hexdigest()
    zipped = path.with_name("pair.img.gz")
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert_array_equal(read_volume(header).data, by_header.data)


def test_a_pair_in_capitals_of_which_only_the_header_is_gzipped(write_head: WriteHead, tmp_path: Path) -> None:
    path = write_head("pair.hdr", kind=nib.Nifti1Pair)
    header, image = tmp_path / "OTHER.HDR", tmp_path / "OTHER.IMG"
    shutil.copy(path.with_suffix(".img"), image)
    shutil.copy(path, header)
    assert_array_equal(read_volume(image).data, head_array())
    header.unlink()
    packed = tmp_path / "OTHER.HDR.GZ"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert_array_equal(read_volume(packed).data, head_array())


def test_gzip_is_recognised_by_content(write_head: WriteHead) -> None:
    path = write_head("a.nii.gz")
    renamed = path.with_name("b.nii")
    shutil.copy(path, renamed)
    assert_array_equal(read_volume(renamed).data, head_array())
    unzipped = path.with_name("c.nii.gz")
    unzipped.write_bytes(gzip.decompress(path.read_bytes()))
    assert_array_equal(read_volume(unzipped).data, head_array())


def test_the_fingerprint_is_the_sha256_of_the_file(write_head: WriteHead) -> None:
    path = write_head()
    volume = read_volume(path)
    assert volume.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()
    assert volume.scanner_frame.study_id == volume.fingerprint[:12]
    assert volume.path == path


def test_names_in_any_script(write_head: WriteHead) -> None:
    assert_as_nibabel(write_head("Köpfchen 頭 ☂ T1.nii.gz"))


def test_trailing_axes_of_one_are_dropped(write_head: WriteHead) -> None:
    path = write_head(data=head_array()[..., None, None])
    assert len(nib.load(path).shape) == 5
    assert_as_nibabel(path)


def test_one_volume_of_several_counted_from_one(write_head: WriteHead) -> None:
    one = head_array()
    path = write_head(data=np.stack([one, one // 2, one // 3], axis=-1))
    for number, divisor in ((1, 1), (2, 2), (3, 3)):
        volume = read_volume(path, volume_index=number)
        assert_array_equal(volume.data, one // divisor)
        assert f"Volume {number} of 3." in [note.sentence for note in volume.notes]


def edit_codes(sform: int, qform: int):
    def edit(header) -> None:
        header["sform_code"] = sform
        header["qform_code"] = qform

    return edit


def shifted(mm: float) -> np.ndarray:
    affine = head_affine()
    affine[1, 3] += mm
    return affine


def test_sform_before_qform(write_head: WriteHead) -> None:
    def edit(header) -> None:
        header.set_sform(shifted(5.0), 2)
        header.set_qform(head_affine(), 1)

    volume = read_volume(write_head(edit=edit))
    assert_allclose(volume.affine, shifted(5.0), atol=1e-5)
    (note,) = volume.notes
    assert "disagree by up to 5 mm" in note.sentence


def test_qform_alone(write_head: WriteHead) -> None:
    def edit(header) -> None:
        header.set_sform(shifted(5.0), 0)
        header.set_qform(head_affine(), 1)

    volume = read_volume(write_head(edit=edit))
    assert_allclose(volume.affine, head_affine(), atol=1e-5)
    assert volume.notes == ()


@pytest.mark.parametrize(("mm", "warned"), [(0.05, False), (0.09, False), (0.12, True)])
def test_transforms_that_disagree_by_more_than_a_tenth_of_a_millimetre(
    write_head: WriteHead, mm: float, warned: bool
) -> None:
    def edit(header) -> None:
        header.set_sform(shifted(mm), 1)
        header.set_qform(head_affine(), 1)

    assert bool(read_volume(write_head(edit=edit)).notes) is warned


def test_a_disagreement_only_at_a_far_corner_counts(write_head: WriteHead) -> None:
    turned = head_affine()
    angle = np.radians(0.2)
    turned[:3, :3] = (
        np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]) @ turned[:3, :3]
    )

    def edit(header) -> None:
        header.set_sform(turned, 1)
        header.set_qform(head_affine(), 1)

    assert "disagree" in read_volume(write_head(edit=edit)).notes[0].sentence


def test_an_unknown_code_counts_as_none_as_in_nibabel(write_head: WriteHead) -> None:
    def edit(header) -> None:
        header.set_qform(shifted(3), 1)
        header["sform_code"] = 99

    volume = read_volume(write_head("a.nii", edit=edit))
    assert_allclose(volume.affine, shifted(3), atol=1e-5)
    assert "code 99" in volume.notes[0].sentence


def test_a_qform_that_is_no_rotation_is_told_but_not_needed(write_head: WriteHead) -> None:
    def edit(header) -> None:
        header["qform_code"] = 1
        header["quatern_b"] = header["quatern_c"] = 0.9

    path = write_head("a.nii", edit=edit)
    assert any("qform is not a usable" in note.sentence for note in read_volume(path).notes)


@pytest.mark.parametrize("kind", [nib.Nifti1Image, nib.Nifti2Image])
@pytest.mark.parametrize(("handedness", "length"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 1.000002), (1.0, 0.9999999)])
def test_a_qform_rounded_or_written_carelessly_is_read(
    write_head: WriteHead, kind: type, handedness: float, length: float
) -> None:
    def half_turn_about_anterior(header: Any) -> None:
        header["sform_code"], header["qform_code"] = 0, 1
        header["pixdim"][:4] = handedness, -2, 2, 2
        header["quatern_b"], header["quatern_c"], header["quatern_d"] = 0, length, 0

    volume = read_volume(write_head("a.nii", edit=half_turn_about_anterior, kind=kind))
    expected = np.diag([-2, 2, 2 if handedness < 0 else -2])
    assert_allclose(volume.affine[:3, :3], expected, atol=2e-3)
    assert volume.notes == ()


@pytest.mark.parametrize(("code", "factor", "word"), [(1, 0.001, "metres"), (3, 1000.0, "micrometres")])
def test_other_units_become_millimetres(write_head: WriteHead, code: int, factor: float, word: str) -> None:
    scale = np.diag([factor] * 3 + [1])
    path = write_head(
        "a.nii", affine=scale @ head_affine(), edit=lambda header: header.structarr.__setitem__("xyzt_units", code)
    )
    volume = read_volume(path)
    assert_allclose(volume.affine, head_affine(), atol=1e-4)
    assert any(word in note.sentence for note in volume.notes)


def test_a_few_values_that_are_not_numbers_become_zero(write_head: WriteHead) -> None:
    data = head_array(dtype="f4")
    data[0, 0, :] = np.nan
    data[1, 0, 0] = np.inf
    volume = read_volume(write_head(data=data))
    assert_array_equal(volume.data[0, 0, :], 0)
    assert volume.data[1, 0, 0] == 0
    assert f"{data.shape[2] + 1} voxels" in volume.notes[0].sentence


def test_an_assumed_place_is_right_anterior_superior_and_said(write_head: WriteHead) -> None:
    path = write_head(edit=edit_codes(0, 0))
    volume = read_volume(path, assume_scanner_ras=True)
    assert_allclose(volume.affine[:3, :3], np.eye(3) * 2, atol=1e-6)
    middle = volume.affine @ [*((np.array(volume.shape) - 1) / 2), 1]
    assert_allclose(middle[:3], 0, atol=1e-6)
    assert any("Left and right may be exchanged" in note.sentence for note in volume.notes)


def test_an_mgh_file_without_directions_gets_freesurfers_default(write_head: WriteHead) -> None:
    path = write_head("a.mgh", data=head_array((64, 66, 68), "u1"), kind=nib.MGHImage)
    stored = bytearray(path.read_bytes())
    stored[28:30] = b"\0\0"
    path.write_bytes(stored)
    volume = read_volume(path, assume_scanner_ras=True)
    # Left, inferior, anterior: FreeSurfer's own reader. (nibabel turns the last two round.)
    assert_array_equal(volume.affine, [[-1, 0, 0, 32], [0, 0, 1, -34], [0, -1, 0, 33], [0, 0, 0, 1]])


def test_shear_is_told(write_head: WriteHead) -> None:
    affine = head_affine()
    affine[:3, 2] += 0.2 * affine[:3, 1]
    volume = read_volume(write_head(affine=affine, edit=edit_codes(2, 0)))
    assert_allclose(volume.affine, affine, atol=1e-5)
    assert any("sheared" in note.sentence for note in volume.notes)


def test_memory_stays_near_the_size_of_the_result(write_head: WriteHead) -> None:
    shape = (160, 170, 160)
    data = np.zeros(shape, dtype="f8")
    data[20:-20, 20:-20, 20:-20] = np.arange(shape[2] - 40)
    path = write_head("big.nii.gz", data=data, affine=np.diag([1, 1, 1, 1]))
    del data
    tracemalloc.start()
    volume = read_volume(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * volume.data.nbytes
