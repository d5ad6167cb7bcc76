"""Surfaces one after another, in arrays that the compiled loop cuts with a plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from fusplan.display.mesh_kernels import (
    BLOCKS_A_GROUP,
    NO_NEIGHBOUR,
    TRIANGLES_A_BLOCK,
    boxes_of_boxes,
    boxes_of_triangles,
)
from fusplan.spatial import Points, ScannerRas
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray

IntArray = npt.NDArray[np.int32]

CELL_MM, CELL_BITS = 0.5, 10
"""Triangles are sorted into cells of this edge: a plane then meets few blocks of them."""


class Surface(Protocol):
    """What is cut: see :class:`~fusplan.display.mesh_slices.SliceableMesh`."""

    @property
    def vertices(self) -> Points[ScannerRas]: ...
    @property
    def triangles(self) -> IntArray: ...
    @property
    def across(self) -> IntArray: ...


@dataclass(frozen=True, slots=True, eq=False)
class CuttingTable:
    """Many surfaces of one frame; numbers of vertices and triangles count through all of them.

    Attributes:
        frame: of the vertices.
        vertices: shape (v, 3), mm.
        triangles: shape (t, 3), vertex numbers.
        across: shape (t, 3), what lies across each edge; see :func:`edges_across`.
        firsts: shape (surfaces + 1,), the first triangle of each surface, and the number of all.
        blocks: shape (b, 6), middle and half extents of a box about each 16 triangles in their order.
        groups: shape (g, 6), the same about each 16 blocks.
    """

    frame: ScannerRas
    vertices: FloatArray
    triangles: IntArray
    across: IntArray
    firsts: IntArray
    blocks: FloatArray
    groups: FloatArray

    @classmethod
    def of(cls, surfaces: Sequence[Surface]) -> CuttingTable:
        """Of one surface or more; takes some milliseconds for a quarter of a million triangles.

        Raises:
            FrameMismatchError: the surfaces lie in the scanner frames of different studies.
        """
        for surface in surfaces:
            require_same_frame(surfaces[0].vertices.frame, surface.vertices.frame)
        vertex, triangle = (
            np.cumsum([0, *sizes], dtype=np.int32)
            for sizes in (
                [len(surface.vertices) for surface in surfaces],
                [len(surface.triangles) for surface in surfaces],
            )
        )
        vertices = np.concatenate([surface.vertices.array for surface in surfaces])
        triangles = np.concatenate([one.triangles + first for one, first in zip(surfaces, vertex, strict=False)])
        across = np.concatenate(
            [
                np.where(one.across == NO_NEIGHBOUR, np.int32(NO_NEIGHBOUR), one.across + 3 * first)
                for one, first in zip(surfaces, triangle, strict=False)
            ]
        )
        blocks = boxes_of_triangles(vertices, triangles, TRIANGLES_A_BLOCK)
        groups = boxes_of_boxes(blocks, BLOCKS_A_GROUP)
        return cls(surfaces[0].vertices.frame, vertices, triangles, across, triangle, blocks, groups)


def near_together(vertices: FloatArray, triangles: IntArray) -> tuple[FloatArray, IntArray]:
    """The same surface with triangles near each other in space one after another, and vertices as they are first used.

    A plane then reads memory in a few runs instead of all over.
    """
    if len(triangles) == 0:
        return vertices, triangles
    middles = vertices[triangles].mean(axis=1)
    cells = np.floor((middles - middles.min(axis=0)) / CELL_MM).astype(np.int64)
    # Morton's order: the bits of the three numbers in turns.
    codes = np.zeros(len(cells), dtype=np.int64)
    for bit in range(CELL_BITS):
        for axis in range(3):
            codes |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    ordered = triangles[np.argsort(codes, kind="stable")]
    used, first_use = np.unique(ordered, return_index=True)
    unused = np.setdiff1d(np.arange(len(vertices)), used)
    order = np.concatenate([used[np.argsort(first_use)], unused])
    number = np.empty(len(vertices), dtype=np.int32)
    number[order] = np.arange(len(vertices), dtype=np.int32)
    return np.ascontiguousarray(vertices[order]), np.ascontiguousarray(number[ordered])


def edges_across(triangles: IntArray) -> IntArray:
    """Shape (n, 3): for each edge (corner e to e + 1) the edge that lies against it, -1 where there is none.

    Edges are told as 3 * triangle + e. Where more than two triangles share an edge only the first pair is joined.
    """
    count = len(triangles)
    across = np.full(3 * count, NO_NEIGHBOUR, dtype=np.int32)
    if count == 0:
        return across.reshape(0, 3)
    ends = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=2).reshape(-1, 2).astype(np.int64)
    ends.sort(axis=1)
    keys = ends[:, 0] * (int(triangles.max()) + 1) + ends[:, 1]
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    same[1:] &= ~same[:-1]
    first, second = order[:-1][same], order[1:][same]
    across[first] = second
    across[second] = first
    return across.reshape(count, 3)
