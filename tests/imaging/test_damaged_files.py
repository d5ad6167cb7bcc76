"""Seeded damage to files: whatever happens, the answer is a volume or a FusplanError."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from fusplan.errors import FusplanError
from fusplan.imaging.describe import describe_image
from fusplan.imaging.read import read_volume
from tests.fixtures.nifti_heads import WriteHead, head_affine, head_array

FILES = {
    "one.nii": nib.Nifti1Image,
    "two.nii": nib.Nifti2Image,
    "packed.nii.gz": nib.Nifti1Image,
    "pair.hdr": nib.Nifti1Pair,
    "surfer.mgh": nib.MGHImage,
    "surfer.mgz": nib.MGHImage,
}


def outcome(path: Path) -> str:
    """``read`` or the name of the refusal; anything else fails the test."""
    try:
        volume = read_volume(path)
    except FusplanError as error:
        assert error.message and error.remedy
        assert "\n" not in str(error)
        return type(error).__name__
    assert np.all(np.isfinite(volume.affine))
    assert np.isfinite(volume.data.min()) and np.isfinite(volume.data.max())
    return "read"


@pytest.mark.parametrize("name", FILES)
def test_flipped_bytes(write_head: WriteHead, name: str) -> None:
    path = write_head(name, kind=FILES[name])
    good = path.read_bytes()
    rng = np.random.default_rng(20240229)
    head = min(len(good), 540)
    outcomes = []
    for turn in range(120):
        bad = bytearray(good)
        for _ in range(1 + turn % 3):
            place = int(rng.integers(head if turn % 4 else len(good)))
            bad[place] = int(rng.integers(256))
        path.write_bytes(bad)
        outcomes.append(outcome(path))
    assert any(result != "read" for result in outcomes)


@pytest.mark.parametrize("name", FILES)
def test_truncated_anywhere(write_head: WriteHead, name: str) -> None:
    path = write_head(name, kind=FILES[name])
    good = path.read_bytes()
    rng = np.random.default_rng(7)
    for length in [0, 1, 2, 3, 4, 10, 100, 347, 348, *rng.integers(len(good) - 1, size=40)]:
        path.write_bytes(good[: int(length)])
        if name == "pair.hdr" and length >= 348:
            continue
        if name == "surfer.mgh" and length >= 284 + head_array().nbytes:
            continue  # only the footer is missing
        assert outcome(path) != "read"


def test_lies_in_the_fields_that_matter(write_head: WriteHead) -> None:
    path = write_head("a.nii")
    good = path.read_bytes()
    wild = [0, 1, -1, 2, 7, 255, 256, 32767, -32768]
    fields = {40: wild, 42: wild, 44: wild, 46: wild, 48: wild, 50: wild, 70: range(0, 2400, 37), 252: wild, 254: wild}
    floats = [0.0, -1.0, np.nan, np.inf, -np.inf, 1e-30, 1e30, 3.4e38]
    cases = [(offset, "<i2", value) for offset, values in fields.items() for value in values]
    cases += [
        (offset, "<f4", value)
        for offset in (76, 80, 84, 88, 108, 112, 116, 256, 268, 280, 292, 300, 324)
        for value in floats
    ]
    for offset, kind, value in cases:
        bad = bytearray(good)
        new = np.array([value], dtype=kind).tobytes()
        bad[offset : offset + len(new)] = new
        path.write_bytes(bad)
        outcome(path)


def test_flipped_bits_in_packed_numbers_never_change_the_image(write_head: WriteHead) -> None:
    path = write_head("a.nii.gz")
    good = path.read_bytes()
    rng = np.random.default_rng(3)
    noticed = 0
    for place in rng.integers(20, len(good), size=60):
        bad = bytearray(good)
        bad[int(place)] ^= 1 << int(rng.integers(8))
        path.write_bytes(bad)
        if outcome(path) == "read":  # a bit that does not matter, such as padding
            np.testing.assert_array_equal(read_volume(path).data, head_array())
        else:
            noticed += 1
    assert noticed > 50


def test_a_gzip_bomb_is_neither_unpacked_nor_believed(tmp_path: Path) -> None:
    image = nib.Nifti1Image(head_array(), head_affine())
    content = image.to_bytes() + bytes(40_000_000)
    path = tmp_path / "bomb.nii.gz"
    path.write_bytes(gzip.compress(content, 9))
    assert outcome(path) == "DamagedHeaderError"


def test_a_description_survives_the_same(write_head: WriteHead) -> None:
    path = write_head("a.nii")
    good = path.read_bytes()
    rng = np.random.default_rng(11)
    for _ in range(100):
        bad = bytearray(good)
        bad[int(rng.integers(352))] = int(rng.integers(256))
        path.write_bytes(bad)
        try:
            described = describe_image(path)
        except FusplanError:
            continue
        assert (described.problem is None) == (described.intensity_range is not None)


def test_an_enormous_image_with_nothing_in_it_is_not_unpacked(tmp_path: Path) -> None:
    image = nib.Nifti1Image(np.zeros((2, 2, 2), np.uint8), np.diag([0.3, 0.3, 0.3, 1.0]))
    image.header.set_data_shape((700, 700, 700))
    image.header.set_data_offset(352)
    image.set_sform(np.diag([0.3, 0.3, 0.3, 1.0]), code=1)
    path = tmp_path / "empty.nii.gz"
    path.write_bytes(gzip.compress(image.header.binaryblock + bytes(4), 1) + gzip.compress(bytes(7_000_000), 9) * 49)
    assert outcome(path) == "AlmostEmptyImageError"
