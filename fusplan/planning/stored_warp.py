"""The ``registration`` folder beside a plan file: the displacement field, and the affine part for other programs."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.file_names import PLAN_SUFFIX
from fusplan.planning.plan import RegistrationRecord
from fusplan.planning.plan_format.registration import Vectors, WarpModel
from fusplan.planning.stored_file import PackedFile, StoredFile, StoredKind, changed_error, read_stored
from fusplan.registration.transform_files import (
    affine_transform_text,
    displacement_field_file,
    read_displacement_vectors,
)

REGISTRATION_FOLDER = "registration"

WARP = StoredKind("registration", REGISTRATION_FOLDER, "template_to_patient_warp", "plan the head again")

LONGEST_NAME_BYTES = 255
"""Of one file, on all usual file systems."""


def pack_warp(record: RegistrationRecord) -> PackedFile:
    """The displacement field of a registration in ITK's form, ready to be stored beside a plan."""
    return PackedFile.of(WARP, displacement_field_file(record.mni_to_scanner.displacements))


def store_registration(record: RegistrationRecord, plan_path: Path) -> StoredFile:
    """Write the displacement field of a registration beside a plan file, unless the same one is there already.

    Raises:
        FileNotWritableError: it cannot be written.
    """
    return pack_warp(record).store(plan_path)


def store_affine(record: RegistrationRecord, plan_path: Path) -> None:
    """Write the affine part beside a plan file, for other programs: the plan itself keeps the matrix.

    Named after the plan, cut where the system would not take so long a name. Raises FileNotWritableError.
    """
    ending = "_template_to_patient_affine.txt"
    stem = os.fsencode(plan_stem(plan_path))[: LONGEST_NAME_BYTES - len(ending)].decode("utf-8", errors="ignore")
    path = plan_path.parent / REGISTRATION_FOLDER / (stem + ending)
    write_atomically(path, affine_transform_text(record.mni_to_scanner.affine).encode("ascii"))


def plan_stem(path: Path) -> str:
    """The name of a plan file without its suffix: ``plan`` for ``plan.fusplan.json``."""
    return path.name.removesuffix(PLAN_SUFFIX) if path.name.endswith(PLAN_SUFFIX) else path.stem


def read_warp(field: WarpModel, plan_path: Path) -> Vectors:
    """The displacement vectors that a plan file names, shape (ni, nj, nk, 3), RAS mm.

    Raises:
        StoredFileMissingError: the file is not there or cannot be read.
        StoredFileChangedError: it is not the one that the plan was saved with.
    """
    changed = changed_error(WARP, field.stored, plan_path)
    try:
        vectors_mm = read_displacement_vectors(read_stored(WARP, field.stored, plan_path))
    except ValueError as error:
        raise changed from error
    if vectors_mm.shape[:3] != field.shape or not np.all(np.isfinite(vectors_mm)):
        raise changed
    return vectors_mm
