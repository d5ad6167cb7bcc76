"""What lies after a gzip stream, transforms that were not filled in, labels that are whole but for rounding."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from fusplan.atlas.imported.label_image import NotLabelsError, read_label_image, whole_numbers
from fusplan.imaging.byte_stream import DamagedGzipError, unpacked_sha256
from fusplan.imaging.header import DamagedHeaderError
from fusplan.imaging.placement import BadSpatialTransformError, NoSpatialTransformError
from fusplan.imaging.read import read_volume
from tests.fixtures.nifti_heads import WriteHead, head_affine, head_array


@pytest.mark.parametrize("tail", [b"garbage", b"\n", b"\0" * 512 + b"x", b"PK\x03\x04" * 100])
def test_bytes_after_a_packed_image_are_left_out_and_told(write_head: WriteHead, tail: bytes) -> None:
    path = write_head("a.nii.gz")
    path.write_bytes(path.read_bytes() + tail)
    volume = read_volume(path)
    assert_array_equal(volume.data, head_array())
    (note,) = volume.notes
    assert (note.kind, note.severity) == ("trailing bytes", "notice")


@pytest.mark.parametrize("tail", [b"\0" * 1000, gzip.compress(b"", mtime=0), gzip.compress(b"\0" * 16, mtime=0)])
def test_what_gzip_allows_at_the_end_is_no_news(write_head: WriteHead, tail: bytes) -> None:
    path = write_head("a.nii.gz")
    path.write_bytes(path.read_bytes() + tail)
    assert read_volume(path).notes == ()


def test_an_image_in_two_parts_is_read_whole(write_head: WriteHead, tmp_path: Path) -> None:
    content = gzip.decompress(write_head("a.nii.gz").read_bytes())
    halves = tmp_path / "halves.nii.gz"
    halves.write_bytes(gzip.compress(content[:50_000]) + gzip.compress(content[50_000:]))
    volume = read_volume(halves)
    assert_array_equal(volume.data, head_array())
    assert volume.notes == ()
    assert unpacked_sha256(halves) == unpacked_sha256(tmp_path / "a.nii.gz")


def test_damage_is_named_as_what_it_is(write_head: WriteHead) -> None:
    path = write_head("a.nii.gz")
    whole = path.read_bytes()
    cases = {
        whole[:-4000]: "ends before its content does",
        whole[:-8] + b"\1\2\3\4" + whole[-4:]: "does not agree with its checksum",
        whole[:-4] + b"\1\2\3\4": "does not agree with its checksum",
        whole + gzip.compress(b"\0" * 64)[:-6]: "ends before its content does",
    }
    for content, cause in cases.items():
        path.write_bytes(content)
        with pytest.raises(DamagedGzipError, match=cause):
            read_volume(path)
    half = gzip.compress(gzip.decompress(whole)[:60_000]) + b"garbage"
    path.write_bytes(half)
    with pytest.raises((DamagedGzipError, DamagedHeaderError), match="not gzip"):
        read_volume(path)


def with_transforms(write_head: WriteHead, sform_code: int, qform_code: int) -> Path:
    def edit(header) -> None:
        header.set_qform(head_affine(), qform_code)
        header["sform_code"] = sform_code
        for row in "xyz":
            header[f"srow_{row}"] = 0

    return write_head("a.nii", edit=edit)


@pytest.mark.parametrize("sform_code", [1, 2, 4])
def test_a_sform_of_zeros_beside_a_good_qform(write_head: WriteHead, sform_code: int) -> None:
    volume = read_volume(with_transforms(write_head, sform_code, 1))
    assert_allclose(volume.affine, head_affine(), atol=1e-5)
    (note,) = volume.notes
    assert note.kind == "unusable transform" and "sform is not a usable transform; the qform was used" in note.sentence


def test_a_sform_of_zeros_alone_is_refused_and_one_without_a_code_is_nothing(write_head: WriteHead) -> None:
    path = with_transforms(write_head, 1, 0)
    with pytest.raises(BadSpatialTransformError):
        read_volume(path)
    kinds = [note.kind for note in read_volume(path, assume_scanner_ras=True).notes]
    assert kinds == ["unusable transform", "no transform"]
    with pytest.raises(NoSpatialTransformError):
        read_volume(with_transforms(write_head, 0, 0))


@pytest.mark.parametrize("error", [0.0, 2e-7, -2e-7, 5e-4])
def test_labels_are_whole_but_for_rounding(tmp_path: Path, error: float) -> None:
    labels = np.zeros((20, 20, 20), dtype="f4")
    labels[4:8, 4:8, 4:8], labels[10:12, 4:8, 4:8] = 3 + error, 1001
    nib.save(nib.Nifti1Image(labels, np.eye(4)), tmp_path / "labels.nii.gz")
    found = whole_numbers(read_label_image(tmp_path / "labels.nii.gz"))
    assert found.dtype == np.int32 and set(np.unique(found)) == {0, 3, 1001}


@pytest.mark.parametrize("value", [2.4, 0.5, -1.0, 2.99])
def test_what_is_no_label_is_refused(tmp_path: Path, value: float) -> None:
    labels = np.zeros((20, 20, 20), dtype="f4")
    labels[4:8, 4:8, 4:8] = value
    nib.save(nib.Nifti1Image(labels, np.eye(4)), tmp_path / "labels.nii")
    with pytest.raises(NotLabelsError, match="not a label map"):
        whole_numbers(read_label_image(tmp_path / "labels.nii"))
