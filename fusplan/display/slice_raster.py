"""Slices of an image or a field as pictures while the cursor moves: resampling and window/level in one compiled pass.

The report's pictures (``display.pictures``) are sharper (cubic splines); these are made sixty times a second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fusplan.display.grey_levels import GreyPicture
from fusplan.display.image_layers import Picture, range_of, values_of
from fusplan.display.slice_workspace import SliceWorkspace
from fusplan.display.view_state import Interpolation
from fusplan.display.views import SliceView
from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.volume import Volume
from fusplan.spatial import Affine, ScannerRas
from fusplan.spatial.field import FloatValues
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray

OffsetArray = npt.NDArray[np.uint64]

BRICK = 8
"""Edge of a brick in voxels: 1 KiB, so that a slice of any direction touches few memory pages."""

MOST_PLAIN_VOXELS = 2**31

OUTLIER_ROOM = 8.0
"""Intensities further from the usual range than this many times its width are cut off in the display."""

MOST_PIXELS = 900_000
"""A slice is never sampled more finely than this; beyond it samples are enlarged smoothly."""

ALIGNED_TO = 1e-6
"""A slice runs along an axis of the voxels when it leaves it by less than this part of one a sample."""

SAMPLES_PER_VOXEL = 2.0
"""Linear samples closer than this tell nothing that lies not between them; they are enlarged smoothly, too."""


@dataclass(frozen=True, slots=True, eq=False)
class SliceSource:
    """A picture ready for slicing: its values in bricks, so that slices of every direction read little memory.

    Attributes:
        bricks: flat array of 16-bit steps, brick after brick of 8 x 8 x 8 voxels; None while they are not made.
        offsets: for each axis the part of a voxel's place in ``bricks`` that its index along that axis adds; the
            last entry stands twice, so that a voxel at the border has a neighbour.
        lowest, step: value = lowest + step * stored value. Rounding to 65,536 steps is far below one grey.
        scanner_to_index: 3 x 4, scanner RAS mm of the shown frame to indices of the array.
        frame: the scanner frame that slices are given in.
        data: the values themselves.
        finest_mm: linear samples need not be closer than this.
    """

    bricks: npt.NDArray[np.uint16] | None
    offsets: tuple[OffsetArray, OffsetArray, OffsetArray]
    lowest: float
    step: float
    scanner_to_index: FloatArray
    frame: ScannerRas
    data: npt.NDArray[np.float32]
    finest_mm: float

    @classmethod
    def of(cls, picture: Picture, to_shown: Affine[ScannerRas, ScannerRas] | None = None) -> SliceSource:
        """A picture in its own scanner frame, or carried into another study's by ``to_shown``.

        Takes about 6 ns and 2 bytes a voxel. What is not a number becomes the lowest value.
        """
        plain = cls.plain(picture, to_shown)
        # Of a field the few greatest values matter most.
        lowest, highest = shown_range(plain.data) if isinstance(picture, Volume) else range_of(picture)
        step = (highest - lowest) / 65535 or 1.0
        offsets = plain.offsets
        bricks = np.zeros(int(sum(int(axis[-1]) for axis in offsets)) + 1, dtype=np.uint16)
        data, order = plain.data, offsets
        if data.flags.f_contiguous and not data.flags.c_contiguous:
            data, order = data.T, (offsets[2], offsets[1], offsets[0])
        from fusplan.display.slice_kernels import fill_bricks  # noqa: PLC0415 - loads numba

        fill_bricks(data, *order, lowest, 1 / step, bricks)
        return replace(plain, bricks=bricks, lowest=lowest, step=step)

    @classmethod
    def plain(cls, picture: Picture, to_shown: Affine[ScannerRas, ScannerRas] | None = None) -> SliceSource:
        """The same at once, without bricks: slices across the array's closest axis are slower."""
        grid = picture.grid
        frame, scanner_to_voxel = grid.frame, grid.from_frame.matrix
        if to_shown is not None:
            require_same_frame(frame, to_shown.source)
            frame = to_shown.target
            scanner_to_voxel = scanner_to_voxel @ to_shown.inverse().matrix
        to_index, finest_mm = np.ascontiguousarray(scanner_to_voxel[:3]), min(grid.spacing_mm) / SAMPLES_PER_VOXEL
        return cls(None, _brick_offsets(grid.shape), 0.0, 1.0, to_index, frame, values_of(picture), finest_mm)


