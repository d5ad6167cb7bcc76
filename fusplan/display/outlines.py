"""The outlines drawn into slices: which surfaces, in which order, and the look of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from fusplan.display import colours
from fusplan.display.cutting_table import CuttingTable
from fusplan.display.mesh_slices import NO_LINES, CutLines, MeshContour, SliceableMesh, cut_table
from fusplan.display.prominence import Prominence, prominence, stands_out
from fusplan.display.slice_workspace import SliceWorkspace
from fusplan.display.views import SliceView
from fusplan.spatial.points import FloatArray

BRAIN_EDGE, FLUID_EDGE = "brain", "fluid"
"""Names of the template's edges: the border of its brain, the walls of its fluid spaces."""

WIDTHS: Final[dict[Prominence, float]] = {"aim": 2.4, "about the aim": 1.6, "other": 1.2}
EDGE_WIDTH = 1.1
"""Widths of lines, logical pixels."""

AIM_FILL = 0.14


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How the outline of a structure is drawn: ``#rrggbb``, logical pixels, opacity of its inside."""

    colour: str
    width: float
    fill: float = 0.0

    @property
    def rgb(self) -> int:
        return int(self.colour[1:], 16)


@lru_cache(maxsize=512)
def nucleus_style(name: str) -> LineStyle:
    """What is aimed at stands out, what it is cut from a little."""
    shown = prominence(name)
    return LineStyle(colours.nucleus_colour(name), WIDTHS[shown], AIM_FILL if shown == "aim" else 0.0)


def edge_style(name: str) -> LineStyle:
    """Of the template's edges."""
    return LineStyle(colours.TEMPLATE_BORDER if name == BRAIN_EDGE else colours.TEMPLATE_EDGE, EDGE_WIDTH)


@dataclass(frozen=True, slots=True, eq=False)
class OutlineSet:
    """Surfaces whose outlines are drawn into slices, in the order of drawing, and the look of each.

    Attributes:
        edges: how many of the surfaces are edges of the template, which come first.
        meshes: the surfaces.
        table: the same for cutting; None of no surfaces.
        colours: 0xRRGGBB.
        widths: of lines, logical pixels.
        fills: how much of the colour the inside of a ring gets, of 255.
    """

    edges: int
    meshes: tuple[SliceableMesh, ...]
    table: CuttingTable | None
    colours: npt.NDArray[np.uint32]
    widths: FloatArray
    fills: npt.NDArray[np.int32]

    @classmethod
    def of(cls, edges: Sequence[SliceableMesh], nuclei: Sequence[SliceableMesh]) -> OutlineSet:
        """The template's edges below, then the nuclei, what stands out over the others."""
        ordered = sorted(nuclei, key=lambda mesh: stands_out(mesh.name))
        styles = [*(edge_style(mesh.name) for mesh in edges), *(nucleus_style(mesh.name) for mesh in ordered)]
        meshes = (*edges, *ordered)
        return cls(
            len(edges),
            meshes,
            CuttingTable.of(meshes) if meshes else None,
            np.array([style.rgb for style in styles], dtype=np.uint32),
            np.array([style.width for style in styles], dtype=np.float64),
            np.array([round(style.fill * 255) for style in styles], dtype=np.int32),
        )

    def cut(self, view: SliceView, thin_mm: float, workspace: SliceWorkspace | None = None) -> CutLines:
        """The lines of all of them on a slice; see :func:`~fusplan.display.mesh_slices.cut_table`."""
        return cut_table(self.table, view, thin_mm, workspace) if self.table is not None else NO_LINES

    def nuclei_of(self, lines: CutLines) -> tuple[MeshContour, ...]:
        """The nuclei among what was cut."""
        contours = lines.contours(self.meshes)
        below = set(map(id, self.meshes[: self.edges]))
        return tuple(contour for contour in contours if id(contour.mesh) not in below)


NO_OUTLINES = OutlineSet.of((), ())


@lru_cache(maxsize=4)
def outline_set(edges: tuple[SliceableMesh, ...], nuclei: tuple[SliceableMesh, ...]) -> OutlineSet:
    """The same as :meth:`OutlineSet.of`, kept: the cursor cuts the same surfaces again and again."""
    return OutlineSet.of(edges, nuclei)
