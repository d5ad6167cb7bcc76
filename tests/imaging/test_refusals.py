"""Each image that cannot be planned on is refused with its own error, a cause and a remedy."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nibabel as nib
import numpy as np
import pytest

from fusplan.errors import FileMissingError, FusplanError
from fusplan.imaging import header as header_module
from fusplan.imaging.byte_stream import CannotOpenImageError, DamagedGzipError
from fusplan.imaging.header import (
    DamagedHeaderError,
    ImageTooLargeError,
    NotAnImageError,
    NotThreeDimensionalError,
    TruncatedImageError,
    VoxelTypeError,
)
from fusplan.imaging.nifti import ImagePartMissingError
from fusplan.imaging.placement import (
    BadSpatialTransformError,
    FieldOfViewTooSmallError,
    NoSpatialTransformError,
    VoxelsTooLargeError,
)
from fusplan.imaging.read import read_volume
from fusplan.imaging.voxels import ConstantImageError, NoSuchVolumeError, NotNumbersError, SeveralVolumesError
from tests.fixtures.nifti_heads import WriteHead, head_affine, head_array


def refused(path: Path, error: type[FusplanError], *words: str, **options: object) -> None:
    with pytest.raises(error) as caught:
        read_volume(path, **options)  # type: ignore[arg-type]
    assert type(caught.value) is error
    assert caught.value.remedy.endswith((".", ")"))
    for word in words:
        assert word in str(caught.value)


def patch(path: Path, offset: int, values: object, dtype: str) -> Path:
    """Overwrite bytes of an uncompressed file."""
    stored = bytearray(path.read_bytes())
    new = np.atleast_1d(np.array(values, dtype=dtype)).tobytes()
    stored[offset : offset + len(new)] = new
    path.write_bytes(stored)
    return path


def test_several_volumes_offer_the_option(write_head: WriteHead) -> None:
    path = write_head(data=np.stack([head_array()] * 3, axis=-1))
    refused(path, SeveralVolumesError, "3 volumes", "--volume N", "1 to 3")
    for number in (0, 4, -1):
        refused(path, NoSuchVolumeError, "1 to 3", volume_index=number)
    refused(write_head("one.nii"), NoSuchVolumeError, "holds 1", volume_index=2)


def test_several_values_in_a_voxel(write_head: WriteHead) -> None:
    data = np.zeros((*head_array().shape, 1, 3), dtype="f4")
    refused(write_head(data=data), NotThreeDimensionalError, "displacement field")


@pytest.mark.parametrize("shape", [(40, 40), (40, 40, 1), (1, 1, 5000)])
def test_slices_and_lines(write_head: WriteHead, shape: tuple[int, ...]) -> None:
    refused(write_head(data=np.ones(shape, dtype="u1")), NotThreeDimensionalError, "single slice")


@pytest.mark.parametrize(
    "dtype",
    ["c8", "c16", [("R", "u1"), ("G", "u1"), ("B", "u1")], [("R", "u1"), ("G", "u1"), ("B", "u1"), ("A", "u1")]],
)
def test_voxels_that_are_not_intensities(write_head: WriteHead, dtype: object) -> None:
    refused(write_head(data=np.zeros(head_array().shape, dtype=dtype)), VoxelTypeError, "not one intensity")


def test_mgh_of_an_unknown_type(write_head: WriteHead) -> None:
    path = write_head("a.mgh", data=head_array(dtype="f4"), kind=nib.MGHImage)
    refused(patch(path, 20, 2, ">i4"), VoxelTypeError, "type 2")


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_too_many_nans(write_head: WriteHead, share: float) -> None:
    data = head_array(dtype="f4")
    data.reshape(-1)[: int(data.size * share)] = np.nan
    refused(write_head(data=data), NotNumbersError, "not numbers")


def test_a_slope_that_overflows(write_head: WriteHead) -> None:
    path = write_head("a.nii")
    refused(patch(path, 112, [3e38, 0], "<f4"), NotNumbersError)
    refused(patch(path, 112, [1, np.nan], "<f4"), DamagedHeaderError, "scales intensities")


def test_a_constant_image(write_head: WriteHead) -> None:
    refused(write_head(data=np.full_like(head_array(), 7)), ConstantImageError, "(7)")


def test_a_header_without_its_image_and_an_image_without_its_header(write_head: WriteHead) -> None:
    path = write_head("pair.img", kind=nib.Nifti1Pair)
    header = path.with_suffix(".hdr")
    content = path.read_bytes()
    path.unlink()
    refused(header, ImagePartMissingError, "pair.img")
    path.write_bytes(content)
    header.unlink()
    refused(path, ImagePartMissingError, "pair.hdr")


def test_an_old_analyze_header(write_head: WriteHead, tmp_path: Path) -> None:
    refused(write_head("old.img", kind=nib.AnalyzeImage, affine=np.diag([2, 2, 2, 1])), NotAnImageError, "Analyze")


@pytest.mark.parametrize("name", ["a.nii.gz", "a.mgz"])
def test_a_truncated_gzip(write_head: WriteHead, name: str) -> None:
    path = write_head(name, kind=nib.MGHImage if "mgz" in name else nib.Nifti1Image)
    content = path.read_bytes()
    for kept in (len(content) // 2, len(content) - 1, len(content) - 6):
        path.write_bytes(content[:kept])
        refused(path, DamagedGzipError, "copy it again")


def test_a_truncated_image(write_head: WriteHead) -> None:
    path = write_head("a.nii")
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    refused(path, TruncatedImageError, "too short")
    path.write_bytes(content[:300])
    refused(path, DamagedHeaderError, "300 of 348")
    path.write_bytes(b"")
    refused(path, NotAnImageError)
    path.with_name("b.nii.gz").write_bytes(gzip.compress(content[:-1]))
    refused(path.with_name("b.nii.gz"), TruncatedImageError)


def test_a_wrong_mark(write_head: WriteHead) -> None:
    refused(patch(write_head("a.nii"), 344, [ord("x")], "u1"), DamagedHeaderError, "mark")
    refused(patch(write_head("b.nii"), 0, 1234, "<i4"), NotAnImageError, "348")
    pair = write_head("c.img", kind=nib.Nifti1Pair)
    alone = pair.with_name("d.nii")
    alone.write_bytes(pair.with_suffix(".hdr").read_bytes() + pair.read_bytes())
    refused(alone, DamagedHeaderError, "single file")
    refused(patch(write_head("e.mgh", data=head_array(dtype="f4"), kind=nib.MGHImage), 0, 2, ">i4"), NotAnImageError)


@pytest.mark.parametrize(
    ("dims", "error"),
    [
        ([3, 34, 40, 37], TruncatedImageError),
        ([3, 34, 39, 36], DamagedHeaderError),
        ([3, 33, 40, 36], DamagedHeaderError),
        ([3, -34, 40, 36], DamagedHeaderError),
        ([3, 0, 40, 36], DamagedHeaderError),
        ([0, 34, 40, 36], DamagedHeaderError),
        ([8, 34, 40, 36], DamagedHeaderError),
        ([3, 32767, 32767, 32767], ImageTooLargeError),
        ([3, 500, 500, 500], TruncatedImageError),
    ],
)
def test_sizes_that_lie(write_head: WriteHead, dims: list[int], error: type[FusplanError]) -> None:
    path = patch(write_head("a.nii"), 40, dims, "<i2")
    refused(path, error)
    zipped = path.with_name("b.nii.gz")
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    refused(zipped, error)


def test_a_small_file_that_claims_much_is_refused_before_memory_is_taken(
    write_head: WriteHead, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = patch(write_head("a.nii"), 40, [3, 800, 800, 900], "<i2")

    def no_memory(*_: object, **__: object) -> None:
        raise AssertionError("memory was taken")

    monkeypatch.setattr("fusplan.imaging.voxels.np.empty", no_memory)
    refused(path, TruncatedImageError)


@pytest.mark.parametrize("step", ["empty", "isfinite"])
def test_too_little_memory(write_head: WriteHead, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = write_head("a.nii")

    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("fusplan.imaging.voxels.np", SimpleNamespace(**(vars(np) | {step: no_memory})))
    refused(path, ImageTooLargeError, "GB of memory")


def test_more_voxels_than_can_be_handled(write_head: WriteHead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(header_module, "MOST_VOXELS", 10_000)
    refused(write_head(), ImageTooLargeError, "0.5 mm")


@pytest.mark.parametrize("offset", [0.0, 300.0, np.nan, -5.0, 352.5, 1e30])
def test_an_image_start_that_cannot_be(write_head: WriteHead, offset: float) -> None:
    refused(patch(write_head("a.nii"), 108, offset, "<f4"), DamagedHeaderError)


def test_no_spatial_transform(write_head: WriteHead) -> None:
    def edit(header: nib.Nifti1Header) -> None:
        header["sform_code"] = header["qform_code"] = 0

    refused(write_head(edit=edit), NoSpatialTransformError, "--assume-scanner-ras")
    path = write_head("a.mgh", data=head_array((64, 64, 64), "u1"), kind=nib.MGHImage)
    refused(patch(path, 28, 0, ">i2"), NoSpatialTransformError, "--assume-scanner-ras")


@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: rows.__setitem__((0, 0), np.nan),
        lambda rows: rows.__setitem__((1, 3), np.inf),
        lambda rows: rows.__setitem__(2, 0),
        lambda rows: rows.__setitem__((slice(None), 0), rows[:, 1]),
        lambda rows: rows.__setitem__((0, 3), 1e9),
        lambda rows: rows.__setitem__((0, 0), 1e30),
        lambda rows: rows.fill(0),
    ],
)
def test_transforms_that_cannot_place_an_image(write_head: WriteHead, damage: Callable[[np.ndarray], None]) -> None:
    rows = head_affine()[:3].astype("<f4")
    damage(rows)
    refused(patch(write_head("a.nii"), 280, rows, "<f4"), BadSpatialTransformError, "sform")


def test_voxels_over_three_millimetres(write_head: WriteHead) -> None:
    for edge, wrong in ((3.0, False), (3.1, True)):
        path = write_head(affine=np.diag([2, 2, edge, 1]))
        if wrong:
            refused(path, VoxelsTooLargeError, "2 x 2 x 3.1")
        else:
            read_volume(path)


def test_a_field_of_view_without_room_for_the_thalamus(write_head: WriteHead) -> None:
    refused(write_head(affine=np.diag([2, 2, 1, 1])), FieldOfViewTooSmallError, "36")


@pytest.mark.parametrize("name", ["a.dcm", "a.nrrd", "a.mha", "a.jpg", "a.txt", "a", "a.nii.bz2", "a.zip", "a.gz"])
def test_other_formats_name_what_can_be_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"something else entirely")
    refused(path, NotAnImageError, ".nii.gz")


def test_another_format_under_a_readable_name(tmp_path: Path) -> None:
    for name in ("a.nii", "a.nii.gz", "a.hdr", "a.img", "a.mgh", "a.mgz"):
        path = tmp_path / name
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
        with pytest.raises(FusplanError):
            read_volume(path)


def test_missing_files_folders_and_names_that_cannot_be(tmp_path: Path) -> None:
    refused(tmp_path / "nothing.nii", FileMissingError)
    refused(tmp_path / "a.nii" / "b.nii", FileMissingError)
    refused(tmp_path, NotAnImageError, "No DICOM series", "folder of an examination")
    refused(tmp_path / ("x" * 5000 + ".nii"), CannotOpenImageError)
    refused(tmp_path / "a\0b.nii", CannotOpenImageError)
    (tmp_path / "loop.nii").symlink_to("loop.nii")
    refused(tmp_path / "loop.nii", CannotOpenImageError)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.nii")
    refused(tmp_path / "pipe.nii", CannotOpenImageError, "ordinary")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(write_head: WriteHead) -> None:
    path = write_head()
    path.chmod(0)
    refused(path, CannotOpenImageError, "permission")
