"""One number as a person types it or a file writes it: either decimal sign, any script's digits, never a guess.

The language of the computer plays no part: "1.5" and "1,5" are one and a half everywhere. What could be two numbers,
such as "1.234,5" with its thousands separator, is refused.
"""

from __future__ import annotations

import re
import unicodedata

from fusplan.errors import FusplanError

_MINUS_SIGNS = "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"
"""The minus sign, hyphens, dashes and the wide and small forms, which people and programs write for it."""

_DECIMAL_COMMAS = "\u066b\uff0c"
"""The Arabic decimal sign, and the wide comma."""

_DIRECTION_MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They stand before signs in Arabic, Persian and Hebrew texts, and mean nothing for a number."""

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


class NumberTextError(FusplanError):
    """A text is not one number, or could be several."""


def plain_number(text: str) -> str:
    """The text with ASCII digits, signs, points and commas in place of those of other scripts."""
    return "".join(_plain_letter(letter) for letter in text.strip() if letter not in _DIRECTION_MARKS).strip()


def read_number(text: str) -> float:
    """The number that a text is.

    Raises:
        NumberTextError: it is none, or holds more than a decimal sign (a thousands separator, a blank, a unit).
    """
    plain = plain_number(text)
    if _NUMBER.fullmatch(plain) is None:
        why = "it holds two separators" if len(re.findall(r"[.,]", plain)) > 1 else "it is not one number"
        raise NumberTextError(
            f"'{text.strip()}' is unclear: {why}.",
            "Write digits with one decimal sign, a point or a comma, and no thousands separator: 1234.5 or 1234,5.",
        )
    return float(plain.replace(",", "."))


def read_whole_number(text: str) -> int:
    """The whole number that a text is; Python's ``int`` would take ``10_0`` for a hundred.

    Raises:
        NumberTextError: it is none, holds a separator of any kind, or has more than 18 digits.
    """
    plain = plain_number(text)
    if _WHOLE_NUMBER.fullmatch(plain) is None:
        raise NumberTextError(f"'{text.strip()}' is not a whole number.", "Write digits alone, such as 12.")
    return int(plain)


def read_three_numbers(text: str) -> tuple[float, float, float]:
    """Three numbers of one text, apart by blanks, semicolons, or commas where those are no decimal signs.

    Raises:
        NumberTextError: not three, or not certain which three: ``1,2 3`` is refused.
    """
    parts = [part.strip(",\u060c") for part in re.split(r"[\s;\u061b]+", plain_number(text).strip("()[] "))]
    parts = [part for part in parts if part]
    if len(parts) == 1:
        parts = re.split(r"[,\u060c]", parts[0])
    if len(parts) != 3:
        raise NumberTextError(
            f"'{text.strip()}' is not three numbers.", "Write them apart by blanks, such as -8.8 -20.8 12.3."
        )
    x, y, z = (read_number(part) for part in parts)
    return (x, y, z)


def decimal_sign(text: str) -> str:
    """The decimal sign of a number's text, a point or a comma; nothing where it has none."""
    found = re.search(r"[.,]", plain_number(text))
    return found[0] if found else ""


def may_be_grouped(text: str) -> bool:
    """Whether the one separator of a number may as well be a thousands separator, as in ``1,234``."""
    return _GROUPED.fullmatch(plain_number(text)) is not None


def _plain_letter(letter: str) -> str:
    if letter in _MINUS_SIGNS:
        return "-"
    if letter in _DECIMAL_COMMAS:
        return ","
    if letter == "\uff0e":
        return "."
    if letter == "\uff0b":
        return "+"
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)
