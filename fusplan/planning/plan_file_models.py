"""The content of ``plan.fusplan.json``, field by field, apart from the domain classes.

Nothing has a default and nothing unknown is let through: a file says everything, or it is refused with the name
of the field. Every position carries its frame, and its key (``mm``) its unit.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self, TypeAlias

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from fusplan.planning.lesion_size import LARGEST_MM, SMALLEST_MM

FORMAT_NAME: Final = "fusplan plan"

MOST_ITEMS = 1000
"""Of anything listed in a plan; what is worked through one by one must end."""

MOST_LESIONS = 200
MOST_ATLASES = 100
MOST_MIDLINE_POINTS = 100

FURTHEST_MM = 10_000.0
"""No scanner is larger than ten metres: a coordinate beyond that is a mistake."""

Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=4000)]
Finite: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Coordinate: TypeAlias = Annotated[float, Field(ge=-FURTHEST_MM, le=FURTHEST_MM, allow_inf_nan=False)]
Coordinates: TypeAlias = tuple[Coordinate, Coordinate, Coordinate]
Diameter: TypeAlias = Annotated[float, Field(ge=SMALLEST_MM, le=LARGEST_MM, allow_inf_nan=False)]
NotNegative: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Distance: TypeAlias = Annotated[float, Field(ge=0, le=FURTHEST_MM, allow_inf_nan=False)]
Similarity: TypeAlias = Annotated[float, Field(ge=0, le=2.01, allow_inf_nan=False)]
"""Normalised mutual information, at most 2 but for rounding."""

Count: TypeAlias = Annotated[int, Field(ge=1, le=100_000)]
Shape: TypeAlias = tuple[Count, Count, Count]
SeriesUid: TypeAlias = Annotated[str, Field(pattern=r"^[0-9.]{1,64}$")]
TemplateName: TypeAlias = Annotated[str, Field(pattern=r"^[!-~]{1,200}$")]
"""One ASCII word, so that it can stand in files of other programs."""

Colour: TypeAlias = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Side: TypeAlias = Literal["left", "right"]
Verdict: TypeAlias = Literal["ok", "warning", "error"]
ScannerFrame: TypeAlias = Literal["scanner RAS"]
MatrixRow: TypeAlias = tuple[Coordinate, Coordinate, Coordinate, Coordinate]
MatrixRows: TypeAlias = tuple[MatrixRow, MatrixRow, MatrixRow, MatrixRow]
"""Millimetres and millimetres per step, so that the bound of coordinates holds for both."""


def _is_affine(rows: MatrixRows) -> MatrixRows:
    if rows[3] != (0.0, 0.0, 0.0, 1.0):
        raise ValueError("the last row of the matrix must be 0 0 0 1")
    if abs(float(np.linalg.det(np.array(rows)[:3, :3]))) < 1e-12:
        raise ValueError("the matrix cannot be inverted")
    return rows


def _is_rigid(rows: MatrixRows) -> MatrixRows:
    turn = np.array(_is_affine(rows))[:3, :3]
    if np.abs(turn @ turn.T - np.eye(3)).max() > 1e-3 or float(np.linalg.det(turn)) < 0:
        raise ValueError("the matrix must be a rotation and a shift")
    return rows


def _is_unit(vector: tuple[float, float, float]) -> tuple[float, float, float]:
    if abs(float(np.linalg.norm(vector)) - 1) > 1e-3:
        raise ValueError("the direction must have length 1")
    return vector


def _can_be_a_path(path: str) -> str:
    if "\0" in path:
        raise ValueError("the path holds a zero, which no system allows")
    return path


def _stays_inside(path: str) -> str:
    if not path.isprintable():
        raise ValueError("the path holds what cannot be printed")
    if path.startswith(("/", "\\")) or ":" in path or ".." in path.replace("\\", "/").split("/"):
        raise ValueError("the path must lead into the plan's own folder")
    return path


Matrix: TypeAlias = Annotated[MatrixRows, AfterValidator(_is_affine)]
RigidMatrix: TypeAlias = Annotated[MatrixRows, AfterValidator(_is_rigid)]
Cosine: TypeAlias = Annotated[float, Field(ge=-2, le=2, allow_inf_nan=False)]
UnitVector: TypeAlias = Annotated[tuple[Cosine, Cosine, Cosine], AfterValidator(_is_unit)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PointModel(_Model):
    """A position."""

    frame: ScannerFrame
    mm: Coordinates


class DirectionModel(_Model):
    """A unit vector."""

    frame: ScannerFrame
    direction: UnitVector


class ImageModel(_Model):
    """The reference image; ``path`` is relative to the plan's folder wherever the system allows it.

    Of a DICOM series, ``path`` is its folder, zip or one of its files, and null when that would name the patient.
    """

    path: Annotated[Text, AfterValidator(_can_be_a_path)] | None
    sha256: Sha256
    shape: Shape
    voxel_to_scanner_ras_mm: Matrix
    volume_index: Annotated[int, Field(ge=1)] | None
    assumed_scanner_ras: bool
    series_uid: SeriesUid | None
    series_title: Text | None

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if self.path is None and self.series_uid is None:
            raise ValueError("path may be null only for a DICOM series")
        return self


class LandmarkModel(_Model):
    """A marked point."""

    frame: ScannerFrame
    mm: Coordinates
    source: Literal["template", "refined", "user"]


class VentricleWallModel(_Model):
    """The wall of the third ventricle on one side; ``lateral_mm`` from the midplane."""

    side: Side
    lateral_mm: Distance
    plausible: bool
    sentence: str


class LandmarksModel(_Model):
    """AC, PC, midline points, ventricle walls."""

    ac: LandmarkModel
    pc: LandmarkModel
    midline: Annotated[tuple[LandmarkModel, ...], Field(min_length=1, max_length=MOST_MIDLINE_POINTS)]
    ventricle_walls: Annotated[tuple[VentricleWallModel, ...], Field(max_length=2)]


class ProvenanceModel(_Model):
    """Where a position came from."""

    method: Text
    sentence: str
    confidence: Literal["V", "C", "M", "derived"]
    uncertainty_mm: Distance | None


class ProposalModel(_Model):
    """A proposed position."""

    name: Text
    side: Side
    frame: ScannerFrame
    mm: Coordinates
    provenance: ProvenanceModel


class TargetModel(_Model):
    """A target; ``colour`` is null where the program chooses it."""

    id: Text
    name: Text
    side: Side
    frame: ScannerFrame
    mm: Coordinates
    provenance: ProvenanceModel
    locked: bool
    colour: Colour | None


class LesionModel(_Model):
    """A planned ellipsoid."""

    id: Text
    name: Text
    side: Side
    target_id: Text
    centre: PointModel
    width_mm: tuple[Diameter, Diameter]
    length_mm: Diameter
    long_axis: DirectionModel
    transverse_axis: DirectionModel

    @model_validator(mode="after")
    def _axes_differ(self) -> Self:
        if abs(float(np.dot(self.long_axis.direction, self.transverse_axis.direction))) > 0.9:
            raise ValueError("transverse_axis must be at a right angle to long_axis")
        return self


class MeasurementModel(_Model):
    """A measured distance (two points) or angle (three, the second is the corner)."""

    id: Text
    name: Text
    points: Annotated[tuple[PointModel, ...], Field(min_length=2, max_length=3)]


class MeasureModel(_Model):
    """One quality measure; ``value`` is null when it could not be worked out."""

    name: Text
    value: Finite | None
    warning_limit: Finite | None
    error_limit: Finite | None
    verdict: Verdict
    sentence: str


class QualityModel(_Model):
    """The verdict over all measures."""

    verdict: Verdict
    sentence: str
    measures: tuple[MeasureModel, ...]


class VersionModel(_Model):
    """A package that decided the result."""

    name: Text
    version: str


class StageModel(_Model):
    """Wall time of one stage."""

    stage: Text
    seconds: NotNegative


class WarpModel(_Model):
    """The displacement field beside the plan, and where its grid lies in template space."""

    path: Annotated[Text, AfterValidator(_stays_inside)]
    sha256: Sha256
    shape: Shape
    grid_to_template_ras_mm: Matrix


class MapModel(_Model):
    """The map from template to patient: the displacement in template space first, then the affine matrix."""

    order: Literal["patient = affine(template + displacement(template))"]
    template_to_scanner_ras_mm: Matrix
    displacement_field: WarpModel


class RegistrationModel(_Model):
    """The registration the plan stands on."""

    template: TemplateName
    engine: Text
    versions: tuple[VersionModel, ...]
    seconds: tuple[StageModel, ...]
    quality: QualityModel
    notes: tuple[str, ...]
    map: MapModel


class RigidRegistrationModel(_Model):
    """What laid the second image over the reference image, and how well."""

    engine: Text
    versions: Annotated[tuple[VersionModel, ...], Field(max_length=MOST_ITEMS)]
    similarity_before: Similarity
    similarity: Similarity
    sentence: Text


class SecondImageModel(_Model):
    """Another image of the same person; the matrix moves its scanner RAS mm to those of the reference image."""

    image: ImageModel
    to_reference_scanner_ras_mm: RigidMatrix
    registration: RigidRegistrationModel


class AtlasReferenceModel(_Model):
    """An atlas the proposals were made with; ``digest`` tells whether it is still the same, null where unknown."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,199}$")]
    title: Text
    digest: Sha256 | None


