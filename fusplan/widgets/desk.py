"""What panels may ask of the program around them: run work, do an action, ask for a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from fusplan.errors import FusplanError
from fusplan.jobs.job import Job
from fusplan.workflows.workflow_table import JobFunction, RequestT, ResultT, Workflows


class JobStarter(Protocol):
    """Starts long work; ``then`` gets its result in the window's thread."""

    def in_thread(
        self,
        function: JobFunction[RequestT, ResultT],
        request: RequestT,
        title: str,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None] | None = None,
    ) -> Job: ...

    def in_process(
        self,
        function: JobFunction[RequestT, ResultT],
        request: RequestT,
        title: str,
        then: Callable[[ResultT], None],
        on_error: Callable[[FusplanError], None] | None = None,
    ) -> Job: ...


class Desk(QObject):
    """Handed to every panel beside the case. What is not given does nothing, so that a panel can be tried alone.

    Args:
        jobs: starts long work.
        workflows: the long work; others in tests.
        simulate: has the treatment simulated, again where it was stopped.
        do: runs an action of the program by its id, such as ``make_plan``.
        ask_image: title -> the path of an image, or None.
        ask_folder: title and the folder to begin in -> a folder, or None.
        ask_points: title -> the path of a list of points, or None.
        ask_file: title -> the path of any file, or None.
        save_then: saves the plan (asking where, if need be), then goes on.
        open_url: shows a file in the browser or a folder in the system's file window.
        parent: Qt parent.

    Attributes:
        planning_job: the job that makes a plan while it runs, else None.

    Signals:
        planning: the job that makes a plan has been started.
    """

    planning = Signal(object)

    def __init__(
        self,
        jobs: JobStarter,
        do: Callable[[str], None] | None = None,
        ask_image: Callable[[str], Path | None] | None = None,
        ask_folder: Callable[[str, Path], Path | None] | None = None,
        save_then: Callable[[Callable[[], None]], None] | None = None,
        open_url: Callable[[QUrl], object] = QDesktopServices.openUrl,
        parent: QObject | None = None,
        ask_points: Callable[[str], Path | None] | None = None,
        ask_file: Callable[[str], Path | None] | None = None,
        workflows: Workflows | None = None,
        simulate: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.workflows = workflows if workflows is not None else Workflows()
        self.do: Callable[[str], None] = do if do is not None else lambda _name: None
        self.ask_image: Callable[[str], Path | None] = ask_image if ask_image is not None else lambda _title: None
        self.ask_folder: Callable[[str, Path], Path | None] = (
            ask_folder if ask_folder is not None else lambda _title, _folder: None
        )
        self.save_then: Callable[[Callable[[], None]], None] = (
            save_then if save_then is not None else lambda _go_on: None
        )
        self.ask_points: Callable[[str], Path | None] = ask_points if ask_points is not None else lambda _title: None
        self.ask_file: Callable[[str], Path | None] = ask_file if ask_file is not None else lambda _title: None
        self.simulate: Callable[[], None] = simulate if simulate is not None else lambda: None
        self.open_url = open_url
        self.planning_job: Job | None = None

    def tell_planning(self, job: Job) -> None:
        """A job that makes a plan was started."""
        if not job.is_over:
            self.planning_job = job
            job.ended.connect(lambda: self._forget_planning(job))
        self.planning.emit(job)

    def _forget_planning(self, job: Job) -> None:
        # Whoever started the job deletes it once it is over.
        if self.planning_job is job:
            self.planning_job = None
