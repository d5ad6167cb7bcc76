"""One row of the table of acceptance."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AcceptanceRow:
    """A test, what it must reach, what it reached.

    Attributes:
        test: what was tried.
        wanted: words for the limit.
        found: words for what was found, or why it could not be tried.
        passed: None where it could not be tried, or stands there to compare.
    """

    test: str
    wanted: str
    found: str
    passed: bool | None


def processor_seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Least processor time of some runs, after one that compiles and warms up."""
    work()
    times = []
    for _ in range(runs):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)
