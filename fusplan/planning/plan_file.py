"""``plan.fusplan.json`` and the ``registration`` folder beside it: saving, loading, and finding the image again.

The JSON file holds everything but the displacement field, which lies beside it in ITK's form under a name made of
its content. So a new registration never overwrites the field that an earlier plan file still needs, and a plan can
be saved again and again without writing the field twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from pydantic import ValidationError

from fusplan.errors import FileMissingError, FileUnreadableError, FusplanError
from fusplan.imaging.volume import Volume
from fusplan.planning.atomic_file import write_atomically, writing_errors_explained
from fusplan.planning.plan import Plan, RegistrationRecord
from fusplan.planning.plan_file_conversion import StoredWarp, plan_from_model, plan_to_model
from fusplan.planning.plan_file_models import FORMAT_NAME, PlanModel, WarpModel
from fusplan.planning.plan_upgrades import CURRENT_VERSION, upgrade
from fusplan.registration.transform_files import (
    affine_transform_text,
    displacement_field_file,
    read_displacement_vectors,
)

PLAN_FILE_NAME = "plan.fusplan.json"
PLAN_SUFFIX = ".fusplan.json"
REGISTRATION_FOLDER = "registration"

_LARGEST_AFFINE_DIFFERENCE = 1e-4
"""Matrix elements (mm per voxel, mm) that differ by less are the same: the float32 of a NIfTI header."""


class PlanFileError(FileUnreadableError):
    """A file cannot be read as a plan."""


class PlanTooNewError(PlanFileError):
    """A newer program wrote the plan."""


class PlanFieldError(PlanFileError):
    """A field of a plan file is missing, of the wrong kind or out of range."""


class WarpMissingError(PlanFileError):
    """The displacement field of a plan is not beside it."""


class WarpChangedError(PlanFileError):
    """The displacement field beside a plan is not the one it was saved with."""


class PlanImageMissingError(FusplanError):
    """The image a plan belongs to is not where the plan says."""


class PlanImageChangedError(FusplanError):
    """An image is not the one a plan was made on."""


def store_registration(record: RegistrationRecord, plan_path: Path) -> StoredWarp:
    """Write the displacement field of a registration beside a plan file, unless the same one is there already.

    Raises:
        FileNotWritableError: it cannot be written.
    """
    content = displacement_field_file(record.mni_to_scanner.displacements)
    digest = hashlib.sha256(content).hexdigest()
    folder = plan_path.parent / REGISTRATION_FOLDER
    with writing_errors_explained(folder):
        folder.mkdir(exist_ok=True)
    path = folder / f"template_to_patient_warp_{digest[:12]}.nii.gz"
    if not (path.is_file() and path.read_bytes() == content):
        write_atomically(path, content)
    return StoredWarp(f"{REGISTRATION_FOLDER}/{path.name}", digest)


def write_plan_document(plan: Plan, stored: StoredWarp, path: Path, created: datetime | None = None) -> None:
    """Write only the JSON file of a plan whose displacement field is stored beside ``path`` already."""
    moment = (created or datetime.now(UTC)).isoformat(timespec="seconds")
    model = plan_to_model(plan, stored, path.parent, moment)
    text = json.dumps(model.model_dump(mode="json"), indent=2, ensure_ascii=False, allow_nan=False)
    write_atomically(path, (_numbers_on_one_line(text) + "\n").encode("utf-8"))


def save_plan(plan: Plan, path: Path, created: datetime | None = None) -> None:
    """Write a plan: the JSON file at ``path`` and the registration in the folder ``registration`` beside it.

    An earlier file at ``path`` stays as it was until the new one is complete on the disk.

    Args:
        plan: what to save.
        path: usually ends in ``.fusplan.json``; its folder must exist.
        created: time written into the file, now unless given.

    Raises:
        FileNotWritableError: read-only folder, full disk, missing folder, something in the way.
    """
    with _nothing_new_left_in(path.parent / REGISTRATION_FOLDER):
        stored = store_registration(plan.registration, path)
        write_plan_document(plan, stored, path, created)
    # For other programs only: the plan itself keeps the matrix. Hence last, and named after the plan.
    affine_path = path.parent / REGISTRATION_FOLDER / f"{plan_stem(path)}_template_to_patient_affine.txt"
    write_atomically(affine_path, affine_transform_text(plan.registration.mni_to_scanner.affine).encode("ascii"))


@contextlib.contextmanager
def _nothing_new_left_in(folder: Path) -> Iterator[None]:
    """Remove what was added to a folder, and the folder when it is new, if the work inside fails."""
    before = set(folder.iterdir()) if folder.is_dir() else None
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for path in set(folder.iterdir()) - (before or set()):
                path.unlink()
            if before is None:
                folder.rmdir()
        raise


def plan_stem(path: Path) -> str:
    """The name of a plan file without its suffix: ``plan`` for ``plan.fusplan.json``."""
    return path.name.removesuffix(PLAN_SUFFIX) if path.name.endswith(PLAN_SUFFIX) else path.stem


def _numbers_on_one_line(text: str) -> str:
    """Indented JSON with each list of plain numbers on one line; strings hold no line breaks, so none is touched."""
    return re.sub(
        r"\[\n\s+([-+.\deE]+(?:,\n\s+[-+.\deE]+)*)\n\s+\]",
        lambda found: "[" + re.sub(r",\n\s+", ", ", found.group(1)) + "]",
        text,
    )


def load_plan(path: Path) -> Plan:
    """Read a plan file of this or any earlier version, with its registration.

    Raises:
        FileMissingError: no such file.
        PlanFileError: not JSON, not a plan, or one of the subclasses: PlanTooNewError, PlanFieldError,
            WarpMissingError, WarpChangedError.
        DegenerateLandmarksError: its landmarks define no AC-PC frame.
    """
    content = _read_json(path)
    model = _validated(_of_current_version(content, path), path)
    vectors_mm = _read_warp(model.registration.map.displacement_field, path)
    plan = plan_from_model(model, vectors_mm, path.parent)
    plan.landmarks.geometry()
    return plan


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number a plan can hold")


def _read_json(path: Path) -> dict[str, Any]:
    """The file's content, checked only to be a JSON object that says it is a plan."""
    remedy = "Choose a file that fusplan has written; their names end in .fusplan.json."
    try:
        text = path.read_bytes().decode("utf-8-sig")
        content = json.loads(text, parse_constant=_refuse_constant)
    except FileNotFoundError as error:
        raise FileMissingError(path, "plan") from error
    except OSError as error:
        raise PlanFileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error
    except (ValueError, RecursionError) as error:
        raise PlanFileError(f"{path} is not a plan: it is not valid JSON ({error}).", remedy) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT_NAME:
        raise PlanFileError(f"{path} is not a plan: its format is not {FORMAT_NAME!r}.", remedy)
    return content


