"""A peer in the same run: the bowl behind the plate BM3 by finite differences in time, beside the stationary path.

Both are held against the exact sum of plane waves. The full wave is axisymmetric: a fraction of what three dimensions
cost. What it solves is what the exact sum has: fluids with losses of one frequency, and a bowl that lets echoes pass.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy.ndimage import map_coordinates

from fusplan.simulation.layered_transmission import WATER
from fusplan.simulation.stationary_path import Bowl, Plates, bowl_pressure
from tests.benchmarks.simulation.acceptance import AcceptanceRow, processor_seconds
from tests.fixtures.benchmark_plates import BM3, SC1, exact_pressure

STEP_MM = 0.125
"""24 steps a wavelength of water: interfaces of BM3 lie between them."""

FIRST_Z_MM, LAST_Z_MM, LAST_R_MM = -10.0, 99.0, 44.0
SPONGE_MM = 8.0
RAMP_PERIODS, PERIODS = 5, 56
"""From silence to steady: 112 microseconds are 168 mm of water."""

R_MM, Z_MM = np.arange(0, 10.1, 1.0), np.arange(42, 90, 2.0)
AXIS_MM = np.arange(50, 72, 0.1)

Array = npt.NDArray[np.float32]


def rows() -> list[AcceptanceRow]:
    """The full wave's time and error, and the stationary path's."""
    exact, exact_axis = exact_pressure(SC1, BM3, R_MM, Z_MM), exact_pressure(SC1, BM3, np.zeros(1), AXIS_MM)[0]
    places = np.array([(r, 0.0, z) for r in R_MM for z in Z_MM] + [(0.0, 0.0, z) for z in AXIS_MM])

    def ours() -> npt.NDArray[np.complex128]:
        return bowl_pressure(SC1, places, BM3)

    path = ours()
    our_seconds = processor_seconds(ours, 1)
    _wave_seconds(BM3, periods=1)  # compiles
    wave, wave_seconds = _wave_seconds(BM3, PERIODS)
    seen = wave.at(places[:, 0], places[:, 2])
    errors = [_error(found, exact, exact_axis) for found in (path, seen)]
    return [
        AcceptanceRow(
            "BM3, peer: full wave, axisymmetric finite differences",
            "to compare",
            f"{errors[1]}; {wave_seconds:.1f} s",
            None,
        ),
        AcceptanceRow(
            "BM3, beside it: stationary path, the same places",
            "faster than the peer",
            f"{errors[0]}; {our_seconds:.2f} s, {wave_seconds / our_seconds:.0f} times faster",
            our_seconds < wave_seconds,
        ),
    ]


def _error(
    found: npt.NDArray[np.complex128], exact: npt.NDArray[np.complex128], axis: npt.NDArray[np.complex128]
) -> str:
    field, on_axis = np.abs(found[: exact.size]).reshape(exact.shape), np.abs(found[exact.size :])
    l2 = np.linalg.norm(field - np.abs(exact)) / np.linalg.norm(exact)
    peak = on_axis.max() / np.abs(axis).max() - 1
    place = AXIS_MM[on_axis.argmax()] - AXIS_MM[np.abs(axis).argmax()]
    return f"peak {100 * peak:+.1f} %, {place:+.1f} mm, L2 {100 * l2:.1f} %"


@dataclass(frozen=True, slots=True, eq=False)
class _SteadyWave:
    """Complex pressure (r, z) in Pa at the middles of cells."""

    pressure: npt.NDArray[np.complex128]

    def at(self, r_mm: npt.NDArray[np.float64], z_mm: npt.NDArray[np.float64]) -> npt.NDArray[np.complex128]:
        """By cubic splines; mirrored at the axis."""
        indices = np.array([r_mm / STEP_MM - 0.5, (z_mm - FIRST_Z_MM) / STEP_MM - 0.5])
        real, imaginary = (
            map_coordinates(part, indices, order=3, mode="reflect") for part in (self.pressure.real, self.pressure.imag)
        )
        return np.asarray(real + 1j * imaginary)


def _wave_seconds(plates: Plates, periods: int) -> tuple[_SteadyWave, float]:
    started = time.process_time()
    wave = _full_wave(SC1, plates, periods)
    return wave, time.process_time() - started


def _full_wave(bowl: Bowl, plates: Plates, periods: int) -> _SteadyWave:
    step_m = STEP_MM * 1e-3
    r_mm = (np.arange(round(LAST_R_MM / STEP_MM)) + 0.5) * STEP_MM
    z_mm = FIRST_Z_MM + (np.arange(round((LAST_Z_MM - FIRST_Z_MM) / STEP_MM)) + 0.5) * STEP_MM
    density, speed, loss = (np.full(len(z_mm), number) for number in (WATER.density, WATER.speed, 0.0))
    start = plates.start_mm
    for layer in plates.layers:
        inside = (z_mm > start) & (z_mm < start + layer.thickness_mm)
        density[inside], speed[inside] = layer.fluid.density, layer.fluid.speed
        loss[inside] = 2 * layer.fluid.attenuation * layer.fluid.speed
        start += layer.thickness_mm
    a_period = int(np.ceil(1 / bowl.frequency_hz / (0.68 * step_m / speed.max())))
    seconds = 1 / bowl.frequency_hz / a_period
    between = np.append((density[1:] + density[:-1]) / 2, density[-1])
    sponge = _sponge(r_mm, z_mm)
    shape = (len(r_mm), len(z_mm))
    pressure, radial, axial = (np.zeros(shape, np.float32) for _ in range(3))
    found = np.zeros(shape, np.complex64)
    cells, amounts = _sources(bowl, r_mm, z_mm)
    # A sheet that sends to both sides, twice as strong as the bowl's surface moves: Rayleigh's integral.
    drive = 2 * bowl.pressure_pa / (WATER.density * WATER.speed) * WATER.density * WATER.speed**2 * seconds * amounts
    for number in range(periods * a_period):
        moment = number * seconds * bowl.frequency_hz
        strength = np.sin(2 * np.pi * moment) * np.sin(np.pi / 2 * min(1.0, moment / RAMP_PERIODS)) ** 2
        pressure.reshape(-1)[cells] += np.float32(strength) * drive
        _move(
            pressure,
            radial,
            axial,
            (seconds / step_m / density).astype(np.float32),
            (seconds / step_m / between).astype(np.float32),
            sponge,
        )
        _press(
            pressure,
            radial,
            axial,
            (density * speed**2 * seconds / step_m).astype(np.float32),
            np.exp(-loss * seconds).astype(np.float32),
            sponge,
        )
        if number >= (periods - 1) * a_period:
            found += pressure * np.complex64(2j / a_period * np.exp(2j * np.pi * (moment + 1 / a_period)))
    return _SteadyWave(found.astype(np.complex128))


def _sponge(r_mm: npt.NDArray[np.float64], z_mm: npt.NDArray[np.float64]) -> Array:
    """What is left of a wave after a step, (r, z): all of it, but near the grid's borders."""
    deep_r = np.clip((r_mm - LAST_R_MM + SPONGE_MM) / SPONGE_MM, 0, 1)
    deep_z = np.clip(np.maximum(FIRST_Z_MM + SPONGE_MM - z_mm, z_mm - LAST_Z_MM + SPONGE_MM) / SPONGE_MM, 0, 1)
    return np.exp(-0.06 * (deep_r[:, None] ** 2 + deep_z**2)).astype(np.float32)


