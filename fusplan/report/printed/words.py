"""Numbers and names as plain text, the same as on the page."""

from __future__ import annotations

import html

from fusplan.planning.plan import Lesion
from fusplan.planning.provenance import Provenance
from fusplan.report.summary_section import size_words

NOTHING = "\N{EN DASH}"
"""In a cell without a value."""

LONGEST_NAME = 90
"""Names are cut in the middle beyond so many letters."""


def plain(fragment: str) -> str:
    """A fragment of HTML without tags as the text it shows."""
    return html.unescape(fragment)


def size(lesion: Lesion) -> str:
    """The size with real multiplication signs."""
    return plain(size_words(lesion))


def short(name: str, longest: int = LONGEST_NAME) -> str:
    """A name that fits: its beginning and end where it is too long."""
    name = " ".join(name.split())
    if len(name) <= longest:
        return name
    half = (longest - 1) // 2
    return f"{name[:half]}…{name[-half:]}"


def source(provenance: Provenance, longest: int = 170) -> str:
    """How a position was found, its first sentences, with the confidence mark."""
    words = provenance.sentence.rstrip(". ")
    if len(words) > longest:
        first = words.split(". ")[0]
        words = first if len(first) <= longest else first[: longest - 1] + "…"
    return f"{words} [{provenance.confidence}]."


def upper_first(words: str) -> str:
    """With a capital at its beginning."""
    return words[:1].upper() + words[1:]