def shown_range(data: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Lowest and highest intensity kept apart; a few extreme outliers do not cost the rest its steps."""
    low, high = float(np.fmin.reduce(data, axis=None)), float(np.fmax.reduce(data, axis=None))
    stride = tuple(slice(None, None, max(1, size // 64)) for size in data.shape)
    sample = data[stride][np.isfinite(data[stride])]
    if sample.size == 0:
        return (low, high) if np.isfinite(low + high) else (0.0, 1.0)
    usual_low, usual_high = (float(value) for value in np.percentile(sample, (0.1, 99.9)))
    room = OUTLIER_ROOM * max(usual_high - usual_low, 1e-6 * max(abs(usual_low), abs(usual_high)))
    return max(low, usual_low - room), min(high, usual_high + room)


def _brick_offsets(shape: tuple[int, int, int]) -> tuple[OffsetArray, OffsetArray, OffsetArray]:
    """Bricks lie one after another with the last axis fastest, and so do the voxels within a brick."""
    bricks = [-(-size // BRICK) for size in shape]
    whole = BRICK**3
    strides = [bricks[1] * bricks[2] * whole, bricks[2] * whole, whole]
    within = [BRICK * BRICK, BRICK, 1]
    first, second, third = (
        np.minimum(np.arange(shape[axis] + 1), shape[axis] - 1) // BRICK * strides[axis]
        + np.minimum(np.arange(shape[axis] + 1), shape[axis] - 1) % BRICK * within[axis]
        for axis in range(3)
    )
    return first.astype(np.uint64), second.astype(np.uint64), third.astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Raster:
    """Pixels that cover a slice view: ``rows`` x ``columns``."""

    rows: int
    columns: int

    @classmethod
    def of_pixels(cls, view: SliceView, mm_per_pixel: float) -> Raster:
        """The pixels of a screen under a view."""
        return cls(max(1, round(view.height_mm / mm_per_pixel)), max(1, round(view.width_mm / mm_per_pixel)))

    @classmethod
    def for_view(cls, view: SliceView, mm_per_pixel: float, finest_mm: float = 0.0) -> Raster:
        """One sample a screen pixel, fewer where that would be more than a slice needs to look sharp.

        Args:
            view: the slice.
            mm_per_pixel: of the screen.
            finest_mm: samples need not be closer than this.
        """
        pixels = cls.of_pixels(view, mm_per_pixel)
        affordable = (MOST_PIXELS / (pixels.rows * pixels.columns)) ** 0.5
        shrink = min(1.0, affordable, mm_per_pixel / (finest_mm or mm_per_pixel))
        return cls(max(1, round(pixels.rows * shrink)), max(1, round(pixels.columns * shrink)))


def slice_greys(
    source: SliceSource,
    view: SliceView,
    raster: Raster,
    window: IntensityWindow,
    interpolation: Interpolation = "linear",
    workspace: SliceWorkspace | None = None,
    name: str = "greys",
    darkest: int = 0,
) -> GreyPicture:
    """A slice as greys, shape (rows, columns), black outside the volume.

    With a workspace it stays in it until the next of that ``name`` is made there; else it has its own memory. Within
    the volume no grey is darker than ``darkest``: with 1, what is black lies outside.

    Raises:
        FrameMismatchError: the slice lies in the scanner frame of another study.
    """
    require_same_frame(source.frame, view.centre.frame)
    right_mm, down_mm = view.width_mm / raster.columns, view.height_mm / raster.rows
    matrix = source.scanner_to_index
    right, down = view.right.array * right_mm, -view.up.array * down_mm
    corner = view.centre.array - view.right.array * view.width_mm / 2 + view.up.array * view.height_mm / 2
    first = corner + (right + down) / 2
    out = (workspace or SliceWorkspace()).array(name, (raster.rows, raster.columns), np.uint8)
    out.fill(0)
    from fusplan.display.slice_kernels import fill_linear, fill_linear_plain, fill_nearest  # noqa: PLC0415 - numba

    per_intensity = 255.0 / (window.high - window.low)
    turn = matrix[:, :3]
    steps = (turn @ first + matrix[:, 3], turn @ right, turn @ down)
    order = _plain_order(source.data) if interpolation == "linear" else None
    is_plain = order is not None and (source.bricks is None or _runs_along(order[0], steps[1], steps[2]))
    axes = _aligned_axes(steps[1], steps[2]) if interpolation == "linear" else None
    if axes is not None and (is_plain or source.bricks is not None):
        _fill_aligned(source, is_plain, axes, steps, window, darkest, out)
        return out
    if order is not None and is_plain:
        ni, nj, nk = (source.data.shape[axis] for axis in order)
        start, across, down_step = (np.ascontiguousarray(step[list(order)]) for step in steps)
        flat = source.data.ravel(order="K")
        level = -window.low * per_intensity + 0.5
        fill_linear_plain(flat, (ni, nj, nk), start, across, down_step, level, per_intensity, darkest, out)
        return out
    if source.bricks is None:
        raise ValueError("only linear slices of arrays in one piece can do without bricks")
    gain, offset = source.step * per_intensity, (source.lowest - window.low) * per_intensity + 0.5
    fill = fill_linear if interpolation == "linear" else fill_nearest
    fill(source.bricks, *source.offsets, *steps, offset, gain, darkest, out)
    return out


def _aligned_axes(step_right: FloatArray, step_down: FloatArray) -> tuple[int, int, int] | None:
    """The axes of the voxels that rows and columns of a picture run along, and the third; None where it is oblique."""
    across, down = int(np.argmax(np.abs(step_right))), int(np.argmax(np.abs(step_down)))
    off = np.concatenate([np.delete(step_right, across), np.delete(step_down, down)])
    return (across, down, 3 - across - down) if across != down and np.abs(off).max() < ALIGNED_TO else None


def _fill_aligned(
    source: SliceSource,
    is_plain: bool,
    axes: tuple[int, int, int],
    steps: tuple[FloatArray, FloatArray, FloatArray],
    window: IntensityWindow,
    darkest: int,
    out: GreyPicture,
) -> None:
    """A slice along the axes of the voxels, from the array itself or from its bricks."""
    from fusplan.display.slice_kernels import fill_aligned  # noqa: PLC0415 - loads numba

    per_intensity = 255.0 / (window.high - window.low)
    across, down, through = axes
    start, right, below = steps
    origin = (float(start[across]), float(start[down]), float(start[through]))
    by = (float(right[across]), float(below[down]))
    if is_plain or source.bricks is None:
        offsets, level = _plain_offsets(source.data), -window.low * per_intensity + 0.5
        flat, gain = source.data.ravel(order="K"), per_intensity
        fill_aligned(flat, offsets[across], offsets[down], offsets[through], origin, *by, level, gain, darkest, out)
        return
    offsets, level = source.offsets, (source.lowest - window.low) * per_intensity + 0.5
    bricks, gain = source.bricks, source.step * per_intensity
    fill_aligned(bricks, offsets[across], offsets[down], offsets[through], origin, *by, level, gain, darkest, out)


def _plain_offsets(data: npt.NDArray[np.float32]) -> tuple[OffsetArray, OffsetArray, OffsetArray]:
    """For each axis what an index adds to a voxel's place in an array in one piece; the last entry stands twice."""
    first, second, third = (
        (np.minimum(np.arange(size + 1), size - 1) * (stride // data.itemsize)).astype(np.uint64)
        for size, stride in zip(data.shape, data.strides, strict=True)
    )
    return first, second, third


def can_be_plain(picture: Picture, interpolation: Interpolation) -> bool:
    """Whether its slices can do without bricks for a while."""
    values = picture.data if isinstance(picture, Volume) else picture.values
    return interpolation == "linear" and _plain_order(values) is not None


def _plain_order(data: FloatValues) -> tuple[int, int, int] | None:
    """The axes of an array from the one that lies closest together on.

    None where the array is a part of another or too large for 32-bit places.
    """
    if not (data.flags.f_contiguous or data.flags.c_contiguous) or data.size >= MOST_PLAIN_VOXELS:
        return None
    return (0, 1, 2) if data.flags.f_contiguous else (2, 1, 0)


def _runs_along(axis: int, step_right: FloatArray, step_down: FloatArray) -> bool:
    """Whether a slice of these steps, in indices, does not cut across an axis."""
    normal = np.abs(np.cross(step_right, step_down))
    return bool(normal[axis] < normal.max())
