"""The images of a plan in its file: paths as seen from the plan's folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from fusplan.planning.plan_format.fields import (
    MOST_ITEMS,
    Matrix,
    Model,
    RigidMatrix,
    Sha256,
    Shape,
    Text,
    VersionModel,
    matrix_rows,
)
from fusplan.planning.plan_format.upgrade_step import Upgrade, changed, changed_each
from fusplan.planning.plan_images import ImageReference, PlacedImage, RigidRegistration
from fusplan.spatial import Affine, ScannerRas

SeriesUid: TypeAlias = Annotated[str, Field(pattern=r"^[0-9.]{1,64}$")]
Similarity: TypeAlias = Annotated[float, Field(ge=0, le=2.01, allow_inf_nan=False)]
"""Normalised mutual information, at most 2 but for rounding."""


def _can_be_a_path(path: str) -> str:
    if "\0" in path:
        raise ValueError("the path holds a zero, which no system allows")
    return path


def relative_image_path(image_path: str | None, plan_folder: Path) -> str | None:
    """The image's path as seen from the plan's folder, with forward slashes; absolute only across drives."""
    if image_path is None:
        return None
    absolute = Path(image_path).absolute()
    try:
        return Path(os.path.relpath(absolute, plan_folder.absolute())).as_posix()
    except ValueError:  # another drive of a Windows machine
        return absolute.as_posix()


class ImageModel(Model):
    """An image; ``path`` is relative to the plan's folder wherever the system allows it.

    Of a DICOM series, ``path`` is its folder, zip or one of its files, and null when that would name the patient.
    ``sha256`` is of the file as it is, ``content_sha256`` of its bytes unpacked; null where that is not known.
    """

    path: Annotated[Text, AfterValidator(_can_be_a_path)] | None
    sha256: Sha256
    shape: Shape
    voxel_to_scanner_ras_mm: Matrix
    volume_index: Annotated[int, Field(ge=1)] | None
    assumed_scanner_ras: bool
    series_uid: SeriesUid | None
    series_title: Text | None
    content_sha256: Sha256 | None

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if self.path is None and self.series_uid is None:
            raise ValueError("path may be null only for a DICOM series")
        return self

    @classmethod
    def of(cls, image: ImageReference, plan_folder: Path) -> ImageModel:
        """What a plan file in that folder says of an image."""
        return cls(
            path=relative_image_path(image.path, plan_folder),
            sha256=image.sha256,
            shape=image.shape,
            voxel_to_scanner_ras_mm=matrix_rows(image.affine),
            volume_index=image.volume_index,
            assumed_scanner_ras=image.assumed_scanner_ras,
            series_uid=image.series_uid,
            series_title=image.series_title,
            content_sha256=image.content_sha256,
        )

    def value(self, plan_folder: Path) -> ImageReference:
        """The image that a plan file in that folder speaks of; its path comes back absolute."""
        return ImageReference(
            path=None if self.path is None else os.path.normpath(plan_folder.absolute() / self.path),
            sha256=self.sha256,
            shape=self.shape,
            affine=np.array(self.voxel_to_scanner_ras_mm),
            volume_index=self.volume_index,
            assumed_scanner_ras=self.assumed_scanner_ras,
            series_uid=self.series_uid,
            series_title=self.series_title,
            content_sha256=self.content_sha256,
        )


class RigidRegistrationModel(Model):
    """What laid an image over the reference image, and how well."""

    engine: Text
    recipe: str
    versions: Annotated[tuple[VersionModel, ...], Field(max_length=MOST_ITEMS)]
    similarity_before: Similarity
    similarity: Similarity
    sentence: Text

    @classmethod
    def of(cls, found: RigidRegistration) -> RigidRegistrationModel:
        return cls(
            engine=found.engine,
            recipe=found.recipe,
            versions=VersionModel.each(found.versions),
            similarity_before=found.similarity_before,
            similarity=found.similarity,
            sentence=found.sentence,
        )

    def value(self) -> RigidRegistration:
        return RigidRegistration(
            sentence=self.sentence,
            similarity_before=self.similarity_before,
            similarity=self.similarity,
            engine=self.engine,
            versions=tuple(version.pair for version in self.versions),
            recipe=self.recipe,
        )


class PlacedImageModel(Model):
    """Another image of the same person; the matrix moves its scanner RAS mm to those of the reference image."""

    role: Literal["second", "ct", "after"]
    image: ImageModel
    to_reference_scanner_ras_mm: RigidMatrix
    registration: RigidRegistrationModel

    @classmethod
    def of(cls, placed: PlacedImage, plan_folder: Path) -> PlacedImageModel:
        return cls(
            role=placed.role,
            image=ImageModel.of(placed.image, plan_folder),
            to_reference_scanner_ras_mm=matrix_rows(placed.to_reference.matrix),
            registration=RigidRegistrationModel.of(placed.registration),
        )

    def value(self, plan_folder: Path, reference: ScannerRas) -> PlacedImage:
        """The image that a plan file in that folder speaks of, over the image of the frame ``reference``."""
        image = self.image.value(plan_folder)
        to_reference = Affine(image.frame, reference, np.array(self.to_reference_scanner_ras_mm))
        return PlacedImage(self.role, image, to_reference, self.registration.value())


def _with_second_image(content: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knows a second image. Version 2 had none."""
    return {"second_image": None, **content}


def _with_roles(content: dict[str, Any]) -> dict[str, Any]:
    """Version 4 knows images of several roles. Version 3 had at most the second image."""
    rest = {key: value for key, value in content.items() if key != "second_image"}
    if "second_image" not in content:  # refused by its name later
        return rest
    second = content["second_image"]
    images = [] if second is None else [{"role": "second", **second} if isinstance(second, dict) else second]
    return {**rest, "images": images}


def _with_content_digests(content: dict[str, Any]) -> dict[str, Any]:
    """Version 6 knows images by their unpacked content too. Version 5 did not."""

    def image(of_version_5: dict[str, Any]) -> dict[str, Any]:
        return {"content_sha256": None, **of_version_5}

    content = changed(content, "image", image)
    return changed_each(content, "images", lambda placed: changed(placed, "image", image))


UPGRADES: Final[Mapping[int, Upgrade]] = {2: _with_second_image, 3: _with_roles, 5: _with_content_digests}
