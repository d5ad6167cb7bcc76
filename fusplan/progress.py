"""How long work tells how far it is, and how it is stopped."""

from __future__ import annotations

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
