"""The compiled inner loops of ``display.mesh_slices``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.compiled import compiled
from fusplan.spatial.points import FloatArray

IntArray = npt.NDArray[np.int32]

NO_NEIGHBOUR = -1

TRIANGLES_A_BLOCK = 16
BLOCKS_A_GROUP = 16

# All exact: a corner's depth is worked out in several places, and its sign must be the same in all of them.
#
# Compiled once and quickly: numbers that are handed on are made 64-bit integers that are not constants (a helper is
# compiled for every kind of integer and for a constant 0), and parts of arrays are copied one by one (numba compiles
# two seconds for the words of what it would say if their sizes differed).


@compiled
def boxes_of_triangles(vertices: FloatArray, triangles: IntArray, each: int) -> FloatArray:
    """Middle and half extents, (m, 6), of a box about each ``each`` triangles in their order."""
    count = (len(triangles) + each - 1) // each
    boxes = np.empty((count, 6))
    for box in range(count):
        for axis in range(3):
            low, high = np.inf, -np.inf
            for index in range(box * each, min((box + 1) * each, len(triangles))):
                for corner in range(3):
                    value = vertices[triangles[index, corner], axis]
                    low, high = min(low, value), max(high, value)
            boxes[box, axis], boxes[box, axis + 3] = (low + high) / 2, (high - low) / 2
    return boxes


@compiled
def boxes_of_boxes(parts: FloatArray, each: int) -> FloatArray:
    """The same about each ``each`` boxes."""
    count = (len(parts) + each - 1) // each
    boxes = np.empty((count, 6))
    for box in range(count):
        for axis in range(3):
            low, high = np.inf, -np.inf
            for part in range(box * each, min((box + 1) * each, len(parts))):
                low = min(low, parts[part, axis] - parts[part, axis + 3])
                high = max(high, parts[part, axis] + parts[part, axis + 3])
            boxes[box, axis], boxes[box, axis + 3] = (low + high) / 2, (high - low) / 2
    return boxes


@compiled
def _depth(places: FloatArray, index: int, frame: FloatArray) -> float:
    """Signed distance of a place from the plane."""
    return float(
        frame[2, 0] * places[index, 0] + frame[2, 1] * places[index, 1] + frame[2, 2] * places[index, 2] + frame[2, 3]
    )


@compiled
def _is_met(boxes: FloatArray, box: int, frame: FloatArray) -> bool:
    """Whether the plane may pass through a box."""
    reach = 1e-6  # mm; far more than what adding up coordinates rounds off
    for axis in range(3):
        reach += abs(frame[2, axis]) * boxes[box, axis + 3]
    return bool(abs(_depth(boxes, box, frame)) <= reach)


@compiled
def _crossed(
    vertices: FloatArray,
    triangles: IntArray,
    blocks: FloatArray,
    groups: FloatArray,
    frame: FloatArray,
    depth: FloatArray,
) -> IntArray:
    """The triangles with corners on both sides; a corner on the plane counts as above, so each has two cut edges.

    The depth of their corners is written.
    """
    crossing = np.empty(1024, dtype=np.int32)
    count = 0
    for group in range(len(groups)):
        if not _is_met(groups, group, frame):
            continue
        for block in range(group * BLOCKS_A_GROUP, min((group + 1) * BLOCKS_A_GROUP, len(blocks))):
            if not _is_met(blocks, block, frame):
                continue
            if count + TRIANGLES_A_BLOCK > len(crossing):
                roomier = np.empty(2 * len(crossing), dtype=np.int32)
                for index in range(count):
                    roomier[index] = crossing[index]
                crossing = roomier
            for index in range(block * TRIANGLES_A_BLOCK, min((block + 1) * TRIANGLES_A_BLOCK, len(triangles))):
                a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
                first, second, third = (
                    _depth(vertices, a, frame),
                    _depth(vertices, b, frame),
                    _depth(vertices, c, frame),
                )
                above = (first >= 0) + (second >= 0) + (third >= 0)
                if 0 < above < 3:
                    depth[a], depth[b], depth[c] = first, second, third
                    crossing[count] = index
                    count += 1
    return crossing[:count]


@compiled
def _downward_edge(depth: FloatArray, triangles: IntArray, index: int) -> int:
    """The edge of a crossed triangle that leads from above the plane to below: lines come in by it.

    Where all triangles face outwards, all lines then have the surface's inside on the same hand.
    """
    for edge in range(3):
        if depth[triangles[index, edge]] >= 0 and depth[triangles[index, (edge + 1) % 3]] < 0:
            return edge
    return 0


@compiled
def _other_edge(depth: FloatArray, triangles: IntArray, index: int, edge: int) -> int:
    """The second edge of a crossed triangle that the plane cuts."""
    for step in (1, 2):
        other = (edge + step) % 3
        if (depth[triangles[index, other]] >= 0) != (depth[triangles[index, (other + 1) % 3]] >= 0):
            return other
    return edge


@compiled
def _put(
    points: FloatArray,
    written: int,
    vertices: FloatArray,
    depth: FloatArray,
    frame: FloatArray,
    triangles: IntArray,
    index: int,
    edge: int,
) -> None:
    """Write picture mm of the point where the plane cuts one edge of a triangle as point number ``written``.

    Whole arrays and numbers: every part of an array that is handed on would cost a count of its users.
    """
    a = triangles[index, edge]
    b = triangles[index, (edge + 1) % 3]
    share = depth[a] / (depth[a] - depth[b])
    x = vertices[a, 0] + share * (vertices[b, 0] - vertices[a, 0])
    y = vertices[a, 1] + share * (vertices[b, 1] - vertices[a, 1])
    z = vertices[a, 2] + share * (vertices[b, 2] - vertices[a, 2])
    for row in range(2):
        points[written, row] = frame[row, 0] * x + frame[row, 1] * y + frame[row, 2] * z + frame[row, 3]


@compiled
def _far_enough(points: FloatArray, written: int, start: int, thin_mm: float) -> bool:
    """Whether the point just written (number ``written``) is worth keeping: not too near to the one before."""
    if written == start:
        return True
    across = points[written, 0] - points[written - 1, 0]
    down = points[written, 1] - points[written - 1, 1]
    return bool(across * across + down * down >= thin_mm * thin_mm)


@compiled
def _line_start(depth: FloatArray, triangles: IntArray, across: IntArray, index: int, entry: int) -> tuple[int, int]:
    """Triangle and edge at the border of the surface where the open line that comes in by an edge begins."""
    while across[index, entry] != NO_NEIGHBOUR:
        before = across[index, entry]
        index = before // 3
        entry = _other_edge(depth, triangles, index, before % 3)
    return index, entry


@compiled
def _trace(
    index: int,
    entry: int,
    depth: FloatArray,
    vertices: FloatArray,
    triangles: IntArray,
    across: IntArray,
    frame: FloatArray,
    thin_mm: float,
    done: npt.NDArray[np.bool_],
    points: FloatArray,
    start: int,
) -> tuple[int, bool]:
    """Write the line that enters a triangle by an edge, into ``points`` from ``start`` on.

    Returns:
        the number of points then, and whether the line came back to where it began.
    """
    seed, written = index, start
    while True:
        done[index] = True
        _put(points, written, vertices, depth, frame, triangles, index, entry)
        if _far_enough(points, written, start, thin_mm):
            written += 1
        leaving = _other_edge(depth, triangles, index, entry)
        following = across[index, leaving]
        if following == NO_NEIGHBOUR:
            _put(points, written, vertices, depth, frame, triangles, index, leaving)
            return written + 1, False
        index, entry = following // 3, following % 3
        if index == seed:
            return written, True


@compiled
def _roomier(old: FloatArray, needed: int) -> FloatArray:
    """The same points in an array that has room for more."""
    new = np.empty((max(needed, 2 * len(old)), 2))
    for index in range(len(old)):
        new[index, 0], new[index, 1] = old[index, 0], old[index, 1]
    return new


@compiled
def _longer(old: IntArray) -> IntArray:
    """The same rows of three in an array of twice the length."""
    new = np.empty((2 * len(old), 3), dtype=np.int32)
    for index in range(len(old)):
        new[index, 0], new[index, 1], new[index, 2] = old[index, 0], old[index, 1], old[index, 2]
    return new


@compiled
def cut(
    vertices: FloatArray,
    triangles: IntArray,
    across: IntArray,
    firsts: IntArray,
    blocks: FloatArray,
    groups: FloatArray,
    frame: FloatArray,
    thin_mm: float,
    depth: FloatArray,
    done: npt.NDArray[np.bool_],
) -> tuple[FloatArray, IntArray, npt.NDArray[np.bool_], IntArray]:
    """Lines in which the plane depth = 0 of ``frame`` (3 x 4: scanner to picture x, y, depth) cuts surfaces.

    All surfaces in one call: while others want the interpreter, each return to it may wait for milliseconds.

    Args:
        vertices, triangles, across, firsts, blocks, groups: of a
            :class:`~fusplan.display.cutting_table.CuttingTable`.
        frame: the plane.
        thin_mm: points nearer than this to the one before on the same line are left out.
        depth: room for a number of each vertex.
        done: False for each triangle, and so again afterwards.

    Returns:
        all points one after another (n, 2), the start of each line with n at the end, which lines are closed, and
        the surface that each is of.
    """
    crossing = _crossed(vertices, triangles, blocks, groups, frame, depth)
    # Every crossed triangle gives at most one point, and every line one more.
    points = np.empty((1024, 2))
    lines_of = np.empty((256, 3), dtype=np.int32)
    lines, written, surface, left = 0, int(np.int64(0)), 0, len(crossing)
    for number in range(len(crossing)):
        seed = int(np.int64(crossing[number]))
        if done[seed]:
            continue
        while firsts[surface + 1] <= seed:
            surface += 1
        if lines == len(lines_of):
            lines_of = _longer(lines_of)
        if written + left + 2 > len(points):
            points = _roomier(points, written + left + 2)
        start = written
        entry = _downward_edge(depth, triangles, seed)
        written, ring = _trace(seed, entry, depth, vertices, triangles, across, frame, thin_mm, done, points, start)
        if not ring:
            first, entry = _line_start(depth, triangles, across, seed, entry)
            written, _ = _trace(first, entry, depth, vertices, triangles, across, frame, thin_mm, done, points, start)
        lines_of[lines, 0], lines_of[lines, 1], lines_of[lines, 2] = start, ring, surface
        lines += 1
    for index in crossing:
        done[index] = False
    starts = np.empty(lines + 1, dtype=np.int32)
    for line in range(lines):
        starts[line] = lines_of[line, 0]
    starts[lines] = written
    return points[:written].copy(), starts, lines_of[:lines, 1] == 1, lines_of[:lines, 2].copy()
