"""What runs inside the worker process of a :class:`~fusplan.jobs.process_job.ProcessJob`. No Qt here."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from fusplan.errors import FusplanError
from fusplan.jobs.failures import crash_text, error_to_parts
from fusplan.progress import JobCancelled

REQUEST_FILE = "request.pickle"
RESULT_FILE = "result.pickle"
PICKLE_PROTOCOL = 5
NICENESS = 5
"""How far the worker stands back for the window where both want the processor; alone it runs as fast as ever."""


class PipeProgress:
    """Progress that goes to the window's process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def report(self, fraction: float, sentence: str) -> None:
        with self._lock:
            self._connection.send(("progress", float(fraction), sentence))


def work(connection: Connection, folder: str) -> None:
    """Read function and request from ``folder``, run, write the result there, tell how it ended, and exit."""
    _end_with_parent(Path(folder))
    # The window goes first: an engine that uses every processor must not make it wait.
    if sys.platform != "win32":
        os.nice(NICENESS)
    # Ctrl-C in a terminal reaches every process of the group; the window decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection.send(_run(connection, Path(folder)))
    connection.close()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    # Engines leave threads behind that can hold up a normal exit for seconds; everything is written already.
    os._exit(0)


def _run(connection: Connection, folder: Path) -> tuple[Any, ...]:
    try:
        with (folder / REQUEST_FILE).open("rb") as file:
            function: Callable[[Any, PipeProgress], object]
            function, request = pickle.load(file)
        result = function(request, PipeProgress(connection))
        with (folder / RESULT_FILE).open("wb") as file:
            pickle.dump(result, file, protocol=PICKLE_PROTOCOL)
    except JobCancelled:
        return ("cancelled",)
    except FusplanError as error:
        return ("failed", error_to_parts(error))
    except BaseException as error:  # anything else is a bug that the window has to hear of
        return ("crashed", crash_text(error))
    return ("finished",)


def _end_with_parent(folder: Path) -> None:
    """Leave nothing behind when the window's process is gone, however it went."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
