"""MR thermometry as the scanner shows it: one slice, means over voxel and frame, noise, wrap, drift and shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fusplan.simulation.temperature_history import BODY_CELSIUS
from fusplan.simulation.thermometry_settings import IN_PLANE_OF, ThermometrySettings
from fusplan.spatial import Grid, Point, Points, ScannerRas
from fusplan.spatial.points import FloatArray

PRF_PPM_PER_CELSIUS = -0.00909
"""Shift of the proton resonance (V: Huang 2018)."""

PROTON_HZ_PER_T = 42.577e6

PICTURE_MM = 16.0
"""Edge of the part of the slice that is shown about the spot."""

SUB_READOUT = 4
SUB_PHASE = 3
SUB_SLICE_MM = 0.5
"""How finely a voxel is sampled along the readout, across it in the slice, and through the slice."""

Picture = npt.NDArray[np.float32]


def hz_per_celsius(settings: ThermometrySettings) -> float:
    """How far a degree moves the resonance."""
    return PRF_PPM_PER_CELSIUS * 1e-6 * PROTON_HZ_PER_T * settings.field_t


def radians_per_celsius(settings: ThermometrySettings) -> float:
    """Phase of a degree; 0.0934 at 3 T and 12.8 ms, so that a rise of 33.6 degrees wraps."""
    return 2 * np.pi * abs(hz_per_celsius(settings)) * settings.echo_time_s


@dataclass(frozen=True, slots=True, eq=False)
class ThermometrySlice:
    """A slice in the tissue.

    Attributes:
        settings: how it is looked at.
        voxels: along each edge of the picture.
        block: the part of the kept grid that it needs.
        samples: sparse matrix from the block's rises, laid flat, to means over parts of voxels: readout in fine
            steps first, the other direction of the slice second.
    """

    settings: ThermometrySettings
    voxels: int
    block: tuple[slice, slice, slice]
    samples: sparse.csr_array

    def voxel_means(self, rise: Picture) -> FloatArray:
        """Means (readout, other) over voxels of a true rise on the block, shifted along the readout."""
        return self._shifted((self.samples @ rise.reshape(-1)).reshape(-1, self.voxels))

    def shown(self, means: FloatArray, reference: FloatArray, noise: SliceNoise, since_reference_s: float) -> Picture:
        """The temperatures shown of one frame: as if all had body temperature when the reference was taken.

        Args:
            means: voxel means of the frame's mean rise.
            reference: voxel means of the rise when the reference was taken.
            noise: of the reference and of this picture.
            since_reference_s: age of the reference, for the drift.
        """
        settings = self.settings
        scale = radians_per_celsius(settings)
        change = means - reference + settings.drift_celsius_per_min * since_reference_s / 60
        signal = np.exp(1j * scale * change) + noise.picture
        phase = np.angle(signal * np.conj(1 + noise.reference))
        picture = np.asarray(BODY_CELSIUS + phase / scale, dtype=np.float32)
        first, _ = IN_PLANE_OF[settings.plane]
        return picture.T if settings.readout == first else picture

    def _shifted(self, fine: Picture) -> FloatArray:
        """Voxel means (readout, other) of fine parts, each moved along the readout by its own off-resonance."""
        settings, width = self.settings, 1 / SUB_READOUT
        hertz = settings.off_resonance_hz + abs(hz_per_celsius(settings)) * fine
        begin = (np.arange(len(fine)) * width)[:, None] + hertz / settings.bandwidth_hz_per_pixel
        voxel = np.floor(begin + 1e-9).astype(int)
        beyond = np.clip((begin + width - voxel - 1) / width, 0, 1)
        columns = np.broadcast_to(np.arange(self.voxels), fine.shape)
        amounts, weights = np.zeros((2, self.voxels + 2, self.voxels))
        for row, share in ((voxel, 1 - beyond), (voxel + 1, beyond)):
            row = np.clip(row, -1, self.voxels) + 1
            np.add.at(amounts, (row, columns), share * fine)
            np.add.at(weights, (row, columns), share)
        return np.asarray((amounts / np.maximum(weights, 1e-9))[1:-1])


@dataclass(frozen=True, slots=True, eq=False)
class SliceNoise:
    """Complex noise (readout, other) of the reference picture and of one picture, over the signal."""

    reference: npt.NDArray[np.complex128]
    picture: npt.NDArray[np.complex128]

    @classmethod
    def drawn(cls, rng: np.random.Generator, shape: tuple[int, int], snr: float) -> SliceNoise:
        """Noise of a new reference and of a first picture after it."""
        return cls(_complex_noise(rng, shape, snr), _complex_noise(rng, shape, snr))

    def next(self, rng: np.random.Generator, snr: float) -> SliceNoise:
        """The same reference, another picture."""
        shape = (self.picture.shape[0], self.picture.shape[1])
        return SliceNoise(self.reference, _complex_noise(rng, shape, snr))


def _complex_noise(rng: np.random.Generator, shape: tuple[int, int], snr: float) -> npt.NDArray[np.complex128]:
    real, imaginary = rng.normal(scale=1 / snr, size=(2, *shape))
    return np.asarray(real + 1j * imaginary)


def slice_about(
    spot: Point[ScannerRas],
    kept: Grid[ScannerRas],
    settings: ThermometrySettings,
    head_axes: FloatArray,
) -> ThermometrySlice:
    """The slice through a spot.

    Args:
        spot: what it is laid through.
        kept: whose rises it looks at; beyond them nothing is warm.
        head_axes: 3 x 3, columns right, anterior, superior: the slice lies along two of them.
    """
    voxels = 2 * round(PICTURE_MM / settings.voxel_mm / 2) + 1
    across = max(1, round(settings.slice_mm / SUB_SLICE_MM))
    half, in_voxel = voxels / 2, settings.in_voxel
    readout = (np.arange(voxels * SUB_READOUT) + 0.5) / SUB_READOUT - half - in_voxel[0]
    other = (np.arange(voxels * SUB_PHASE) + 0.5) / SUB_PHASE - half - in_voxel[1]
    normal = (np.arange(across) + 0.5) / across - 0.5 - in_voxel[2]
    sizes = (settings.voxel_mm, settings.voxel_mm, settings.slice_mm)
    lattice = np.stack(np.meshgrid(readout, other, normal, indexing="ij"), axis=-1).reshape(-1, 3) * sizes
    places = Points(spot.frame, spot.array + lattice @ head_axes[:, list(settings.axis_order)].T)
    block = _block_about(kept, places)
    first, shape = np.array([part.start for part in block]), tuple(part.stop - part.start for part in block)
    part_of_kept = kept.block(first, (shape[0], shape[1], shape[2]))
    samples = _trilinear(part_of_kept, places, SUB_PHASE * across)
    return ThermometrySlice(settings, voxels, block, samples)


def _block_about(kept: Grid[ScannerRas], places: Points[ScannerRas]) -> tuple[slice, slice, slice]:
    """The voxels of a grid, two along each axis at least, between which places are interpolated."""
    indices, last = kept.indices(places), np.array(kept.shape) - 1
    first = np.clip(np.floor(indices.min(axis=0)).astype(int), 0, last - 1)
    beyond = np.maximum(np.clip(np.ceil(indices.max(axis=0)).astype(int), 0, last), first + 1) + 1
    a, b, c = (slice(int(low), int(high)) for low, high in zip(first, beyond, strict=True))
    return a, b, c


def _trilinear(grid: Grid[ScannerRas], places: Points[ScannerRas], per_row: int) -> sparse.csr_array:
    """The matrix that takes values on a grid, laid flat, to means of every so many places; none beyond the grid."""
    indices = grid.indices(places)
    within = grid.holds(indices, 0.0)
    lowest = np.clip(np.floor(indices), 0, np.array(grid.shape) - 2).astype(np.int32)
    part = (indices - lowest).astype(np.float32)
    a, b, c = (np.stack([1 - part[:, axis], part[:, axis]], axis=-1) for axis in range(3))
    weights = a[:, :, None, None] * b[:, None, :, None] * c[:, None, None, :]
    weights *= np.where(within, 1 / per_row, 0).astype(np.float32)[:, None, None, None]
    _, rows, columns = grid.shape
    first = (lowest[:, 0] * rows + lowest[:, 1]) * columns + lowest[:, 2]
    corners = np.array([(i * rows + j) * columns + k for i, j, k in np.ndindex(2, 2, 2)], dtype=np.int32)
    ends = np.arange(0, weights.size + 1, 8 * per_row, dtype=np.int32)
    shape = (len(ends) - 1, int(np.prod(grid.shape)))
    return sparse.csr_array((weights.reshape(-1), (first[:, None] + corners).reshape(-1), ends), shape=shape)
