"""A job in a thread: the same signals as a job in a process."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from fusplan.errors import JobCrashedError
from fusplan.jobs.thread_job import ThreadJob
from fusplan.progress import Progress
from tests.fixtures import sample_work
from tests.fixtures.limits import LONGEST_WAIT_S


def test_result_and_progress(qtbot: QtBot) -> None:
    job = ThreadJob(sample_work.count, 5, "Counting")
    with qtbot.waitSignals([job.finished, job.progress]):
        job.start()
    assert job.is_over
    assert job.sentence == "Step 5 of 5"


def test_errors_keep_their_class_and_bugs_their_traceback(qtbot: QtBot) -> None:
    job = ThreadJob(sample_work.raise_odd_arguments, None, "Failing")
    with qtbot.waitSignal(job.failed) as caught:
        job.start()
    assert type(caught.args[0]) is sample_work.OddArgumentsError
    job = ThreadJob(sample_work.raise_bug, None, "Failing")
    with qtbot.waitSignal(job.failed) as caught:
        job.start()
    assert isinstance(caught.args[0], JobCrashedError)
    assert "ZeroDivisionError" in caught.args[0].details


def test_cancel_is_told_at_once_and_the_thread_ends_at_its_next_report(qtbot: QtBot) -> None:
    go_on = threading.Event()

    def patient_work(request: object, progress: Progress) -> str:
        go_on.wait(LONGEST_WAIT_S)
        progress.report(0.5, "Half")
        return "too late"

    job = ThreadJob(patient_work, None, "Waiting")
    results: list[object] = []
    job.finished.connect(results.append)
    job.start()
    with qtbot.waitSignal(job.cancelled):
        job.cancel()
    go_on.set()
    job.stop_now()
    assert results == []
