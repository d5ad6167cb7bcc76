"""The outlines drawn into slices: which surfaces, in which order, and the look of each."""

from __future__ import annotations

from collections.abc import Callable
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

NUCLEUS_OPACITY: Final[dict[Prominence, float]] = {"aim": 0.5, "about the aim": 0.22, "other": 0.13}
"""In the scene: what is aimed at is dense, but so that one sees the lesion in it; the others are fainter."""


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How the outline of a structure is drawn: ``#rrggbb``, logical pixels, opacity of its inside.

    ``in_scene`` is the opacity of its surface in the 3-D scene, 0 for none.
    """

    colour: str
    width: float
    fill: float = 0.0
    in_scene: float = 0.0

    @property
    def rgb(self) -> int:
        return int(self.colour[1:], 16)


@dataclass(frozen=True, slots=True)
class LineLook:
    """How slices draw a line: ``#rrggbb``, width in logical pixels, dashes in widths, dots at its points."""

    colour: str
    width: float = 1.4
    dashes: tuple[float, ...] = ()
    has_dots: bool = False


@lru_cache(maxsize=512)
def nucleus_style(name: str) -> LineStyle:
    """What is aimed at stands out, what it is cut from a little."""
    shown = prominence(name)
    fill = AIM_FILL if shown == "aim" else 0.0
    return LineStyle(colours.nucleus_colour(name), WIDTHS[shown], fill, NUCLEUS_OPACITY[shown])


def edge_style(name: str) -> LineStyle:
    """Of the template's edges."""
    return LineStyle(colours.TEMPLATE_BORDER if name == BRAIN_EDGE else colours.TEMPLATE_EDGE, EDGE_WIDTH)


@dataclass(frozen=True, slots=True)
class OutlineGroup:
    """The surfaces of one layer.

    Attributes:
        meshes: the surfaces.
        style: the look of each by its name.
        are_nuclei: whether their names stand in slices and are told under the pointer.
        dashes: of the outlines in slices, in widths of the line; none for whole lines.
    """

    meshes: tuple[SliceableMesh, ...]
    style: Callable[[str], LineStyle]
    are_nuclei: bool = False
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class OutlineSet:
    """Surfaces whose outlines are drawn into slices, in the order of drawing, and the look of each.

    Attributes:
        meshes: the surfaces.
        nuclei: those of them that are nuclei.
        table: the same for cutting; None of no surfaces.
        colours: 0xRRGGBB.
        widths: of lines, logical pixels.
        fills: how much of the colour the inside of a ring gets, of 255.
    """

    meshes: tuple[SliceableMesh, ...]
    nuclei: frozenset[SliceableMesh]
    table: CuttingTable | None
    colours: npt.NDArray[np.uint32]
    widths: FloatArray
    fills: npt.NDArray[np.int32]

    @classmethod
    def of(cls, *groups: OutlineGroup) -> OutlineSet:
        """The surfaces of layers, from the lowest on; in each what stands out lies over the others."""
        drawn = [
            (mesh, group.style(mesh.name))
            for group in groups
            for mesh in sorted(group.meshes, key=lambda mesh: stands_out(mesh.name))
        ]
        meshes, styles = tuple(mesh for mesh, _ in drawn), [style for _, style in drawn]
        return cls(
            meshes,
            frozenset(mesh for group in groups if group.are_nuclei for mesh in group.meshes),
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
        return tuple(contour for contour in lines.contours(self.meshes) if contour.mesh in self.nuclei)


NO_OUTLINES = OutlineSet.of()


@lru_cache(maxsize=4)
def outline_set(groups: tuple[OutlineGroup, ...]) -> OutlineSet:
    """The same as :meth:`OutlineSet.of`, kept: the cursor cuts the same surfaces again and again."""
    return OutlineSet.of(*groups)
