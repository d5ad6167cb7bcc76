"""A job in another process: progress, result, cancel, every way to fail, and nothing left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fusplan.errors import FusplanError, JobCrashedError
from fusplan.jobs.failures import JobKilledError
from fusplan.jobs.process_job import ProcessJob
from tests.fixtures import sample_work
from tests.fixtures.limits import LONGEST_WAIT_S


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Jobs put their files here; nothing of theirs may be left at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.glob("fusplan-job-*")) == []


def failure_of(qtbot: QtBot, function: object, request: object = None) -> FusplanError:
    job = ProcessJob(function, request, "Testing")  # type: ignore[arg-type]
    with qtbot.waitSignal(job.failed) as caught:
        job.start()
    assert job.is_over
    error = caught.args[0]
    assert isinstance(error, FusplanError)
    return error


def is_running(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_tells_every_step_in_order_and_then_the_result(qtbot: QtBot) -> None:
    job = ProcessJob(sample_work.count, 120, "Counting")
    heard: list[tuple[float, str]] = []
    job.progress.connect(lambda fraction, sentence: heard.append((fraction, sentence)))
    with qtbot.waitSignal(job.finished) as caught:
        job.start()
    assert caught.args == [240]
    assert [sentence for _, sentence in heard] == [f"Step {n} of 120" for n in range(1, 121)]
    assert job.fraction == 1.0


def test_an_error_arrives_as_its_own_class_with_its_words_and_attributes(qtbot: QtBot) -> None:
    error = failure_of(qtbot, sample_work.raise_odd_arguments)
    assert type(error) is sample_work.OddArgumentsError
    assert (error.message, error.remedy, error.found) == ("head.nii holds 7 volumes.", "Name one.", 7)
    assert str(error) == "head.nii holds 7 volumes. Name one."


def test_a_bug_arrives_with_its_traceback(qtbot: QtBot) -> None:
    error = failure_of(qtbot, sample_work.raise_bug)
    assert type(error) is JobCrashedError
    assert "ZeroDivisionError: a bug" in error.details
    assert "raise_bug" in error.details


@pytest.mark.parametrize(
    ("work", "words"), [(sample_work.kill_itself, "SIGKILL"), (sample_work.exit_early, "exit code 3")]
)
def test_a_process_that_vanishes_is_told_in_words(qtbot: QtBot, work: object, words: str) -> None:
    error = failure_of(qtbot, work)
    assert isinstance(error, JobKilledError)
    assert words in error.message
    assert "plan is unchanged" in error.remedy


def test_killed_from_outside(qtbot: QtBot) -> None:
    job = ProcessJob(sample_work.sleep_for_ever, None, "Sleeping")
    with qtbot.waitSignal(job.progress):
        job.start()
    assert job.process_id is not None
    with qtbot.waitSignal(job.failed) as caught:
        os.kill(job.process_id, signal.SIGKILL)
    assert isinstance(caught.args[0], JobKilledError)


@pytest.mark.parametrize("work", [sample_work.sleep_for_ever, sample_work.hold_the_interpreter_lock])
def test_cancel_ends_the_process_at_once(qtbot: QtBot, work: object) -> None:
    job = ProcessJob(work, 600.0, "Working")  # type: ignore[arg-type]
    with qtbot.waitSignal(job.progress):
        job.start()
    process_id = job.process_id
    assert process_id is not None
    # It would work for ten minutes; how soon it is gone is measured by tests.benchmarks.desktop.
    with qtbot.waitSignal(job.cancelled):
        job.cancel()
    assert not is_running(process_id)
    job.cancel()  # once over, a further cancel is nothing


def test_cancel_before_the_process_exists(qtbot: QtBot) -> None:
    job = ProcessJob(sample_work.sleep_for_ever, None, "Sleeping")
    with qtbot.waitSignal(job.cancelled):
        job.start()
        job.cancel()
    assert job.process_id is None


def test_work_may_cancel_itself(qtbot: QtBot) -> None:
    job = ProcessJob(sample_work.cancel_itself, None, "Cancelling")
    with qtbot.waitSignal(job.cancelled):
        job.start()


def test_stop_now_leaves_no_process(qtbot: QtBot) -> None:
    job = ProcessJob(sample_work.sleep_for_ever, None, "Sleeping")
    with qtbot.waitSignal(job.progress):
        job.start()
    process_id = job.process_id
    assert process_id is not None
    job.stop_now()
    assert not is_running(process_id)


def test_requests_and_results_are_packed_and_unpacked_beside_the_windows_thread(qtbot: QtBot) -> None:
    job = ProcessJob(sample_work.pass_on, sample_work.Telltale(), "Sending")
    with qtbot.waitSignal(job.finished) as caught:
        job.start()
    assert isinstance(caught.args[0], sample_work.Telltale)
    here = [thread for process, thread in sample_work.Telltale.handled_by if process == os.getpid()]
    assert len(here) == 2  # packed once, unpacked once
    assert threading.get_ident() not in here


def test_large_requests_and_results_arrive_whole(qtbot: QtBot) -> None:
    large = np.ones(20_000_000)
    for work, request in ((sample_work.make_large, 20_000_000), (sample_work.measure, large)):
        job = ProcessJob(work, request, "Sending 160 MB")
        with qtbot.waitSignal(job.finished) as caught:
            job.start()
        result = caught.args[0]
        if work is sample_work.make_large:
            assert result.shape == (20_000_000,) and result[-1] == 19_999_999
    assert result == 20_000_000


def test_a_result_that_cannot_be_sent_is_a_crash_with_a_reason(qtbot: QtBot) -> None:
    error = failure_of(qtbot, sample_work.not_picklable_result)
    assert isinstance(error, JobCrashedError)
    assert "pickle" in error.details.lower()


def test_a_request_that_cannot_be_sent_is_a_crash_with_a_reason(qtbot: QtBot) -> None:
    error = failure_of(qtbot, sample_work.count, lambda: None)
    assert isinstance(error, JobCrashedError)
    assert "pickle" in error.details.lower()


PARENT = """
import sys
from PySide6.QtCore import QCoreApplication
from fusplan.jobs.process_job import ProcessJob
from tests.fixtures.sample_work import sleep_for_ever
if __name__ == "__main__":
    app = QCoreApplication([])
    job = ProcessJob(sleep_for_ever, None, "Sleeping")
    job.progress.connect(lambda fraction, sentence: print(sentence, flush=True))
    job.start()
    app.exec()
"""


def test_the_worker_ends_when_the_window_is_killed(tmp_path: Path, own_temporary_folder: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    project = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": project, "TMPDIR": str(own_temporary_folder)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        worker_id = int(parent.stdout.readline().split()[1])
        assert is_running(worker_id)
        worker = os.pidfd_open(worker_id)
        parent.kill()
    try:
        ended, _, _ = select.select([worker], [], [], LONGEST_WAIT_S)
    finally:
        os.close(worker)
    assert ended
    assert not is_running(worker_id)
