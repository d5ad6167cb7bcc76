"""The numbers of one sonication, to be typed: its spot along the head's axes, its energy, its time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fusplan.planning.treatment_details import sonication_words, spot_offset, with_spot_offset
from fusplan.planning.treatment_edits import DURATION_S, LARGEST_ENERGY_J, LARGEST_STEERING_MM, LONGEST_SESSION_S
from fusplan.simulation.sonication import Sonication
from fusplan.spatial import AcPcGeometry
from fusplan.widgets.number_fields import FieldSpec, NumberFields
from fusplan.widgets.theme import GAP_SMALL
from fusplan.widgets.treatment_panel import words_label

_STEERED = ("mm", -LARGEST_STEERING_MM, LARGEST_STEERING_MM)
FIELDS = (
    FieldSpec("energy_kj", "Energy", "Acoustic energy; power is energy over duration", "kJ",
              0.01, LARGEST_ENERGY_J / 1000, 0.1, 2),
    FieldSpec("duration_s", "Duration", "How long the sound is on", "s", *DURATION_S, 1.0),
    FieldSpec("start_s", "Begin", "When it begins, from the begin of the first", "s", 0.0, LONGEST_SESSION_S, 10.0, 0),
    FieldSpec("right_mm", "Right", "Spot from its target, to the right (minus: to the left)", *_STEERED),
    FieldSpec("anterior_mm", "Anterior", "Spot from its target, forward (minus: backward)", *_STEERED),
    FieldSpec("superior_mm", "Superior", "Spot from its target, upward (minus: downward)", *_STEERED),
)  # fmt: skip

CHANGED = {
    "energy_kj": "Change the energy",
    "duration_s": "Change the duration",
    "start_s": "Change the begin",
    "right_mm": "Move the spot",
    "anterior_mm": "Move the spot",
    "superior_mm": "Move the spot",
}


class SonicationFields(QWidget):
    """Six numbers, and the power that follows from them.

    Signals:
        typed: the :class:`Sonication` after a change by the person, and what was changed.
        settled: a number is finished.
    """

    typed = Signal(object, str)
    settled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Sonication | None = None
        self._geometry: AcPcGeometry | None = None
        self.numbers = NumberFields(FIELDS)
        self.fields = self.numbers.fields
        self.words = words_label("small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        layout.addWidget(self.numbers)
        layout.addWidget(self.words)
        self.numbers.typed.connect(self._tell)
        self.numbers.settled.connect(self.settled)

    def show_sonication(self, sonication: Sonication, geometry: AcPcGeometry) -> None:
        """Show the numbers of a sonication."""
        self._shown, self._geometry = sonication, geometry
        offset = spot_offset(sonication, geometry)
        self.numbers.show_numbers(
            {
                "energy_kj": sonication.energy_j / 1000,
                "duration_s": sonication.duration_s,
                "start_s": sonication.start_s,
                "right_mm": offset.right_mm,
                "anterior_mm": offset.anterior_mm,
                "superior_mm": offset.superior_mm,
            }
        )
        self.words.setText(f"{sonication_words(sonication)}, {offset.words}")

    def _tell(self, key: str, value: float) -> None:
        shown, geometry = self._shown, self._geometry
        if shown is None or geometry is None:
            return
        if key == "energy_kj":
            changed = replace(shown, energy_j=1000 * value)
        elif key in ("duration_s", "start_s"):
            changes: dict[str, Any] = {key: value}
            changed = replace(shown, **changes)
        else:
            changed = with_spot_offset(shown, replace(spot_offset(shown, geometry), **{key: value}), geometry)
        self.typed.emit(changed, CHANGED[key])
