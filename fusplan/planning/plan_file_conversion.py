"""Plan to file content and back: the one place where the domain classes meet the file's models."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from fusplan import __version__
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning import plan_file_models as models
from fusplan.planning.plan import (
    AtlasReference,
    Landmark,
    Landmarks,
    Lesion,
    Measurement,
    Plan,
    Proposal,
    Provenance,
    RegistrationRecord,
    Target,
    VentricleWall,
)
from fusplan.planning.plan_file_images import (
    image_from_model,
    image_to_model,
    matrix_rows,
    second_image_from_model,
    second_image_to_model,
)
from fusplan.planning.plan_upgrades import CURRENT_VERSION
from fusplan.registration.request import QualityMeasure, RegistrationQuality
from fusplan.spatial import Affine, Direction, Mni, Point, ScannerRas, Warp
from fusplan.spatial.warp import Displacements

_FRAME: models.ScannerFrame = "scanner RAS"


@dataclass(frozen=True, slots=True)
class StoredWarp:
    """A displacement field that lies beside a plan: path relative to the plan's folder, and sha256 of the file."""

    path: str
    sha256: str


def _point(point: Point[ScannerRas]) -> dict[str, Any]:
    return {"frame": _FRAME, "mm": point.coordinates}


def _landmark(landmark: Landmark) -> models.LandmarkModel:
    return models.LandmarkModel(**_point(landmark.point), source=landmark.source)


def _direction(direction: Direction[ScannerRas]) -> models.DirectionModel:
    return models.DirectionModel(frame=_FRAME, direction=(direction.x, direction.y, direction.z))


def _provenance(provenance: Provenance) -> models.ProvenanceModel:
    return models.ProvenanceModel(
        method=provenance.method,
        sentence=provenance.sentence,
        confidence=provenance.confidence,
        uncertainty_mm=provenance.uncertainty_mm,
    )


def _landmarks(landmarks: Landmarks) -> models.LandmarksModel:
    return models.LandmarksModel(
        ac=_landmark(landmarks.ac),
        pc=_landmark(landmarks.pc),
        midline=tuple(_landmark(landmark) for landmark in landmarks.midline),
        ventricle_walls=tuple(
            models.VentricleWallModel(
                side=wall.side, lateral_mm=wall.lateral_mm, plausible=wall.plausible, sentence=wall.sentence
            )
            for wall in landmarks.ventricle_walls
        ),
    )


