"""The numbers of the selected lesion, to be typed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fusplan.display.lesion_numbers import LARGEST_OFFSET_MM, LesionNumbers, are_alike
from fusplan.planning.lesion_size import LARGEST_MM, LARGEST_TILT_DEG, SMALLEST_MM
from fusplan.widgets.number_field import NumberField
from fusplan.widgets.theme import GAP_SMALL, set_role

_SIZE = ("mm", SMALLEST_MM, LARGEST_MM, 0.1)
_TILT = ("°", -LARGEST_TILT_DEG, LARGEST_TILT_DEG, 1.0)
_OFFSET = ("mm", -LARGEST_OFFSET_MM, LARGEST_OFFSET_MM, 0.1)

FIELDS: tuple[tuple[str, str, str, tuple[str, float, float, float]], ...] = (
    ("width_mm", "Across, r-l", "Diameter across, right to left", _SIZE),
    ("depth_mm", "Across, a-p", "Diameter across, front to back", _SIZE),
    ("length_mm", "Along", "Diameter along the long axis", _SIZE),
    ("tilt_anterior_deg", "Tilt forward", "Tilt of the upper end forward (minus: backward)", _TILT),
    ("tilt_lateral_deg", "Tilt outward", "Tilt of the upper end away from the midline (minus: towards it)", _TILT),
    ("lateral_mm", "Lateral", "Centre from its target, away from the midline (minus: towards it)", _OFFSET),
    ("anterior_mm", "Anterior", "Centre from its target, forward (minus: backward)", _OFFSET),
    ("superior_mm", "Superior", "Centre from its target, upward (minus: downward)", _OFFSET),
)
"""Attribute of :class:`LesionNumbers`, short and long name, and unit with limits and step."""

_ROWS = (
    ("", ("width_mm", "depth_mm", "length_mm")),
    ("", ("tilt_anterior_deg", "tilt_lateral_deg")),
    ("Centre from its target, AC-PC axes", ("lateral_mm", "anterior_mm", "superior_mm")),
)


class LesionEditor(QWidget):
    """Eight numbers.

    Signals:
        typed: the :class:`LesionNumbers` after a change by the person.
        settled: a number is finished; the next change is another step of the history.
    """

    typed = Signal(object)
    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: LesionNumbers | None = None
        self.fields: dict[str, NumberField] = {}
        words = {}
        for name, short, long, (unit, lowest, highest, step) in FIELDS:
            field = NumberField(long, unit, lowest, highest, step)
            field.setMinimumWidth(60)
            field.valueChanged.connect(lambda value, name=name: self._tell(name, value))
            field.editingFinished.connect(self.settled)
            self.fields[name] = field
            words[name] = short
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_SMALL)
        grid.setVerticalSpacing(2)
        line = 0
        for title, names in _ROWS:
            if title:
                grid.addWidget(_small(title), line, 0, 1, 3)
                line += 1
            for column, name in enumerate(names):
                label = _small(words[name])
                label.setBuddy(self.fields[name])
                grid.addWidget(label, line, column)
                grid.addWidget(self.fields[name], line + 1, column)
                grid.setColumnStretch(column, 1)
            grid.setRowMinimumHeight(line + 2, GAP_SMALL)
            line += 3

    def show_numbers(self, numbers: LesionNumbers) -> None:
        """Show the numbers of a lesion."""
        self._numbers = numbers
        for name, field in self.fields.items():
            field.show_value(getattr(numbers, name))

    def _tell(self, name: str, value: float) -> None:
        """One number was changed; the others keep the decimals that are not shown."""
        if self._numbers is None:
            return
        numbers = replace(self._numbers, **{name: value})
        if not are_alike(numbers, self._numbers):
            self.typed.emit(numbers)


def _small(text: str) -> QLabel:
    label = QLabel(text)
    set_role(label, "small")
    return label
