"""Finding a command from a few letters of its name."""

from __future__ import annotations

from collections.abc import Iterable

START_OF_WORD = 8
IN_A_ROW = 5
GAP_COST = 1
CONTAINED = 40


def score(query: str, text: str) -> int | None:
    """How well the letters of ``query`` are found in ``text``, in order; None when they are not all there.

    Letters that begin a word or follow each other count more; text left out between letters costs. Words of the
    query may come in any order.
    """
    words = query.lower().split()
    if not words:
        return 0
    scores = [_score_word(word, text.lower()) for word in words]
    return None if any(one is None for one in scores) else sum(one for one in scores if one is not None)


def ranked(query: str, texts: Iterable[str]) -> list[int]:
    """Positions of the texts that match, best first; the order of the texts decides between equals."""
    scored = [(found, index) for index, text in enumerate(texts) if (found := score(query, text)) is not None]
    return [index for _, index in sorted(scored, key=lambda pair: (-pair[0], pair[1]))]


def _score_word(word: str, text: str) -> int | None:
    place = text.find(word)
    if place >= 0:
        at_start = place == 0 or not text[place - 1].isalnum()
        return CONTAINED + len(word) * IN_A_ROW + (START_OF_WORD if at_start else 0) - min(place, 20) // 4
    total, last = 0, -1
    for letter in word:
        found = _next(letter, text, last + 1)
        if found < 0:
            return None
        starts = found == 0 or not text[found - 1].isalnum()
        total += START_OF_WORD if starts else 0
        total += IN_A_ROW if found == last + 1 else -GAP_COST * min(found - last, 10)
        last = found
    return total


def _next(letter: str, text: str, start: int) -> int:
    """The next place of a letter, at the start of a word if there is one, else anywhere."""
    for index in range(start, len(text)):
        if text[index] == letter and (index == 0 or not text[index - 1].isalnum()):
            return index
    return text.find(letter, start)
