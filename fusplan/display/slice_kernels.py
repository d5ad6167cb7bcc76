"""The compiled inner loops of ``display.slice_raster``. Imported when the first slice is drawn: numba loads slowly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.compiled import compiled_loosely
from fusplan.display.grey_levels import GreyPicture
from fusplan.spatial.points import FloatArray

OffsetArray = npt.NDArray[np.uint64]


@compiled_loosely
def fill_bricks(
    data: npt.NDArray[np.float32],
    first: OffsetArray,
    second: OffsetArray,
    third: OffsetArray,
    lowest: float,
    per_step: float,
    bricks: npt.NDArray[np.uint16],
) -> None:
    """Store intensities as 16-bit steps, each at the sum of its three offsets."""
    n0, n1, n2 = data.shape
    low32, per32 = np.float32(lowest), np.float32(per_step)
    for i in range(n0):
        for j in range(n1):
            base = first[i] + second[j]
            for k in range(n2):
                value = (data[i, j, k] - low32) * per32
                if value >= np.float32(65535.0):
                    bricks[base + third[k]] = 65535
                elif value > np.float32(0.0):
                    bricks[base + third[k]] = np.uint16(value + np.float32(0.5))


@compiled_loosely
def _span(start: FloatArray, step: FloatArray, shape: tuple[int, int, int], columns: int) -> tuple[int, int]:
    """First and one past the last column whose sample lies within half a voxel of the volume."""
    low, high = 0.0, columns - 1.0
    for axis in range(3):
        top = shape[axis] - 0.5
        if abs(step[axis]) < 1e-12:
            if start[axis] < -0.5 or start[axis] > top:
                return 0, 0
            continue
        first = (-0.5 - start[axis]) / step[axis]
        last = (top - start[axis]) / step[axis]
        low = max(low, min(first, last))
        high = min(high, max(first, last))
    if high < low:
        return 0, 0
    return int(np.ceil(low)), int(np.floor(high)) + 1


@compiled_loosely
def _blend_planes(
    flat: npt.NDArray[np.float32] | npt.NDArray[np.uint16],
    near: np.uint64,
    far: np.uint64,
    share: np.float32,
    offsets: OffsetArray,
    first: int,
    last: int,
    line: npt.NDArray[np.float32],
) -> None:
    """One row of samples between two neighbouring planes of voxels."""
    for index in range(first, last + 1):
        below, above = np.float32(flat[near + offsets[index]]), np.float32(flat[far + offsets[index]])
        line[index] = below + share * (above - below)


@compiled_loosely
def _column_places(
    start: float, step: float, count: int, before: npt.NDArray[np.uint32], part: npt.NDArray[np.float32]
) -> tuple[int, int]:
    """For each column the sample before it and the share of the one after; the first and one past the last inside."""
    left, right = len(before), 0
    for column in range(len(before)):
        x = start + column * step
        if -0.5 <= x <= count - 0.5:
            left, right = min(left, column), column + 1
            x = min(max(x, 0.0), count - 1.0)
            before[column], part[column] = np.uint32(x), np.float32(x - int(x))
    return left, right


@compiled_loosely
def fill_aligned(
    flat: npt.NDArray[np.float32] | npt.NDArray[np.uint16],
    across: OffsetArray,
    down: OffsetArray,
    through: OffsetArray,
    origin: tuple[float, float, float],
    step_right: float,
    step_down: float,
    offset: float,
    gain: float,
    darkest: int,
    out: GreyPicture,
) -> None:
    """Trilinear samples of a slice that runs along two axes of the voxels: a quarter of the work of any other.

    Each row of voxels is blended once between the two planes that the slice lies between, then rows, then columns.

    Args:
        flat: intensities.
        across, down, through: what an index adds to the place in ``flat``, for the axis that the picture's rows and
            columns run along and the one that they are at right angles to; the last entry stands twice.
        origin: index of the first sample along the three.
        step_right, step_down: indices from sample to sample.
        offset, gain: grey = intensity * gain + offset.
        darkest: the lowest grey of a sample.
        out: the picture; samples further than half a voxel outside stay black.
    """
    n_across, n_down, n_through = len(across) - 1, len(down) - 1, len(through) - 1
    rows, columns = out.shape
    if origin[2] < -0.5 or origin[2] > n_through - 0.5:
        return
    depth = min(max(origin[2], 0.0), n_through - 1.0)
    plane, share = int(depth), np.float32(depth - int(depth))
    before = np.zeros(columns, dtype=np.uint32)
    part = np.zeros(columns, dtype=np.float32)
    left, right = _column_places(origin[0], step_right, n_across, before, part)
    if right <= left:
        return
    low = int(min(before[left], before[right - 1]))
    high = min(int(max(before[left], before[right - 1])) + 1, n_across - 1)
    lines = np.zeros((2, n_across), dtype=np.float32)
    mixed = np.zeros(n_across + 1, dtype=np.float32)
    held = np.full(2, -1)
    black, white, one = np.float32(darkest), np.float32(255.0), np.uint32(1)
    shift, factor = np.float32(offset), np.float32(gain)
    for row in range(rows):
        y = origin[1] + row * step_down
        if not -0.5 <= y <= n_down - 0.5:
            continue
        y = min(max(y, 0.0), n_down - 1.0)
        upper, lower, weight = int(y), min(int(y) + 1, n_down - 1), np.float32(y - int(y))
        for wanted in (upper, lower):
            # Neighbouring rows of voxels take turns in the two lines.
            if held[wanted % 2] != wanted:
                near, far = through[plane] + down[wanted], through[plane + 1] + down[wanted]
                _blend_planes(flat, near, far, share, across, low, high, lines[wanted % 2])
                held[wanted % 2] = wanted
        for index in range(low, high + 1):
            value = lines[upper % 2, index]
            mixed[index] = (value + weight * (lines[lower % 2, index] - value)) * factor + shift
        mixed[high + 1] = mixed[high]
        for column in range(left, right):
            at = before[column]
            grey = mixed[at] + part[column] * (mixed[at + one] - mixed[at])
            out[row, column] = np.uint8(np.int32(min(max(grey, black), white)))


@compiled_loosely
def _places_in_row(
    start: FloatArray,
    step: FloatArray,
    left: int,
    right: int,
    shape: tuple[int, int, int],
    before: npt.NDArray[np.int32],
    part: npt.NDArray[np.float32],
) -> None:
    """For each sample of a row, shape (3, n): the voxel before it along each axis and the share of the next."""
    top0, top1, top2 = np.float32(shape[0] - 1), np.float32(shape[1] - 1), np.float32(shape[2] - 1)
    start0, start1, start2 = np.float32(start[0]), np.float32(start[1]), np.float32(start[2])
    step0, step1, step2 = np.float32(step[0]), np.float32(step[1]), np.float32(step[2])
    zero = np.float32(0.0)
    for sample in range(right - left):
        along = np.float32(np.int32(sample + left))
        x = min(max(start0 + along * step0, zero), top0)
        y = min(max(start1 + along * step1, zero), top1)
        z = min(max(start2 + along * step2, zero), top2)
        i, j, k = np.int32(x), np.int32(y), np.int32(z)
        before[0, sample], before[1, sample], before[2, sample] = i, j, k
        part[0, sample], part[1, sample], part[2, sample] = x - np.float32(i), y - np.float32(j), z - np.float32(k)


@compiled_loosely
def _corners_in_row(
    bricks: npt.NDArray[np.uint16],
    first: OffsetArray,
    second: OffsetArray,
    third: OffsetArray,
    before: npt.NDArray[np.int32],
    count: int,
    corners: npt.NDArray[np.uint16],
) -> None:
    """The eight voxels about each sample of a row, shape (8, n).

    Unsigned numbers throughout: signed indices would cost a test for negative ones at every access.
    """
    one = np.uint32(1)
    for sample in range(count):
        i, j, k = np.uint32(before[0, sample]), np.uint32(before[1, sample]), np.uint32(before[2, sample])
        a0, a1, b0, b1 = first[i], first[i + one], second[j], second[j + one]
        c0, c1 = third[k], third[k + one]
        p00, p01, p10, p11 = a0 + b0, a0 + b1, a1 + b0, a1 + b1
        corners[0, sample], corners[1, sample] = bricks[p00 + c0], bricks[p00 + c1]
        corners[2, sample], corners[3, sample] = bricks[p01 + c0], bricks[p01 + c1]
        corners[4, sample], corners[5, sample] = bricks[p10 + c0], bricks[p10 + c1]
        corners[6, sample], corners[7, sample] = bricks[p11 + c0], bricks[p11 + c1]


@compiled_loosely
def _blend_corners(
    corners: npt.NDArray[np.uint16],
    part: npt.NDArray[np.float32],
    row: int,
    left: int,
    right: int,
    shift: np.float32,
    factor: np.float32,
    black: np.float32,
    out: GreyPicture,
) -> None:
    """Greys of a row from the eight voxels about each sample."""
    white = np.float32(255.0)
    for sample in range(right - left):
        u, v, w = part[0, sample], part[1, sample], part[2, sample]
        v000, v001 = np.float32(corners[0, sample]), np.float32(corners[1, sample])
        v010, v011 = np.float32(corners[2, sample]), np.float32(corners[3, sample])
        v100, v101 = np.float32(corners[4, sample]), np.float32(corners[5, sample])
        v110, v111 = np.float32(corners[6, sample]), np.float32(corners[7, sample])
        e00, e01 = v000 + w * (v001 - v000), v010 + w * (v011 - v010)
        e10, e11 = v100 + w * (v101 - v100), v110 + w * (v111 - v110)
        f0, f1 = e00 + v * (e01 - e00), e10 + v * (e11 - e10)
        grey = (f0 + u * (f1 - f0)) * factor + shift
        out[row, left + sample] = np.uint8(np.int32(min(max(grey, black), white)))


@compiled_loosely
def fill_linear(
    bricks: npt.NDArray[np.uint16],
    first: OffsetArray,
    second: OffsetArray,
    third: OffsetArray,
    origin: FloatArray,
    step_right: FloatArray,
    step_down: FloatArray,
    offset: float,
    gain: float,
    darkest: int,
    out: GreyPicture,
) -> None:
    """Trilinear samples as greys; rows and columns of ``out`` step through index space from ``origin``.

    Row by row in three loops: only the middle one must look up voxels one by one, processors do the other two for
    many samples at once, which takes a quarter off the whole.
    """
    shape = (len(first) - 1, len(second) - 1, len(third) - 1)
    rows, columns = out.shape
    before = np.empty((3, columns), dtype=np.int32)
    part = np.empty((3, columns), dtype=np.float32)
    corners = np.empty((8, columns), dtype=np.uint16)
    start = np.empty(3)
    shift, factor, black = np.float32(offset), np.float32(gain), np.float32(darkest)
    for row in range(rows):
        for axis in range(3):
            start[axis] = origin[axis] + row * step_down[axis]
        left, right = _span(start, step_right, shape, columns)
        if right > left:
            _places_in_row(start, step_right, left, right, shape, before, part)
            _corners_in_row(bricks, first, second, third, before, right - left, corners)
            _blend_corners(corners, part, row, left, right, shift, factor, black, out)


@compiled_loosely
def fill_linear_plain(
    flat: npt.NDArray[np.float32],
    shape: tuple[int, int, int],
    origin: FloatArray,
    step_right: FloatArray,
    step_down: FloatArray,
    offset: float,
    gain: float,
    darkest: int,
    out: GreyPicture,
) -> None:
    """The same from an array as it is in memory, ``shape`` and steps from the axis that lies closest together on.

    Twice as fast as from bricks where the slice runs along that axis, and several times slower where it does not.
    """
    n0, n1, n2 = np.int32(shape[0]), np.int32(shape[1]), np.int32(shape[2])
    top0, top1, top2 = np.float32(n0 - 1), np.float32(n1 - 1), np.float32(n2 - 1)
    right0, right1, right2 = np.float32(step_right[0]), np.float32(step_right[1]), np.float32(step_right[2])
    zero, white, one = np.float32(0.0), np.float32(255.0), np.int32(1)
    shift, factor, black = np.float32(offset), np.float32(gain), np.float32(darkest)
    rows, columns = out.shape
    start = np.empty(3)
    for row in range(rows):
        for axis in range(3):
            start[axis] = origin[axis] + row * step_down[axis]
        left, right = _span(start, step_right, shape, columns)
        start0, start1, start2 = np.float32(start[0]), np.float32(start[1]), np.float32(start[2])
        for column in range(left, right):
            along = np.float32(column)
            x = min(max(start0 + along * right0, zero), top0)
            y = min(max(start1 + along * right1, zero), top1)
            z = min(max(start2 + along * right2, zero), top2)
            i, j, k = np.int32(x), np.int32(y), np.int32(z)
            u, v, w = x - np.float32(i), y - np.float32(j), z - np.float32(k)
            j1, k1 = min(j + one, n1 - one), min(k + one, n2 - one)
            i0, i1 = np.uint32(i), np.uint32(min(i + one, n0 - one))
            p00, p01 = np.uint32((k * n1 + j) * n0), np.uint32((k * n1 + j1) * n0)
            p10, p11 = np.uint32((k1 * n1 + j) * n0), np.uint32((k1 * n1 + j1) * n0)
            e00 = flat[p00 + i0] + u * (flat[p00 + i1] - flat[p00 + i0])
            e01 = flat[p01 + i0] + u * (flat[p01 + i1] - flat[p01 + i0])
            e10 = flat[p10 + i0] + u * (flat[p10 + i1] - flat[p10 + i0])
            e11 = flat[p11 + i0] + u * (flat[p11 + i1] - flat[p11 + i0])
            f0, f1 = e00 + v * (e01 - e00), e10 + v * (e11 - e10)
            grey = (f0 + w * (f1 - f0)) * factor + shift
            # What is not a number fails every comparison.
            out[row, column] = np.uint8(np.int32(min(grey, white) if grey > black else black))


@compiled_loosely
def fill_nearest(
    bricks: npt.NDArray[np.uint16],
    first: OffsetArray,
    second: OffsetArray,
    third: OffsetArray,
    origin: FloatArray,
    step_right: FloatArray,
    step_down: FloatArray,
    offset: float,
    gain: float,
    darkest: int,
    out: GreyPicture,
) -> None:
    """The nearest voxel's value as greys."""
    n0, n1, n2 = len(first) - 1, len(second) - 1, len(third) - 1
    rows, columns = out.shape
    start = np.empty(3)
    for row in range(rows):
        for axis in range(3):
            start[axis] = origin[axis] + row * step_down[axis]
        left, right = _span(start, step_right, (n0, n1, n2), columns)
        for column in range(left, right):
            i = np.uint32(min(max(start[0] + column * step_right[0] + 0.5, 0.0), n0 - 0.5))
            j = np.uint32(min(max(start[1] + column * step_right[1] + 0.5, 0.0), n1 - 0.5))
            k = np.uint32(min(max(start[2] + column * step_right[2] + 0.5, 0.0), n2 - 0.5))
            grey = bricks[first[i] + second[j] + third[k]] * gain + offset
            out[row, column] = np.uint8(np.int32(min(max(grey, float(darkest)), 255.0)))
