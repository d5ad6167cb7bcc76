"""The images of a plan, to the file's models and back: paths as seen from the plan's folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import numpy as np

from fusplan.planning import plan_file_models as models
from fusplan.planning.plan import ImageReference, SecondImageRecord
from fusplan.spatial import Affine, ScannerRas
from fusplan.spatial.points import FloatArray


def relative_image_path(image_path: str | None, plan_folder: Path) -> str | None:
    """The image's path as seen from the plan's folder, with forward slashes; absolute only across drives."""
    if image_path is None:
        return None
    absolute = Path(image_path).absolute()
    try:
        return Path(os.path.relpath(absolute, plan_folder.absolute())).as_posix()
    except ValueError:  # another drive of a Windows machine
        return absolute.as_posix()


def matrix_rows(matrix: FloatArray) -> models.MatrixRows:
    """A 4 x 4 matrix as plan files hold it."""
    return cast(models.MatrixRows, tuple(tuple(float(value) for value in row) for row in matrix))


def image_to_model(image: ImageReference, plan_folder: Path) -> models.ImageModel:
    """What a plan file in that folder says of an image."""
    return models.ImageModel(
        path=relative_image_path(image.path, plan_folder),
        sha256=image.sha256,
        shape=image.shape,
        voxel_to_scanner_ras_mm=matrix_rows(image.affine),
        volume_index=image.volume_index,
        assumed_scanner_ras=image.assumed_scanner_ras,
        series_uid=image.series_uid,
        series_title=image.series_title,
    )


def image_from_model(model: models.ImageModel, plan_folder: Path) -> ImageReference:
    """The image that a plan file in that folder speaks of; its path comes back absolute."""
    return ImageReference(
        path=None if model.path is None else os.path.normpath(plan_folder.absolute() / model.path),
        sha256=model.sha256,
        shape=model.shape,
        affine=np.array(model.voxel_to_scanner_ras_mm),
        volume_index=model.volume_index,
        assumed_scanner_ras=model.assumed_scanner_ras,
        series_uid=model.series_uid,
        series_title=model.series_title,
    )


def second_image_to_model(record: SecondImageRecord | None, plan_folder: Path) -> models.SecondImageModel | None:
    """What a plan file in that folder says of the second image."""
    if record is None:
        return None
    return models.SecondImageModel(
        image=image_to_model(record.image, plan_folder),
        to_reference_scanner_ras_mm=matrix_rows(record.to_reference.matrix),
        registration=models.RigidRegistrationModel(
            engine=record.engine,
            versions=tuple(models.VersionModel(name=name, version=version) for name, version in record.versions),
            similarity_before=record.similarity_before,
            similarity=record.similarity,
            sentence=record.sentence,
        ),
    )


def second_image_from_model(
    model: models.SecondImageModel | None, plan_folder: Path, reference: ScannerRas
) -> SecondImageRecord | None:
    """The second image that a plan file in that folder speaks of, over the image of the frame ``reference``."""
    if model is None:
        return None
    image, found = image_from_model(model.image, plan_folder), model.registration
    return SecondImageRecord(
        image=image,
        to_reference=Affine(image.frame, reference, np.array(model.to_reference_scanner_ras_mm)),
        sentence=found.sentence,
        similarity_before=found.similarity_before,
        similarity=found.similarity,
        engine=found.engine,
        versions=tuple((version.name, version.version) for version in found.versions),
    )
