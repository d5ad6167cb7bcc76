"""Who the patient is must not get into anything that is kept: here is noticed where it would.

Names and identifiers are read only to be compared with. They are never shown, logged or stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from fusplan.harmless import harmless

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


def shown_files(names: Iterable[str], words: frozenset[str], most: int = 3) -> str:
    """Files as they are named in a sentence: ``IM4, IM7 and 5 more``; counted where a name may name the patient."""
    bare = [re.split(r"[\\/]", name)[-1] for name in names]
    free = ["".join(filter(str.isprintable, name)) for name in bare if not names_patient(name, words)][:most]
    more = len(bare) - len(free)
    if not free:
        return "1 file" if more == 1 else f"{more} files"
    return f"{', '.join(free)} and {more} more" if more else ", ".join(free)


def series_title(description: str, number: int | None, words: frozenset[str], distinction: str = "") -> str:
    """What a series is called on the screen and in files: its description and number, never the patient.

    It can be part of a file's name: signs that file systems refuse are replaced.

    Args:
        description, number: as the scanner wrote them.
        words: that name the patient.
        distinction: what tells it from others of the same description and number, such as ``echo 30 ms``.
    """
    series = f"series {number}" if number is not None else "series without a number"
    shown, told = _fit_to_show(description, words), _fit_to_show(distinction, words)
    if not shown:
        return f"DICOM {series}" + (f", {told}" if told else "")
    return f"{shown}{', ' if told else ''}{told} ({series})"


def _fit_to_show(text: str, words: frozenset[str]) -> str:
    seen = harmless(_NOT_IN_FILE_NAMES.sub("-", text)).replace("\\", "-")
    shown = " ".join(seen.split())[:LONGEST_TITLE].strip(".- ")
    return "" if names_patient(shown, words) else shown
