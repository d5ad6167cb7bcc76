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
def cut(
    vertices: FloatArray, triangles: IntArray, neighbours: IntArray, frame: FloatArray, thin_mm: float
) -> tuple[FloatArray, IntArray, npt.NDArray[np.bool_]]:
    """Lines in which the plane depth = 0 of ``frame`` (3 x 4: scanner to picture x, y, depth) cuts the triangles.

    Points nearer than ``thin_mm`` to the one before on the same line are left out.

    Returns:
        all points one after another (n, 2), the start of each line with n at the end, and which lines are closed.
    """
    depth = _depths(vertices, frame)
    crossing = _crossed(depth, triangles)
    done = np.zeros(len(triangles), dtype=np.bool_)
    points = np.empty((2 * len(crossing), 2))
    starts = np.zeros(len(crossing) + 1, dtype=np.int32)
    closed = np.zeros(len(crossing), dtype=np.bool_)
    lines = 0
    written = 0
    for seed in crossing:
        if done[seed]:
            continue
        current, entry, ring = _line_start(depth, triangles, neighbours, seed)
        starts[lines] = written
        closed[lines] = ring
        while True:
            done[current] = True
            _put(points[written], vertices, depth, frame, triangles[current], entry)
            if _far_enough(points, written, starts[lines], thin_mm):
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
        lines += 1
    starts[lines] = written
    return points[:written], starts[: lines + 1], closed[:lines]
