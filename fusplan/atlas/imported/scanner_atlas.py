"""An atlas that lies in a patient's own scanner frame: no registration moves it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fusplan.atlas.by_reference import flags_of_parts, require_part
from fusplan.atlas.imported.label_atlas import SAMPLING_MM, LabelAtlas
from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.labelling import Flags, Labelling, Labels
from fusplan.atlas.named_surfaces import NamedSurface, named_surfaces
from fusplan.atlas.rasters import raster_about, raster_on
from fusplan.atlas.structure_part import StructurePart
from fusplan.atlas.structure_ref import StructureRef
from fusplan.spatial import Grid, Map, Mni, Point, Points, ScannerRas, Warp
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray
from fusplan.spatial.triangles import Surface


@dataclass(frozen=True, eq=False)
class ScannerAtlas:
    """A label atlas in its own head: a :class:`~fusplan.atlas.nuclei_atlas.HeadAtlas`.

    Attributes:
        atlas: the atlas in the scanner frame of its image.
        mni_to_scanner, scanner_to_mni: the head's registration. It places the AC-PC frame of the template, which cuts
            parts out of their wholes, and nothing else.
    """

    atlas: LabelAtlas[ScannerRas]
    mni_to_scanner: Map[Mni, ScannerRas]
    scanner_to_mni: Map[ScannerRas, Mni]
    _counted: dict[StructureRef, Points[ScannerRas]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        require_same_frame(self.atlas.frame, self.mni_to_scanner.target)
        require_same_frame(self.atlas.frame, self.scanner_to_mni.source)

    @property
    def frame(self) -> ScannerRas:
        return self.atlas.frame

    @property
    def follows_registration(self) -> bool:
        """It lies where it was drawn."""
        return False

    def under(self, mni_to_scanner: Warp[Mni, ScannerRas]) -> ScannerAtlas:
        """The same atlas while the head is looked at under another registration."""
        return replace(self, mni_to_scanner=mni_to_scanner, scanner_to_mni=mni_to_scanner.inverse())

    def labels(self, points: Points[ScannerRas]) -> Labels:
        """Index (n,) of the structure at each point, or ``OUTSIDE``."""
        return self.atlas.labels(points)

    def contains(self, points: Points[ScannerRas], structure: StructureRef) -> Flags:
        """Whether each point (n,) lies in a structure or part; nowhere when the atlas does not describe it."""
        return self.atlas.members(structure, self.labelling(points))

    def labelling(self, points: Points[ScannerRas]) -> Labelling:
        """Labels and parts (n,); the map is asked only for points in structures that have parts."""
        labels = self.atlas.labels(points)

        def behind_cut_mm(part: StructurePart, rows: npt.NDArray[np.intp]) -> FloatArray:
            return self.behind_cut_mm(Points(self.frame, points.array[rows]), part.key)

        return Labelling(labels, flags_of_parts(self.atlas, labels, behind_cut_mm))

    def memberships(self, points: Points[ScannerRas]) -> FloatArray:
        """Probability (n, s) of every structure; what is missing to 1 is the probability of outside."""
        return self.atlas.memberships(points)

    def behind_cut_mm(self, points: Points[ScannerRas], key: str) -> FloatArray:
        """How far (n,) each point lies behind the plane that cuts a part out of its whole, template mm; negative in
        front. Raises UnknownStructureError."""
        return require_part(self.atlas, key).behind_cut_mm(self.scanner_to_mni.apply(points), self.atlas.acpc)

    def volumes_mm3(self) -> FloatArray:
        """Volume (s,) of every structure."""
        return np.array([structure.volume_mm3 for structure in self.atlas.structures])

    def volume_mm3(self, structure: StructureRef) -> float:
        """Volume of a structure, by its voxels, or of a part, counted once. Raises UnknownStructureError."""
        whole = self.atlas.whole(structure)
        if self.atlas.part(structure.key) is None:
            return whole.volume_mm3
        return len(self._points_in(structure)) * SAMPLING_MM**3

    def centroid(self, structure: StructureRef) -> Point[ScannerRas]:
        """Centroid of a structure or part. Raises UnknownStructureError."""
        whole = self.atlas.whole(structure)
        points = self._points_in(structure) if self.atlas.part(structure.key) is not None else ()
        return points.mean() if points else self.atlas.structures[whole.index].centroid

    def rasterise(self, centre: Point[ScannerRas], half_size_mm: float, spacing_mm: float) -> LabelGrid:
        """The atlas on a cube of ``2 half_size_mm`` about a point, grid along the scanner axes."""
        return raster_about(self, centre, half_size_mm, spacing_mm)

    def rasterise_on(self, grid: Grid[ScannerRas]) -> LabelGrid:
        """The atlas on the grid of an image."""
        return raster_on(self, self._box, grid)

    def surfaces(self) -> tuple[NamedSurface[ScannerRas], ...]:
        """The surface of every structure, parts last."""
        return named_surfaces(self.atlas, self.surface)

    def surface(self, structure: StructureRef) -> Surface[ScannerRas] | None:
        """The surface of a structure or part. Raises UnknownStructureError."""
        part = self.atlas.part(structure.key)

        def keep(points: Points[ScannerRas]) -> Flags:
            return np.asarray(self.behind_cut_mm(points, structure.key) >= 0)

        return self.atlas.structure_surface(self.atlas.whole(structure), None if part is None else keep)

    def _points_in(self, part: StructureRef) -> Points[ScannerRas]:
        if part not in self._counted:
            points = self.atlas.structure_points(self.atlas.whole(part), SAMPLING_MM)
            kept = self.behind_cut_mm(points, part.key) >= 0
            self._counted[part] = Points(self.frame, points.array[kept])
        return self._counted[part]

    @cached_property
    def _box(self) -> tuple[FloatArray, FloatArray]:
        return self.atlas.box_mm()
