"""The folder of a plan, all or nothing: written beside its place under another name, then renamed."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from fusplan.errors import FileNotWritableError
from fusplan.planning.atomic_file import is_leftover, writing_errors_explained
from fusplan.planning.file_names import PLAN_FILE_NAME, REVIEW_FILE_NAME
from fusplan.planning.stored_warp import REGISTRATION_FOLDER

OUTPUT_NAMES = frozenset(
    {
        PLAN_FILE_NAME,
        REVIEW_FILE_NAME,
        REGISTRATION_FOLDER,
        "targets.csv",
        "lesions.csv",
        "targets.mrk.json",
        "lesions.nii.gz",
        "lesions.tsv",
        "lesions.json",
        "lesions_supersampled.nii.gz",
        "nuclei.nii.gz",
        "nuclei.tsv",
        "nuclei.json",
        "report.html",
        "report.pdf",
        "targets.json",
        "targets.fcsv",
        "targets_brainsight.txt",
        "targets_localite.xml",
        "bids",
        "transforms",
        "masks",
        "surfaces",
        "frames.json",
        "treatment",
        "lesions_seg.dcm",
        "plan_rtstruct.dcm",
        "registration.json",
        "template_to_patient_warp.nii.gz",
        "template_to_patient_affine.txt",
    }
)
"""What fusplan writes into a folder of its own. Overwriting replaces these and refuses to touch anything else."""

MARK_NAMES = frozenset({PLAN_FILE_NAME, "registration.json"})
"""A folder that holds one of these was written by fusplan: a plan, or a registration alone."""


class FolderNotEmptyError(FileNotWritableError):
    """The folder to write into holds something that must not be lost."""


def write_folder(out: Path, overwrite: bool, writer: Callable[[Path], object]) -> tuple[Path, ...]:
    """Let ``writer`` fill a new folder, then put it in place as ``out``.

    Whatever happens on the way (an error, Ctrl-C, a cancelled job), ``out`` is what it was before and nothing is
    left beside it. An empty folder is used as it is; the folders above it are made as needed.

    Args:
        out: the folder to make.
        overwrite: whether an earlier folder written by fusplan may be replaced as a whole. One that holds anything
            else is never replaced.
        writer: is given an empty folder beside ``out`` and fills it.

    Returns:
        Every file written, where it is now.

    Raises:
        FolderNotEmptyError: ``out`` is not empty and ``overwrite`` is False, or it is not (only) fusplan's.
        FileNotWritableError: no permission, full disk, a file in the way.
    """
    # A name that links to a folder keeps linking to it.
    with writing_errors_explained(out):
        destination = out.resolve()
    require_free(destination, overwrite)
    with writing_errors_explained(destination):
        made = _make_parents(destination.parent)
    temporary = destination.parent / f".{destination.name[:40]}.{uuid.uuid4().hex[:8]}.part"
    try:
        with writing_errors_explained(destination):
            temporary.mkdir()
            writer(temporary)
            _put_in_place(temporary, destination, overwrite)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        with contextlib.suppress(OSError):
            for folder in made:
                folder.rmdir()
        raise
    return tuple(sorted(path for path in out.rglob("*") if path.is_file()))


def require_free(out: Path, overwrite: bool) -> None:
    """Refuse a folder that :func:`write_folder` would refuse: ask before the long work, not after it.

    Raises:
        FolderNotEmptyError, FileNotWritableError.
    """
    with writing_errors_explained(out):
        if not out.exists() and not out.is_symlink():
            return
    if Path.cwd().is_relative_to(out.resolve()):
        raise FolderNotEmptyError(
            f"The folder {out} is the one you are working in, so it cannot be put in place as a whole.",
            "Go to the folder above it, or choose another folder with --out.",
        )
    if not out.is_dir():
        raise FileNotWritableError(f"{out} is a file; a folder is needed.", "Choose another name with --out.")
    with writing_errors_explained(out):
        present = sorted(child.name for child in out.iterdir())
    if not present:
        return
    if not overwrite:
        raise FolderNotEmptyError(
            f"The folder {out} is not empty.", "Choose another folder, or replace this one with --overwrite."
        )
    if MARK_NAMES.isdisjoint(present):
        raise FolderNotEmptyError(
            f"The folder {out} was not written by fusplan ({PLAN_FILE_NAME} is not in it), so it is not replaced.",
            "Choose another folder with --out.",
        )
    foreign = [name for name in present if name not in OUTPUT_NAMES and not is_leftover(name)]
    if foreign:
        listed = ", ".join(foreign[:5]) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
        raise FolderNotEmptyError(
            f"The folder {out} also holds what fusplan did not write: {listed}.",
            "Move these elsewhere first, or choose another folder with --out.",
        )


def _make_parents(parent: Path) -> list[Path]:
    """Make the folders above the destination; returns those made, the innermost first."""
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    parent.mkdir(parents=True, exist_ok=True)
    return missing


def _put_in_place(temporary: Path, destination: Path, overwrite: bool) -> None:
    """Rename the finished folder; an earlier one is put aside first and brought back when that fails."""
    # Something may have been put there while the writer worked.
    require_free(destination, overwrite)
    if not destination.exists():
        temporary.rename(destination)
        return
    aside = temporary.with_suffix(".previous")
    destination.rename(aside)
    try:
        temporary.rename(destination)
    except BaseException:
        aside.rename(destination)
        raise
    shutil.rmtree(aside, ignore_errors=True)
