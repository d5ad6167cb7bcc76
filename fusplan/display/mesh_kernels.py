"""The compiled inner loops of ``display.mesh_slices``. Imported when the first contour is cut: numba loads slowly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fusplan.display.compiling import compiled
from fusplan.spatial.points import FloatArray

IntArray = npt.NDArray[np.int32]

NO_NEIGHBOUR = -1


@compiled
def _depths(vertices: FloatArray, frame: FloatArray) -> FloatArray:
    """Shape (n,): signed distance of every vertex from the plane."""
    a, b, c, d = frame[2]
    depth = np.empty(len(vertices))
    for index in range(len(vertices)):
        depth[index] = a * vertices[index, 0] + b * vertices[index, 1] + c * vertices[index, 2] + d
    return depth


@compiled
def _crossed(depth: FloatArray, triangles: IntArray) -> IntArray:
    """The triangles with corners on both sides; a corner on the plane counts as above, so each has two cut edges."""
    crossing = np.empty(len(triangles), dtype=np.int32)
    count = 0
    for index in range(len(triangles)):
        first = depth[triangles[index, 0]] >= 0
        if first != (depth[triangles[index, 1]] >= 0) or first != (depth[triangles[index, 2]] >= 0):
            crossing[count] = index
            count += 1
    return crossing[:count]


@compiled
def _cut_edge(depth: FloatArray, triangles: IntArray, index: int, other_than: int) -> int:
    """The first edge of a crossed triangle that the plane cuts, other than the one named (-1 for any)."""
    for edge in range(3):
        if edge == other_than:
            continue
        if (depth[triangles[index, edge]] >= 0) != (depth[triangles[index, (edge + 1) % 3]] >= 0):
            return edge
    return 0


@compiled
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


@compiled
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


@compiled
def _put(
    point: FloatArray, vertices: FloatArray, depth: FloatArray, frame: FloatArray, corners: IntArray, edge: int
) -> None:
    """Write picture mm of the point where the plane cuts one edge of a triangle into ``point``."""
    a = corners[edge]
    b = corners[(edge + 1) % 3]
    share = depth[a] / (depth[a] - depth[b])
    for row in range(2):
        total = frame[row, 3]
        for axis in range(3):
            total += frame[row, axis] * (vertices[a, axis] + share * (vertices[b, axis] - vertices[a, axis]))
        point[row] = total


@compiled
def _far_enough(points: FloatArray, written: int, start: int, thin_mm: float) -> bool:
    """Whether the point just written (number ``written``) is worth keeping: not too near to the one before."""
    if written == start:
        return True
    across = points[written, 0] - points[written - 1, 0]
    down = points[written, 1] - points[written - 1, 1]
    return bool(across * across + down * down >= thin_mm * thin_mm)


@compiled
def _roomier(old: FloatArray, needed: int) -> FloatArray:
    """The same points in an array that has room for more."""
    new = np.empty((max(needed, 2 * len(old)), 2))
    new[: len(old)] = old
    return new


@compiled
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
        _put(points[written], vertices, depth, frame, triangles[current], entry)
        if _far_enough(points, written, start, thin_mm):
            written += 1
        leaving = _cut_edge(depth, triangles, current, entry)
        following = neighbours[current, leaving]
        if following == NO_NEIGHBOUR or done[following]:
            break
        entry = _shared_edge(triangles, current, following, leaving)
        current = following
    if not ring:
        _put(points[written], vertices, depth, frame, triangles[current], leaving)
        written += 1
    return written, ring


@compiled
def _is_met(corners: FloatArray, frame: FloatArray) -> bool:
    """Whether the plane meets a box of eight corners."""
    depth = _depths(corners, frame)
    return bool(depth.min() <= 0 and depth.max() >= 0)


@compiled
def cut(
    vertices: FloatArray,
    triangles: IntArray,
    neighbours: IntArray,
    corners: FloatArray,
    ranges: IntArray,
    frame: FloatArray,
    thin_mm: float,
) -> tuple[FloatArray, IntArray, npt.NDArray[np.bool_], IntArray]:
    """Lines in which the plane depth = 0 of ``frame`` (3 x 4: scanner to picture x, y, depth) cuts surfaces.

    All surfaces in one call: while others want the interpreter, each return to it may wait for milliseconds.

    Args:
        vertices, triangles, neighbours: of all surfaces one after another; numbers count within their own surface.
        corners: shape (surfaces, 8, 3), of a box about each.
        ranges: shape (surfaces + 1, 2), where the vertices and the triangles of each begin, and the ends.
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
    for surface in range(len(corners)):
        if not _is_met(corners[surface], frame):
            continue
        places = vertices[ranges[surface, 0] : ranges[surface + 1, 0]]
        faces = triangles[ranges[surface, 1] : ranges[surface + 1, 1]]
        beside = neighbours[ranges[surface, 1] : ranges[surface + 1, 1]]
        depth = _depths(places, frame)
        crossing = _crossed(depth, faces)
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
