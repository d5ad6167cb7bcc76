"""How far one job is, in a panel: what is done now, a bar, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QPushButton, QWidget

from fusplan.jobs.job import Job
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role

STEPS = 1000


class JobProgress(QWidget):
    """Takes no room while nothing runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.sentence, "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop this work; nothing of the plan changes")
        self.cancel.clicked.connect(self._stop)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(GAP)
        layout.setVerticalSpacing(GAP_SMALL)
        layout.addWidget(self.sentence, 0, 0, 1, 2)
        layout.addWidget(self.bar, 1, 0)
        layout.addWidget(self.cancel, 1, 1)
        layout.setColumnStretch(0, 1)
        self.hide()

    def watch(self, job: Job) -> None:
        """Show a job until it ends."""
        if job.is_over:
            return
        self._job = job
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(job.title)
        self.sentence.setText(job.sentence)
        job.progress.connect(self._show)
        job.ended.connect(lambda: self._forget(job))
        self.show()

    def _show(self, fraction: float, sentence: str) -> None:
        self.bar.setRange(0, STEPS)
        self.bar.setValue(round(fraction * STEPS))
        self.sentence.setText(sentence)

    def _forget(self, job: Job) -> None:
        if self._job is job:
            self._job = None
            self.hide()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
