"""An atlas of voxels: every voxel of a grid belongs to one structure or to none.

A point has the label of the voxel it lies in, so that volumes are those of the file. Probabilities are linear between
voxel centres: one half on the border between two voxels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from fusplan.atlas.by_reference import Referable, find_structure, flags_of_parts
from fusplan.atlas.labelling import OUTSIDE, Flags, Labelling, Labels
from fusplan.atlas.lattice import Lattice
from fusplan.atlas.nuclei_atlas import THALAMUS, AtlasStructure
from fusplan.atlas.structure_part import StructurePart
from fusplan.atlas.structure_ref import SIDES, StructureRef
from fusplan.atlas.template_acpc import TemplateAcPc
from fusplan.spatial import AcPcReading, Grid, Mni, Point, Points, Side
from fusplan.spatial.frames import Frame
from fusplan.spatial.points import FloatArray
from fusplan.spatial.triangles import Surface

F = TypeVar("F", bound=Frame)

SAMPLING_MM = 0.5
"""Spacing at which volumes and centroids are counted."""

LONGEST_SHORT_TITLE = 24
"""Letters of a title that fit beside bars and into columns of tables."""

LEAST_OF_A_THALAMUS_MM3 = 3000.0
"""Thalamic structures of at least so much on each side count as the whole thalamus, which has 6000 to 8000 mm3 in
adults (own judgement)."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelStructure(Generic[F]):
    """One structure of a label atlas.

    Attributes:
        index: its place in ``structures``; its label in the grid.
        abbreviation, name, side: as the source names it.
        volume_mm3, centroid: by voxels, in the space the atlas is in.
        thalamic: whether it counts as thalamus, as far as its name tells.
    """

    index: int
    abbreviation: str
    name: str
    side: Side
    volume_mm3: float
    centroid: Point[F]
    thalamic: bool

    @property
    def group(self) -> str:
        """``thalamus``, or its own abbreviation for what is not thalamus."""
        return THALAMUS if self.thalamic else self.abbreviation

    @property
    def ref(self) -> StructureRef:
        return StructureRef(self.abbreviation, self.side)


