r"""Names out of other people's files, made harmless wherever they are shown: nothing invisible, nothing that acts.

A terminal obeys escape sequences, marks of writing direction turn a name round, and what has no width makes two names
look alike. Each such character is written out (``\x1b``, ``\u202e``), so that a reader sees that it was there; line
breaks and tabs become blanks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by their category, yet nothing is seen of them: fillers of Hangul, Braille, Khmer; the joiner."""

_BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")


def harmless(text: str, keeps_lines: bool = False) -> str:
    """Text in which every character is seen and none acts.

    Args:
        text: anything, such as a name in somebody's file.
        keeps_lines: whether line breaks stay, for text of several lines that the program has made.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(letter, keeps_lines) for letter in text)


def _shown(letter: str, keeps_lines: bool) -> str:
    if keeps_lines and letter == "\n":
        return letter
    if letter in _BREAKS:
        return " "
    if letter in _INVISIBLE or unicodedata.category(letter) in ("Cc", "Cf", "Cs"):
        code = ord(letter)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return letter


def harmless_values(value: Any, key: str = "") -> Any:
    """What a file or an answer holds, lists and mappings too, with every text in it harmless.

    Paths stay what they are on the disk, or nothing would be found by them: the values of keys with ``path``,
    ``folder`` or ``files`` in their names.
    """
    if isinstance(value, str):
        return value if any(word in key for word in ("path", "folder", "files")) else harmless(value)
    if isinstance(value, Mapping):
        return {name: harmless_values(part, str(name)) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [harmless_values(part, key) for part in value]
    return value
