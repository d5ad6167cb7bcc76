"""The ITK transforms read back by SimpleITK: every target to the template and back again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from fusplan.export.check_rows import CheckRow, point_rows, target_places
from fusplan.export.formats import ExportMaterial
from fusplan.export.itk_transforms import TRANSFORMS_FOLDER, TransformFile
from fusplan.spatial.lps import flip_ras_lps
from fusplan.spatial.points import FloatArray

_READER = "SimpleITK"


def check_transforms(material: ExportMaterial, folder: Path) -> list[CheckRow]:
    """The way to the template, the way back from where the plan says the target is, and the round trip."""
    place = folder / TRANSFORMS_FOLDER
    to_patient = _chain(place, (TransformFile.TO_PATIENT_WARP, TransformFile.TO_PATIENT_AFFINE))
    to_template = _chain(place, (TransformFile.TO_TEMPLATE_AFFINE, TransformFile.TO_TEMPLATE_WARP))
    scanner = target_places(material.plan)
    scanner_to_mni = material.plan.registration.mni_to_scanner.inverse()
    template = [
        (name, scanner_to_mni.apply(target.point).array)
        for (name, _), target in zip(scanner, material.plan.targets, strict=True)
    ]
    there = [(name, _moved(to_template, place)) for name, place in scanner]
    back = [(name, _moved(to_patient, place)) for name, place in template]
    around = [(name, _moved(to_patient, place)) for name, place in there]
    return [
        *point_rows(f"{TRANSFORMS_FOLDER}/patient_to_template", _READER, template, there),
        *point_rows(f"{TRANSFORMS_FOLDER}/template_to_patient", _READER, scanner, back),
        *point_rows(f"{TRANSFORMS_FOLDER}: there and back", _READER, scanner, around),
    ]


def _chain(folder: Path, files: Iterable[TransformFile]) -> list[sitk.Transform]:
    """Transforms in the order in which a point passes them."""
    found = []
    for one in files:
        path = str(folder / one.value)
        if one.value.endswith(".txt"):
            found.append(sitk.ReadTransform(path))
        else:
            found.append(sitk.DisplacementFieldTransform(sitk.ReadImage(path, sitk.sitkVectorFloat64)))
    return found


def _moved(chain: list[sitk.Transform], place: FloatArray) -> FloatArray:
    """A place (3,) in RAS through transforms that are in LPS."""
    lps = tuple(float(value) for value in flip_ras_lps(place))
    for transform in chain:
        lps = transform.TransformPoint(lps)
    return np.asarray(flip_ras_lps(lps))
