"""An atlas made of published figures: every nucleus is its volume and a Gaussian mixture of where it lies.

Not the atlas itself, but the figures measured on it, so the borders are smooth approximations. A point's
nucleus is the mixture with the largest density, where the summed density exceeds the level that
reproduces the atlas's stated volume of the side. A structure counts on its own side of the midplane only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fusplan.atlas.by_reference import Referable, find_structure, flags_of_parts
from fusplan.atlas.labelling import OUTSIDE, Flags, Labelling, Labels
from fusplan.atlas.lattice import Lattice
from fusplan.atlas.mixture_field import Gaussian, MixtureField
from fusplan.atlas.nuclei_atlas import THALAMUS, AtlasStructure
from fusplan.atlas.structure_part import StructurePart
from fusplan.atlas.structure_ref import StructureRef
from fusplan.atlas.template_acpc import TemplateAcPc
from fusplan.imaging.template_image import TemplateLandmarks
from fusplan.spatial import AcPcReading, Mni, Point, Points, Side
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray
from fusplan.spatial.triangles import Surface

SAMPLING_MM = 0.5
"""Spacing at which volumes and centroids are counted; the error is below 1 % for 400 mm3."""

COARSE_MM = 2.0
"""Spacing at which a structure is first looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """One nucleus (or tract, or neighbour) on one side.

    Attributes:
        index: its label in ``labels`` and its column in ``densities``.
        abbreviation, name, side: as the atlas has them.
        volume_mm3, centroid: as the atlas states them, in the template's space and size.
        thalamic: whether it counts as thalamus (dorsal thalamus and geniculate bodies).
        components: its Gaussian mixture.
    """

    index: int
    abbreviation: str
    name: str
    side: Side
    volume_mm3: float
    centroid: Point[Mni]
    thalamic: bool
    components: tuple[Gaussian, ...]

    @property
    def group(self) -> str:
        """``thalamus``, or its own abbreviation for what is not thalamus."""
        return THALAMUS if self.thalamic else self.abbreviation

    @property
    def ref(self) -> StructureRef:
        return StructureRef(self.abbreviation, self.side)


@dataclass(frozen=True, slots=True, eq=False)
class SideOfAtlas:
    """The structures of one side, ready for evaluation.

    Attributes:
        field: their densities.
        indices: (s,), the structure's index of each column of ``field``.
        levels: (s,), the level of each column's group.
    """

    field: MixtureField
    indices: npt.NDArray[np.intp]
    levels: FloatArray

    def box_mm(self) -> tuple[FloatArray, FloatArray]:
        """A box outside which nothing is labelled.

        Where every Gaussian is below its level divided by their number, the sum cannot reach the level.
        """
        return self.field.box_above_mm(self.levels[self.field.column_of] / len(self.field.amplitudes))