def _of_current_version(content: dict[str, Any], path: Path) -> dict[str, Any]:
    version = content.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PlanFieldError(
            f"{path}: schema_version must be a whole number from 1, found {version!r}.", _RESTORE_REMEDY
        )
    if version > CURRENT_VERSION:
        raise PlanTooNewError(
            f"{path} is a plan of version {version}; this program reads versions up to {CURRENT_VERSION}.",
            f"Install fusplan {content.get('program_version', 'of a later version')} or newer.",
        )
    return upgrade(content, version)


_RESTORE_REMEDY = "Open an earlier copy of the plan, or mend the field by hand."


def _field_path(location: tuple[int | str, ...]) -> str:
    """``landmarks.midline[2].mm[0]`` for the location of a validation error."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".")


def _validated(content: dict[str, Any], path: Path) -> PlanModel:
    try:
        # Strict validation takes lists for tuples only when it reads the JSON itself.
        return PlanModel.model_validate_json(json.dumps(content))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = _field_path(first["loc"]) or "the plan"
        problem = {"missing": "is missing", "extra_forbidden": "is not a field of a plan"}.get(
            first["type"], f"is wrong: {first['msg'].removeprefix('Value error, ')}"
        )
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise PlanFieldError(f"{path}: {field} {problem}{more}.", _RESTORE_REMEDY) from error


def _read_warp(field: WarpModel, plan_path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    path = plan_path.parent / field.path
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WarpMissingError(
            f"The registration of {plan_path.name} is missing: {path} cannot be read.",
            f"Keep the folder {REGISTRATION_FOLDER} beside the plan: copy it there, or plan the head again.",
        ) from error
    changed = WarpChangedError(
        f"{path} is not the registration that {plan_path.name} was saved with.",
        "Restore the file from where the plan was copied, or plan the head again.",
    )
    if hashlib.sha256(content).hexdigest() != field.sha256:
        raise changed
    try:
        vectors_mm = read_displacement_vectors(content)
    except ValueError as error:
        raise changed from error
    if vectors_mm.shape[:3] != field.shape or not np.all(np.isfinite(vectors_mm)):
        raise changed
    return vectors_mm


def find_image(plan: Plan) -> Path:
    """The path of the plan's image. Only its being there is checked; see :func:`check_image`.

    Raises:
        PlanImageMissingError: it is not where the plan says; no other place is searched.
    """
    path = Path(plan.image.path)
    if not path.is_file():
        raise PlanImageMissingError(
            f"The image of this plan is not at {path}.",
            "Put it back there, or say where it is now; it is recognised by its content.",
        )
    return path


def check_image(plan: Plan, volume: Volume) -> None:
    """Make sure that an image is the one a plan was made on: same bytes, same grid, same place.

    Raises:
        PlanImageChangedError: it is another one or was changed; says in what it differs.
    """
    expected = plan.image
    if volume.shape != expected.shape:
        problem = f"it has {_times(volume.shape)} voxels, the plan's image has {_times(expected.shape)}"
    elif not np.allclose(volume.affine, expected.affine, rtol=0, atol=_LARGEST_AFFINE_DIFFERENCE):
        problem = "it lies elsewhere in the scanner frame (its header's matrix differs)"
    elif volume.fingerprint != expected.sha256:
        problem = "its content differs (another sha256), though grid and place are the same"
    else:
        return
    raise PlanImageChangedError(
        f"{volume.name} is not the image this plan was made on: {problem}.",
        "Open the original image, or make a new plan on this one; positions are never carried over by guess.",
    )


def _times(shape: tuple[int, int, int]) -> str:
    return " x ".join(str(size) for size in shape)
