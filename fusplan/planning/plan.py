"""The plan as one immutable value. Everything positional is stored in scanner RAS mm of the reference image."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np

from fusplan.atlas.structure_ref import StructureRef
from fusplan.planning.plan_images import ImageReference, ImageRole, PlacedImage
from fusplan.planning.provenance import Provenance
from fusplan.planning.registration_judgement import JUDGEMENT_SENTENCES, NOT_NUDGED, HandNudge, Judgement
from fusplan.planning.treatment import Treatment
from fusplan.registration.request import RegistrationQuality
from fusplan.spatial import (
    AcPcGeometry,
    Direction,
    Ellipsoid,
    Mni,
    Point,
    Points,
    ScannerRas,
    Side,
    Warp,
    acpc_geometry,
)
from fusplan.spatial.content_digest import content_digest

LandmarkSource: TypeAlias = Literal["template", "refined", "user"]


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
    _geometry: AcPcGeometry | None = field(default=None, init=False, repr=False, compare=False)
    _marks_digest: str | None = field(default=None, init=False, repr=False, compare=False)

    def geometry(self) -> AcPcGeometry:
        """The AC-PC frame they define, made when first asked for and kept. Raises DegenerateLandmarksError."""
        if self._geometry is None:
            midline = Points.gather(landmark.point for landmark in self.midline)
            geometry = acpc_geometry(self.ac.point, self.pc.point, midline)
            object.__setattr__(self, "_geometry", geometry)
            return geometry
        return self._geometry

    def ventricle_wall(self, side: Side) -> VentricleWall | None:
        return next((wall for wall in self.ventricle_walls if wall.side == side), None)

    @property
    def marks_digest(self) -> str:
        """Key of AC, PC and the midline points, which the AC-PC frame is made of; who marked them is left out."""
        if self._marks_digest is None:
            digest = content_digest([mark.point.coordinates for mark in (self.ac, self.pc, *self.midline)])
            object.__setattr__(self, "_marks_digest", digest)
            return digest
        return self._marks_digest

    @property
    def digest(self) -> str:
        """Key of the marked points and the ventricle walls; who marked them, and the walls' words, are left out."""
        walls = [(wall.side, wall.lateral_mm, wall.plausible) for wall in self.ventricle_walls]
        return content_digest(self.marks_digest, walls)


@dataclass(frozen=True, slots=True)
class Target:
    """A point to be aimed at.

    Attributes:
        id, name, side, point: unique in the plan; shown; where it lies.
        provenance: where the position came from.
        locked: whether it is kept from being moved.
        colour: the ``#rrggbb`` chosen for it, None where the program chooses.
        aim: the structure that is to be hit, which the checks compare the position with; None: none in particular.
    """

    id: str
    name: str
    side: Side
    point: Point[ScannerRas]
    provenance: Provenance
    locked: bool = True
    colour: str | None = None
    aim: StructureRef | None = None


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
        return _ellipsoid_of(self)

    @property
    def size_words(self) -> str:
        """``4 x 5 mm`` or ``4 x 5 x 7 mm``."""
        a, b = self.width_mm
        return f"{a:g} x {self.length_mm:g} mm" if a == b else f"{a:g} x {b:g} x {self.length_mm:g} mm"


