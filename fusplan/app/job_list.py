"""The jobs that are running: started here, shown in the job bar, their failures told, stopped at the end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from fusplan.errors import FusplanError
from fusplan.jobs.job import Job
from fusplan.jobs.process_job import ProcessJob
from fusplan.jobs.thread_job import ThreadJob
from fusplan.workflows.workflow_table import JobFunction, RequestT, ResultT


class JobList(QObject):
    """Starts jobs and keeps them until they end.

    Signals:
        started: a job, to be shown.
        failed: the FusplanError of a job for which no one else cared.
        idle: the last job has ended.
    """

    started = Signal(object)
    failed = Signal(object)
    idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: dict[int, Job] = {}

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that have not ended."""
        return tuple(self._running.values())

    def in_thread(
        self,
        function: JobFunction[RequestT, ResultT],
        request: RequestT,
        title: str,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
    ) -> Job:
        """Run short work in a thread; ``then`` gets its result in the window's thread."""
        return self._start(ThreadJob(function, request, title, self), then, on_error, on_cancel)

    def in_process(
        self,
        function: JobFunction[RequestT, ResultT],
        request: RequestT,
        title: str,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
    ) -> Job:
        """Run long work in a process; ``function`` is top-level or named, ``request`` picklable."""
        return self._start(ProcessJob(function, request, title, self), then, on_error, on_cancel)

    def unlisted(
        self,
        function: JobFunction[RequestT, ResultT],
        request: RequestT,
        title: str,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None],
    ) -> Job:
        """Run short work in a thread, shown nowhere: what follows every change of the plan."""
        job = ThreadJob(function, request, title, self)
        job.finished.connect(then)
        job.failed.connect(on_error)
        job.ended.connect(job.deleteLater)
        job.start()
        return job

    def tell(self, error: FusplanError) -> None:
        """Tell the person about an error of work."""
        self.failed.emit(error)

    def stop_all(self) -> None:
        """Stop everything and wait for it: the program ends."""
        for job in self.running:
            job.stop_now()
        self._running.clear()

    def _start(
        self,
        job: Job,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None] | None,
        on_cancel: Callable[[], None] | None,
    ) -> Job:
        self._running[job.number] = job
        job.finished.connect(then)
        job.failed.connect(on_error if on_error is not None else self.failed.emit)
        if on_cancel is not None:
            job.cancelled.connect(on_cancel)
        job.ended.connect(lambda: self._forget(job))
        self.started.emit(job)
        job.start()
        return job

    def _forget(self, job: Job) -> None:
        self._running.pop(job.number, None)
        job.deleteLater()
        if not self._running:
            self.idle.emit()
