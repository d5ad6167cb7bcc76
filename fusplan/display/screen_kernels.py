"""The compiled inner loops of ``display.screen_picture``. Imported with the first picture: numba loads slowly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.compiled import compiled_loosely
from fusplan.display.grey_levels import GreyPicture
from fusplan.spatial.points import FloatArray

IntArray = npt.NDArray[np.int32]
Pixels = npt.NDArray[np.uint32]
Coverage = npt.NDArray[np.uint8]

OPAQUE = 0xFF000000


@compiled_loosely
def spread_greys(greys: GreyPicture, out: Pixels) -> None:
    """Greys as 32-bit pixels, one for one."""
    grey_to_pixel, opaque = np.uint32(0x010101), np.uint32(OPAQUE)
    rows, columns = out.shape
    for row in range(rows):
        for column in range(columns):
            out[row, column] = np.uint32(greys[row, column]) * grey_to_pixel | opaque


@compiled_loosely
def _steps(count: int, wanted: int) -> tuple[IntArray, npt.NDArray[np.float32]]:
    """For each of ``wanted`` places along ``count`` samples: the sample before it and the share of the one after."""
    before = np.zeros(wanted, dtype=np.int32)
    share = np.zeros(wanted, dtype=np.float32)
    for index in range(wanted):
        place = min(max((index + 0.5) * count / wanted - 0.5, 0.0), count - 1.0)
        before[index] = int(place)
        share[index] = place - int(place)
    return before, share


@compiled_loosely
def enlarge_greys(greys: GreyPicture, out: Pixels) -> None:
    """Greys as 32-bit pixels of a finer grid over the same rectangle, bilinear."""
    rows, columns = out.shape
    lines, samples = greys.shape
    above, down = _steps(lines, rows)
    before, across = _steps(samples, columns)
    line = np.zeros(samples + 1, dtype=np.float32)
    half, grey_to_pixel, opaque = np.float32(0.5), np.uint32(0x010101), np.uint32(OPAQUE)
    for row in range(rows):
        first, share = above[row], down[row]
        second = min(first + 1, lines - 1)
        for sample in range(samples):
            upper = np.float32(greys[first, sample])
            line[sample] = upper + share * (np.float32(greys[second, sample]) - upper)
        line[samples] = line[samples - 1]
        for column in range(columns):
            at = np.uint32(before[column])
            left = line[at]
            grey = left + across[column] * (line[at + np.uint32(1)] - left) + half
            out[row, column] = np.uint32(np.int32(grey)) * grey_to_pixel | opaque


@compiled_loosely
def mix_over(
    levels: GreyPicture,
    down: npt.NDArray[np.uint8],
    across: npt.NDArray[np.uint8],
    rest: Pixels,
    red_blue: Pixels,
    green: Pixels,
    out: Pixels,
) -> None:
    """Mix a layer into the pixels whose row and column differ in ``down`` and ``across``.

    ``rest``, ``red_blue`` and ``green`` are those of ``slice_blend.MixTable``: red and blue of a pixel are mixed in
    one go, as 256 parts of each fit beside those of the other.
    """
    outer, inner, byte, opaque = np.uint32(0xFF00FF), np.uint32(0xFF00), np.uint32(0xFF), np.uint32(OPAQUE)
    rows, columns = out.shape
    for row in range(rows):
        for column in range(columns):
            if across[column] != down[row]:
                level, below = levels[row, column], out[row, column]
                kept = rest[level]
                outer_mixed = ((below & outer) * kept + red_blue[level]) >> np.uint32(8) & outer
                inner_mixed = (below >> np.uint32(8) & byte) * kept + green[level] & inner
                out[row, column] = opaque | outer_mixed | inner_mixed


@compiled_loosely
def _channel(pixel: np.uint32, shift: np.uint32) -> np.float32:
    """One channel of a pixel."""
    return np.float32(np.int32(pixel >> shift & np.uint32(255)))


@compiled_loosely
def enlarge_colours(picture: Pixels, out: Pixels) -> None:
    """Pixels of a finer grid over the same rectangle, bilinear."""
    rows, columns = out.shape
    above, down = _steps(picture.shape[0], rows)
    before, across = _steps(picture.shape[1], columns)
    for row in range(rows):
        first, second = above[row], min(above[row] + 1, picture.shape[0] - 1)
        for column in range(columns):
            left, right = before[column], min(before[column] + 1, picture.shape[1] - 1)
            pixel = np.uint32(OPAQUE)
            for shift in (np.uint32(0), np.uint32(8), np.uint32(16)):
                a, b = _channel(picture[first, left], shift), _channel(picture[first, right], shift)
                c, d = _channel(picture[second, left], shift), _channel(picture[second, right], shift)
                upper, lower = a + across[column] * (b - a), c + across[column] * (d - c)
                value = np.uint32(np.int32(upper + down[row] * (lower - upper) + np.float32(0.5)))
                pixel |= value << shift
            out[row, column] = pixel


@compiled_loosely
def _mix(below: np.uint32, colour: np.uint32, weight: int) -> np.uint32:
    """``weight`` of 255 parts of a colour over a pixel."""
    rest = 255 - weight
    pixel = np.uint32(OPAQUE)
    for shift in (0, 8, 16):
        under, over = (int(below) >> shift) & 255, (int(colour) >> shift) & 255
        pixel |= np.uint32((under * rest + over * weight + 127) // 255) << np.uint32(shift)
    return pixel


@compiled_loosely
def _reach_in_row(ax: float, ay: float, dx: float, dy: float, row: int, reach: float) -> tuple[float, float]:
    """Leftmost and rightmost place of a row that a stroke from (ax, ay) by (dx, dy) may touch."""
    low, high = 0.0, 1.0
    if abs(dy) > 1e-9:
        first, last = (row - reach - ay) / dy, (row + reach - ay) / dy
        low = min(max(min(first, last), 0.0), 1.0)
        high = min(max(max(first, last), 0.0), 1.0)
    return min(ax + low * dx, ax + high * dx) - reach, max(ax + low * dx, ax + high * dx) + reach


@compiled_loosely
def _cover(
    ax: float, ay: float, bx: float, by: float, radius: float, coverage: Coverage, touched: IntArray, count: int
) -> int:
    """Raise ``coverage`` to the share of each pixel that a round-ended stroke from a to b covers.

    Pixels that nothing covered before are added to the first ``count`` in ``touched``; returns how many those are now.
    """
    rows, columns = coverage.shape
    reach = radius + 0.5
    dx, dy = bx - ax, by - ay
    per_squared = 1.0 / max(dx * dx + dy * dy, 1e-12)
    left, right = min(ax, bx) - reach, max(ax, bx) + reach
    # Of a short stroke nearly every pixel of the box about it is touched: rows need not be looked at one by one.
    is_short = right - left < 4 * reach
    for row in range(max(int(np.ceil(min(ay, by) - reach)), 0), min(int(np.floor(max(ay, by) + reach)) + 1, rows)):
        if not is_short:
            left, right = _reach_in_row(ax, ay, dx, dy, row, reach)
        for column in range(max(int(np.ceil(left)), 0), min(int(np.floor(right)) + 1, columns)):
            from_a_x, from_a_y = column - ax, row - ay
            along = min(max((from_a_x * dx + from_a_y * dy) * per_squared, 0.0), 1.0)
            off_x, off_y = from_a_x - along * dx, from_a_y - along * dy
            squared = off_x * off_x + off_y * off_y
            if squared < reach * reach:
                share = int(min(reach - np.sqrt(squared), 1.0) * 255.0)
                before = coverage[row, column]
                if share > before:
                    if before == 0:
                        touched[count] = row * columns + column
                        count += 1
                    coverage[row, column] = share
    return count


@compiled_loosely
def _lay_on(touched: IntArray, count: int, colour: np.uint32, coverage: Coverage, out: Pixels) -> None:
    """Mix the colour into the pixels that :func:`_cover` has found, and forget their coverage."""
    columns = coverage.shape[1]
    for index in range(count):
        row, column = touched[index] // columns, touched[index] % columns
        out[row, column] = _mix(out[row, column], colour, int(coverage[row, column]))
        coverage[row, column] = 0


@compiled_loosely
def _fill(points: FloatArray, start: int, end: int, colour: np.uint32, weight: int, out: Pixels) -> None:
    """Mix a colour into the inside of a ring, by the even-odd rule at the middle of each pixel's row."""
    rows, columns = out.shape
    crossings = np.empty(end - start)
    top, bottom = np.inf, -np.inf
    for index in range(start, end):
        top, bottom = min(top, points[index, 1]), max(bottom, points[index, 1])
    for row in range(max(int(np.ceil(top)), 0), min(int(np.floor(bottom)) + 1, rows)):
        count = 0
        for index in range(start, end):
            other = index + 1 if index + 1 < end else start
            y, next_y = points[index, 1], points[other, 1]
            if (y <= row) != (next_y <= row):
                share = (row - y) / (next_y - y)
                x = points[index, 0] + share * (points[other, 0] - points[index, 0])
                # Kept in order: they are few, and numba compiles a second for its sort.
                place = count
                while place > 0 and crossings[place - 1] > x:
                    crossings[place] = crossings[place - 1]
                    place -= 1
                crossings[place] = x
                count += 1
        for pair in range(0, count - 1, 2):
            for column in range(max(int(np.ceil(crossings[pair])), 0), min(int(np.ceil(crossings[pair + 1])), columns)):
                out[row, column] = _mix(out[row, column], colour, weight)


