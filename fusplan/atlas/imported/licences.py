"""The licence that goes along with a user's atlas: a file that was named, or one found beside it."""

from __future__ import annotations

import re
from pathlib import Path

from fusplan.atlas.imported.manifest import NOT_STATED
from fusplan.errors import FileMissingError, FileUnreadableError

LARGEST_LICENCE_BYTES = 500_000

_NAMES = re.compile(r"^(licen[cs]e|copying|readme)([._-].*)?$", re.IGNORECASE)
_KNOWN = (
    (r"CC[ -]?BY[ -]?NC[ -]?SA[ -]?\d", "CC BY-NC-SA"), (r"CC[ -]?BY[ -]?NC[ -]?ND", "CC BY-NC-ND"),
    (r"CC[ -]?BY[ -]?NC", "CC BY-NC"), (r"CC[ -]?BY[ -]?SA", "CC BY-SA"), (r"CC[ -]?BY", "CC BY"), (r"CC0", "CC0"),
    (r"creative commons[\w\s]*attribution[\s-]*noncommercial[\s-]*sharealike", "CC BY-NC-SA"),
    (r"creative commons[\w\s]*attribution", "CC BY"), (r"MIT License", "MIT"), (r"Apache License", "Apache"),
    (r"GNU GENERAL PUBLIC LICENSE", "GPL"), (r"BSD[ -]\d", "BSD"), (r"FreeSurfer Software License", "FreeSurfer"),
)  # fmt: skip


def find_licence(given: Path | None, source: Path) -> tuple[str, str | None]:
    """What its licence is in a few words, and its text; ``not stated`` and None where there is none.

    Args:
        given: a file that the person named.
        source: the atlas: a file LICENSE, COPYING or README beside or in it is taken.

    Raises:
        FileMissingError, FileUnreadableError: the named file.
    """
    if given is not None:
        if not given.is_file():
            raise FileMissingError(given, "licence")
        text = _text(given)
        if text is None:
            raise FileUnreadableError(f"{given.name} is not a text of a licence.", "Name a text file.")
        return _words(text, given.name), text
    folder = source if source.is_dir() else source.parent
    candidates = sorted(path for path in folder.iterdir() if path.is_file() and _NAMES.match(path.name))
    for path in sorted(candidates, key=lambda one: one.name.lower().startswith("readme")):
        text = _text(path)
        if text:
            return _words(text, path.name), text
    return NOT_STATED, None


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size > LARGEST_LICENCE_BYTES:
            return None
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError:
        return None
    return None if "\0" in text or not text.strip() else text


def _words(text: str, name: str) -> str:
    """The name of the licence if its text says one that is known, and where the text was found."""
    for pattern, words in _KNOWN:
        if re.search(pattern, text, re.IGNORECASE):
            return f"{words}, as its {name} says; the text goes along"
    return f"see the text of its {name}, which goes along"
