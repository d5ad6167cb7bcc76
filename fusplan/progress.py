"""How long work tells how far it is, and how it is stopped."""

from __future__ import annotations

from threading import Lock
from typing import Protocol


class JobCancelled(Exception):  # noqa: N818 - not an error
    """Raised inside long work when the user has cancelled it. Never shown as an error."""


class Progress(Protocol):
    """Where a workflow reports how far it is. Implementations may raise :class:`JobCancelled`."""

    def report(self, fraction: float, sentence: str) -> None:
        """Tell that ``fraction`` (0 to 1) of the work is done and what is done next, in the user's words."""


class NoProgress:
    """Progress that goes nowhere: for tests and scripts."""

    def report(self, fraction: float, sentence: str) -> None:
        del fraction, sentence


class PartOfProgress:
    """Maps the whole of one step onto a part of a longer job.

    Args:
        whole: where to report.
        start: fraction of the whole at which this step begins.
        end: fraction of the whole at which this step ends.
    """

    def __init__(self, whole: Progress, start: float, end: float) -> None:
        self._whole = whole
        self._start = start
        self._end = end

    def report(self, fraction: float, sentence: str) -> None:
        self._whole.report(self._start + (self._end - self._start) * fraction, sentence)


class SharedProgress:
    """Progress of several parts that are worked on at once: how far all of them are together.

    Args:
        whole: where to report; one thread at a time does.
        parts: how many.
    """

    def __init__(self, whole: Progress, parts: int) -> None:
        self._whole = whole
        self._done = [0.0] * parts
        self._one_at_a_time = Lock()

    def part(self, place: int) -> Progress:
        """Where one of the parts reports."""
        return _Part(self, place)

    def tell(self, place: int, fraction: float, sentence: str) -> None:
        """One of the parts is so far."""
        with self._one_at_a_time:
            self._done[place] = fraction
            self._whole.report(sum(self._done) / len(self._done), sentence)


class _Part:
    def __init__(self, shared: SharedProgress, place: int) -> None:
        self._shared, self._place = shared, place

    def report(self, fraction: float, sentence: str) -> None:
        self._shared.tell(self._place, fraction, sentence)
