"""A user's atlas added, checked and kept in the user's own folder, or removed from it."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from fusplan.atlas.catalogue import BUILT_IN, AtlasEntry, find_entry
from fusplan.atlas.imported.alignment import AlignmentFinding
from fusplan.atlas.imported.label_atlas import LabelAtlas
from fusplan.atlas.imported.manifest import LABELS_FILE, LICENCE_FILE, LabelAtlasManifest
from fusplan.atlas.imported.prepare import PreparedAtlas, atlas_name, prepare_atlas
from fusplan.atlas.imported.stored_atlas import manifest_bytes
from fusplan.atlas.imported.template_maps import PATIENT_SPACE, declared_space
from fusplan.errors import FusplanError
from fusplan.imaging.read import read_volume
from fusplan.paths import user_atlases_folder
from fusplan.planning.atomic_file import write_atomically, writing_errors_explained
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import load_plan
from fusplan.progress import Progress
from fusplan.spatial import ScannerRas
from fusplan.workflows.head_atlases import built_in_atlases, check_in_head
from fusplan.workflows.open_plan import plan_file_at
from fusplan.workflows.requests import AddAtlasRequest, RemoveAtlasRequest


class AtlasNameTakenError(FusplanError):
    """There is an atlas of that name already."""


class BuiltInAtlasError(FusplanError):
    """A built-in atlas was to be removed."""


@dataclass(frozen=True, slots=True, eq=False)
class AddedAtlas:
    """What was added: its description with the findings of the check, and the folder it is kept in."""

    manifest: LabelAtlasManifest
    folder: Path


def add_atlas(request: AddAtlasRequest, progress: Progress) -> AddedAtlas:
    """Read, check and keep an atlas.

    Raises:
        FusplanError: it cannot be read or does not lie where it should, the name is taken, or the folder cannot be
            written; nothing is kept then.
    """
    progress.report(0.0, "Reading the atlas")
    name = atlas_name(request.source)
    folder = user_atlases_folder() / name
    if name in BUILT_IN or (folder.exists() and not request.overwrite):
        what = "built in" if name in BUILT_IN else "there already"
        raise AtlasNameTakenError(
            f"An atlas named {name} is {what}.", "Give it another name or title, or remove that atlas first."
        )
    plan, image_sha256 = _head_of(request)

    def check(atlas: LabelAtlas[ScannerRas]) -> tuple[AlignmentFinding, ...]:
        assert plan is not None  # only handed on when there is one
        progress.report(0.6, "Comparing it with the thalamus of the plan")
        return check_in_head(atlas, plan.registration.mni_to_scanner)

    progress.report(0.2, "Reading its structures and comparing it with the built-in thalamus")
    prepared = prepare_atlas(request.source, built_in_atlases(), image_sha256, None if plan is None else check)
    progress.report(0.9, "Keeping it")
    keep_atlas(prepared, folder)
    progress.report(1.0, "Done")
    return AddedAtlas(prepared.manifest, folder)


def _head_of(request: AddAtlasRequest) -> tuple[Plan | None, str | None]:
    """The plan and the image's fingerprint that an atlas in a patient's own space is added with."""
    if declared_space(request.source.template) != PATIENT_SPACE:
        return None, None
    plan = request.plan
    if plan is None and request.plan_path is not None:
        plan = load_plan(plan_file_at(request.plan_path))
    if plan is not None:
        return plan, plan.image.sha256
    return None, None if request.image_path is None else read_volume(request.image_path).fingerprint


def keep_atlas(prepared: PreparedAtlas, folder: Path) -> None:
    """Write an atlas's folder all or nothing. Raises FileNotWritableError."""
    files = {LABELS_FILE: prepared.labels, "atlas.json": manifest_bytes(prepared.manifest)}
    if prepared.licence_text is not None:
        files[LICENCE_FILE] = prepared.licence_text.encode("utf-8")
    # A name with a dot in front is not listed.
    temporary = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:8]}.part"
    try:
        with writing_errors_explained(folder):
            temporary.mkdir(parents=True)
        for name, content in files.items():
            write_atomically(temporary / name, content)
        with writing_errors_explained(folder):
            _put_in_place(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _put_in_place(temporary: Path, folder: Path) -> None:
    """Rename the finished folder; an earlier one is put aside first and brought back when that fails."""
    aside = temporary.with_suffix(".previous")
    if folder.exists():
        folder.rename(aside)
    try:
        temporary.rename(folder)
    except BaseException:
        if aside.exists():
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def remove_atlas(request: RemoveAtlasRequest, progress: Progress) -> AtlasEntry:
    """Remove one of the user's atlases; plans made with it keep their targets and proposals.

    Raises:
        UnknownAtlasError, BuiltInAtlasError, FileNotWritableError.
    """
    name = request.name
    progress.report(0.1, f"Removing {name}")
    entry = find_entry(name)
    if entry.origin == "built-in":
        raise BuiltInAtlasError(f"{name} is built in and cannot be removed.", "Only your own atlases can.")
    aside = entry.folder.with_name(f".{entry.folder.name}.{uuid.uuid4().hex[:8]}.removed")
    with writing_errors_explained(entry.folder):
        entry.folder.rename(aside)
        shutil.rmtree(aside)
    return entry
