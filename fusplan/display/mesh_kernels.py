"""The compiled inner loops of ``display.mesh_slices``. Imported when the first contour is cut: numba loads slowly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.compiled import compiled_loosely
from fusplan.display.mesh_slices import NO_NEIGHBOUR, TRIANGLES_A_BLOCK
from fusplan.spatial.points import FloatArray

IntArray = npt.NDArray[np.int32]


@compiled_loosely
def _depth(places: FloatArray, index: int, frame: FloatArray) -> float:
    """Signed distance of a place from the plane."""
    return float(
        frame[2, 0] * places[index, 0] + frame[2, 1] * places[index, 1] + frame[2, 2] * places[index, 2] + frame[2, 3]
    )


@compiled_loosely
def _near_blocks(blocks: FloatArray, first: int, end: int, frame: FloatArray, near: IntArray) -> int:
    """Write the numbers of the blocks that the plane meets, counted from ``first``, into ``near``; how many."""
    count = 0
    for block in range(first, end):
        if abs(_depth(blocks, block, frame)) <= blocks[block, 3]:
            near[count] = block - first
            count += 1
    return count


@compiled_loosely
def _crossed(
    vertices: FloatArray, triangles: IntArray, near: IntArray, frame: FloatArray, depth: FloatArray
) -> IntArray:
    """The triangles with corners on both sides; a corner on the plane counts as above, so each has two cut edges.

    Only triangles of the blocks in ``near`` are looked at; ``depth`` of their corners is written.
    """
    crossing = np.empty(len(near) * TRIANGLES_A_BLOCK, dtype=np.int32)
    count = 0
    for block in near:
        for index in range(block * TRIANGLES_A_BLOCK, min((block + 1) * TRIANGLES_A_BLOCK, len(triangles))):
            above = 0
            for corner in range(3):
                vertex = triangles[index, corner]
                depth[vertex] = _depth(vertices, vertex, frame)
                above += depth[vertex] >= 0
            if 0 < above < 3:
                crossing[count] = index
                count += 1
    return crossing[:count]


@compiled_loosely
def _cut_edge(depth: FloatArray, triangles: IntArray, index: int, other_than: int) -> int:
    """The first edge of a crossed triangle that the plane cuts, other than the one named (-1 for any)."""
    for edge in range(3):
        if edge == other_than:
            continue
        if (depth[triangles[index, edge]] >= 0) != (depth[triangles[index, (edge + 1) % 3]] >= 0):
            return edge
    return 0


@compiled_loosely
def _shared_edge(triangles: IntArray, index: int, neighbour: int, edge: int) -> int:
    """The cut edge of ``neighbour`` that is edge ``edge`` of triangle ``index``."""
    a = triangles[index, edge]
    b = triangles[index, (edge + 1) % 3]
    for other in range(3):
        c = triangles[neighbour, other]
        d = triangles[neighbour, (other + 1) % 3]
        if (a == c and b == d) or (a == d and b == c):
            return other
    raise AssertionError("neighbours must share an edge")


@compiled_loosely
def _line_start(depth: FloatArray, triangles: IntArray, neighbours: IntArray, seed: int) -> tuple[int, int, bool]:
    """Where to begin the line through triangle ``seed``: triangle, edge to come in by, and whether it is a ring."""
    current, entry = seed, _cut_edge(depth, triangles, seed, -1)
    while True:
        before = neighbours[current, entry]
        if before == NO_NEIGHBOUR:
            return current, entry, False
        if before == seed:
            return seed, _cut_edge(depth, triangles, seed, -1), True
        leaving = _shared_edge(triangles, current, before, entry)
        current, entry = before, _cut_edge(depth, triangles, before, leaving)


@compiled_loosely
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
    for row in range(2):
        total = frame[row, 3]
        for axis in range(3):
            total += frame[row, axis] * (vertices[a, axis] + share * (vertices[b, axis] - vertices[a, axis]))
        points[written, row] = total


@compiled_loosely
def _far_enough(points: FloatArray, written: int, start: int, thin_mm: float) -> bool:
    """Whether the point just written (number ``written``) is worth keeping: not too near to the one before."""
    if written == start:
        return True
    across = points[written, 0] - points[written - 1, 0]
    down = points[written, 1] - points[written - 1, 1]
    return bool(across * across + down * down >= thin_mm * thin_mm)


@compiled_loosely
def _roomier(old: FloatArray, needed: int) -> FloatArray:
    """The same points in an array that has room for more."""
    new = np.empty((max(needed, 2 * len(old)), 2))
    new[: len(old)] = old
    return new


@compiled_loosely
def _trace(
    seed: int,
    depth: FloatArray,
    vertices: FloatArray,
    triangles: IntArray,
    neighbours: IntArray,
    frame: FloatArray,
    thin_mm: float,
    done: npt.NDArray[np.bool_],
    points: FloatArray,
    start: int,
) -> tuple[int, bool]:
    """Write the line through triangle ``seed`` into ``points``; the number of points then, and whether it is a ring."""
    current, entry, ring = _line_start(depth, triangles, neighbours, seed)
    written = start
    while True:
        done[current] = True
        _put(points, written, vertices, depth, frame, triangles, current, entry)
        if _far_enough(points, written, start, thin_mm):
            written += 1
        leaving = _cut_edge(depth, triangles, current, entry)
        following = neighbours[current, leaving]
        if following == NO_NEIGHBOUR or done[following]:
            break
        entry = _shared_edge(triangles, current, following, leaving)
        current = following
    if not ring:
        _put(points, written, vertices, depth, frame, triangles, current, leaving)
        written += 1
    return written, ring


@compiled_loosely
def cut(
    vertices: FloatArray,
    triangles: IntArray,
    neighbours: IntArray,
    blocks: FloatArray,
    ranges: IntArray,
    frame: FloatArray,
    thin_mm: float,
) -> tuple[FloatArray, IntArray, npt.NDArray[np.bool_], IntArray]:
    """Lines in which the plane depth = 0 of ``frame`` (3 x 4: scanner to picture x, y, depth) cuts surfaces.

    All surfaces in one call: while others want the interpreter, each return to it may wait for milliseconds.

    Args:
        vertices, triangles, neighbours: of all surfaces one after another; numbers count within their own surface.
        blocks: shape (n, 4), middle and radius of a ball about each 16 triangles of a surface.
        ranges: shape (surfaces + 1, 3), where the vertices, triangles and blocks of each begin, and the ends.
        frame: the plane.
        thin_mm: points nearer than this to the one before on the same line are left out.

    Returns:
        all points one after another (n, 2), the start of each line with n at the end, which lines are closed, and
        the surface that each is of.
    """
    points = np.empty((4096, 2))
    lines_of = np.empty((256, 3), dtype=np.int32)
    lines = 0
    written = 0
    near = np.empty(len(blocks), dtype=np.int32)
    for surface in range(len(ranges) - 1):
        count = _near_blocks(blocks, ranges[surface, 2], ranges[surface + 1, 2], frame, near)
        if count == 0:
            continue
        places = vertices[ranges[surface, 0] : ranges[surface + 1, 0]]
        faces = triangles[ranges[surface, 1] : ranges[surface + 1, 1]]
        beside = neighbours[ranges[surface, 1] : ranges[surface + 1, 1]]
        depth = np.empty(len(places))
        crossing = _crossed(places, faces, near[:count], frame, depth)
        done = np.zeros(len(faces), dtype=np.bool_)
        if written + 2 * len(crossing) + 2 > len(points):
            points = _roomier(points, written + 2 * len(crossing) + 2)
        for seed in crossing:
            if not done[seed]:
                if lines == len(lines_of):
                    lines_of = np.concatenate((lines_of, np.empty_like(lines_of)))
                lines_of[lines, 0] = written
                written, ring = _trace(seed, depth, places, faces, beside, frame, thin_mm, done, points, written)
                lines_of[lines, 1] = ring
                lines_of[lines, 2] = surface
                lines += 1
    starts = np.empty(lines + 1, dtype=np.int32)
    starts[:lines] = lines_of[:lines, 0]
    starts[lines] = written
    return points[:written].copy(), starts, lines_of[:lines, 1] == 1, lines_of[:lines, 2].copy()
