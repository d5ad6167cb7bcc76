"""The plan as one immutable value. Everything positional is stored in scanner RAS mm of the reference image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from fusplan.imaging.volume import Volume
from fusplan.registration.request import RegistrationQuality
from fusplan.spatial import (
    AcPcGeometry,
    Affine,
    Direction,
    Ellipsoid,
    Grid,
    Mni,
    Point,
    Points,
    ScannerRas,
    Side,
    Warp,
    acpc_geometry,
)
from fusplan.spatial.points import FloatArray

LandmarkSource: TypeAlias = Literal["template", "refined", "user"]
Confidence: TypeAlias = Literal["V", "C", "M", "derived"]
"""V read in the source, C computed from published data, M from memory of the literature (unverified),
derived: worked out for this program, not a published clinical coordinate."""


@dataclass(frozen=True, slots=True, eq=False)
class ImageReference:
    """Which image a plan belongs to: file, content and place, so that a changed image is noticed.

    Attributes:
        path: the file; of a DICOM series the folder, zip or file it was found at, and None when that would name the
            patient.
        sha256, shape, affine: hash of its content, its grid and where that lies (scanner RAS mm).
        volume_index: which volume of a 4-D file, counted from 1.
        assumed_scanner_ras: the file has no spatial transform and its axes were taken for right, anterior, superior.
        series_uid, series_title: which DICOM series at ``path``, and what it is called; None for other images.
    """

    path: str | None
    sha256: str
    shape: tuple[int, int, int]
    affine: FloatArray
    volume_index: int | None = None
    assumed_scanner_ras: bool = False
    series_uid: str | None = None
    series_title: str | None = None

    @property
    def frame(self) -> ScannerRas:
        return ScannerRas(self.sha256[:12])

    @property
    def grid(self) -> Grid[ScannerRas]:
        """Where its voxels lie: the same grid as the image's own."""
        return Grid.of(self.shape, self.affine, self.frame, self.sha256[:12])

    @property
    def name(self) -> str:
        """What the image is called on the screen and in files; never names the patient of a DICOM series."""
        if self.series_title is not None:
            return self.series_title
        return Path(self.path).name if self.path is not None else "image"

    @classmethod
    def of_volume(
        cls, volume: Volume, volume_index: int | None = None, assumed_scanner_ras: bool = False
    ) -> ImageReference:
        """The reference to an image that was read from ``volume.path`` in the way the other arguments say."""
        series = volume.series
        withheld = series is not None and series.path_names_patient
        return cls(
            path=str(volume.path.resolve()) if volume.path is not None and not withheld else None,
            sha256=volume.fingerprint,
            shape=volume.shape,
            affine=volume.affine,
            volume_index=volume_index,
            assumed_scanner_ras=assumed_scanner_ras,
            series_uid=series.uid if series is not None else None,
            series_title=series.title if series is not None else None,
        )


@dataclass(frozen=True, slots=True)
class Landmark:
    """One marked point and where it came from."""

    point: Point[ScannerRas]
    source: LandmarkSource