@lru_cache(maxsize=256)
def _ellipsoid_of(lesion: Lesion) -> Ellipsoid[ScannerRas]:
    """Kept: views and panels ask for it a dozen times at every step of a drag."""
    long_axis = lesion.long_axis.array
    first = lesion.transverse_axis.array
    first = first - (first @ long_axis) * long_axis
    first = first / np.linalg.norm(first)
    rotation = np.column_stack([first, np.cross(long_axis, first), long_axis])
    semi_axes_mm = (lesion.width_mm[0] / 2, lesion.width_mm[1] / 2, lesion.length_mm / 2)
    return Ellipsoid(lesion.centre, semi_axes_mm, rotation)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed position for a target, never the only one; ``aim`` is the structure it is proposed for."""

    name: str
    side: Side
    point: Point[ScannerRas]
    provenance: Provenance
    aim: StructureRef


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
    """The registration a plan stands on: the map and everything needed to judge and repeat it.

    Attributes:
        template, engine, versions, seconds: what was registered, by what, and the wall time of each stage.
        quality: whether to trust it now: by what was measured, and by what a person said and did since.
        notes: sentences of the engine's about what it decided on the way.
        mni_to_scanner: the map, nudges by hand included.
        judgement, nudge: what a person said of it, and how far it was moved by hand.
        recipe: how the engine was used.
    """

    template: str
    engine: str
    versions: tuple[tuple[str, str], ...]
    seconds: tuple[tuple[str, float], ...]
    quality: RegistrationQuality
    notes: tuple[str, ...]
    mni_to_scanner: Warp[Mni, ScannerRas]
    judgement: Judgement = "none"
    nudge: HandNudge = NOT_NUDGED
    recipe: str = ""

    @property
    def engine_words(self) -> str:
        """The engine and its recipe."""
        return f"{self.engine}, {self.recipe}" if self.recipe else self.engine

    @property
    def remarks(self) -> tuple[str, ...]:
        """The engine's notes and then what a person did to it, for a person."""
        nudged = () if self.nudge.is_none else (self.nudge.sentence,)
        judged = () if self.judgement == "none" else (JUDGEMENT_SENTENCES[self.judgement],)
        return (*self.notes, *nudged, *judged)

    @property
    def digest(self) -> str:
        """Key of the map and of everything that says how far to trust it.

        Atlases and proposals depend on the map alone (``mni_to_scanner.digest``), uncertainty on the verdict too,
        checks on its words. Engine, versions, times and the engine's notes are left out: nothing is computed from them.
        """
        quality = self.quality
        measures = [(one.name, one.value, one.verdict) for one in quality.measures]
        nudge = (self.nudge.translation_mm, self.nudge.rotation_deg)
        return content_digest(
            self.mni_to_scanner.digest, quality.verdict, quality.sentence, measures, self.judgement, nudge
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

    Attributes:
        image: the planning image; all positions are in its scanner frame.
        landmarks, registration: what the plan stands on.
        proposals: positions that were computed for its targets.
        targets, lesions: what is planned.
        seed: of everything random.
        measurements: kept with it.
        atlases: those its proposals were made with, the one that targets started from first; none of them named means
            the built-in ones.
        images: other images of the head, at most one of each role. Nothing is computed from the second image: it is
            for the eye alone.
        proposals_basis: ``basis`` when the proposals were computed; None where a plan does not say, as one of an
            earlier version.
        treatment: what is done at the targets; None where nothing is planned of it.
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
    images: tuple[PlacedImage, ...] = ()
    proposals_basis: str | None = None
    treatment: Treatment | None = None

    def target(self, target_id: str) -> Target:
        return next(target for target in self.targets if target.id == target_id)

    def lesions_of(self, target_id: str) -> tuple[Lesion, ...]:
        return tuple(lesion for lesion in self.lesions if lesion.target_id == target_id)

    def image_of(self, role: ImageRole) -> PlacedImage | None:
        """The image of that role, if the plan has one."""
        return next((placed for placed in self.images if placed.role == role), None)

    @property
    def basis(self) -> str:
        """Key of what proposals are computed on: the marked points and the map from the template.

        Ventricle walls are left out: they are measured again, in the same image, whenever proposals are computed.
        """
        return content_digest(self.landmarks.marks_digest, self.registration.mni_to_scanner.digest)

    def standing_on(self, landmarks: Landmarks, registration: RegistrationRecord) -> Plan:
        """The plan on other landmarks or another registration, with its proposals as they were.

        Proposals of which nobody knows what they were computed on belong to these even less: from now on they are taken
        for those of what the plan stood on until now.
        """
        basis = self.proposals_basis or self.basis
        return replace(self, landmarks=landmarks, registration=registration, proposals_basis=basis)

    @property
    def proposals_fit(self) -> bool | None:
        """Whether the proposals were computed on what the plan stands on now; None where that is not known."""
        return None if self.proposals_basis is None else self.proposals_basis == self.basis

    @property
    def digest(self) -> str:
        """Key of everything that a review of the plan reads: plans of one digest have the same review, word for word.

        Names of targets, lesions, proposals and atlases are in it, since checks name them. Left out, since nothing is
        computed from them: paths, locks, colours, measurements, the other images, the treatment (what comes of it has a
        key of its own), and what a person reads about the origin of a position or of the registration.
        """
        image = self.image
        return content_digest(
            (image.sha256, image.volume_index, image.shape, image.affine.tolist()),
            (self.landmarks.digest, [wall.sentence for wall in self.landmarks.ventricle_walls]),
            self.registration.digest,
            (self.proposals_basis, [_proposal_content(proposal) for proposal in self.proposals]),
            [_target_content(target) for target in self.targets],
            [_lesion_content(lesion) for lesion in self.lesions],
            self.seed,
            [(atlas.name, atlas.title, atlas.digest) for atlas in self.atlases],
        )


def _proposal_content(proposal: Proposal) -> tuple[object, ...]:
    aim, source = proposal.aim, proposal.provenance
    return (proposal.name, proposal.side, proposal.point.coordinates, (aim.key, aim.side), source.method)


def _target_content(target: Target) -> tuple[object, ...]:
    aim = None if target.aim is None else (target.aim.key, target.aim.side)
    return (target.id, target.name, target.side, target.point.coordinates, aim)


def _lesion_content(lesion: Lesion) -> tuple[object, ...]:
    axes = [(axis.x, axis.y, axis.z) for axis in (lesion.long_axis, lesion.transverse_axis)]
    size = (lesion.width_mm, lesion.length_mm)
    return (lesion.id, lesion.name, lesion.side, lesion.target_id, lesion.centre.coordinates, size, axes)