@dataclass(frozen=True, slots=True, eq=False)
class MixtureAtlas(Referable):
    """An atlas in mixture form, in the space of one named template.

    Attributes:
        name, title, what, source, licence, method, notes: what it is and where it comes from.
        frame: the template space it lies in.
        landmarks, acpc: the template's AC, PC and midline points and the AC-PC frame they make.
        structures: all of them, both sides; ``structures[i].index == i``.
        sides: the structures of each side, ready for evaluation.
        parts: those it offers of its structures.
        part_notes: by the key of each part, what its whole is in this atlas.
        digest: sha256 of its figures; tells whether it is the same atlas as before.
    """

    name: str
    title: str
    what: str
    source: str
    licence: str
    method: str
    notes: tuple[str, ...]
    frame: Mni
    landmarks: TemplateLandmarks
    acpc: TemplateAcPc
    structures: tuple[Structure, ...]
    sides: Mapping[Side, SideOfAtlas]
    parts: tuple[StructurePart, ...]
    part_notes: Mapping[str, str]
    digest: str = ""

    @property
    def short_title(self) -> str:
        """What stands in tables."""
        return self.name.capitalize()

    @property
    def called(self) -> str:
        """What stands in sentences."""
        return f"the {self.short_title} figures"

    @property
    def licence_text(self) -> str:
        """The whole text of the licence, where there is more than a sentence."""
        return ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must be said wherever it is chosen: nothing beyond its notes."""
        return ()

    @property
    def describes_thalamus(self) -> bool:
        """The built-in atlases describe all of it."""
        return True

    def structure(self, abbreviation: str, side: Side) -> Structure:
        """The structure of that abbreviation and side. Raises UnknownStructureError, which lists what there is."""
        return self.structures[find_structure(self, abbreviation, side)]

    def acpc_of_centroid(self, structure: Structure) -> AcPcReading:
        """Where a structure's stated centroid lies in the template's own AC-PC frame (template size)."""
        return self.acpc.read(structure.centroid)

    def densities(self, points: Points[Mni]) -> FloatArray:
        """Expected occupancy (n, s) of every structure: stated volume times mixture pdf; no upper bound of 1."""
        result = np.zeros((len(points), len(self.structures)))
        for side, rows, places in self._by_side(points):
            for part, values in side.field.chunks(places):
                result[np.ix_(rows[part], side.indices)] = values
        return result

    def labels(self, points: Points[Mni]) -> Labels:
        """Index (n,) of the structure at each point, or ``OUTSIDE``."""
        result = np.full(len(points), OUTSIDE, dtype=np.int16)
        for side, rows, places in self._by_side(points):
            for part, values in side.field.chunks(places):
                relative = values / side.levels
                inside = relative.sum(axis=1) > 1.0
                result[rows[part][inside]] = side.indices[np.argmax(relative[inside], axis=1)]
        return result

    def memberships(self, points: Points[Mni]) -> FloatArray:
        """Probability (n, s) of every structure; what is missing to 1 is the probability of lying outside all.

        With g = density / level, p = g / (1 + sum of g): outside has probability one half exactly on
        the border that ``labels`` draws, and the most probable structure inside is the label.
        """
        result = np.zeros((len(points), len(self.structures)))
        for side, rows, places in self._by_side(points):
            for part, values in side.field.chunks(places):
                relative = values / side.levels
                result[np.ix_(rows[part], side.indices)] = relative / (1 + relative.sum(axis=1, keepdims=True))
        return result

    def labelling(self, points: Points[Mni]) -> Labelling:
        """The structure that each point (n,) lies in, and the parts."""
        labels = self.labels(points)

        def behind_cut_mm(part: StructurePart, rows: npt.NDArray[np.intp]) -> FloatArray:
            return part.behind_cut_mm(Points(self.frame, points.array[rows]), self.acpc)

        return Labelling(labels, flags_of_parts(self, labels, behind_cut_mm))

    def points_in(self, structure: StructureRef, spacing_mm: float = SAMPLING_MM) -> Points[Mni]:
        """The points of a regular lattice that lie in a structure or part; may be none for the smallest.

        Each stands for ``spacing_mm`` cubed. Raises UnknownStructureError.
        """
        low, high = self.tight_box_mm(self.whole(structure))
        points = Points(self.frame, Lattice.holding(low, high, spacing_mm).places_mm)
        return Points(self.frame, points.array[self.members(structure, self.labelling(points))])

    def volume_mm3(self, structure: StructureRef) -> float:
        """Volume of a structure or part in the template, by counting. Raises UnknownStructureError."""
        return len(self.points_in(structure)) * SAMPLING_MM**3

    def centroid(self, structure: StructureRef) -> Point[Mni]:
        """Centroid of a structure or part in the template, by counting. Raises UnknownStructureError.

        The smallest structures may fall between the points counted; their stated centroid is near enough.
        """
        points = self.points_in(structure)
        return points.mean() if len(points) else self.structures[self.whole(structure).index].centroid

    def box_mm(self) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest corner (3,), template mm, of a box outside which nothing is labelled."""
        boxes = [side.box_mm() for side in self.sides.values()]
        return np.min([low for low, _ in boxes], axis=0), np.max([high for _, high in boxes], axis=0)

    def structure_box_mm(self, structure: AtlasStructure) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest corner (3,) of a box outside which a point never has this structure's label.

        A label needs the largest density of at least the level divided by the number of structures.
        """
        part = self.sides[structure.side]
        column = int(np.flatnonzero(part.indices == structure.index)[0])
        own = part.field.column_of == column
        least = part.levels[column] / (part.field.columns * own.sum())
        return part.field.box_above_mm(np.where(own, least, np.inf))

    def tight_box_mm(self, structure: AtlasStructure) -> tuple[FloatArray, FloatArray]:
        """A box (corners (3,), template mm) that holds a structure with a few millimetres of margin.

        ``structure_box_mm`` is certain but several times too large; within it the structure is looked for 2 mm apart.
        """
        low, high = self.structure_box_mm(structure)
        coarse = Points(self.frame, Lattice.holding(low, high, COARSE_MM).places_mm)
        found = coarse.array[self.labels(coarse) == structure.index]
        if len(found) == 0:
            return low, high
        margin = 2 * COARSE_MM
        return np.maximum(low, found.min(axis=0) - margin), np.minimum(high, found.max(axis=0) + margin)

    def surface(self, structure: StructureRef) -> Surface[Mni] | None:
        """The surface of a structure or part, or None for one so small that it is nowhere the most probable.

        Raises UnknownStructureError.
        """
        from fusplan.atlas import surfaces  # noqa: PLC0415 - scikit-image loads with it

        return surfaces.structure_surface(self, structure)

    def on_right(self, points: Points[Mni]) -> Flags:
        """Whether each point (n,) lies to the right of the template's midplane."""
        return np.asarray(self.acpc.from_pc.apply(points).array[:, 0] >= 0)

    def _by_side(self, points: Points[Mni]) -> Iterator[tuple[SideOfAtlas, npt.NDArray[np.intp], FloatArray]]:
        """The structures of each side with the rows and places of the points on that side."""
        require_same_frame(self.frame, points.frame)
        right = self.on_right(points)
        for name, side in self.sides.items():
            rows = np.flatnonzero(right if name == "right" else ~right)
            if len(rows):
                yield side, rows, points.array[rows]