@dataclass(frozen=True, slots=True)
class VentricleWall:
    """The wall of the third ventricle on one side at the target's level, found in the image.

    Attributes:
        lateral_mm: distance of the wall from the midplane.
        plausible: whether it passed the plausibility check; when False ``sentence`` says why not and
            ``lateral_mm`` is the fallback.
    """

    side: Side
    lateral_mm: float
    plausible: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Landmarks:
    """AC, PC, midline points and third-ventricle walls."""

    ac: Landmark
    pc: Landmark
    midline: tuple[Landmark, ...]
    ventricle_walls: tuple[VentricleWall, ...] = ()

    def geometry(self) -> AcPcGeometry:
        """The AC-PC frame they define. Raises DegenerateLandmarksError."""
        midline = Points.gather(landmark.point for landmark in self.midline)
        return acpc_geometry(self.ac.point, self.pc.point, midline)

    def ventricle_wall(self, side: Side) -> VentricleWall | None:
        return next((wall for wall in self.ventricle_walls if wall.side == side), None)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a position came from.

    Attributes:
        method: short identifier, such as ``morel-best-cover``, ``acpc-rule``, ``preset:vim``, ``user``.
        sentence: the same for a person, with the source cited.
        confidence: V, C, M or derived; see :data:`Confidence`.
        uncertainty_mm: 1-sigma-like radius stated for it, if any.
    """

    method: str
    sentence: str
    confidence: Confidence
    uncertainty_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A point to be aimed at; ``colour`` is the ``#rrggbb`` chosen for it, None where the program chooses."""

    id: str
    name: str
    side: Side
    point: Point[ScannerRas]
    provenance: Provenance
    locked: bool = True
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Lesion:
    """A planned ellipsoid about a target.

    Attributes:
        id, name: unique in the plan; shown.
        target_id: the target it belongs to (its centre starts there).
        centre: centre of the ellipsoid.
        width_mm: full diameters across the two transverse axes.
        length_mm: full diameter along the long axis.
        long_axis: direction of the long axis, scanner RAS.
        transverse_axis: direction of the first transverse axis, at a right angle to ``long_axis``.
    """

    id: str
    name: str
    side: Side
    target_id: str
    centre: Point[ScannerRas]
    width_mm: tuple[float, float]
    length_mm: float
    long_axis: Direction[ScannerRas]
    transverse_axis: Direction[ScannerRas]

    @property
    def ellipsoid(self) -> Ellipsoid[ScannerRas]:
        """Its ellipsoid; semi-axes are half of the two widths and half of the length."""
        long_axis = self.long_axis.array
        first = self.transverse_axis.array
        first = first - (first @ long_axis) * long_axis
        first = first / np.linalg.norm(first)
        rotation = np.column_stack([first, np.cross(long_axis, first), long_axis])
        semi_axes_mm = (self.width_mm[0] / 2, self.width_mm[1] / 2, self.length_mm / 2)
        return Ellipsoid(self.centre, semi_axes_mm, rotation)

    @property
    def size_words(self) -> str:
        """``4 x 5 mm`` or ``4 x 5 x 7 mm``."""
        a, b = self.width_mm
        return f"{a:g} x {self.length_mm:g} mm" if a == b else f"{a:g} x {b:g} x {self.length_mm:g} mm"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed position for a target, never the only one."""

    name: str
    side: Side
    point: Point[ScannerRas]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Measurement:
    """A distance (two points) or an angle (three points, the second is its corner) kept with the plan."""

    id: str
    name: str
    points: tuple[Point[ScannerRas], ...]

    @property
    def value(self) -> float:
        """Millimetres between two points, or degrees of the angle at the second of three (0 to 180)."""
        first, second = self.points[0].array, self.points[1].array
        if len(self.points) == 2:
            return float(np.linalg.norm(second - first))
        one, other = first - second, self.points[2].array - second
        return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(one, other)), one @ other)))

    @property
    def words(self) -> str:
        """``12.3 mm`` or ``45.0°``."""
        return f"{self.value:.1f} mm" if len(self.points) == 2 else f"{self.value:.1f}°"


@dataclass(frozen=True, slots=True, eq=False)
class RegistrationRecord:
    """The registration a plan stands on: the map and everything needed to judge and repeat it."""

    template: str
    engine: str
    versions: tuple[tuple[str, str], ...]
    seconds: tuple[tuple[str, float], ...]
    quality: RegistrationQuality
    notes: tuple[str, ...]
    mni_to_scanner: Warp[Mni, ScannerRas]


@dataclass(frozen=True, slots=True, eq=False)
class SecondImageRecord:
    """Another image of the same person, and where it lies over the reference image.

    Attributes:
        image: which file, as of the reference image; its matrix is the one before the motion.
        to_reference: rigid motion of its scanner RAS mm to those of the reference image.
        sentence: what the registration found, for a person.
        similarity_before, similarity: normalised mutual information, 1 (none) to 2, as the headers put the images and
            after the motion.
        engine, versions: what found it.
    """

    image: ImageReference
    to_reference: Affine[ScannerRas, ScannerRas]
    sentence: str
    similarity_before: float
    similarity: float
    engine: str
    versions: tuple[tuple[str, str], ...]

    def shows_the_same(self, other: SecondImageRecord | None) -> bool:
        """Whether both put the same image at the same place, wherever its file is."""
        return (
            other is not None
            and (self.image.sha256, self.image.volume_index) == (other.image.sha256, other.image.volume_index)
            and np.array_equal(self.to_reference.matrix, other.to_reference.matrix)
        )


@dataclass(frozen=True, slots=True)
class AtlasReference:
    """An atlas that a plan was made with.

    Attributes:
        name, title: to find it, and for a person.
        digest: sha256 that tells whether it is still the same; None where the plan does not say.
    """

    name: str
    title: str
    digest: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All that is planned on one head.

    ``atlases`` are those its proposals were made with, the one that targets started from first; none of them named
    means the built-in ones. ``second_image`` lies over the image for the eye alone: nothing is computed from it.
    """

    image: ImageReference
    landmarks: Landmarks
    registration: RegistrationRecord
    proposals: tuple[Proposal, ...]
    targets: tuple[Target, ...]
    lesions: tuple[Lesion, ...]
    seed: int = 1
    measurements: tuple[Measurement, ...] = ()
    atlases: tuple[AtlasReference, ...] = ()
    second_image: SecondImageRecord | None = None

    def target(self, target_id: str) -> Target:
        return next(target for target in self.targets if target.id == target_id)

    def lesions_of(self, target_id: str) -> tuple[Lesion, ...]:
        return tuple(lesion for lesion in self.lesions if lesion.target_id == target_id)
