"""Numbers to be typed, each under its name, three in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fusplan.widgets.number_field import NumberField
from fusplan.widgets.theme import GAP_SMALL, set_role

IN_A_ROW = 3
NARROWEST_FIELD = 60


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: its key, short name above it, long name for its tooltip, unit, range, step and decimals."""

    key: str
    short: str
    long: str
    unit: str
    lowest: float
    highest: float
    step: float = 0.1
    decimals: int = 1


class NumberFields(QWidget):
    """The fields.

    Args:
        specs: from left to right, row by row.

    Signals:
        typed: key and number of a field that a person changed.
        settled: a number is finished; the next change is another step of the history.
    """

    typed = Signal(str, float)
    settled = Signal()

    def __init__(self, specs: Sequence[FieldSpec], in_a_row: int = IN_A_ROW, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, NumberField] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_SMALL)
        grid.setVerticalSpacing(2)
        for place, spec in enumerate(specs):
            line, column = divmod(place, in_a_row)
            field = self._field(spec)
            name = QLabel(spec.short)
            set_role(name, "small")
            name.setBuddy(field)
            grid.addWidget(name, 2 * line, column)
            grid.addWidget(field, 2 * line + 1, column)
            grid.setColumnStretch(column, 1)

    def _field(self, spec: FieldSpec) -> NumberField:
        field = NumberField(spec.long, spec.unit, spec.lowest, spec.highest, spec.step, spec.decimals)
        field.setMinimumWidth(NARROWEST_FIELD)
        field.valueChanged.connect(lambda value: self.typed.emit(spec.key, value))
        field.editingFinished.connect(self.settled)
        self.fields[spec.key] = field
        return field

    def show_numbers(self, numbers: Mapping[str, float]) -> None:
        """Show these numbers, by the fields' keys."""
        for key, value in numbers.items():
            self.fields[key].show_value(value)
