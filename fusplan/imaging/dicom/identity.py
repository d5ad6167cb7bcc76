"""Who the patient is must not get into anything that is kept: here is noticed where it would.

Names and identifiers are read only to be compared with. They are never shown, logged or stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

SHORTEST_WORD = 2
SHORTEST_PART_OF_WORD = 4
"""Shorter words must be a whole word of a text to count: ``Li`` is not in ``slices``."""

LONGEST_TITLE = 60

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


def _plain(text: str) -> str:
    """Lower case without accents: folders are named after patients in many spellings."""
    split = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", _plain(text)) if word]


def private_words(texts: Iterable[str]) -> frozenset[str]:
    """The words that names and identifiers consist of, as :func:`names_patient` compares them."""
    return frozenset(word for text in texts for word in _words(text) if len(word) >= SHORTEST_WORD)


def names_patient(text: str, words: frozenset[str]) -> bool:
    """Whether a text holds one of the words that name a patient."""
    found = set(_words(text))
    if found & words:
        return True
    joined = _plain(text)
    return any(word in joined for word in words if len(word) >= SHORTEST_PART_OF_WORD)


def path_names_patient(path: Path, words: frozenset[str]) -> bool:
    """Whether a path, as given or as it is on the disk, holds one of the words that name a patient."""
    return any(names_patient(part, words) for part in (*path.parts, *path.resolve().parts))


def series_title(description: str, number: int | None, words: frozenset[str]) -> str:
    """What a series is called on the screen and in files: its description and number, never the patient.

    It can be part of a file's name: signs that file systems refuse are replaced.
    """
    series = f"series {number}" if number is not None else "series without a number"
    shown = " ".join(_NOT_IN_FILE_NAMES.sub("-", description).split())[:LONGEST_TITLE].strip(".- ")
    if not shown or names_patient(shown, words):
        return f"DICOM {series}"
    return f"{shown} ({series})"
