"""The ``registration`` folder beside a plan file: the displacement field, under a name made of its content.

So a new registration never overwrites the field that an earlier plan file still needs, and a plan can be saved again
and again without writing the field twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fusplan.errors import FileUnreadableError
from fusplan.planning.atomic_file import write_atomically, writing_errors_explained
from fusplan.planning.file_names import PLAN_SUFFIX
from fusplan.planning.plan import RegistrationRecord
from fusplan.planning.plan_file_conversion import StoredWarp
from fusplan.planning.plan_file_models import WarpModel
from fusplan.registration.transform_files import (
    affine_transform_text,
    displacement_field_file,
    read_displacement_vectors,
)

REGISTRATION_FOLDER = "registration"

LONGEST_NAME_BYTES = 255
"""Of one file, on all usual file systems."""

LARGEST_WARP_FILE_BYTES = 1 << 28
"""Far more than the field of any registration packs to: nothing larger is read."""


class PlanFileError(FileUnreadableError):
    """A file cannot be read as a plan."""


class WarpMissingError(PlanFileError):
    """The displacement field of a plan is not beside it."""


class WarpChangedError(PlanFileError):
    """The displacement field beside a plan is not the one it was saved with."""


@dataclass(frozen=True, slots=True)
class PackedWarp:
    """The bytes of a displacement field's file and their sha256."""

    content: bytes
    sha256: str

    @classmethod
    def of(cls, record: RegistrationRecord) -> PackedWarp:
        content = displacement_field_file(record.mni_to_scanner.displacements)
        return cls(content, hashlib.sha256(content).hexdigest())

    @property
    def stored(self) -> StoredWarp:
        return StoredWarp(f"{REGISTRATION_FOLDER}/template_to_patient_warp_{self.sha256[:12]}.nii.gz", self.sha256)

    def store(self, plan_path: Path) -> StoredWarp:
        """Write it beside a plan file, unless the same one is there already. Raises FileNotWritableError."""
        path = plan_path.parent / self.stored.path
        with writing_errors_explained(path.parent):
            path.parent.mkdir(exist_ok=True)
            is_there = path.is_file() and path.read_bytes() == self.content
        if not is_there:
            write_atomically(path, self.content)
        return self.stored

    @contextlib.contextmanager
    def removed_on_failure(self, plan_path: Path) -> Iterator[None]:
        """If the work inside fails, remove the file, and its folder when empty, if they are new and nobody's.

        Only this file: another program may be saving another plan into the same folder, or this one.
        """
        path = plan_path.parent / self.stored.path
        is_new, folder_is_new = not os.path.lexists(path), not os.path.lexists(path.parent)
        try:
            yield
        except BaseException:
            with contextlib.suppress(OSError):
                if is_new and not self._is_needed_in(plan_path.parent):
                    path.unlink(missing_ok=True)
                if folder_is_new:
                    path.parent.rmdir()
            raise

    def _is_needed_in(self, folder: Path) -> bool:
        return any(self.sha256.encode("ascii") in other.read_bytes() for other in folder.glob("*.json"))


def store_registration(record: RegistrationRecord, plan_path: Path) -> StoredWarp:
    """Write the displacement field of a registration beside a plan file, unless the same one is there already.

    Raises:
        FileNotWritableError: it cannot be written.
    """
    return PackedWarp.of(record).store(plan_path)


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


def read_warp(field: WarpModel, plan_path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The displacement vectors that a plan file names, shape (ni, nj, nk, 3), RAS mm.

    Raises:
        WarpMissingError: the file is not there or cannot be read.
        WarpChangedError: it is not the one that the plan was saved with.
    """
    path = plan_path.parent / field.path
    changed = WarpChangedError(
        f"{path} is not the registration that {plan_path.name} was saved with.",
        "Restore the file from where the plan was copied, or plan the head again.",
    )
    try:
        if path.is_file() and path.stat().st_size > LARGEST_WARP_FILE_BYTES:
            raise changed
        content = path.read_bytes()
    except OSError as error:
        raise WarpMissingError(
            f"The registration of {plan_path.name} is missing: {path} cannot be read.",
            f"Keep the folder {REGISTRATION_FOLDER} beside the plan: copy it there, or plan the head again.",
        ) from error
    if hashlib.sha256(content).hexdigest() != field.sha256:
        raise changed
    try:
        vectors_mm = read_displacement_vectors(content)
    except ValueError as error:
        raise changed from error
    if vectors_mm.shape[:3] != field.shape or not np.all(np.isfinite(vectors_mm)):
        raise changed
    return vectors_mm
