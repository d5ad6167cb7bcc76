"""What survives a crash: the plan being worked on, kept in the user's state folder, never over the user's file.

Each running program has one folder of its own there and holds a lock on it that the system lets go when the
program ends, however it ends. A folder that is not locked and not empty is a recovery.
"""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fusplan.paths import user_state_folder
from fusplan.planning.atomic_file import write_atomically, writing_errors_explained
from fusplan.planning.file_lock import try_to_lock
from fusplan.planning.file_names import PLAN_FILE_NAME
from fusplan.planning.plan import Plan

if TYPE_CHECKING:
    from fusplan.planning.stored_file import StoredFile

_LOCK_NAME = "in-use.lock"
_NOTE_NAME = "recovery.json"


def autosave_folder() -> Path:
    """Where autosaved plans are (may not exist yet)."""
    return user_state_folder() / "autosave"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A plan that a program left behind without saving.

    Attributes:
        folder: where it is kept.
        original_path: the file the user had it in, if any.
        kept_at: when it was last kept.
        image_name: file name of its image.
    """

    folder: Path
    original_path: Path | None
    kept_at: datetime
    image_name: str

    def load(self) -> Plan:
        """The plan. Raises as :func:`fusplan.planning.plan_file.load_plan`."""
        from fusplan.planning.plan_file import load_plan  # noqa: PLC0415 - the first screen does without

        return load_plan(self.folder / PLAN_FILE_NAME)

    def discard(self) -> None:
        """Remove it for good."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Autosave:
    """Keeps the plan of one running program. Close it (or use it as a context) when the program ends in order.

    Args:
        root: where the folders of all running programs lie.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._folder = (root or autosave_folder()) / uuid.uuid4().hex
        self._lock: IO[bytes] | None = None
        self._stored: tuple[str, StoredFile] | None = None

    def __enter__(self) -> Autosave:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def plan_path(self) -> Path:
        """Where the plan is kept."""
        return self._folder / PLAN_FILE_NAME

    def keep(self, plan: Plan, original_path: Path | None) -> None:
        """Keep this plan instead of the one kept before. Raises FileNotWritableError."""
        from fusplan.planning.plan_file import write_plan_document  # noqa: PLC0415 - as above
        from fusplan.planning.stored_warp import store_registration  # noqa: PLC0415 - as above

        self._claim()
        field = plan.registration.mni_to_scanner.displacements.digest
        if self._stored is None or self._stored[0] != field:
            self._stored = (field, store_registration(plan.registration, self.plan_path))
        note = {
            "original_path": None if original_path is None else str(original_path.absolute()),
            "kept_at": datetime.now(UTC).isoformat(),
            "image_name": plan.image.name,
        }
        write_atomically(self._folder / _NOTE_NAME, json.dumps(note, indent=2).encode("utf-8"))
        write_plan_document(plan, self._stored[1], self.plan_path)

    def forget(self) -> None:
        """Nothing is unsaved any more: remove what was kept, but stay ready."""
        self.plan_path.unlink(missing_ok=True)
        (self._folder / _NOTE_NAME).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove everything kept and let go of the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            self._stored = None
            shutil.rmtree(self._folder, ignore_errors=True)

    def _claim(self) -> None:
        if self._lock is None:
            with writing_errors_explained(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
                self._lock = (self._folder / _LOCK_NAME).open("ab")
            try_to_lock(self._lock.fileno())


def list_recoveries(root: Path | None = None) -> tuple[Recovery, ...]:
    """Every plan left behind by a program that no longer runs, latest first; unreadable notes are passed over."""
    folder = root or autosave_folder()
    if not folder.is_dir():
        return ()
    found = [_recovery_in(child) for child in folder.iterdir() if (child / PLAN_FILE_NAME).is_file()]
    return tuple(sorted((one for one in found if one is not None), key=lambda recovery: recovery.kept_at, reverse=True))


def _recovery_in(folder: Path) -> Recovery | None:
    if _is_in_use(folder / _LOCK_NAME):
        return None
    try:
        note = json.loads((folder / _NOTE_NAME).read_text(encoding="utf-8"))
        original = note["original_path"]
        return Recovery(
            folder=folder,
            original_path=None if original is None else Path(original),
            kept_at=datetime.fromisoformat(note["kept_at"]),
            image_name=str(note["image_name"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_in_use(lock_path: Path) -> bool:
    """Whether a running program holds the lock. Where locks are not supported, nothing counts as in use."""
    if not lock_path.is_file():
        return False
    try:
        with lock_path.open("ab") as stream:
            return not try_to_lock(stream.fileno())
    except OSError:
        return False
