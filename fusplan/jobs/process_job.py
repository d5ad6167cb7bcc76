"""One workflow in a spawned process: progress, cancel, result, failure; the window never waits for it.

A process and not a thread, because registration engines hold the interpreter lock for seconds and cannot
be stopped otherwise. Everything slow (pickling the request, starting, reading the result) is done in short-lived
threads; a timer in the window's thread looks after them, so that signals come from one thread only.
"""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
import tempfile
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

from fusplan.errors import JobCrashedError
from fusplan.jobs.failures import JobKilledError, crash_text, error_from_parts
from fusplan.jobs.job import Job
from fusplan.jobs.worker import PICKLE_PROTOCOL, REQUEST_FILE, RESULT_FILE, work

POLL_INTERVAL_MS = 20
MESSAGES_PER_POLL = 50
"""A worker that reports without pause must not keep the window busy."""


class ProcessJob(Job):
    """Run ``function(request, progress)`` in a spawned process.

    Args:
        function: a top-level function; it and ``request`` must be picklable.
        request: its first argument.
        title: what is done, in the user's words.
        parent: Qt parent.
    """

    def __init__(
        self, function: Callable[..., object], request: object, title: str, parent: QObject | None = None
    ) -> None:
        super().__init__(title, parent)
        self._function = function
        self._request = request
        self._folder: Path | None = None
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._last_word: tuple[Any, ...] | None = None
        self._thread: threading.Thread | None = None
        self._trouble: BaseException | None = None
        self._result: object = None
        self._result_is_read = False
        self._cancel_wanted = False
        self._exit_code: int | None = None
        self._lock = threading.Lock()
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_INTERVAL_MS)
        self._timer.timeout.connect(self._look)

    @property
    def process_id(self) -> int | None:
        """Of the worker, once it has started."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        self._run_aside(self._prepare)
        self._timer.start()

    def cancel(self) -> None:
        if self.is_over:
            return
        with self._lock:
            self._cancel_wanted = True
            if self._process is not None:
                self._process.kill()
        self._timer.setInterval(2)

    def stop_now(self) -> None:
        self.cancel()
        if self._thread is not None:
            self._thread.join()
        self._timer.stop()
        self._clear_up()
        self.is_over = True

    # In threads -------------------------------------------------------------------------------------------------

    def _run_aside(self, step: Callable[[], None]) -> None:
        def run() -> None:
            try:
                step()
            except BaseException as error:  # told to the user by the timer in the window's thread
                self._trouble = error

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def _prepare(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="fusplan-job-"))
        with (self._folder / REQUEST_FILE).open("wb") as file:
            pickle.dump((self._function, self._request), file, protocol=PICKLE_PROTOCOL)
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(sender, str(self._folder)), daemon=True, name=self.title)
        with self._lock:
            if not self._cancel_wanted:
                process.start()
                self._process, self._connection = process, receiver
        # Without this copy open, the end of the worker is the end of the pipe.
        sender.close()

    def _read_result(self) -> None:
        assert self._folder is not None
        with (self._folder / RESULT_FILE).open("rb") as file:
            self._result = pickle.load(file)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._result_is_read = True

    # In the window's thread -------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        if self._cancel_wanted:
            self._look_whether_cancelled()
        elif self._trouble is not None:
            self._finish(self._tell_trouble)
        elif self._result_is_read:
            self._finish(lambda: self._end_finished(self._result))
        else:
            self._listen()

    def _listen(self) -> None:
        process, connection = self._process, self._connection
        assert process is not None
        assert connection is not None
        # Asked before reading: whatever a process said before it ended is in the pipe by then.
        alive = process.is_alive()
        drained = self._read_messages(connection)
        if alive or not drained or self._cancel_wanted:
            return
        if self._last_word == ("finished",):
            self._run_aside(self._read_result)
        else:
            self._finish(self._tell_bad_end)

    def _read_messages(self, connection: Connection) -> bool:
        """Take in what has arrived; True when nothing more is there."""
        try:
            for _ in range(MESSAGES_PER_POLL):
                if not connection.poll():
                    return True
                message = connection.recv()
                if message[0] != "progress":
                    self._last_word = message
                elif not self._cancel_wanted:
                    self._tell_progress(message[1], message[2])
        except (EOFError, OSError):
            return True
        return False

    def _look_whether_cancelled(self) -> None:
        if self._process is None or not self._process.is_alive():
            self._finish(self._end_cancelled)

    def _tell_bad_end(self) -> None:
        word = self._last_word
        if word is None:
            self._end_failed(JobKilledError(self.title, self._exit_code))
        elif word[0] == "cancelled":
            self._end_cancelled()
        elif word[0] == "failed":
            self._end_failed(error_from_parts(word[1]))
        else:
            self._end_failed(JobCrashedError(self.title, word[1]))

    def _tell_trouble(self) -> None:
        assert self._trouble is not None
        self._end_failed(JobCrashedError(self.title, crash_text(self._trouble)))

    def _finish(self, tell: Callable[[], None]) -> None:
        self._timer.stop()
        self._clear_up()
        tell()

    def _clear_up(self) -> None:
        """Reap the process, close the pipe, remove the folder."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()
            self._exit_code = process.exitcode
            process.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
