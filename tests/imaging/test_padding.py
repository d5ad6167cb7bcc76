"""Padding of many kinds leads to the very image without padding: the same window, the same picture to register."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk
from numpy.testing import assert_array_equal
from scipy import ndimage

from fusplan.display.slice_raster import SliceSource
from fusplan.imaging.describe import describe_image
from fusplan.imaging.intensity import robust_window
from fusplan.imaging.padding import fill_padding, find_padding
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.imaging.voxels import NotNumbersError
from fusplan.registration.brain_extraction import looks_brain_extracted
from fusplan.registration.working_image import working_image
from tests.fixtures.dicom_series import voxels

SHAPE = (72, 90, 80)
AFFINE = np.diag([2.5, 2.5, 2.5, 1.0])

Head = tuple[np.ndarray, np.ndarray]


def _distance() -> np.ndarray:
    """From the middle, 1 on the head's surface."""
    axes = [(np.arange(size) - (size - 1) / 2) / (0.38 * size) for size in SHAPE]
    return np.sqrt(sum(axis**2 for axis in np.meshgrid(*axes, indexing="ij")))


@lru_cache
def mr_head() -> Head:
    """A head with fat, skull, brain and noisy air on a round field of view, 0 outside; and what is outside."""
    random = np.random.default_rng(4)
    distance = _distance()
    tissue = np.select([distance < 0.8, distance < 0.88, distance < 1.0], [320.0, 40.0, 900.0], 0.0)
    tissue[(distance < 0.2)] = 90.0
    data = np.abs(tissue + random.normal(0, 12, SHAPE)).round() + 1
    outside = distance > 1.25
    data[outside] = 0
    return data, outside


@lru_cache
def ct_head() -> Head:
    """Hounsfield units: air, bone, brain; outside the round field of view the scanner's air of -1024."""
    random = np.random.default_rng(5)
    distance = _distance()
    tissue = np.select([distance < 0.8, distance < 0.9, distance < 1.0], [35.0, 1100.0, -80.0], -1000.0)
    data = np.clip((tissue + random.normal(0, 9, SHAPE)).round(), -1024, 3071)
    outside = distance > 1.25
    data[0, 45, 40] = -1024  # somewhere there is an air as low as that in every CT
    data[outside] = -1024
    return data, outside


def brain() -> Head:
    """The brain alone."""
    data, _ = mr_head()
    outside = _distance() > 0.8
    return np.where(outside, 0, data), outside


def normalised() -> Head:
    """An image with mean 0: negative intensities are tissue."""
    data, outside = mr_head()
    scaled = (data - 200) / 150
    return np.where(outside, scaled[~outside].min(), scaled), outside


def written(path: Path, data: np.ndarray, dtype: str) -> Volume:
    nib.save(nib.Nifti1Image(data.astype(dtype), AFFINE), path)
    return read_volume(path)


MEMBERS: list[tuple[Callable[[], Head], float, str]] = [
    (mr_head, -32768, "i2"),
    (mr_head, -1, "i2"),
    (mr_head, -1024, "i2"),
    (mr_head, -2000, "i2"),
    (mr_head, 32767, "i2"),
    (mr_head, 65535, "u2"),
    (mr_head, 4095, "u2"),
    (mr_head, -3.4e38, "f4"),
    (mr_head, np.finfo("f4").min, "f4"),
    (mr_head, 3.4e38, "f4"),
    (mr_head, -9999, "f4"),
    (mr_head, np.nan, "f4"),
    (mr_head, np.inf, "f4"),
    (mr_head, -np.inf, "f8"),
    (mr_head, -1.7e308, "f8"),
    (brain, -32768, "i2"),
    (brain, -3.4e38, "f4"),
    (brain, np.nan, "f4"),
    (brain, 65535, "u2"),
    (normalised, -3.4e38, "f4"),
    (normalised, -1000, "f4"),
    (normalised, np.nan, "f4"),
    (ct_head, -2000, "i2"),
    (ct_head, -3024, "i2"),
    (ct_head, -32768, "i2"),
    (ct_head, 32767, "i2"),
]