def _sources(
    bowl: Bowl, r_mm: npt.NDArray[np.float64], z_mm: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.intp], Array]:
    """Cells laid flat, and the bowl's area in each over the cell's volume (1/m): rings shared out to four cells."""
    points, areas = bowl.points(4000, 1)
    ring, height = np.hypot(points[:, 0], points[:, 1]), points[:, 2]
    amounts = np.zeros((len(r_mm), len(z_mm)))
    i, j = ring / STEP_MM - 0.5, (height - FIRST_Z_MM) / STEP_MM - 0.5
    low_i, low_j = np.floor(i).astype(int), np.floor(j).astype(int)
    for di in (0, 1):
        for dj in (0, 1):
            share = np.abs(1 - di - (i - low_i)) * np.abs(1 - dj - (j - low_j))
            np.add.at(amounts, (np.maximum(low_i + di, 0), low_j + dj), share * areas)
    amounts /= 2 * np.pi * r_mm[:, None] * STEP_MM**2 * 1e-3
    cells = np.flatnonzero(amounts)
    return cells, amounts.reshape(-1)[cells].astype(np.float32)


@numba.njit(cache=True, fastmath=True)
def _move(pressure: Array, radial: Array, axial: Array, in_layer: Array, between: Array, sponge: Array) -> None:
    """Velocities: ``radial[i]`` at the inner border of ring i, ``axial[j]`` at the upper border of slab j."""
    rings, slabs = pressure.shape
    for i in range(rings):
        for j in range(slabs):
            if i > 0:
                radial[i, j] = sponge[i, j] * (radial[i, j] - in_layer[j] * (pressure[i, j] - pressure[i - 1, j]))
            if j < slabs - 1:
                axial[i, j] = sponge[i, j] * (axial[i, j] - between[j] * (pressure[i, j + 1] - pressure[i, j]))


@numba.njit(cache=True, fastmath=True)
def _press(pressure: Array, radial: Array, axial: Array, stiffness: Array, kept: Array, sponge: Array) -> None:
    rings, slabs = pressure.shape
    for i in range(rings):
        inner, outer = np.float32(i / (i + 0.5)), np.float32((i + 1) / (i + 0.5))
        for j in range(slabs):
            out = outer * radial[i + 1, j] if i < rings - 1 else np.float32(0)
            spread = out - inner * radial[i, j] + axial[i, j] - (axial[i, j - 1] if j > 0 else np.float32(0))
            pressure[i, j] = sponge[i, j] * kept[j] * (pressure[i, j] - stiffness[j] * spread)