@dataclass(frozen=True, slots=True, eq=False)
class LabelAtlas(Referable, Generic[F]):
    """A label atlas in one frame: a template's, or the scanner's of one image.

    Attributes:
        name, title, what, source, licence, licence_text, method, notes, warnings: what it is and where it comes from.
        structures: ``structures[i].index == i``.
        label_map: shape of the grid, index of the structure or ``OUTSIDE``, read-only.
        grid: where the voxels lie.
        parts: those it offers of its structures; without CLp when its CL may not serve for it.
        part_notes: by the key of a part, what its whole is in this atlas, or why the atlas offers none.
        digest: sha256 of its labels and names; tells whether it is the same atlas as before.
        template_acpc: the AC-PC frame of the template it is in (or is registered with); for the cuts of parts.
    """

    name: str
    title: str
    what: str
    source: str
    licence: str
    licence_text: str
    method: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    structures: tuple[LabelStructure[F], ...]
    label_map: npt.NDArray[np.int16]
    grid: Grid[F]
    parts: tuple[StructurePart, ...]
    part_notes: Mapping[str, str]
    template_acpc: TemplateAcPc
    digest: str

    def __post_init__(self) -> None:
        view = np.ascontiguousarray(self.label_map, dtype=np.int16).view()
        if view.shape != self.grid.shape or int(view.max()) >= len(self.structures):
            raise ValueError("a label atlas needs indices of its structures, one for each voxel of its grid")
        view.flags.writeable = False
        object.__setattr__(self, "label_map", view)

    @property
    def frame(self) -> F:
        return self.grid.frame

    @property
    def acpc(self) -> TemplateAcPc:
        return self.template_acpc

    @property
    def short_title(self) -> str:
        """What stands in tables: the title as the user gave it, cut where it is long."""
        return self.title if len(self.title) <= LONGEST_SHORT_TITLE else f"{self.title[: LONGEST_SHORT_TITLE - 1]}…"

    @property
    def called(self) -> str:
        """What stands in sentences."""
        return f"the atlas {self.title}"

    @property
    def describes_thalamus(self) -> bool:
        """Whether what lies outside its structures is outside the thalamus."""
        totals = [sum(one.volume_mm3 for one in self.structures if one.thalamic and one.side == side) for side in SIDES]
        return min(totals) >= LEAST_OF_A_THALAMUS_MM3

    def structure(self, abbreviation: str, side: Side) -> LabelStructure[F]:
        """The structure of that abbreviation and side. Raises UnknownStructureError, which lists what there is."""
        return self.structures[find_structure(self, abbreviation, side)]

    def acpc_of_centroid(self: LabelAtlas[Mni], structure: LabelStructure[Mni]) -> AcPcReading:
        """Where a structure's centroid lies in the template's own AC-PC frame (template size)."""
        return self.acpc.read(structure.centroid)

    def labels(self, points: Points[F]) -> Labels:
        """Index (n,) of the structure whose voxel each point lies in, or ``OUTSIDE``."""
        cells, inside = self.grid.cells(points)
        result = np.full(len(points), OUTSIDE, dtype=np.int16)
        result[inside] = self.label_map.ravel()[cells]
        return result

    def memberships(self, points: Points[F]) -> FloatArray:
        """Probability (n, s) of every structure; what is missing to 1 is the probability of lying outside all."""
        places = self.grid.indices(points)
        first = np.floor(places)
        rest = places - first
        result = np.zeros((len(points), len(self.structures)))
        rows = np.arange(len(points))
        for corner in np.ndindex(2, 2, 2):
            step = np.array(corner)
            weights = np.prod(np.where(step == 1, rest, 1 - rest), axis=1)
            found = self._at((first + step).astype(np.int64))
            inside = found != OUTSIDE
            np.add.at(result, (rows[inside], found[inside]), weights[inside])
        return result

    def labelling(self: LabelAtlas[Mni], points: Points[Mni]) -> Labelling:
        """The structure that each point (n,) of the template lies in, and the parts."""
        labels = self.labels(points)

        def behind_cut_mm(part: StructurePart, rows: npt.NDArray[np.intp]) -> FloatArray:
            return part.behind_cut_mm(Points(self.frame, points.array[rows]), self.acpc)

        return Labelling(labels, flags_of_parts(self, labels, behind_cut_mm))

    def structure_points(self, structure: AtlasStructure, spacing_mm: float) -> Points[F]:
        """The points of a regular lattice that lie in a structure; may be none for the smallest."""
        low, high = self.structure_box_mm(structure)
        points = Points(self.frame, Lattice.holding(low, high, spacing_mm).places_mm)
        return Points(self.frame, points.array[self.labels(points) == structure.index])

    def points_in(self: LabelAtlas[Mni], structure: StructureRef, spacing_mm: float = SAMPLING_MM) -> Points[Mni]:
        """The points of a regular lattice that lie in a structure or part. Raises UnknownStructureError."""
        points = self.structure_points(self.whole(structure), spacing_mm)
        part = self.part(structure.key)
        if part is None:
            return points
        return Points(self.frame, points.array[part.behind_cut_mm(points, self.acpc) >= 0])

    def volume_mm3(self: LabelAtlas[Mni], structure: StructureRef) -> float:
        """Volume of a structure or part in the template, by counting. Raises UnknownStructureError."""
        return len(self.points_in(structure)) * SAMPLING_MM**3

    def centroid(self: LabelAtlas[Mni], structure: StructureRef) -> Point[Mni]:
        """Centroid of a structure or part in the template, by counting. Raises UnknownStructureError."""
        points = self.points_in(structure)
        return points.mean() if len(points) else self.structures[self.whole(structure).index].centroid

    def structure_surface(
        self, structure: AtlasStructure, keep: Callable[[Points[F]], Flags] | None = None
    ) -> Surface[F] | None:
        """The surface of a structure, or of the part of it where ``keep`` is True; None where there is none."""
        from fusplan.atlas.imported.label_surfaces import label_surface  # noqa: PLC0415 - scikit-image loads with it

        return label_surface(self, structure, keep)

    def surface(self: LabelAtlas[Mni], structure: StructureRef) -> Surface[Mni] | None:
        """The surface of a structure or part in the template. Raises UnknownStructureError."""
        part = self.part(structure.key)

        def keep(points: Points[Mni]) -> Flags:
            return self.members(structure, self.labelling(points))

        return self.structure_surface(self.whole(structure), None if part is None else keep)

    def box_mm(self) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest corner (3,), mm of the frame, of a box outside which nothing is labelled."""
        return self.grid.box()

    def structure_box_mm(self, structure: AtlasStructure) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest corner (3,) of the box that holds a structure's voxels."""
        cells = np.argwhere(self.label_map == structure.index)
        if len(cells) == 0:
            return self.box_mm()
        first = cells.min(axis=0)
        ni, nj, nk = (int(size) for size in cells.max(axis=0) + 1 - first)
        return self.grid.block(first, (ni, nj, nk)).box()

    def _at(self, indices: npt.NDArray[np.int64]) -> Labels:
        """Value (n,) of the grid at whole indices (n, 3); ``OUTSIDE`` beyond it."""
        shape = np.array(self.grid.shape)
        inside = np.all((indices >= 0) & (indices < shape), axis=1)
        result = np.full(len(indices), OUTSIDE, dtype=np.int16)
        i, j, k = indices[inside].T
        result[inside] = self.label_map[i, j, k]
        return result
