"""``plan.fusplan.json`` and the ``registration`` folder beside it: saving, loading, and finding the image again.

The JSON file holds everything but the displacement field, which lies beside it in ITK's form (``stored_warp``).
"""

from __future__ import annotations

import json
import os
import reprlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from pydantic import ValidationError

from fusplan.errors import FileMissingError, FileNotWritableError, FusplanError
from fusplan.harmless import harmless_values
from fusplan.imaging.volume import Volume
from fusplan.planning.atomic_file import write_atomically
from fusplan.planning.edits import with_true_lesion_sides
from fusplan.planning.file_content import FileContent, require_content
from fusplan.planning.file_lock import locked_for_writing
from fusplan.planning.file_names import REVIEW_FORMAT
from fusplan.planning.plan import Plan
from fusplan.planning.plan_format.upgrades import CURRENT_VERSION, upgrade
from fusplan.planning.plan_format.whole_plan import FORMAT_NAME, PlanModel
from fusplan.planning.plan_images import ImageReference
from fusplan.planning.readable_json import readable_json
from fusplan.planning.stored_file import PlanFileError, StoredFile
from fusplan.planning.stored_warp import pack_warp, read_warp, store_affine

LARGEST_PLAN_BYTES = 1 << 26
"""A plan file has some ten thousand bytes; nothing larger than this is read."""

_LARGEST_AFFINE_DIFFERENCE = 1e-4
"""Matrix elements (mm per voxel, mm) that differ by less are the same: the float32 of a NIfTI header."""


class PlanTooNewError(PlanFileError):
    """A newer program wrote the plan."""


class PlanFieldError(PlanFileError):
    """A field of a plan file is missing, of the wrong kind or out of range."""


class PlanNotStorableError(FileNotWritableError):
    """A plan holds a value that plan files do not hold, or its image has a name that is not text."""


class PlanImageMissingError(FusplanError):
    """The image a plan belongs to is not where the plan says."""


class PlanImageChangedError(FusplanError):
    """An image is not the one a plan was made on."""


def require_storable_path(image_path: Path) -> None:
    """Refuse an image whose path a plan file cannot hold: ask before the long work, not after it.

    Raises:
        PlanNotStorableError: the path is not text (bytes that are not UTF-8).
    """
    path = image_path.absolute()
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        shown = os.fsencode(path).decode("utf-8", errors="replace")
        raise PlanNotStorableError(
            f"The path {shown} holds bytes that are not text, so a plan file cannot name this image.",
            "Rename the file or the folder with ordinary letters.",
        ) from error


@dataclass(frozen=True, slots=True, eq=False)
class SavedPlan:
    """A plan as it was read from a file, and what the file held."""

    plan: Plan
    content: FileContent


def write_plan_document(
    plan: Plan, stored_warp: StoredFile, path: Path, created: datetime | None = None
) -> FileContent:
    """Write only the JSON file of a plan whose displacement field is stored beside ``path`` already."""
    moment = (created or datetime.now(UTC)).isoformat(timespec="seconds")
    for image in (plan.image, *(placed.image for placed in plan.images)):
        if image.path is not None:
            require_storable_path(Path(image.path))
    try:
        model = PlanModel.of(plan, stored_warp, path.parent, moment, CURRENT_VERSION)
    except ValidationError as error:
        raise PlanNotStorableError(
            f"{path} cannot be written: {_first_problem(error)}.",
            "Put right what is named (such as a position metres away from the head) and save again.",
        ) from error
    content = readable_json(model.model_dump(mode="json"))
    write_atomically(path, content)
    return FileContent.of(content)


def save_plan(
    plan: Plan, path: Path, created: datetime | None = None, replaces: FileContent | None = None
) -> FileContent:
    """Write a plan: the JSON file at ``path`` and the registration in the folder ``registration`` beside it.

    An earlier file at ``path`` stays as it was until the new one is complete on the disk. The file is locked
    meanwhile: of two programs that save at once, one comes after the other and sees what that has written.

    Args:
        plan: what to save.
        path: usually ends in ``.fusplan.json``; its folder must exist.
        created: time written into the file, now unless given.
        replaces: what the file held when the plan was read; None to replace whatever is there.

    Returns:
        What the file holds now.

    Raises:
        PlanFileChangedError: the file is not what it was; nothing is written.
        FileNotWritableError: read-only folder, full disk, missing folder, something in the way.
        PlanNotStorableError: the plan holds a value that plan files do not.
    """
    packed = pack_warp(plan.registration)
    with locked_for_writing(path):
        if replaces is not None:
            require_content(path, replaces)
        with packed.removed_on_failure(path):
            written = write_plan_document(plan, packed.store(path), path, created)
        # Only now, so that it does not replace that of an earlier plan which stays.
        store_affine(plan.registration, path)
    return written


def load_plan(path: Path) -> Plan:
    """The plan of a file. Raises as :func:`load_saved_plan`."""
    return load_saved_plan(path).plan


def load_saved_plan(path: Path) -> SavedPlan:
    """Read a plan file of this or any earlier version, with its registration; and what the file held.

    Raises:
        FileMissingError: no such file.
        PlanFileError: not JSON, not a plan, or one of the subclasses: PlanTooNewError, PlanFieldError,
            StoredFileMissingError, StoredFileChangedError.
        DegenerateLandmarksError: its landmarks define no AC-PC frame.
    """
    content = _read_bytes(path)
    model = _validated(_of_current_version(_parsed(content, path), path), path)
    vectors_mm = read_warp(model.registration.map.displacement_field, path)
    plan = model.value(vectors_mm, path.parent)
    plan.landmarks.geometry()
    # Versions before 3 could call a lesion across the midplane after its target's side.
    return SavedPlan(with_true_lesion_sides(plan), FileContent.of(content))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number a plan can hold")


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{twice!r} is there twice")
    return content