@pytest.mark.parametrize(("made", "value", "dtype"), MEMBERS)
def test_a_padded_head_is_the_head(tmp_path: Path, made: Callable[[], Head], value: float, dtype: str) -> None:
    data, outside = made()
    clean = written(tmp_path / "clean.nii", data, dtype)
    padded = written(tmp_path / "padded.nii", np.where(outside, value, data), dtype)
    if value != -1:  # so near to the head's darkest that it does no harm
        (note,) = padded.notes
        assert (note.kind, note.severity) == ("background", "notice") and "taken as air" in note.sentence
        assert_array_equal(padded.data, clean.data)
    else:
        assert padded.notes == ()
    assert clean.notes == ()
    window, wanted = robust_window(padded), robust_window(clean)
    assert (window.low, window.high) == pytest.approx((wanted.low, wanted.high), abs=2)
    seen, expected = (sitk.GetArrayFromImage(working_image(volume)) for volume in (padded, clean))
    np.testing.assert_allclose(seen, expected, atol=0.3)
    assert looks_brain_extracted(padded) == looks_brain_extracted(clean)


@pytest.mark.parametrize("value", [-32768, -3.4e38, 65535])
def test_a_resampled_image_has_no_rim_of_mixtures(value: float) -> None:
    data, outside = mr_head()
    padded = np.where(outside, value, data).astype("f8")
    turned = ndimage.rotate(padded, 7, reshape=False, order=1, cval=value).astype("f4")
    clean = ndimage.rotate(data, 7, reshape=False, order=1).astype("f4")
    assert {note.kind for note in fill_padding(turned)} == {"background"}
    # What is left of the mixtures is within what fat can be.
    assert turned.min() >= -1800 and turned.max() <= 6500
    beside = ndimage.rotate(outside * 1.0, 7, reshape=False, order=1, cval=1) > 0
    inside = ~ndimage.binary_dilation(beside, iterations=3)
    assert_array_equal(turned[inside], clean[inside])


def test_what_is_no_padding_stays(tmp_path: Path) -> None:
    data, _ = mr_head()
    ct, _ = ct_head()
    saturated = np.minimum(data, 700)
    saturated[:, :, :2] = np.where(data[:, :, :2] > 10, 4095, data[:, :, :2])  # fat of the neck, cut by a face
    saturated[0, 0, 0] = 0
    cut = ct[20:-20, 20:-20, 20:-20]  # nearly no air is left; the lowest is the scanner's
    for plain in (data, brain()[0], ct, cut, saturated, normalised()[0], (data > 100) * 255.0, 1.0 - (data > 100)):
        kept = np.array(plain, dtype="f4", order="F")
        assert fill_padding(kept) == ()
        assert_array_equal(kept, plain.astype("f4"))


def test_several_kinds_in_one_image() -> None:
    data, outside = mr_head()
    several = np.where(outside, -3024, data).astype("f4")
    several[:, :, :6] = -32768
    found = fill_padding(several)
    assert [note.sentence.split(",")[0] for note in found] == [
        "The background is stored as -32768",
        "The background is stored as -3024",
    ]
    assert several.min() == 0


def test_nan_within_the_head_is_still_refused(tmp_path: Path) -> None:
    data, _ = mr_head()
    holes = np.where(_distance() < 0.75, np.nan, data)
    with pytest.raises(NotNumbersError):
        written(tmp_path / "a.nii", holes, "f4")


@pytest.mark.parametrize("value", [-3.4e38, 65535.0, np.nan])
def test_the_padded_image_can_be_drawn_and_described(tmp_path: Path, value: float) -> None:
    data, outside = mr_head()
    volume = written(tmp_path / "a.nii.gz", np.where(outside, value, data), "f4")
    source = SliceSource.of(volume)
    assert np.isfinite(source.lowest) and 0 < source.step < 1
    described = describe_image(tmp_path / "a.nii.gz")
    assert described.problem is None and described.intensity_range == (0.0, float(data.max()))


def test_the_fingerprint_is_that_of_the_file(tmp_path: Path) -> None:
    data, outside = mr_head()
    clean, padded = (
        written(tmp_path / "a.nii", data, "i2"),
        written(tmp_path / "b.nii", np.where(outside, -9, data), "i2"),
    )
    assert clean.fingerprint != padded.fingerprint


def test_the_search_is_of_the_border_only() -> None:
    inside = voxels().astype("f4")
    inside[10:14, 10:14, 10:14] = -32768
    assert list(find_padding(inside)) == []
