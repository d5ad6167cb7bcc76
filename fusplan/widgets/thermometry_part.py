"""How MR thermometry looks at the heat: slice, readout, voxel, noise. All are the user's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fusplan.planning.treatment_edits import THERMOMETRY_RANGES, treatment_of
from fusplan.session.treatment_editing import look_otherwise
from fusplan.simulation.thermometry_settings import (
    IN_PLANE_OF,
    ReadoutDirection,
    SlicePlane,
    ThermometrySettings,
)
from fusplan.widgets.case import Case
from fusplan.widgets.number_fields import FieldSpec, NumberFields
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import GAP
from fusplan.widgets.treatment_panel import words_label

PLANES = tuple(
    Choice(plane, plane.capitalize(), f"One {plane} slice through the spot") for plane in get_args(SlicePlane)
)
SHORT: dict[ReadoutDirection, str] = {
    "right-left": "R-L",
    "anterior-posterior": "A-P",
    "superior-inferior": "S-I",
}
READOUTS = tuple(
    Choice(way, SHORT[way], f"Readout {way}: off-resonance shifts the picture this way")
    for way in get_args(ReadoutDirection)
)
NUMBERS = tuple(
    FieldSpec(key, short, long, unit, *THERMOMETRY_RANGES[key][2:], step, decimals)
    for key, short, long, unit, step, decimals in (
        ("voxel_mm", "Voxel", "Voxel in the slice", "mm", 0.1, 1),
        ("slice_mm", "Slice", "Thickness of the slice", "mm", 0.5, 1),
        ("frame_s", "Frame", "Time of one picture", "s", 0.5, 1),
        ("snr", "Signal/noise", "Signal over noise of the magnitude picture", "", 5.0, 0),
        ("drift_celsius_per_min", "Drift", "How fast the picture grows warmer without being so", "°C/min", 0.1, 1),
        ("off_resonance_hz", "Off-resonance", "Of the tissue about the spot; it shifts the picture", "Hz", 10.0, 0),
    )
)
EXPLANATION = "Readout, the way along which off-resonance shifts the picture:"


class ThermometryPart(QWidget):
    """Two choices and six numbers.

    Signals:
        refused: what refused an edit, or None.
    """

    refused = Signal(object)

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self.plane = Segments(PLANES, "Orientation of the slice")
        self.readout = Segments(READOUTS, "Readout")
        self.numbers = NumberFields(NUMBERS)
        words = words_label("small")
        words.setText(EXPLANATION)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP // 2)
        for part in (self.plane, words, self.readout, self.numbers):
            layout.addWidget(part)
        self.plane.chosen.connect(self._choose_plane)
        self.readout.chosen.connect(self._choose_readout)
        self.numbers.typed.connect(self._type)
        self.numbers.settled.connect(self._end_merging)

    def show_settings(self, settings: ThermometrySettings) -> None:
        """Show the plan's settings."""
        self.plane.choose(settings.plane)
        self.readout.choose(settings.readout)
        for way, button in self.readout.buttons.items():
            button.setEnabled(way in IN_PLANE_OF[settings.plane])
        self.numbers.show_numbers({spec.key: getattr(settings, spec.key) for spec in NUMBERS})

    def _settings(self) -> ThermometrySettings | None:
        return treatment_of(self._case.plan).thermometry if self._case.plan is not None else None

    def _choose_plane(self, key: str) -> None:
        now = self._settings()
        plane = next(plane for plane in get_args(SlicePlane) if plane == key)
        if now is not None:
            readout = now.readout if now.readout in IN_PLANE_OF[plane] else IN_PLANE_OF[plane][0]
            self._edit(replace(now, plane=plane, readout=readout), f"{plane} slice")

    def _choose_readout(self, key: str) -> None:
        now = self._settings()
        readout = next(way for way in get_args(ReadoutDirection) if way == key)
        if now is not None:
            self._edit(replace(now, readout=readout), f"readout {readout}")

    def _type(self, key: str, value: float) -> None:
        now = self._settings()
        if now is not None:
            what = next(spec.short for spec in NUMBERS if spec.key == key)
            changes: dict[str, Any] = {key: value}
            self._edit(replace(now, **changes), what.lower())

    def _edit(self, settings: ThermometrySettings, what: str) -> None:
        self.refused.emit(look_otherwise(self._case, settings, what))

    def _end_merging(self) -> None:
        if self._case.document is not None:
            self._case.document.end_merging()