_NO_PLAN_REMEDY = "Choose a file that fusplan has written; their names end in .fusplan.json."


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > LARGEST_PLAN_BYTES:
            size_mb = path.stat().st_size / 1e6
            raise PlanFileError(f"{path} is not a plan: it has {size_mb:.0f} MB.", _NO_PLAN_REMEDY)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileMissingError(path, "plan") from error
    except OSError as error:
        raise PlanFileError(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from error


def _parsed(read: bytes, path: Path) -> dict[str, Any]:
    """The file's content, checked only to be a JSON object that says it is a plan."""
    remedy = _NO_PLAN_REMEDY
    try:
        text = read.decode("utf-8-sig")
        content = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated_keys)
    except (ValueError, RecursionError) as error:
        raise PlanFileError(f"{path} is not a plan: it is not valid JSON ({error}).", remedy) from error
    if isinstance(content, dict) and content.get("format") == REVIEW_FORMAT:
        raise PlanFileError(f"{path} is not a plan but what was computed from one.", "Choose the plan beside it.")
    if not isinstance(content, dict) or content.get("format") != FORMAT_NAME:
        raise PlanFileError(f"{path} is not a plan: its format is not {FORMAT_NAME!r}.", remedy)
    try:
        shown: dict[str, Any] = harmless_values(content)
    except RecursionError as error:
        raise PlanFieldError(f"{path}: the plan is nested too deeply.", _RESTORE_REMEDY) from error
    return shown


def _of_current_version(content: dict[str, Any], path: Path) -> dict[str, Any]:
    version = content.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PlanFieldError(
            f"{path}: schema_version must be a whole number from 1, found {reprlib.repr(version)}.", _RESTORE_REMEDY
        )
    if version > CURRENT_VERSION:
        writer = content.get("program_version")
        needed = f"{writer:.40} or newer" if isinstance(writer, str) and writer.isprintable() else "of a later version"
        raise PlanTooNewError(
            f"{path} is a plan of version {reprlib.repr(version)}; this program reads versions up to "
            f"{CURRENT_VERSION}.",
            f"Install fusplan {needed}.",
        )
    return upgrade(content, version)


_RESTORE_REMEDY = "Open an earlier copy of the plan, or mend the field by hand."


def _field_path(location: tuple[int | str, ...]) -> str:
    """``landmarks.midline[2].mm[0]`` for the location of a validation error."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.removeprefix(".")


def _first_problem(error: ValidationError) -> str:
    """The field and what is wrong with it, such as ``targets[0].mm[1] is wrong: ...``."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = _field_path(first["loc"]) or "the plan"
    problem = {"missing": "is missing", "extra_forbidden": "is not a field of a plan"}.get(
        first["type"], f"is wrong: {first['msg'].removeprefix('Value error, ')}"
    )
    more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{field} {problem}{more}"


def _validated(content: dict[str, Any], path: Path) -> PlanModel:
    try:
        # Strict validation takes lists for tuples only when it reads the JSON itself.
        return PlanModel.model_validate_json(json.dumps(content))
    except ValidationError as error:
        raise PlanFieldError(f"{path}: {_first_problem(error)}.", _RESTORE_REMEDY) from error
    except RecursionError as error:
        raise PlanFieldError(f"{path}: the plan is nested too deeply.", _RESTORE_REMEDY) from error


def find_image(plan: Plan) -> Path:
    """The path of the plan's image. Only its being there is checked; see :func:`check_image`.

    Raises:
        PlanImageMissingError: it is not where the plan says, or the plan does not say because that would name the
            patient; no other place is searched.
    """
    if plan.image.path is None:
        raise PlanImageMissingError(
            f"This plan does not keep where its image is, because the path names the patient: {plan.image.name}.",
            "Say where the series is: its folder, zip or one of its files. It is recognised by its content.",
        )
    path = Path(plan.image.path)
    if not is_there(plan.image):
        raise PlanImageMissingError(
            f"The image of this plan is not at {path}.",
            "Put it back there, or say where it is now (--image on the command line); it is recognised by its content.",
        )
    return path


def is_there(image: ImageReference) -> bool:
    """Whether something of the right kind is where the reference says; its content is not looked at."""
    if image.path is None:
        return False
    # Not Path.is_file and is_dir, which raise for names that the system does not allow.
    is_folder_of_series = image.series_uid is not None and os.path.isdir(image.path)  # noqa: PTH112
    return os.path.isfile(image.path) or is_folder_of_series  # noqa: PTH113


def check_image(plan: Plan, volume: Volume) -> None:
    """Make sure that an image is the one a plan was made on: same bytes, same grid, same place.

    Raises:
        PlanImageChangedError: it is another one or was changed; says in what it differs.
    """
    problem = difference(plan.image, volume)
    if problem is None:
        return
    raise PlanImageChangedError(
        f"{volume.name} is not the image this plan was made on: {problem}.",
        "Open the original image, or make a new plan on this one; positions are never carried over by guess.",
    )


def difference(expected: ImageReference, volume: Volume) -> str | None:
    """In what an image differs from the one of a reference, as half a sentence; None when it is that image."""
    if volume.shape != expected.shape:
        return f"it has {_times(volume.shape)} voxels, the one of the plan has {_times(expected.shape)}"
    if not np.allclose(volume.affine, expected.affine, rtol=0, atol=_LARGEST_AFFINE_DIFFERENCE):
        return "it lies elsewhere in the scanner frame (its header's matrix differs)"
    if volume.fingerprint != expected.sha256:
        return "its content differs (another sha256), though grid and place are the same"
    return None


def _times(shape: tuple[int, int, int]) -> str:
    return " x ".join(str(size) for size in shape)
