"""The step "review": every check of the plan with its verdict, and the export."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from fusplan.planning.review import Check
from fusplan.planning.sorted_checks import sorted_checks
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.export_part import ExportPart
from fusplan.widgets.section import Section
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space
from fusplan.widgets.verdict_list import VerdictList, VerdictRow

NO_PLAN = "Align the atlas or open a plan: then everything about it is checked here."
CHECKING = "Checking the plan…"


class ReviewPanel(QFrame):
    """Checks what is open whenever it is looked at, and exports it."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
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
        for signal in (case.plan_changed, case.atlases_changed, case.volume_changed, case.review_changed):
            signal.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the checks of the review; those of a moment ago stay in sight while they are made anew."""
        subject, review = self._case.review_subject, self._case.review
        for part in (self.to_look_at, self._fine_section, self._export_section):
            part.setVisible(subject is not None)
        if subject is None:
            self.words.setText(NO_PLAN)
        elif not self.isVisible():
            return
        elif review.are_checks_current(subject):
            self.show_checks(review.checks)
        else:
            self.words.setText(CHECKING)

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
