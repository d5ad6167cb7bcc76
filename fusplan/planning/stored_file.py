"""Files beside a plan, for what JSON cannot hold: arrays, each under a name made of its content.

So a new array never overwrites one that an earlier plan file still needs, and a plan can be saved again and again
without writing anything twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fusplan.errors import FileUnreadableError
from fusplan.planning.atomic_file import write_atomically, writing_errors_explained

LARGEST_FILE_BYTES = 1 << 28
"""Far more than the field of any registration packs to: nothing larger is read."""


class PlanFileError(FileUnreadableError):
    """A file cannot be read as a plan."""


class StoredFileMissingError(PlanFileError):
    """A file that a plan names is not beside it."""


class StoredFileChangedError(PlanFileError):
    """A file beside a plan is not the one it was saved with."""


@dataclass(frozen=True, slots=True)
class StoredKind:
    """One kind of file beside a plan.

    Attributes:
        called: what it holds, for a person: ``registration``.
        folder: name of the folder beside the plan.
        stem: what file names begin with; twelve digits of the content's sha256 follow.
        anew: how to get it again when it is lost, as the end of a sentence: ``plan the head again``.
        suffix: of the file.
    """

    called: str
    folder: str
    stem: str
    anew: str
    suffix: str = ".nii.gz"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies beside a plan: path relative to the plan's folder, and sha256 of the file."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PackedFile:
    """The bytes of a file that is to lie beside a plan, and their sha256."""

    kind: StoredKind
    content: bytes
    sha256: str

    @classmethod
    def of(cls, kind: StoredKind, content: bytes) -> PackedFile:
        return cls(kind, content, hashlib.sha256(content).hexdigest())

    @property
    def stored(self) -> StoredFile:
        """Where it lies once it is stored."""
        name = f"{self.kind.stem}_{self.sha256[:12]}{self.kind.suffix}"
        return StoredFile(f"{self.kind.folder}/{name}", self.sha256)

    def store(self, plan_path: Path) -> StoredFile:
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


def read_stored(kind: StoredKind, stored: StoredFile, plan_path: Path) -> bytes:
    """The bytes of a file that a plan names.

    Raises:
        StoredFileMissingError: it is not there or cannot be read.
        StoredFileChangedError: it is not the one that the plan was saved with.
    """
    path = plan_path.parent / stored.path
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE_BYTES:
            raise changed_error(kind, stored, plan_path)
        content = path.read_bytes()
    except OSError as error:
        raise StoredFileMissingError(
            f"The {kind.called} of {plan_path.name} is missing: {path} cannot be read.",
            f"Keep the folder {kind.folder} beside the plan: copy it there, or {kind.anew}.",
        ) from error
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise changed_error(kind, stored, plan_path)
    return content


def changed_error(kind: StoredKind, stored: StoredFile, plan_path: Path) -> StoredFileChangedError:
    """That a file beside a plan is another one."""
    return StoredFileChangedError(
        f"{plan_path.parent / stored.path} is not the {kind.called} that {plan_path.name} was saved with.",
        f"Restore the file from where the plan was copied, or {kind.anew}.",
    )
