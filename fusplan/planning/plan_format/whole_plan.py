"""A whole plan file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from fusplan import __version__
from fusplan.notice import RESEARCH_ONLY
from fusplan.planning.plan import AtlasReference, Plan
from fusplan.planning.plan_format.fields import MOST_ATLASES, MOST_ITEMS, MOST_LESIONS, Model, Sha256, Text
from fusplan.planning.plan_format.images import ImageModel, PlacedImageModel
from fusplan.planning.plan_format.landmarks import LandmarksModel
from fusplan.planning.plan_format.lesions import LesionModel, MeasurementModel
from fusplan.planning.plan_format.registration import RegistrationModel, Vectors
from fusplan.planning.plan_format.targets import ProposalModel, TargetModel
from fusplan.planning.plan_format.treatment import TreatmentModel
from fusplan.planning.plan_format.upgrade_step import Upgrade
from fusplan.planning.stored_file import StoredFile

FORMAT_NAME: Final = "fusplan plan"


class AtlasReferenceModel(Model):
    """An atlas the proposals were made with; ``digest`` tells whether it is still the same, null where unknown."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,199}$")]
    title: Text
    digest: Sha256 | None

    @classmethod
    def of(cls, atlas: AtlasReference) -> AtlasReferenceModel:
        return cls(name=atlas.name, title=atlas.title, digest=atlas.digest)

    def value(self) -> AtlasReference:
        return AtlasReference(self.name, self.title, self.digest)


def _differ(kind: str, keys: list[str]) -> None:
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"two {kind} {twice[0]!r}")


class PlanModel(Model):
    """The content of a plan file of the newest version."""

    format: Literal["fusplan plan"]
    schema_version: Annotated[int, Field(ge=1)]
    notice: Text
    program_version: Text
    created: Text
    image: ImageModel
    landmarks: LandmarksModel
    registration: RegistrationModel
    proposals: Annotated[tuple[ProposalModel, ...], Field(max_length=MOST_ITEMS)]
    proposals_basis: Sha256 | None
    targets: Annotated[tuple[TargetModel, ...], Field(max_length=MOST_LESIONS)]
    lesions: Annotated[tuple[LesionModel, ...], Field(max_length=MOST_LESIONS)]
    measurements: Annotated[tuple[MeasurementModel, ...], Field(max_length=MOST_ITEMS)]
    atlases: Annotated[tuple[AtlasReferenceModel, ...], Field(max_length=MOST_ATLASES)]
    images: Annotated[tuple[PlacedImageModel, ...], Field(max_length=MOST_ITEMS)]
    treatment: TreatmentModel | None
    seed: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _ids_make_sense(self) -> Self:
        targets = [target.id for target in self.targets]
        _differ("targets have the id", targets)
        _differ("lesions have the id", [lesion.id for lesion in self.lesions])
        _differ("measurements have the id", [measurement.id for measurement in self.measurements])
        _differ("images have the role", [placed.role for placed in self.images])
        for index, lesion in enumerate(self.lesions):
            if lesion.target_id not in targets:
                raise ValueError(f"lesions[{index}].target_id names {lesion.target_id!r}, which is no target")
        treated = [] if self.treatment is None else [entry.target_id for entry in self.treatment.targets]
        _differ("treatments have the target", treated)
        for index, target_id in enumerate(treated):
            if target_id not in targets:
                raise ValueError(f"treatment.targets[{index}].target_id names {target_id!r}, which is no target")
        return self

    @classmethod
    def of(cls, plan: Plan, stored_warp: StoredFile, plan_folder: Path, created: str, schema_version: int) -> PlanModel:
        """The file content of a plan whose warp is already stored beside it; ``created`` is an ISO 8601 time."""
        return cls(
            format=FORMAT_NAME,
            schema_version=schema_version,
            notice=RESEARCH_ONLY,
            program_version=__version__,
            created=created,
            image=ImageModel.of(plan.image, plan_folder),
            landmarks=LandmarksModel.of(plan.landmarks),
            registration=RegistrationModel.of(plan.registration, stored_warp),
            proposals=tuple(ProposalModel.of(proposal) for proposal in plan.proposals),
            proposals_basis=plan.proposals_basis,
            targets=tuple(TargetModel.of(target) for target in plan.targets),
            lesions=tuple(LesionModel.of(lesion) for lesion in plan.lesions),
            measurements=tuple(MeasurementModel.of(measurement) for measurement in plan.measurements),
            atlases=tuple(AtlasReferenceModel.of(atlas) for atlas in plan.atlases),
            images=tuple(PlacedImageModel.of(placed, plan_folder) for placed in plan.images),
            treatment=None if plan.treatment is None else TreatmentModel.of(plan.treatment),
            seed=plan.seed,
        )

    def value(self, vectors_mm: Vectors, plan_folder: Path) -> Plan:
        """The plan of a file's content and its displacement vectors; paths of images come back absolute."""
        image = self.image.value(plan_folder)
        frame = image.frame
        return Plan(
            image=image,
            landmarks=self.landmarks.value(frame),
            registration=self.registration.value(frame, vectors_mm),
            proposals=tuple(proposal.value(frame) for proposal in self.proposals),
            targets=tuple(target.value(frame) for target in self.targets),
            lesions=tuple(lesion.value(frame) for lesion in self.lesions),
            seed=self.seed,
            measurements=tuple(measurement.value(frame) for measurement in self.measurements),
            atlases=tuple(atlas.value() for atlas in self.atlases),
            images=tuple(placed.value(plan_folder, frame) for placed in self.images),
            proposals_basis=self.proposals_basis,
            treatment=None if self.treatment is None else self.treatment.value(),
        )


def _with_atlases(content: dict[str, Any]) -> dict[str, Any]:
    """Version 2 names the atlases a plan was made with. Version 1 knew the built-in ones only, which none means."""
    return {"atlases": [], **content}


def _with_proposals_basis(content: dict[str, Any]) -> dict[str, Any]:
    """Version 4 says what its proposals were computed on. Version 3 did not."""
    return {"proposals_basis": None, **content}


UPGRADES: Final[Mapping[int, Upgrade]] = {1: _with_atlases, 3: _with_proposals_basis}
