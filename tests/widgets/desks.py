"""A desk for panels under test: work is done at the next turn of the event loop, and what was asked is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, QUrl

from fusplan.errors import FusplanError
from fusplan.jobs.job import Job
from fusplan.progress import NoProgress
from fusplan.session.messages import Message
from fusplan.widgets.desk import Desk


class SoonJobs:
    """Runs work, or what a test has put in its place, at the next turn of the event loop."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.instead: dict[str, Callable[[Any, Any], object]] = {}
        self.jobs: list[Job] = []

    def in_thread(
        self,
        function: Callable[..., object],
        request: object,
        title: str,
        then: Callable[[Any], None],
        on_error: Callable[[FusplanError], None] | None = None,
    ) -> Job:
        job = Job(title)
        self.titles.append(title)
        self.jobs.append(job)
        job.finished.connect(then)
        if on_error is not None:
            job.failed.connect(on_error)

        def run() -> None:
            work = self.instead.get(function.__name__, function)
            try:
                result = work(request, NoProgress())
            except FusplanError as error:
                job._end_failed(error)
            else:
                job._end_finished(result)

        QTimer.singleShot(0, job, run)
        return job

    in_process = in_thread


class TrialDesk:
    """A desk, what was done and said at it, and the answers a person would give."""

    def __init__(self) -> None:
        self.jobs = SoonJobs()
        self.done: list[str] = []
        self.messages: list[Message] = []
        self.opened: list[QUrl] = []
        self.image: Path | None = None
        self.folder: Path | None = None
        self.points: Path | None = None
        self.save: Callable[[], bool] = lambda: True
        self.desk = Desk(
            self.jobs,
            do=self.done.append,
            say=self.messages.append,
            ask_image=lambda title: self.image,
            ask_folder=lambda title, folder: self.folder,
            save_then=lambda go_on: go_on() if self.save() else None,
            open_url=self.opened.append,
            ask_points=lambda title: self.points,
        )
