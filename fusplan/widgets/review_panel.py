"""The step "review": every check of the plan with its verdict, and the export."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from fusplan.atlas.nuclei_atlas import HeadAtlas
from fusplan.display.check_rows import sorted_checks
from fusplan.imaging.volume import Volume
from fusplan.jobs.job import Job
from fusplan.planning.plan import Plan
from fusplan.planning.review import Check
from fusplan.progress import Progress
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.export_part import ExportPart
from fusplan.widgets.section import Section
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space
from fusplan.widgets.verdict_list import VerdictList, VerdictRow

AFTER_MS = 500
"""After the last change."""

NO_PLAN = "Align the atlas or open a plan: then everything about it is checked here."
CHECKING = "Checking the plan…"


@dataclass(frozen=True, slots=True, eq=False)
class CheckRequest:
    """What to check."""

    plan: Plan
    volume: Volume
    atlases: tuple[HeadAtlas, ...]


def check(request: CheckRequest, progress: Progress) -> tuple[Check, ...]:
    """All checks, in a thread: CLp is counted out in the head."""
    from fusplan.planning.checks import check_plan  # noqa: PLC0415 - the engine

    progress.report(0.1, "Checking the plan")
    return check_plan(request.plan, request.volume, request.atlases)


class ReviewPanel(QFrame):
    """Checks what is open whenever it is looked at, and exports it."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._desk = desk
        self._job: Job | None = None
        self._checked: tuple[object, ...] = ()
        heading = QLabel("Review and export")
        set_role(heading, "heading")
        self.words = QLabel(NO_PLAN)
        self.words.setWordWrap(True)
        set_role(self.words, "muted")
        self.to_look_at, self.fine = VerdictList(), VerdictList()
        self.export = ExportPart(case, desk)
        self._fine_section = Section("Checks that are fine", self.fine, unfolded=False)
        self._export_section = Section("Export", self.export)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        for part in (heading, self.words, self.to_look_at, self._fine_section, self._export_section):
            layout.addWidget(part)
        layout.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._check)
        for signal in (case.plan_changed, case.atlases_changed, case.volume_changed):
            signal.connect(self._changed)
        self._changed()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._changed()

    def _changed(self) -> None:
        plan = self._case.plan
        for part in (self.to_look_at, self._fine_section, self._export_section):
            part.setVisible(plan is not None)
        if plan is None:
            self._checked = ()
            self.words.setText(NO_PLAN)
        elif self.isVisible() and self._wanted() != self._checked:
            self.words.setText(CHECKING)
            self._timer.start()

    def _wanted(self) -> tuple[object, ...]:
        return (self._case.plan, self._case.volume, *self._atlases())

    def _atlases(self) -> tuple[HeadAtlas, ...]:
        return tuple(atlas for _, atlas in self._case.patient_atlases)

    def _check(self) -> None:
        plan, volume, atlases = self._case.plan, self._case.volume, self._atlases()
        if plan is None or volume is None or not atlases or not self.isVisible():
            return
        if self._job is not None and not self._job.is_over:
            self._job.cancel()
        wanted = self._wanted()

        def show(checks: tuple[Check, ...]) -> None:
            if self._wanted() == wanted:
                self._checked = wanted
                self.show_checks(checks)

        self._job = self._desk.jobs.in_thread(check, CheckRequest(plan, volume, atlases), "Checking the plan", show)

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Show verdicts and sentences."""
        found = sorted_checks(checks)
        self.words.setText(found.words)
        self.to_look_at.show_rows([VerdictRow(one.verdict, one.sentence, "", one.name) for one in found.to_look_at])
        self.fine.show_rows([VerdictRow(one.verdict, one.sentence, "", one.name) for one in found.fine])


class ExportPanel(QFrame):
    """The export alone, as a tool."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        heading = QLabel("Export")
        set_role(heading, "heading")
        self.export = ExportPart(case, desk)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        layout.addWidget(heading)
        layout.addWidget(self.export)
        layout.addStretch(1)
