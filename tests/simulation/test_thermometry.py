"""Thermometry's pictures against what noise, wrap, drift and shift are said to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.simulation.thermometry import SliceNoise, hz_per_celsius, radians_per_celsius, slice_about
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial import Grid, Point
from tests.fixtures.ideal_focus import SCANNER

SETTINGS = ThermometrySettings()
MATRIX = np.diag([0.5, 0.5, 0.5, 1.0])
MATRIX[:3, 3] = -10.0
KEPT = Grid.of((41, 41, 41), MATRIX, SCANNER, "heat")
SPOT = Point(SCANNER, 0.0, 0.0, 0.0)
QUIET = SliceNoise(np.zeros((17, 17), complex), np.zeros((17, 17), complex))
NONE = np.zeros((17, 17))


def blob(x: float = 0.0, y: float = 0.0, z: float = 0.0, sigma_mm: float = 2.0, peak: float = 20.0) -> np.ndarray:
    places = KEPT.all_places().array - np.array([x, y, z])
    return (peak * np.exp(-(places**2).sum(axis=1) / (2 * sigma_mm**2))).reshape(KEPT.shape).astype(np.float32)


def picture(rise: np.ndarray, settings: ThermometrySettings = SETTINGS, seconds: float = 0.0) -> np.ndarray:
    plane = slice_about(SPOT, KEPT, settings, np.eye(3))
    return plane.shown(plane.voxel_means(rise[plane.block]), NONE, QUIET, seconds)


def centroid(of: np.ndarray) -> np.ndarray:
    rows, columns = np.indices(of.shape)
    rise = of - 37.0
    return np.array([(rise * rows).sum(), (rise * columns).sum()]) / rise.sum() - 8


def test_a_degree_turns_the_phase_as_published() -> None:
    assert radians_per_celsius(SETTINGS) == pytest.approx(0.0934, abs=1e-4)
    assert np.pi / radians_per_celsius(SETTINGS) == pytest.approx(33.6, abs=0.1)
    assert 20 * abs(hz_per_celsius(SETTINGS)) / SETTINGS.bandwidth_hz_per_pixel == pytest.approx(0.53, abs=0.01)


@pytest.mark.parametrize(("snr", "celsius"), [(20, 0.76), (40, 0.38), (60, 0.25)])
def test_noise_is_as_much_as_published(snr: float, celsius: float) -> None:
    rng = np.random.default_rng(5)
    plane = slice_about(SPOT, KEPT, SETTINGS, np.eye(3))
    shown = [plane.shown(NONE, NONE, SliceNoise.drawn(rng, (17, 17), snr), 0.0) for _ in range(40)]
    assert np.std(shown) == pytest.approx(celsius, rel=0.03)


def test_voxels_are_means_of_the_tissue_they_hold() -> None:
    wide = replace(SETTINGS, bandwidth_hz_per_pixel=1e12, in_voxel=(0.25, 0.0, 0.0))
    shown = picture(blob(), wide)
    sub = (np.arange(40) + 0.5) / 40 - 0.5
    x, y, z = np.meshgrid(sub - 0.25, sub, 3 * sub, indexing="ij")
    assert shown[8, 8] - 37 == pytest.approx(20 * np.exp(-(x**2 + y**2 + z**2) / 8).mean(), rel=0.015)


@pytest.mark.parametrize(
    ("plane", "readout", "rows_and_columns"),
    [
        ("axial", "right-left", (2.0, 1.0)),
        ("axial", "anterior-posterior", (2.0, 1.0)),
        ("coronal", "superior-inferior", (3.0, 1.0)),
        ("sagittal", "anterior-posterior", (3.0, 2.0)),
    ],
)
def test_rows_lie_along_the_slices_second_direction(plane: str, readout: str, rows_and_columns: tuple) -> None:
    placed = {"axial": (1.0, 2.0, 0.0), "coronal": (1.0, 0.0, 3.0), "sagittal": (0.0, 2.0, 3.0)}[plane]
    settings = replace(SETTINGS, plane=plane, readout=readout, bandwidth_hz_per_pixel=1e12)
    assert np.allclose(centroid(picture(blob(*placed, sigma_mm=1.0), settings)), rows_and_columns, atol=0.05)


def test_the_slice_lies_along_the_heads_own_axes() -> None:
    angle = np.radians(30)
    head = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    wide = replace(SETTINGS, bandwidth_hz_per_pixel=1e12)
    plane = slice_about(SPOT, KEPT, wide, head)
    shown = plane.shown(plane.voxel_means(blob(*(head @ [3.0, 1.0, 0.0]), sigma_mm=1.0)[plane.block]), NONE, QUIET, 0.0)
    assert np.allclose(centroid(shown), (1.0, 3.0), atol=0.05)


def test_beyond_the_wrap_the_hottest_is_shown_cold() -> None:
    flat = np.full(KEPT.shape, 36.0, dtype=np.float32)
    assert picture(flat, replace(SETTINGS, bandwidth_hz_per_pixel=1e12))[8, 8] == pytest.approx(
        37 + 36 - 2 * np.pi / radians_per_celsius(SETTINGS), abs=0.01
    )


def test_drift_grows_with_the_age_of_the_reference() -> None:
    drifting = replace(SETTINGS, drift_celsius_per_min=1.5)
    assert picture(np.zeros(KEPT.shape, np.float32), drifting, 20.0)[3, 3] == pytest.approx(37.5, abs=1e-3)


@pytest.mark.parametrize(("readout", "axis"), [("right-left", 1), ("anterior-posterior", 0)])
def test_off_resonance_shifts_along_the_readout_alone(readout: str, axis: int) -> None:
    still = replace(SETTINGS, readout=readout, bandwidth_hz_per_pixel=1e12)
    off = replace(SETTINGS, readout=readout, off_resonance_hz=88.0)
    warm = blob(peak=0.2, sigma_mm=1.2)
    moved = centroid(picture(warm, off)) - centroid(picture(warm, still))
    assert moved[axis] == pytest.approx(2.0, abs=0.03)
    assert moved[1 - axis] == pytest.approx(0.0, abs=0.01)


def test_heat_shifts_itself_by_half_a_voxel() -> None:
    broad = blob(peak=20.0, sigma_mm=4.0)
    shown, still = picture(broad), picture(broad, replace(SETTINGS, bandwidth_hz_per_pixel=1e12))
    near = np.arange(7, 11)
    fits = [np.roots(np.polyder(np.polyfit(near, of[8, near], 2)))[0] for of in (shown, still)]
    assert fits[0] - fits[1] == pytest.approx(0.5, abs=0.1)


def test_what_was_warm_before_the_reference_is_not_shown() -> None:
    plane = slice_about(SPOT, KEPT, replace(SETTINGS, bandwidth_hz_per_pixel=1e12), np.eye(3))
    residual = plane.voxel_means(np.full(KEPT.shape, 2.0, np.float32)[plane.block])
    assert plane.shown(residual + 1.0, residual, QUIET, 0.0)[8, 8] == pytest.approx(38.0, abs=1e-3)
