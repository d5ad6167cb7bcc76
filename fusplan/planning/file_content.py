"""What a plan file held at one moment, so that a writer can tell whether it is still the one that was read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fusplan.errors import FusplanError

_UNREADABLE = "unreadable"


class PlanFileChangedError(FusplanError):
    """A plan file is not the one that was read before: another program has written it meanwhile."""


class PlanFileGoneError(PlanFileChangedError):
    """A plan file that was read is not there any more."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """The content of a file by its digest: two are equal when the files are, byte for byte.

    Attributes:
        sha256: of its bytes; None when there was no file. What is there but cannot be read is like nothing else.
    """

    sha256: str | None

    @classmethod
    def of(cls, content: bytes) -> FileContent:
        """Of these bytes."""
        return cls(hashlib.sha256(content).hexdigest())

    @classmethod
    def at(cls, path: Path) -> FileContent:
        """Of the file that is there now; never an error."""
        try:
            return cls.of(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return cls(None)
        except OSError:
            return cls(_UNREADABLE)


NO_FILE = FileContent(None)


def require_content(path: Path, expected: FileContent) -> None:
    """Make sure that a file is still what it was. Ask while the file is locked.

    Raises:
        PlanFileGoneError: there was one, and there is none now.
        PlanFileChangedError: it holds something else.
    """
    found = FileContent.at(path)
    if found == expected:
        return
    if found == NO_FILE:
        raise PlanFileGoneError(
            f"{path} is not there any more: another program has moved or deleted it.", "Save the plan elsewhere."
        )
    if expected == NO_FILE:
        raise PlanFileChangedError(f"There is a plan at {path} already.", "Save elsewhere, or open that one.")
    raise PlanFileChangedError(
        f"{path} was changed by another program since it was opened.", "Open it again, or save elsewhere."
    )
