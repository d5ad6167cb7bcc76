"""Contours of surfaces on a slice plane, fast enough to follow the cursor.

A plane cuts a closed triangle surface in closed lines. Every triangle whose corners lie on both sides
of the plane gives one segment; walking from triangle to neighbour across the cut edges joins the
segments into lines in order, so that a contour can be filled, dashed and labelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from fusplan.display.cutting_table import CuttingTable, edges_across, near_together
from fusplan.display.slice_workspace import SliceWorkspace
from fusplan.display.views import SliceView
from fusplan.spatial import Points, ScannerRas, Side
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray

IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class SliceableMesh:
    """A triangle surface prepared for cutting.

    Attributes:
        name: what it is called in a picture, such as the abbreviation of a nucleus.
        vertices: scanner RAS mm.
        triangles: shape (n, 3), vertex numbers.
        across: shape (n, 3), which edge lies against each: see
            :func:`~fusplan.display.cutting_table.edges_across`.
        side: the side of the head it belongs to, if any.
        title: its full name for a person.
    """

    name: str
    vertices: Points[ScannerRas]
    triangles: IntArray
    across: IntArray
    side: Side | None = None
    title: str = ""

    @classmethod
    def prepare(
        cls,
        name: str,
        vertices: Points[ScannerRas],
        triangles: npt.ArrayLike,
        side: Side | None = None,
        title: str = "",
    ) -> SliceableMesh:
        """A surface sorted for cutting; done once for a surface, cut many times."""
        places = np.ascontiguousarray(vertices.array, dtype=np.float64)
        places, faces = near_together(places, np.ascontiguousarray(triangles, dtype=np.int32).reshape(-1, 3))
        return cls(name, Points(vertices.frame, places), faces, edges_across(faces), side, title)


def signed_area_mm2(ring: FloatArray) -> float:
    """Area of a closed line in picture mm by the shoelace formula; the sign tells the turning sense."""
    x, y = ring.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


@dataclass(frozen=True, slots=True, eq=False)
class MeshContour:
    """Where a plane cuts one surface.

    Attributes:
        mesh: the surface.
        lines: each of shape (n, 2), picture mm of the slice (x to the right, y down), n >= 2.
        closed: for each line whether its last point joins its first.
    """

    mesh: SliceableMesh
    lines: tuple[FloatArray, ...]
    closed: tuple[bool, ...]

    @property
    def area_mm2(self) -> float:
        """The area that the closed lines enclose; lines about holes turn the other way and are taken off.

        Holds for a surface whose triangles all face outwards.
        """
        return abs(sum(signed_area_mm2(line) for line, closed in zip(self.lines, self.closed, strict=True) if closed))

    def holds(self, picture_mm: FloatArray) -> bool:
        """Whether a place, shape (2,), lies within the closed lines, by the even-odd rule."""
        x, y = picture_mm
        inside = False
        for line, closed in zip(self.lines, self.closed, strict=True):
            if closed:
                following = np.roll(line, -1, axis=0)
                spans = (line[:, 1] > y) != (following[:, 1] > y)
                rise = np.where(spans, following[:, 1] - line[:, 1], 1.0)
                at = line[:, 0] + (y - line[:, 1]) * (following[:, 0] - line[:, 0]) / rise
                inside ^= bool(np.count_nonzero(spans & (at > x)) % 2)
        return inside

    @property
    def label_place_mm(self) -> tuple[float, float] | None:
        """Picture mm of the centroid of the largest closed line: where its name stands."""
        rings = [line for line, closed in zip(self.lines, self.closed, strict=True) if closed]
        if not rings:
            return None
        largest = max(rings, key=lambda ring: abs(signed_area_mm2(ring)))
        x, y = largest.mean(axis=0)
        return (float(x), float(y))


@dataclass(frozen=True, slots=True, eq=False)
class CutLines:
    """Where a plane cuts many surfaces.

    Attributes:
        points: shape (n, 2), picture mm, those of all lines one after another.
        starts: shape (lines + 1,), where each line begins, and n.
        closed: for each line whether its last point joins its first.
        owners: for each line the number of its surface, in ascending order.
    """

    points: FloatArray
    starts: IntArray
    closed: npt.NDArray[np.bool_]
    owners: IntArray

    def contours(self, meshes: Sequence[SliceableMesh]) -> tuple[MeshContour, ...]:
        """One contour for each of the surfaces that the plane meets."""
        lines: dict[int, list[tuple[FloatArray, bool]]] = {}
        runs = zip(self.owners.tolist(), self.closed.tolist(), pairwise(self.starts.tolist()), strict=True)
        for owner, ring, (start, end) in runs:
            lines.setdefault(owner, []).append((self.points[start:end], ring))
        return tuple(
            MeshContour(meshes[owner], tuple(line for line, _ in found), tuple(ring for _, ring in found))
            for owner, found in lines.items()
        )


NO_LINES = CutLines(np.zeros((0, 2)), np.zeros(1, dtype=np.int32), np.zeros(0, dtype=np.bool_), np.zeros(0, np.int32))


def picture_frame(view: SliceView) -> FloatArray:
    """3 x 4: scanner RAS mm to picture x (to the right), picture y (down) and depth, all mm."""
    rows = np.stack([view.right.array, -view.up.array, view.normal.array])
    offset = np.array([view.width_mm / 2, view.height_mm / 2, 0.0]) - rows @ view.centre.array
    return np.ascontiguousarray(np.column_stack([rows, offset]))


def cut_mesh(mesh: SliceableMesh, view: SliceView, thin_mm: float = 0.0) -> MeshContour | None:
    """The contour of one surface on a slice, or None where the slice misses it. See :func:`cut_meshes`."""
    contours = cut_meshes([mesh], view, thin_mm)
    return contours[0] if contours else None


def cut_meshes(meshes: Sequence[SliceableMesh], view: SliceView, thin_mm: float = 0.0) -> tuple[MeshContour, ...]:
    """The contours of many surfaces on one slice, in their order, without those the slice misses.

    Args:
        meshes: the surfaces.
        view: the slice.
        thin_mm: points of a line nearer than this to the one before are left out (for painting); 0 keeps all.

    Raises:
        FrameMismatchError: a surface lies in the scanner frame of another study.
    """
    if not meshes:
        return ()
    return cut_table(_table(tuple(meshes)), view, thin_mm).contours(meshes)


def cut_table(
    table: CuttingTable, view: SliceView, thin_mm: float = 0.0, workspace: SliceWorkspace | None = None
) -> CutLines:
    """The same of surfaces that are in a table already, as plain lines.

    Raises:
        FrameMismatchError: the surfaces lie in the scanner frame of another study.
    """
    require_same_frame(view.centre.frame, table.frame)
    from fusplan.display.mesh_kernels import cut  # noqa: PLC0415 - loads numba

    room = workspace or SliceWorkspace()
    return CutLines(
        *cut(
            table.vertices,
            table.triangles,
            table.across,
            table.firsts,
            table.blocks,
            table.groups,
            picture_frame(view),
            thin_mm,
            room.array("depth", (len(table.vertices),), np.float64),
            room.array("done", (len(table.triangles),), np.bool_),
        )
    )


@lru_cache(maxsize=16)
def _table(meshes: tuple[SliceableMesh, ...]) -> CuttingTable:
    """Kept: the same surfaces are cut again and again."""
    return CuttingTable.of(meshes)
