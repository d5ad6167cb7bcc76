"""A window shows the head whatever its scale, offset and background."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from fusplan.imaging.intensity import IntensityWindow, foreground_threshold, robust_window
from fusplan.imaging.volume import Volume


def volume_of(data: np.ndarray) -> Volume:
    return Volume.of_array(data.astype(np.float32), np.eye(4), "d" * 64)


def head(rng: np.random.Generator) -> np.ndarray:
    """Two thirds air near 2, one third tissue between 80 and 160, a few very bright vessels."""
    data = np.abs(rng.normal(0, 2, size=(60, 60, 60)))
    data[20:40] = rng.uniform(80, 160, size=(20, 60, 60))
    data[30, 30, :20] = 5000
    return data


@pytest.mark.parametrize(("scale", "offset"), [(1.0, 0.0), (0.001, 0.0), (50.0, -1000.0)])
def test_the_window_follows_scale_and_offset(scale: float, offset: float) -> None:
    data = head(np.random.default_rng(4))
    window = robust_window(volume_of(data * scale + offset))
    assert (window.low - offset) / scale == pytest.approx(1.3, abs=0.5)
    assert (window.high - offset) / scale == pytest.approx(160, abs=3)
    assert window.level == pytest.approx((window.low + window.high) / 2)


def test_otsu_parts_two_classes() -> None:
    values = np.concatenate([np.random.default_rng(0).normal(m, 3, 5000) for m in (10, 90)]).astype(np.float32)
    assert 20 < foreground_threshold(values) < 80


def test_images_of_two_values_and_of_one() -> None:
    data = np.zeros((20, 20, 20))
    data[5:15, 5:15, 5:15] = 1
    window = robust_window(volume_of(data))
    assert (window.low, window.high) == (0.0, 1.0)
    assert robust_window(volume_of(np.full((5, 5, 5), 3.0))).width == 1.0
    lonely = np.zeros((40, 40, 40))
    lonely[1, 1, 1] = 9
    assert robust_window(volume_of(lonely)).width > 0


def test_grey_values_are_clipped() -> None:
    window = IntensityWindow(10, 30)
    assert_allclose(window.apply(np.array([0, 10, 20, 30, 99], dtype=np.float32)), [0, 0, 0.5, 1, 1])
    with pytest.raises(ValueError, match="low < high"):
        IntensityWindow(3, 3)
