"""Padding that a DICOM file states, rightly and wrongly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from fusplan.imaging.read import read_volume
from tests.fixtures.dicom_series import voxels

WriteSeries = Callable[..., Path]

OUTSIDE = np.zeros(voxels().shape, dtype=bool)
OUTSIDE[:4] = OUTSIDE[:, -3:] = True
TRUE = np.where(OUTSIDE, 0, voxels())


def padded(value: int, stated: int | None, vr: str = "SS", limit: int | None = None, slope: float = 1.0):
    def edit(objects: list) -> None:
        for index, item in enumerate(sorted(objects, key=lambda one: one.InstanceNumber)):
            stored = np.where(OUTSIDE[:, :, index], value, TRUE[:, :, index]).astype("<i2")
            item.PixelData = stored.T.tobytes()
            item.PixelRepresentation = 1
            item.RescaleSlope, item.RescaleIntercept = slope, 0
            if stated is not None:
                item.add_new(0x00280120, vr, stated)
            if limit is not None:
                item.add_new(0x00280121, "SS", limit)

    return edit


@pytest.mark.parametrize(
    ("value", "stated", "vr", "limit"),
    [(-2000, -2000, "SS", None), (-2000, 63536, "US", None), (-2000, -2048, "SS", -1900), (-2000, None, "SS", None)],
)
@pytest.mark.parametrize("slope", [1.0, 0.37])
def test_padding_is_air(
    write_series: WriteSeries, value: int, stated: int | None, vr: str, limit: int | None, slope: float
) -> None:
    volume = read_volume(write_series(padded(value, stated, vr, limit, slope)))
    assert_array_equal(volume.data, (TRUE * slope).astype("f4"))
    (note,) = volume.notes
    assert note.kind == "background" and ("as the file says" in note.sentence) is (stated is not None)


def test_a_padding_near_the_image_is_believed_when_stated(write_series: WriteSeries) -> None:
    assert_array_equal(read_volume(write_series(padded(-5, -5))).data, TRUE)


@pytest.mark.parametrize("stated", [0, 120, -30000, 32767])
def test_a_statement_that_the_pixels_contradict_changes_nothing(write_series: WriteSeries, stated: int) -> None:
    volume = read_volume(write_series(padded(0, stated)))
    assert_array_equal(volume.data, TRUE)
    assert volume.notes == ()


def test_the_fingerprint_does_not_depend_on_the_statement(write_series: WriteSeries) -> None:
    first = read_volume(write_series(padded(-2000, None))).fingerprint
    assert read_volume(write_series(padded(-2000, -2000))).fingerprint == first
