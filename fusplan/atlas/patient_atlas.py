"""An atlas of a template carried into a patient's scanner frame by a registration, evaluated point by point."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

from fusplan.atlas.by_reference import require_part
from fusplan.atlas.label_grid import LabelGrid
from fusplan.atlas.labelling import OUTSIDE, Flags, Labelling, Labels
from fusplan.atlas.named_surfaces import NamedSurface, named_surfaces
from fusplan.atlas.nuclei_atlas import TemplateAtlas
from fusplan.atlas.rasters import raster_about, raster_on
from fusplan.atlas.structure_ref import StructureRef
from fusplan.errors import FusplanError
from fusplan.spatial import Grid, Map, Mni, Point, Points, ScannerRas, Warp
from fusplan.spatial.frames import require_same_frame
from fusplan.spatial.points import FloatArray, read_only
from fusplan.spatial.triangles import Surface

SAMPLING_MM = 0.5
"""Spacing of the template lattice whose points, carried to the patient, make volumes and centroids."""

DERIVATIVE_STEP_MM = 0.5

MARGIN_MM = 2.0
"""Added about the carried-over box of the atlas, whose surface is followed at points ``BOX_STEP_MM`` apart."""

BOX_STEP_MM = 4.0


class AtlasTemplateMismatchError(FusplanError):
    """An atlas lies in another template space than the registration starts from."""


@dataclass(frozen=True, slots=True, eq=False)
class CarriedPoints:
    """Points of a template lattice moved to the patient.

    Attributes:
        at: the points (n,) in the template.
        places: where they lie in the patient.
        volumes_mm3: (n,), what each stands for there.
    """

    at: Points[Mni]
    places: Points[ScannerRas]
    volumes_mm3: FloatArray

    def kept(self, inside: Flags) -> CarriedPoints:
        """Those that are marked."""
        at, places = self.at.array[inside], self.places.array[inside]
        return CarriedPoints(Points(self.at.frame, at), Points(self.places.frame, places), self.volumes_mm3[inside])


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
    _carried: dict[StructureRef, CarriedPoints] = field(default_factory=dict, init=False, repr=False)

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
        return self.labelling(points).labels

    def contains(self, points: Points[ScannerRas], structure: StructureRef) -> Flags:
        """Whether each point (n,) lies in a structure or part; nowhere when the atlas does not describe it."""
        return self.atlas.members(structure, self.labelling(points))

    def labelling(self, points: Points[ScannerRas]) -> Labelling:
        """Labels and parts (n,) with one evaluation of the map for each point near the atlas."""
        rows, near = self._near(points)
        labels = np.full(len(points), OUTSIDE, dtype=np.int16)
        parts = {part.key: np.zeros(len(points), dtype=np.bool_) for part in self.atlas.parts}
        if len(rows):
            found = self.atlas.labelling(self.scanner_to_mni.apply(near))
            labels[rows] = found.labels
            for key, flags in found.parts.items():
                parts[key][rows] = flags
        return Labelling(labels, parts)

    def memberships(self, points: Points[ScannerRas]) -> FloatArray:
        """Probability (n, s) of every structure; what is missing to 1 is the probability of outside."""
        return self.atlas.memberships(self.scanner_to_mni.apply(points))

    def behind_cut_mm(self, points: Points[ScannerRas], key: str) -> FloatArray:
        """How far (n,) each point lies behind the plane that cuts a part out of its whole, template mm; negative in
        front. Raises UnknownStructureError."""
        return require_part(self.atlas, key).behind_cut_mm(self.scanner_to_mni.apply(points), self.atlas.acpc)

    def volumes_mm3(self) -> FloatArray:
        """Volume (s,) of every structure in the patient.

        It is what the atlas states times the map's change of volume at the structure's centroid: close enough for
        structures of which only a small part is ever covered; see :meth:`volume_mm3` for exact counting.
        """
        return self._volumes_mm3

    @cached_property
    def _volumes_mm3(self) -> FloatArray:
        structures = self.atlas.structures
        centroids = Points(self.atlas.frame, np.array([structure.centroid.array for structure in structures]))
        stated = np.array([structure.volume_mm3 for structure in structures])
        return read_only(stated * volume_change(self.mni_to_scanner, centroids))

    def volume_mm3(self, structure: StructureRef) -> float:
        """Volume of a structure or part in the patient, counted once. Raises UnknownStructureError."""
        return float(self._points_in(structure).volumes_mm3.sum())

    def centroid(self, structure: StructureRef) -> Point[ScannerRas]:
        """Centroid of a structure or part in the patient. Raises UnknownStructureError."""
        carried = self._points_in(structure)
        if len(carried.places) == 0:
            # The smallest structures may fall between the points of the lattice; the stated centroid is near enough.
            whole = self.atlas.structures[self.atlas.whole(structure).index]
            return self.mni_to_scanner.apply(whole.centroid)
        return Point.of(self.frame, np.average(carried.places.array, axis=0, weights=carried.volumes_mm3))

    def _points_in(self, structure: StructureRef) -> CarriedPoints:
        if structure not in self._carried:
            part = self.atlas.part(structure.key)
            if part is None:
                self._carried[structure] = self._carry(structure)
            else:  # of the whole, which is asked for next
                whole = self._points_in(self.atlas.whole(structure).ref)
                self._carried[structure] = whole.kept(part.behind_cut_mm(whole.at, self.atlas.acpc) >= 0)
        return self._carried[structure]

    def _carry(self, structure: StructureRef) -> CarriedPoints:
        points = self.atlas.points_in(structure, SAMPLING_MM)
        volumes_mm3 = volume_change(self.mni_to_scanner, points) * SAMPLING_MM**3
        return CarriedPoints(points, self.mni_to_scanner.apply(points), volumes_mm3)

    def rasterise(self, centre: Point[ScannerRas], half_size_mm: float, spacing_mm: float) -> LabelGrid:
        """The atlas on a cube of ``2 half_size_mm`` about a point, grid along the scanner axes."""
        return raster_about(self, centre, half_size_mm, spacing_mm)

    def rasterise_on(self, grid: Grid[ScannerRas]) -> LabelGrid:
        """The atlas on the grid of an image. The registration is followed only near the thalamus."""
        return raster_on(self, self._box, grid)

    def surfaces(self) -> tuple[NamedSurface[ScannerRas], ...]:
        """The surface of every structure that has one, parts last."""
        found = _template_surfaces(self.atlas)
        return tuple(
            NamedSurface(each.abbreviation, each.name, each.side, each.surface.carried(self.mni_to_scanner))
            for each in found
        )

    def surface(self, structure: StructureRef) -> Surface[ScannerRas] | None:
        """The surface of a structure or part. Raises UnknownStructureError."""
        found = self.atlas.surface(structure)
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
    return named_surfaces(atlas, atlas.surface)


def volume_change(mni_to_scanner: Map[Mni, ScannerRas], points: Points[Mni]) -> FloatArray:
    """Determinant (n,) of the map's derivative at each point, by central differences of 0.5 mm."""
    steps = np.vstack([np.eye(3), -np.eye(3)]) * DERIVATIVE_STEP_MM
    moved = mni_to_scanner.apply(Points(points.frame, (points.array[:, None] + steps).reshape(-1, 3)))
    places = moved.array.reshape(len(points), 6, 3)
    derivatives = (places[:, :3] - places[:, 3:]) / (2 * DERIVATIVE_STEP_MM)
    return np.asarray(np.abs(np.linalg.det(derivatives)), dtype=np.float64)
