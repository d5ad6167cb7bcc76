"""An atlas that lies in a patient's own scanner frame: no registration moves it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from fusplan.atlas.imported.label_atlas import CLP_SAMPLING_MM, LabelAtlas
from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.named_surfaces import NamedSurface, named_surfaces
from fusplan.atlas.nuclei_atlas import AtlasStructure, Flags, Labels
from fusplan.atlas.rasters import raster_about, raster_on
from fusplan.atlas.triangles import Surface
from fusplan.spatial import Affine, Map, Mni, Point, Points, ScannerRas, Side, Voxel, Warp
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray

SAMPLING_MM = CLP_SAMPLING_MM


@dataclass(frozen=True, eq=False)
class ScannerAtlas:
    """A label atlas in its own head: a :class:`~fusplan.atlas.nuclei_atlas.HeadAtlas`.

    Attributes:
        atlas: the atlas in the scanner frame of its image.
        mni_to_scanner, scanner_to_mni: the head's registration. It places the AC-PC frame of the template, which cuts
            CLp out of CL, and nothing else.
    """

    atlas: LabelAtlas[ScannerRas]
    mni_to_scanner: Map[Mni, ScannerRas]
    scanner_to_mni: Map[ScannerRas, Mni]
    _clp: dict[Side, Points[ScannerRas]] = field(default_factory=dict, init=False, repr=False)

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

    def in_clp(self, points: Points[ScannerRas]) -> Flags:
        """Whether each point (n,) lies in CLp; nowhere when the atlas describes none."""
        return self.labels_and_clp(points)[1]

    def labels_and_clp(self, points: Points[ScannerRas]) -> tuple[Labels, Flags]:
        """Labels (n,) and membership of CLp (n,)."""
        labels = self.atlas.labels(points)
        clp = np.zeros(len(points), dtype=np.bool_)
        if self.atlas.has_clp:
            rows = np.flatnonzero(np.isin(labels, [self.atlas.cl(side).index for side in self.atlas.sides]))
            if len(rows):
                clp[rows] = self._behind_cut(Points(self.frame, points.array[rows]))
        return labels, clp

    def memberships(self, points: Points[ScannerRas]) -> FloatArray:
        """Probability (n, s) of every structure; what is missing to 1 is the probability of outside."""
        return self.atlas.memberships(points)

    def behind_clp_cut_mm(self, points: Points[ScannerRas]) -> FloatArray:
        """How far (n,) each point lies behind the plane that cuts CLp out of CL, template mm; negative in front."""
        anterior_mm = self.atlas.acpc.from_pc.apply(self.scanner_to_mni.apply(points)).array[:, 1]
        return np.asarray(self.atlas.clp_most_anterior_of_pc_mm - anterior_mm)

    def volumes_mm3(self) -> FloatArray:
        """Volume (s,) of every structure."""
        return np.array([structure.volume_mm3 for structure in self.atlas.structures])

    def structure_volume_mm3(self, structure: AtlasStructure) -> float:
        """Volume of a structure."""
        return structure.volume_mm3

    def structure_centroid(self, structure: AtlasStructure) -> Point[ScannerRas]:
        """Centroid of a structure."""
        return self.atlas.structures[structure.index].centroid

    def clp_volume_mm3(self, side: Side) -> float:
        """Volume of CLp. Raises NoClpError."""
        return len(self._clp_points(side)) * SAMPLING_MM**3

    def clp_centroid(self, side: Side) -> Point[ScannerRas]:
        """Centroid of CLp. Raises NoClpError."""
        return self._clp_points(side).mean()

    def rasterise(self, centre: Point[ScannerRas], half_size_mm: float, spacing_mm: float) -> LabelGrid:
        """The atlas on a cube of ``2 half_size_mm`` about a point, grid along the scanner axes."""
        return raster_about(self, centre, half_size_mm, spacing_mm)

    def rasterise_on(self, shape: tuple[int, int, int], voxel_to_scanner: Affine[Voxel, ScannerRas]) -> LabelGrid:
        """The atlas on the grid of an image."""
        return raster_on(self, self._box, shape, voxel_to_scanner)

    def surfaces(self) -> tuple[NamedSurface[ScannerRas], ...]:
        """The surface of every structure, CLp last."""
        return named_surfaces(self.atlas, self.atlas.structure_surface, self.clp_surface)

    def clp_surface(self, side: Side) -> Surface[ScannerRas] | None:
        """The surface of CLp. Raises NoClpError."""
        return self.atlas.structure_surface(self.atlas.cl(side), self._behind_cut)

    def _clp_points(self, side: Side) -> Points[ScannerRas]:
        if side not in self._clp:
            points = self.atlas.structure_points(self.atlas.cl(side), SAMPLING_MM)
            self._clp[side] = Points(self.frame, points.array[self._behind_cut(points)])
        return self._clp[side]

    def _behind_cut(self, points: Points[ScannerRas]) -> Flags:
        return np.asarray(self.behind_clp_cut_mm(points) >= 0)

    @cached_property
    def _box(self) -> tuple[FloatArray, FloatArray]:
        return self.atlas.box_mm()
