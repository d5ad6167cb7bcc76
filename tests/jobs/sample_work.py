"""Work for the tests of jobs: top-level functions that a spawned process can import."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

import numpy as np

from fusplan.errors import FusplanError
from fusplan.progress import JobCancelled, Progress


class OddArgumentsError(FusplanError):
    """Its constructor takes other arguments than its parent's."""

    def __init__(self, path: Path, found: int) -> None:
        super().__init__(f"{path} holds {found} volumes.", "Name one.")
        self.found = found


class Telltale:
    """Notes the process and the thread that pack and unpack it."""

    handled_by: ClassVar[list[tuple[int, int]]] = []

    @classmethod
    def note(cls) -> Telltale:
        cls.handled_by.append((os.getpid(), threading.get_ident()))
        return cls()

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        self.note()
        return Telltale.note, ()


def pass_on(request: Telltale, progress: Progress) -> Telltale:
    return request


def count(request: int, progress: Progress) -> int:
    for step in range(request):
        progress.report((step + 1) / request, f"Step {step + 1} of {request}")
    return request * 2


def sleep_for_ever(request: object, progress: Progress) -> None:
    progress.report(0.1, f"pid {os.getpid()}")
    time.sleep(600)


def hold_the_interpreter_lock(request: float, progress: Progress) -> None:
    progress.report(0.1, "Holding")
    # A single huge integer power holds the lock in C, as registration engines do.
    started = time.monotonic()
    while time.monotonic() - started < request:
        _ = 3**400_000


def raise_odd_arguments(request: object, progress: Progress) -> None:
    raise OddArgumentsError(Path("head.nii"), 7)


def raise_bug(request: object, progress: Progress) -> None:
    raise ZeroDivisionError("a bug")


def kill_itself(request: object, progress: Progress) -> None:
    progress.report(0.5, "Half")
    os.kill(os.getpid(), signal.SIGKILL)


def exit_early(request: object, progress: Progress) -> None:
    sys.stdout.flush()
    os._exit(3)


def cancel_itself(request: object, progress: Progress) -> None:
    raise JobCancelled


def make_large(request: int, progress: Progress) -> np.ndarray:
    return np.arange(request, dtype=np.float64)


def measure(request: np.ndarray, progress: Progress) -> float:
    return float(request.sum())


def not_picklable_result(request: object, progress: Progress) -> object:
    return lambda: None
