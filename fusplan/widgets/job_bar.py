"""What is being worked on: one row a job with its sentence, how far it is, and cancel. Never modal."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from fusplan.jobs.job import Job
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role

SHOWN_AFTER_MS = 300
"""Work that is done sooner would only flicker."""

STEPS = 1000


class JobBar(QWidget):
    """Shows running jobs; takes no room when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._rows: dict[int, JobRow] = {}
        self.hide()

    @property
    def rows(self) -> tuple[JobRow, ...]:
        """The rows of the jobs that are running."""
        return tuple(self._rows.values())

    def watch(self, job: Job) -> None:
        """Show a job until it ends."""
        row = JobRow(job, self)
        self._rows[job.number] = row
        self._layout.addWidget(row)
        row.hide()
        QTimer.singleShot(SHOWN_AFTER_MS, row, lambda: self._show(job.number))
        job.ended.connect(lambda: self._remove(job.number))

    def _show(self, number: int) -> None:
        if number in self._rows:
            self._rows[number].show()
            self.show()

    def _remove(self, number: int) -> None:
        row = self._rows.pop(number, None)
        if row is None:
            return
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.setVisible(any(not other.isHidden() for other in self._rows.values()))


class JobRow(QFrame):
    """One job."""

    def __init__(self, job: Job, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "bar")
        self.title = QLabel(job.title)
        set_role(self.title, "strong")
        self.sentence = QLabel("")
        set_role(self.sentence, "muted")
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(job.title)
        self.percent = QLabel("")
        self.percent.setMinimumWidth(self.percent.fontMetrics().horizontalAdvance("100 %"))
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("Stop this work; nothing of the plan changes")
        self.cancel_button.clicked.connect(job.cancel)
        self._lay_out()
        job.progress.connect(self._show_progress)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GAP_LARGE, GAP, GAP, GAP)
        layout.setSpacing(GAP_LARGE)
        layout.addWidget(self.title)
        layout.addWidget(self.sentence, 1)
        layout.addWidget(self.progress, 1)
        layout.addWidget(self.percent)
        layout.addWidget(self.cancel_button)

    def _show_progress(self, fraction: float, sentence: str) -> None:
        self.progress.setRange(0, STEPS)
        self.progress.setValue(round(fraction * STEPS))
        self.percent.setText(f"{fraction * 100:.0f} %")
        self.sentence.setText(sentence)
