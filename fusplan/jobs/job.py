"""What every job offers to the window, whether it runs in a process or in a thread."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QObject, Signal

from fusplan.harmless import harmless

_numbers = itertools.count(1)


class Job(QObject):
    """One piece of long work: started once, ends exactly once in finished, failed or cancelled.

    Args:
        title: what is done, in the user's words ("Reading T1w.nii.gz").
        parent: Qt parent.

    Signals:
        progress: fraction 0 to 1 and a sentence.
        finished: the result.
        failed: a FusplanError (a :class:`~fusplan.jobs.failures.JobCrashedError` for a bug or a killed process).
        cancelled: the user stopped it.
        ended: after any of the three.
    """

    progress = Signal(float, str)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()

    def __init__(self, title: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title = harmless(title)
        self.number = next(_numbers)
        self.fraction = 0.0
        self.sentence = self.title
        self.is_over = False

    def start(self) -> None:
        """Begin. Returns at once."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Stop. Returns at once; ``cancelled`` follows unless the work has ended already."""
        raise NotImplementedError

    def stop_now(self) -> None:
        """Stop and wait until nothing of the work is left. For closing the program; emits nothing."""
        raise NotImplementedError

    def _tell_progress(self, fraction: float, sentence: str) -> None:
        self.fraction, self.sentence = fraction, harmless(sentence)
        self.progress.emit(fraction, self.sentence)

    def _end_finished(self, result: object) -> None:
        self.is_over = True
        self.finished.emit(result)
        self.ended.emit()

    def _end_failed(self, error: BaseException) -> None:
        self.is_over = True
        self.failed.emit(error)
        self.ended.emit()

    def _end_cancelled(self) -> None:
        self.is_over = True
        self.cancelled.emit()
        self.ended.emit()
