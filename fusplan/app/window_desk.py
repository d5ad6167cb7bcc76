"""The desk of the window's panels: what they ask for is done by the program's parts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from fusplan.app.program import Program
from fusplan.jobs.job import Job
from fusplan.widgets.desk import Desk


def make_desk(program: Program, do: Callable[[str], None], parent: QObject) -> Desk:
    """A desk for one window.

    Args:
        program: the parts.
        do: runs an action of the table by its id.
        parent: the window.
    """
    desk = Desk(
        jobs=program.jobs,
        workflows=program.workflows,
        do=do,
        ask_image=lambda title: program.questions(None).image_path(title, program.files.folder),
        ask_folder=lambda title, folder: program.questions(None).folder_path(title, folder),
        save_then=lambda go_on: program.files.save_then(go_on),
        open_url=lambda url: program.open_url(url),
        parent=parent,
        ask_points=lambda title: program.questions(None).points_path(title, program.files.folder),
        ask_file=lambda title: program.questions(None).any_path(title, program.files.folder),
        simulate=program.treatment.ask,
    )

    def tell_planning() -> None:
        job = program.planning.work
        if isinstance(job, Job):
            desk.tell_planning(job)

    program.planning.started.connect(tell_planning)
    return desk