@compiled_loosely
def _draw_lines(
    places: FloatArray,
    starts: IntArray,
    closed: npt.NDArray[np.bool_],
    owners: IntArray,
    colours: npt.NDArray[np.uint32],
    radii: FloatArray,
    fills: IntArray,
    coverage: Coverage,
    touched: IntArray,
    out: Pixels,
) -> None:
    """Draw lines one over another, edges smoothed, each pixel of a line mixed once. Arguments as below."""
    for line in range(len(closed)):
        start, end, owner = starts[line], starts[line + 1], owners[line]
        if fills[owner] > 0 and closed[line]:
            _fill(places, start, end, colours[owner], fills[owner], out)
        last = end if closed[line] else end - 1
        count = int(np.int64(0))  # not a constant, for which the helpers would be compiled once more
        for index in range(start, last):
            other = index + 1 if index + 1 < end else start
            ax, ay, bx, by = places[index, 0], places[index, 1], places[other, 0], places[other, 1]
            count = _cover(ax, ay, bx, by, radii[owner], coverage, touched, count)
        _lay_on(touched, count, colours[owner], coverage, out)


@compiled_loosely
def draw_slice(
    greys: GreyPicture,
    points: FloatArray,
    starts: IntArray,
    closed: npt.NDArray[np.bool_],
    owners: IntArray,
    colours: npt.NDArray[np.uint32],
    radii: FloatArray,
    fills: IntArray,
    mm_per_pixel: float,
    coverage: Coverage,
    touched: IntArray,
    out: Pixels,
) -> None:
    """A slice as pixels of the screen with outlines in it.

    In one call: while others want the interpreter, each return to it may wait for milliseconds.

    Args:
        greys: the slice, of the same size or coarser; with no rows ``out`` holds the slice already.
        points: places of all lines one after another, picture mm.
        starts: where each line begins, and the number of all points at the end.
        closed: whether a line is a ring.
        owners: for each line which of the colours, radii and fills are its.
        colours: 0xRRGGBB.
        radii: half the width of lines in pixels.
        fills: how much of the colour the inside of a ring gets, of 255.
        mm_per_pixel: of ``out``.
        coverage: zeros of the shape of ``out``; zeros again afterwards.
        touched: room for a number of each pixel.
        out: the picture.
    """
    if greys.shape == out.shape:
        spread_greys(greys, out)
    elif len(greys) > 0:
        enlarge_greys(greys, out)
    # Whole numbers are middles of pixels.
    places = points / mm_per_pixel - 0.5
    _draw_lines(places, starts, closed, owners, colours, radii, fills, coverage, touched, out)