def _finite_or_none(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _quality(quality: RegistrationQuality) -> models.QualityModel:
    return models.QualityModel(
        verdict=quality.verdict,
        sentence=quality.sentence,
        measures=tuple(
            models.MeasureModel(
                name=measure.name,
                value=_finite_or_none(measure.value),
                warning_limit=_finite_or_none(measure.warning_limit),
                error_limit=_finite_or_none(measure.error_limit),
                verdict=measure.verdict,
                sentence=measure.sentence,
            )
            for measure in quality.measures
        ),
    )


def _registration(record: RegistrationRecord, stored: StoredWarp) -> models.RegistrationModel:
    warp = record.mni_to_scanner
    return models.RegistrationModel(
        template=record.template,
        engine=record.engine,
        versions=tuple(models.VersionModel(name=name, version=version) for name, version in record.versions),
        seconds=tuple(models.StageModel(stage=stage, seconds=seconds) for stage, seconds in record.seconds),
        quality=_quality(record.quality),
        notes=record.notes,
        map=models.MapModel(
            order="patient = affine(template + displacement(template))",
            template_to_scanner_ras_mm=matrix_rows(warp.affine.matrix),
            displacement_field=models.WarpModel(
                path=stored.path,
                sha256=stored.sha256,
                shape=cast(models.Shape, warp.displacements.vectors_mm.shape[:3]),
                grid_to_template_ras_mm=matrix_rows(warp.displacements.grid_to_frame),
            ),
        ),
    )


def _lesion(lesion: Lesion) -> models.LesionModel:
    return models.LesionModel(
        id=lesion.id,
        name=lesion.name,
        side=lesion.side,
        target_id=lesion.target_id,
        centre=models.PointModel(**_point(lesion.centre)),
        width_mm=lesion.width_mm,
        length_mm=lesion.length_mm,
        long_axis=_direction(lesion.long_axis),
        transverse_axis=_direction(lesion.transverse_axis),
    )


def _target(target: Target) -> models.TargetModel:
    return models.TargetModel(
        **_point(target.point),
        id=target.id,
        name=target.name,
        side=target.side,
        provenance=_provenance(target.provenance),
        locked=target.locked,
        colour=target.colour,
    )


def _measurement(measurement: Measurement) -> models.MeasurementModel:
    return models.MeasurementModel(
        id=measurement.id,
        name=measurement.name,
        points=tuple(models.PointModel(**_point(point)) for point in measurement.points),
    )


def _proposal(proposal: Proposal) -> models.ProposalModel:
    return models.ProposalModel(
        **_point(proposal.point),
        name=proposal.name,
        side=proposal.side,
        provenance=_provenance(proposal.provenance),
    )


def plan_to_model(plan: Plan, stored: StoredWarp, plan_folder: Path, created: str) -> models.PlanModel:
    """The file content of a plan whose warp is already stored beside it; ``created`` is an ISO 8601 time."""
    return models.PlanModel(
        format=models.FORMAT_NAME,
        schema_version=CURRENT_VERSION,
        notice=RESEARCH_ONLY,
        program_version=__version__,
        created=created,
        image=image_to_model(plan.image, plan_folder),
        landmarks=_landmarks(plan.landmarks),
        registration=_registration(plan.registration, stored),
        proposals=tuple(_proposal(proposal) for proposal in plan.proposals),
        targets=tuple(_target(target) for target in plan.targets),
        lesions=tuple(_lesion(lesion) for lesion in plan.lesions),
        measurements=tuple(_measurement(measurement) for measurement in plan.measurements),
        atlases=tuple(
            models.AtlasReferenceModel(name=one.name, title=one.title, digest=one.digest) for one in plan.atlases
        ),
        second_image=second_image_to_model(plan.second_image, plan_folder),
        seed=plan.seed,
    )


class _Reader:
    """Makes domain values of the models of one plan, all in that plan's scanner frame."""

    def __init__(self, frame: ScannerRas) -> None:
        self._frame = frame

    def point(self, mm: models.Coordinates) -> Point[ScannerRas]:
        return Point.of(self._frame, mm)

    def direction(self, model: models.DirectionModel) -> Direction[ScannerRas]:
        x, y, z = model.direction
        # What this program wrote comes back digit for digit; what a person typed is made of length one.
        if abs(math.hypot(x, y, z) - 1) < 1e-12:
            return Direction(self._frame, x, y, z)
        return Direction.of(self._frame, (x, y, z))

    def landmark(self, model: models.LandmarkModel) -> Landmark:
        return Landmark(self.point(model.mm), model.source)

    def landmarks(self, model: models.LandmarksModel) -> Landmarks:
        return Landmarks(
            ac=self.landmark(model.ac),
            pc=self.landmark(model.pc),
            midline=tuple(self.landmark(landmark) for landmark in model.midline),
            ventricle_walls=tuple(VentricleWall(**wall.model_dump()) for wall in model.ventricle_walls),
        )

    def target(self, model: models.TargetModel) -> Target:
        provenance = Provenance(**model.provenance.model_dump())
        return Target(model.id, model.name, model.side, self.point(model.mm), provenance, model.locked, model.colour)

    def proposal(self, model: models.ProposalModel) -> Proposal:
        return Proposal(model.name, model.side, self.point(model.mm), Provenance(**model.provenance.model_dump()))

    def lesion(self, model: models.LesionModel) -> Lesion:
        return Lesion(
            id=model.id,
            name=model.name,
            side=model.side,
            target_id=model.target_id,
            centre=self.point(model.centre.mm),
            width_mm=model.width_mm,
            length_mm=model.length_mm,
            long_axis=self.direction(model.long_axis),
            transverse_axis=self.direction(model.transverse_axis),
        )

    def measurement(self, model: models.MeasurementModel) -> Measurement:
        return Measurement(model.id, model.name, tuple(self.point(point.mm) for point in model.points))

    def registration(
        self, model: models.RegistrationModel, vectors_mm: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    ) -> RegistrationRecord:
        field = model.map.displacement_field
        affine = Affine(Mni(model.template), self._frame, np.array(model.map.template_to_scanner_ras_mm))
        return RegistrationRecord(
            template=model.template,
            engine=model.engine,
            versions=tuple((version.name, version.version) for version in model.versions),
            seconds=tuple((stage.stage, stage.seconds) for stage in model.seconds),
            quality=RegistrationQuality(
                measures=tuple(_measure(measure) for measure in model.quality.measures),
                verdict=model.quality.verdict,
                sentence=model.quality.sentence,
            ),
            notes=model.notes,
            mni_to_scanner=Warp(Displacements(vectors_mm, np.array(field.grid_to_template_ras_mm)), affine),
        )


def _measure(model: models.MeasureModel) -> QualityMeasure:
    content = model.model_dump()
    return QualityMeasure(**(content | {"value": math.nan if model.value is None else model.value}))


def plan_from_model(
    model: models.PlanModel, vectors_mm: np.ndarray[tuple[int, ...], np.dtype[np.float32]], plan_folder: Path
) -> Plan:
    """The plan of a file's content and its displacement vectors; the image's path comes back absolute."""
    image = image_from_model(model.image, plan_folder)
    reader = _Reader(image.frame)
    return Plan(
        image=image,
        landmarks=reader.landmarks(model.landmarks),
        registration=reader.registration(model.registration, vectors_mm),
        proposals=tuple(reader.proposal(proposal) for proposal in model.proposals),
        targets=tuple(reader.target(target) for target in model.targets),
        lesions=tuple(reader.lesion(lesion) for lesion in model.lesions),
        seed=model.seed,
        measurements=tuple(reader.measurement(measurement) for measurement in model.measurements),
        atlases=tuple(AtlasReference(one.name, one.title, one.digest) for one in model.atlases),
        second_image=second_image_from_model(model.second_image, plan_folder, image.frame),
    )
