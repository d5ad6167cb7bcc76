"""The step "Lesion to expect": its contours with their doubt, where they would lie, and what stands behind them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fusplan.display.lesion_rows import coverage_bars
from fusplan.planning.treatment_details import ContourRow, cavitation_rows, contour_table
from fusplan.planning.treatment_edits import treatment_of
from fusplan.planning.treatment_summary import treatment_summary
from fusplan.simulation.not_simulated import NOT_SIMULATED
from fusplan.widgets.case import Case
from fusplan.widgets.coverage_view import CoverageView
from fusplan.widgets.desk import Desk
from fusplan.widgets.number_list import NumberList
from fusplan.widgets.section import Section
from fusplan.widgets.theme import GAP, set_role
from fusplan.widgets.treatment_panel import ShownTarget, TreatmentPanel, below, words_label
from fusplan.widgets.verdict_list import VerdictList, VerdictRow

NO_ABLATION = "A lesion to expect follows from ablations; there is none at this target (Alt+Shift+4)."
TABLE_WORDS = (
    "Volumes in mm³: the middle of all cases, and where one in ten is smaller or larger. The 51 °C region and the "
    "doses are measures of the same heat; none of them is the lesion's edge by itself."
)
NOT_CALIBRATED = (
    "So wide because no test has told yet how much an energy heats this head: half to twice of what is declared. "
    "A test sonication narrows it (Alt+Shift+3)."
)
NARROWEST_COLUMN = 48
NO_ATLASES = "The nuclei are being carried to it…"


class ExpectedLesionPanel(TreatmentPanel):
    """Tables and sentences; nothing here is typed."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(case, desk, "Lesion to expect", parent)
        self.none = words_label("muted")
        self.none.setText(NO_ABLATION)
        self.checks = VerdictList()
        self.volumes = WordTable(("", "p10", "middle", "p90"))
        self.sizes = WordTable(("", "extent, mm"))
        self.covered = WordTable(("", "covered", "missed", "beyond"))
        self.table_words = words_label("small")
        self.table_words.setText(TABLE_WORDS)
        self.wide = words_label("muted")
        self.wide.setText(NOT_CALIBRATED)
        self.coverage = CoverageView()
        self.heat = NumberList()
        self.assumptions = words_label("small")
        self.not_simulated = words_label("small")
        self.not_simulated.setText("\n\n".join(NOT_SIMULATED))
        self._lay_out()

    def _lay_out(self) -> None:
        self.against = Section("Against the planned lesion, mm³", self.covered)
        self.found = below(
            below(self.volumes, self.wide, self.table_words),
            Section("How large", self.sizes),
            self.against,
            Section("Where the 51 °C region lies", self.coverage),
            Section("Heat", self.heat),
            Section("Assumed", self.assumptions),
        )
        for part in (self.none, self.checks, self.found, Section("Not simulated", self.not_simulated)):
            self.body.addWidget(part)

    def show_target(self, shown: ShownTarget) -> None:
        plan, found, current = shown.plan, shown.found, shown.current
        lesion = found.lesion if found is not None else None
        self.none.setVisible(found is not None and lesion is None)
        self.found.setVisible(lesion is not None)
        checks = [] if found is None else [check for check in found.checks if check.name in ("heat", "boiling")]
        self.checks.show_rows([VerdictRow(check.verdict, check.sentence) for check in checks])
        self.checks.setVisible(bool(checks))
        if found is None or lesion is None:
            return
        self.wide.setVisible(not treatment_of(plan).calibration.is_calibrated)
        rows = contour_table(lesion)
        self.volumes.show_rows([(row.title, *row.volume) for row in rows], current)
        self.sizes.show_rows([(row.title, row.extent) for row in rows], current)
        self.covered.show_rows([_covered_cells(row) for row in rows if row.covered is not None], current)
        self.against.setVisible(any(row.covered is not None for row in rows))
        bars = [coverage_bars(share) for share in found.shares]
        self.coverage.show_coverage(bars or None, NO_ATLASES)
        summary, simulated = treatment_summary(found), self.case.simulated
        events = cavitation_rows(simulated, found, plan.seed) if simulated is not None else ()
        self.heat.show_rows([*summary.of("heat"), *events], current)
        self.assumptions.setText("\n\n".join(lesion.assumptions))


def _covered_cells(row: ContourRow) -> tuple[str, ...]:
    return (row.title, *(row.covered or ("", "", "")))


class WordTable(QWidget):
    """A small table of words: names on the left, values to the right; grey while they are of an earlier state.

    Args:
        headings: of the columns.
    """

    def __init__(self, headings: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[list[QLabel]] = []
        self._columns = len(headings)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        for column, heading in enumerate(headings):
            label = QLabel(heading)
            set_role(label, "small")
            self._grid.addWidget(label, 0, column, _side(column))
            if column:
                self._grid.setColumnMinimumWidth(column, NARROWEST_COLUMN)

    @property
    def texts(self) -> list[list[str]]:
        """What is shown, row by row."""
        return [[cell.text() for cell in row] for row in self.rows if not row[0].isHidden()]

    def show_rows(self, rows: Sequence[Sequence[str]], current: bool) -> None:
        """Show these and no others."""
        while len(self.rows) < len(rows):
            self._add_row()
        for place, cells in enumerate(self.rows):
            for column, cell in enumerate(cells):
                cell.setVisible(place < len(rows))
                cell.setEnabled(current)
                if place < len(rows):
                    cell.setText(rows[place][column])

    def _add_row(self) -> None:
        cells = [QLabel() for _ in range(self._columns)]
        set_role(cells[0], "muted")
        for column, cell in enumerate(cells):
            self._grid.addWidget(cell, len(self.rows) + 1, column, _side(column))
        self.rows.append(cells)


def _side(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
