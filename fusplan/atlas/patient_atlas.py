"""An atlas of a template carried into a patient's scanner frame by a registration, evaluated point by point."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.named_surfaces import NamedSurface, named_surfaces
from fusplan.atlas.nuclei_atlas import OUTSIDE, AtlasStructure, Flags, Labels, TemplateAtlas
from fusplan.atlas.rasters import raster_about, raster_on
from fusplan.atlas.triangles import Surface
from fusplan.errors import FusplanError
from fusplan.spatial import Affine, Map, Mni, Point, Points, ScannerRas, Side, Voxel, Warp
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray

SAMPLING_MM = 0.5
"""Spacing of the template lattice whose points, carried to the patient, make volumes and centroids."""

DERIVATIVE_STEP_MM = 0.5

MARGIN_MM = 2.0
"""Added about the carried-over box of the atlas, whose surface is followed at points ``BOX_STEP_MM`` apart."""

BOX_STEP_MM = 4.0


class AtlasTemplateMismatchError(FusplanError):
    """An atlas lies in another template space than the registration starts from."""


@dataclass(frozen=True, eq=False)
class PatientAtlas:
    """An atlas of a template in one patient: a :class:`~fusplan.atlas.nuclei_atlas.HeadAtlas`.

    Attributes:
        atlas: the atlas in template space.
        mni_to_scanner, scanner_to_mni: the registration, both directions.

    Raises:
        AtlasTemplateMismatchError: the atlas is in another template than the registration.
    """

    atlas: TemplateAtlas
    mni_to_scanner: Map[Mni, ScannerRas]
    scanner_to_mni: Map[ScannerRas, Mni]
    _clp: dict[Side, tuple[Points[ScannerRas], FloatArray]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for template in (self.mni_to_scanner.source, self.scanner_to_mni.target):
            if template != self.atlas.frame:
                raise AtlasTemplateMismatchError(
                    f"The atlas {self.atlas.name} lies in {self.atlas.frame.template}, the registration starts from "
                    f"{template.template}; the two differ by millimetres.",
                    "Use an atlas in the template of the registration.",
                )
        require_same_frame(self.mni_to_scanner.target, self.scanner_to_mni.source)

    @property
    def frame(self) -> ScannerRas:
        return self.mni_to_scanner.target

    @property
    def follows_registration(self) -> bool:
        """It lies where the registration puts it."""
        return True

    def under(self, mni_to_scanner: Warp[Mni, ScannerRas]) -> PatientAtlas:
        """The same atlas carried by another registration."""
        return PatientAtlas(self.atlas, mni_to_scanner, mni_to_scanner.inverse())

    def labels(self, points: Points[ScannerRas]) -> Labels:
        """Index (n,) of the structure at each point, or ``OUTSIDE``."""
        return self.labels_and_clp(points)[0]

    def in_clp(self, points: Points[ScannerRas]) -> Flags:
        """Whether each point (n,) lies in CLp (either side)."""
        return self.labels_and_clp(points)[1]

    def labels_and_clp(self, points: Points[ScannerRas]) -> tuple[Labels, Flags]:
        """Labels (n,) and membership of CLp (n,) with one evaluation of the map for each point near the atlas."""
        rows, near = self._near(points)
        labels = np.full(len(points), OUTSIDE, dtype=np.int16)
        clp = np.zeros(len(points), dtype=np.bool_)
        if len(rows):
            places = self.scanner_to_mni.apply(near)
            labels[rows] = self.atlas.labels(places)
            clp[rows] = self.atlas.in_clp(places, labels[rows])
        return labels, clp

    def memberships(self, points: Points[ScannerRas]) -> FloatArray:
        """Probability (n, s) of every structure; what is missing to 1 is the probability of outside."""
        return self.atlas.memberships(self.scanner_to_mni.apply(points))

    def behind_clp_cut_mm(self, points: Points[ScannerRas]) -> FloatArray:
        """How far (n,) each point lies behind the plane that cuts CLp out of CL, template mm; negative in front."""
        anterior_mm = self.atlas.acpc.from_pc.apply(self.scanner_to_mni.apply(points)).array[:, 1]
        return np.asarray(self.atlas.clp_most_anterior_of_pc_mm - anterior_mm)

    def volumes_mm3(self) -> FloatArray:
        """Volume (s,) of every structure in the patient.

        It is what the atlas states times the map's change of volume at the structure's centroid: close enough for
        structures of which only a small part is ever covered; see :meth:`structure_volume_mm3` for exact counting.
        """
        structures = self.atlas.structures
        centroids = Points(self.atlas.frame, np.array([structure.centroid.array for structure in structures]))
        stated = np.array([structure.volume_mm3 for structure in structures])
        return np.asarray(stated * volume_change(self.mni_to_scanner, centroids))

    def clp_volume_mm3(self, side: Side) -> float:
        """Volume of CLp in the patient."""
        return float(self._carried_clp(side)[1].sum())

    def clp_centroid(self, side: Side) -> Point[ScannerRas]:
        """Centroid of CLp in the patient."""
        places, volumes_mm3 = self._carried_clp(side)
        return Point.of(self.frame, np.average(places.array, axis=0, weights=volumes_mm3))

    def structure_volume_mm3(self, structure: AtlasStructure) -> float:
        """Volume of a structure in the patient."""
        return float(self._carry(self.atlas.structure_points(structure, SAMPLING_MM))[1].sum())

    def structure_centroid(self, structure: AtlasStructure) -> Point[ScannerRas]:
        """Centroid of a structure in the patient."""
        points = self.atlas.structure_points(structure, SAMPLING_MM)
        if len(points) == 0:
            # The smallest structures may fall between the points of the lattice; the stated centroid is near enough.
            return self.mni_to_scanner.apply(self.atlas.structures[structure.index].centroid)
        places, volumes_mm3 = self._carry(points)
        return Point.of(self.frame, np.average(places.array, axis=0, weights=volumes_mm3))

    def _carried_clp(self, side: Side) -> tuple[Points[ScannerRas], FloatArray]:
        if side not in self._clp:
            self._clp[side] = self._carry(self.atlas.clp_points(side, SAMPLING_MM))
        return self._clp[side]

    def _carry(self, points: Points[Mni]) -> tuple[Points[ScannerRas], FloatArray]:
        """Points of a template lattice moved to the patient, and the volume (n,) each stands for there, mm3."""
        volumes_mm3 = volume_change(self.mni_to_scanner, points) * SAMPLING_MM**3
        return self.mni_to_scanner.apply(points), volumes_mm3

    def rasterise(self, centre: Point[ScannerRas], half_size_mm: float, spacing_mm: float) -> LabelGrid:
        """The atlas on a cube of ``2 half_size_mm`` about a point, grid along the scanner axes."""
        return raster_about(self, centre, half_size_mm, spacing_mm)

    def rasterise_on(self, shape: tuple[int, int, int], voxel_to_scanner: Affine[Voxel, ScannerRas]) -> LabelGrid:
        """The atlas on the grid of an image. The registration is followed only near the thalamus."""
        return raster_on(self, self._box, shape, voxel_to_scanner)

    def surfaces(self) -> tuple[NamedSurface[ScannerRas], ...]:
        """The surface of every structure that has one, CLp last."""
        found = _template_surfaces(self.atlas)
        return tuple(
            NamedSurface(one.abbreviation, one.name, one.side, one.surface.carried(self.mni_to_scanner))
            for one in found
        )

    def clp_surface(self, side: Side) -> Surface[ScannerRas] | None:
        """The surface of CLp."""
        found = self.atlas.clp_surface(side)
        return None if found is None else found.carried(self.mni_to_scanner)

    def carried_box_mm(self, lowest_mm: FloatArray, highest_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
        """A box along the scanner axes that holds a box of the template (corners (3,), template mm), with a margin."""
        steps = np.maximum(np.ceil((highest_mm - lowest_mm) / BOX_STEP_MM).astype(int), 1) + 1
        axes = [np.linspace(lowest_mm[axis], highest_mm[axis], steps[axis]) for axis in range(3)]
        places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        on_surface = np.any((places == lowest_mm) | (places == highest_mm), axis=1)
        carried = self.mni_to_scanner.apply(Points(self.atlas.frame, places[on_surface])).array
        return carried.min(axis=0) - MARGIN_MM, carried.max(axis=0) + MARGIN_MM

    def _near(self, points: Points[ScannerRas]) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Points[ScannerRas]]:
        """The rows of the points inside the carried-over box of the atlas, and those points."""
        require_same_frame(self.frame, points.frame)
        low, high = self._box
        rows = np.flatnonzero(np.all((points.array >= low) & (points.array <= high), axis=1))
        return rows, Points(self.frame, points.array[rows])

    @cached_property
    def _box(self) -> tuple[FloatArray, FloatArray]:
        return self.carried_box_mm(*self.atlas.box_mm())


@lru_cache(maxsize=8)
def _template_surfaces(atlas: TemplateAtlas) -> tuple[NamedSurface[Mni], ...]:
    """The surfaces of an atlas in template space: the same for every patient, so worked out once."""
    return named_surfaces(atlas, atlas.structure_surface, atlas.clp_surface)


def volume_change(mni_to_scanner: Map[Mni, ScannerRas], points: Points[Mni]) -> FloatArray:
    """Determinant (n,) of the map's derivative at each point, by central differences of 0.5 mm."""
    steps = np.vstack([np.eye(3), -np.eye(3)]) * DERIVATIVE_STEP_MM
    moved = mni_to_scanner.apply(Points(points.frame, (points.array[:, None] + steps).reshape(-1, 3)))
    places = moved.array.reshape(len(points), 6, 3)
    derivatives = (places[:, :3] - places[:, 3:]) / (2 * DERIVATIVE_STEP_MM)
    return np.asarray(np.abs(np.linalg.det(derivatives)), dtype=np.float64)
