"""The registration of a plan in its file; the displacement field lies beside it."""

from __future__ import annotations

import math
from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import Field

from fusplan.planning.plan import RegistrationRecord
from fusplan.planning.plan_format.fields import (
    Coordinates,
    Finite,
    Matrix,
    Model,
    NotNegative,
    PathBeside,
    Sha256,
    Shape,
    Text,
    Verdict,
    VersionModel,
    matrix_rows,
)
from fusplan.planning.registration_judgement import HandNudge
from fusplan.planning.stored_file import StoredFile
from fusplan.registration.request import QualityMeasure, RegistrationQuality
from fusplan.spatial import Affine, Mni, ScannerRas, Warp
from fusplan.spatial.warp import Displacements

TemplateName: TypeAlias = Annotated[str, Field(pattern=r"^[!-~]{1,200}$")]
"""One ASCII word, so that it can stand in files of other programs."""

Vectors: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def _finite_or_none(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


class MeasureModel(Model):
    """One quality measure; ``value`` is null when it could not be worked out, ``unit`` where it has none."""

    name: Text
    unit: Text | None
    value: Finite | None
    warning_limit: Finite | None
    error_limit: Finite | None
    verdict: Verdict
    sentence: str

    @classmethod
    def of(cls, measure: QualityMeasure) -> MeasureModel:
        return cls(
            name=measure.name,
            unit=measure.unit,
            value=_finite_or_none(measure.value),
            warning_limit=_finite_or_none(measure.warning_limit),
            error_limit=_finite_or_none(measure.error_limit),
            verdict=measure.verdict,
            sentence=measure.sentence,
        )

    def measure(self) -> QualityMeasure:
        content = self.model_dump()
        return QualityMeasure(**(content | {"value": math.nan if self.value is None else self.value}))


class QualityModel(Model):
    """The verdict over all measures, and over what a person said and did since."""

    verdict: Verdict
    sentence: str
    measures: tuple[MeasureModel, ...]

    @classmethod
    def of(cls, quality: RegistrationQuality) -> QualityModel:
        measures = tuple(MeasureModel.of(measure) for measure in quality.measures)
        return cls(verdict=quality.verdict, sentence=quality.sentence, measures=measures)

    def quality(self) -> RegistrationQuality:
        return RegistrationQuality(tuple(measure.measure() for measure in self.measures), self.verdict, self.sentence)


class StageModel(Model):
    """Wall time of one stage."""

    stage: Text
    seconds: NotNegative


Angle: TypeAlias = Annotated[float, Field(ge=-360, le=360, allow_inf_nan=False)]


class NudgeModel(Model):
    """How far the atlas was moved by hand along and about the axes of the AC-PC frame."""

    translation_mm: Coordinates
    rotation_deg: tuple[Angle, Angle, Angle]

    @classmethod
    def of(cls, nudge: HandNudge) -> NudgeModel:
        return cls(translation_mm=nudge.translation_mm, rotation_deg=nudge.rotation_deg)

    def value(self) -> HandNudge:
        return HandNudge(self.translation_mm, self.rotation_deg)


class WarpModel(Model):
    """The displacement field beside the plan, and where its grid lies in template space."""

    path: PathBeside
    sha256: Sha256
    shape: Shape
    grid_to_template_ras_mm: Matrix

    @classmethod
    def of(cls, displacements: Displacements[Mni], stored: StoredFile) -> WarpModel:
        return cls(
            path=stored.path,
            sha256=stored.sha256,
            shape=displacements.grid.shape,
            grid_to_template_ras_mm=matrix_rows(displacements.grid.matrix),
        )

    @property
    def stored(self) -> StoredFile:
        return StoredFile(self.path, self.sha256)


class MapModel(Model):
    """The map from template to patient: the displacement in template space first, then the affine matrix."""

    order: Literal["patient = affine(template + displacement(template))"]
    template_to_scanner_ras_mm: Matrix
    displacement_field: WarpModel

    @classmethod
    def of(cls, warp: Warp[Mni, ScannerRas], stored: StoredFile) -> MapModel:
        return cls(
            order="patient = affine(template + displacement(template))",
            template_to_scanner_ras_mm=matrix_rows(warp.affine.matrix),
            displacement_field=WarpModel.of(warp.displacements, stored),
        )

    def value(self, template: Mni, frame: ScannerRas, vectors_mm: Vectors) -> Warp[Mni, ScannerRas]:
        affine = Affine(template, frame, np.array(self.template_to_scanner_ras_mm))
        matrix = self.displacement_field.grid_to_template_ras_mm
        return Warp(Displacements.of(vectors_mm, matrix, template), affine)


class RegistrationModel(Model):
    """The registration the plan stands on."""

    template: TemplateName
    engine: Text
    recipe: str
    versions: tuple[VersionModel, ...]
    seconds: tuple[StageModel, ...]
    quality: QualityModel
    notes: tuple[str, ...]
    judgement: Literal["none", "accepted", "distrusted"]
    nudge: NudgeModel
    map: MapModel

    @classmethod
    def of(cls, record: RegistrationRecord, stored: StoredFile) -> RegistrationModel:
        return cls(
            template=record.template,
            engine=record.engine,
            recipe=record.recipe,
            versions=VersionModel.each(record.versions),
            seconds=tuple(StageModel(stage=stage, seconds=seconds) for stage, seconds in record.seconds),
            quality=QualityModel.of(record.quality),
            notes=record.notes,
            judgement=record.judgement,
            nudge=NudgeModel.of(record.nudge),
            map=MapModel.of(record.mni_to_scanner, stored),
        )

    def value(self, frame: ScannerRas, vectors_mm: Vectors) -> RegistrationRecord:
        return RegistrationRecord(
            template=self.template,
            engine=self.engine,
            versions=tuple(version.pair for version in self.versions),
            seconds=tuple((stage.stage, stage.seconds) for stage in self.seconds),
            quality=self.quality.quality(),
            notes=self.notes,
            mni_to_scanner=self.map.value(Mni(self.template), frame, vectors_mm),
            judgement=self.judgement,
            nudge=self.nudge.value(),
            recipe=self.recipe,
        )