def _ids_differ(kind: str, ids: list[str]) -> None:
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise ValueError(f"two {kind} have the id {twice[0]!r}")


class PlanModel(_Model):
    """A whole plan file of schema version 3."""

    format: Literal["fusplan plan"]
    schema_version: Literal[3]
    notice: Text
    program_version: Text
    created: Text
    image: ImageModel
    landmarks: LandmarksModel
    registration: RegistrationModel
    proposals: Annotated[tuple[ProposalModel, ...], Field(max_length=MOST_ITEMS)]
    targets: Annotated[tuple[TargetModel, ...], Field(max_length=MOST_LESIONS)]
    lesions: Annotated[tuple[LesionModel, ...], Field(max_length=MOST_LESIONS)]
    measurements: Annotated[tuple[MeasurementModel, ...], Field(max_length=MOST_ITEMS)]
    atlases: Annotated[tuple[AtlasReferenceModel, ...], Field(max_length=MOST_ATLASES)]
    second_image: SecondImageModel | None
    seed: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _ids_make_sense(self) -> Self:
        targets = [target.id for target in self.targets]
        _ids_differ("targets", targets)
        _ids_differ("lesions", [lesion.id for lesion in self.lesions])
        _ids_differ("measurements", [measurement.id for measurement in self.measurements])
        for index, lesion in enumerate(self.lesions):
            if lesion.target_id not in targets:
                raise ValueError(f"lesions[{index}].target_id names {lesion.target_id!r}, which is no target")
        return self
