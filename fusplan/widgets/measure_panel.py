"""Distances and angles of the plan: begin one, go to it, name it, take it away."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fusplan.display.measurement_rows import MeasurementRow, measurement_rows
from fusplan.display.view_state import Mode, ViewState
from fusplan.planning import measurements
from fusplan.session.editing import apply_edit
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space
from fusplan.widgets.themed_icon import set_themed_icon

NO_PLAN = "Measurements are kept in the plan: align the atlas or open a plan first."
EMPTY = "Nothing has been measured. Measurements are drawn in every view near their slice, and stand in the report."
HINTS: dict[Mode, str] = {
    "measure_distance": "Click or drag from one end to the other in a view; Esc to stop.",
    "measure_angle": "Click the end of one leg, the corner, and the end of the other leg; Esc to stop.",
}


class MeasurePanel(QFrame):
    """A table of measurements; a click goes there, a double click (or F2) renames, Delete removes."""

    def __init__(self, case: Case, _desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._rows: tuple[MeasurementRow, ...] = ()
        self._filling = False
        heading = QLabel("Measurements")
        set_role(heading, "heading")
        self.distance = _start("Distance", "measure", "Two clicks, or a drag, measure a distance in mm (M)")
        self.angle = _start("Angle", "angle", "Three clicks measure an angle in degrees (Shift+M)")
        self.distance.clicked.connect(lambda on: self._set_mode("measure_distance", on))
        self.angle.clicked.connect(lambda on: self._set_mode("measure_angle", on))
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        set_role(self.hint, "muted")
        self.table = _Table()
        self.table.itemChanged.connect(self._renamed)
        self.table.currentCellChanged.connect(lambda row, *_: self._go_to(row))
        self.table.cellClicked.connect(lambda row, _column: self._go_to(row))
        self.table.removed = self._remove_current
        self.remove = QPushButton("Remove")
        self.remove.setToolTip("Remove the chosen measurement (Delete)")
        self.remove.clicked.connect(self._remove_current)
        self._lay_out(heading)
        case.plan_changed.connect(self.refresh)
        case.volume_changed.connect(self.refresh)
        case.view_changed.connect(self._view_changed)
        self.refresh()

    def _lay_out(self, heading: QLabel) -> None:
        starts = QHBoxLayout()
        starts.setSpacing(GAP)
        starts.addWidget(self.distance, 1)
        starts.addWidget(self.angle, 1)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        layout.addWidget(heading)
        layout.addLayout(starts)
        layout.addWidget(self.hint)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignRight)
        layout.addStretch(0)

    def refresh(self) -> None:
        """Read the case again."""
        plan = self._case.plan
        self._rows = measurement_rows(plan.measurements) if plan is not None else ()
        self._filling = True
        self.table.setRowCount(len(self._rows))
        for number, row in enumerate(self._rows):
            for column, text in enumerate((row.name, row.value)):
                item = QTableWidgetItem(text)
                item.setToolTip(row.explanation)
                if column == 1:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(number, column, item)
        self._filling = False
        self.table.setVisible(bool(self._rows))
        self._show_selection()
        self._show_state()

    def _show_selection(self) -> None:
        chosen = self._case.view.state.selection.measurement_id
        number = next((index for index, row in enumerate(self._rows) if row.id == chosen), -1)
        if number != self.table.currentRow():
            self._filling = True
            self.table.setCurrentCell(number, 0)
            self._filling = False

    def _show_state(self) -> None:
        mode, has_plan = self._case.view.state.mode, self._case.plan is not None
        for button, own in ((self.distance, "measure_distance"), (self.angle, "measure_angle")):
            button.setChecked(mode == own)
            button.setEnabled(has_plan)
        text = HINTS.get(mode, "" if self._rows else EMPTY) if has_plan else NO_PLAN
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self.remove.setVisible(bool(self._rows))
        self.remove.setEnabled(self.table.currentRow() >= 0)

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if before.mode != after.mode:
            self._show_state()
        if before.selection.measurement_id != after.selection.measurement_id:
            self._show_selection()
            self._show_state()

    def _set_mode(self, mode: Mode, on: bool) -> None:
        self._case.view.update(mode=mode if on else "crosshair", pending=())
        self._show_state()

    def _go_to(self, number: int) -> None:
        if self._filling or not 0 <= number < len(self._rows):
            return
        row = self._rows[number]
        self._case.view.change(lambda state: state.with_selection(measurement_id=row.id))
        self._case.view.update(cursor=row.middle)
        self._show_state()

    def _renamed(self, item: QTableWidgetItem) -> None:
        if self._filling or item.column() != 0:
            return
        row, name = self._rows[item.row()], item.text()
        # Not from here: the table is filled anew by the edit, while it still looks at this item.
        QTimer.singleShot(0, self, lambda: self._rename(row, name))

    def _rename(self, row: MeasurementRow, name: str) -> None:
        label = f"Rename {row.name}"
        if not apply_edit(self._case, label, lambda plan: measurements.rename_measurement(plan, row.id, name)):
            self.refresh()

    def _remove_current(self) -> None:
        number = self.table.currentRow()
        if 0 <= number < len(self._rows):
            row = self._rows[number]
            self._case.view.change(lambda state: state.with_selection(measurement_id=None))
            label = f"Remove {row.name}"
            apply_edit(self._case, label, lambda plan: measurements.remove_measurement(plan, row.id))


class _Table(QTableWidget):
    """Two columns; Delete takes the chosen row away."""

    def __init__(self) -> None:
        super().__init__(0, 2)
        self.removed = _nothing
        self.setAccessibleName("Measurements of the plan")
        self.setHorizontalHeaderLabels(["Name", "Value"])
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        value = self.horizontalHeaderItem(1)
        if value is not None:
            value.setTextAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMinimumHeight(160)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed()
        else:
            super().keyPressEvent(event)


def _start(text: str, icon_name: str, tooltip: str) -> QPushButton:
    button = QPushButton(text)
    set_themed_icon(button, icon_name)
    button.setCheckable(True)
    button.setToolTip(tooltip)
    return button


def _nothing() -> None:
    return None
