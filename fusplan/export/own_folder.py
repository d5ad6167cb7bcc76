"""Folders of an export that hold several files: each says by a note inside what it is, and that fusplan wrote it."""

from __future__ import annotations

from pathlib import Path

from fusplan.errors import FileNotWritableError
from fusplan.export.notice import notice_words
from fusplan.imaging.notes import Notes
from fusplan.planning.atomic_file import write_atomically, writing_errors_explained

NOTE_NAME = "README"
"""Without a suffix, as BIDS has it."""

_SIGNATURE = "Written by fusplan."


def make_own_folder(folder: Path, words: str, notes: Notes = ()) -> None:
    """A new folder with its note. Raises FileNotWritableError."""
    with writing_errors_explained(folder):
        folder.mkdir()
    write_atomically(folder / NOTE_NAME, f"{_SIGNATURE} {notice_words(notes)}\n\n{words.strip()}\n".encode())


def require_own_folder(folder: Path) -> None:
    """Refuse to replace a folder that fusplan did not write.

    Raises:
        FileNotWritableError: there is something else of that name.
    """
    try:
        ours = (folder / NOTE_NAME).read_text(encoding="utf-8").startswith(_SIGNATURE)
    except (OSError, ValueError):
        ours = False
    if not ours:
        raise FileNotWritableError(
            f"{folder} was not written by fusplan, so it is not replaced.", "Choose another folder with --out."
        )
