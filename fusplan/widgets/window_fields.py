"""Window and level of an image as numbers, in step with the right-button drag in the views."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from fusplan.display.view_state import ViewState
from fusplan.imaging.intensity import IntensityWindow, robust_window
from fusplan.imaging.volume import Volume
from fusplan.widgets.case import Case
from fusplan.widgets.number_field import NumberField
from fusplan.widgets.theme import GAP, set_role

FURTHEST = 1e7


class WindowFields(QWidget):
    """Two numbers and a way back to the usual ones.

    Args:
        case: what is open.
        volume: the image that the numbers are of, or None.
    """

    def __init__(self, case: Case, volume: Callable[[], Volume | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._volume = volume
        self._usual: tuple[str, IntensityWindow] | None = None
        self.width_field, self.level_field = _field("Window: from black to white"), _field("Level: middle grey")
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("The window that shows this image best (Shift+W)")
        self.reset.clicked.connect(self._forget)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(GAP)
        layout.setVerticalSpacing(2)
        for column, (text, field) in enumerate((("Window", self.width_field), ("Level", self.level_field))):
            label = QLabel(text)
            set_role(label, "small")
            layout.addWidget(label, 0, column)
            layout.addWidget(field, 1, column)
            layout.setColumnStretch(column, 1)
            field.valueChanged.connect(self._change)
        layout.addWidget(self.reset, 1, 2)
        hint = QLabel("In the image's own units. In a view: drag with the right button.")
        hint.setWordWrap(True)
        set_role(hint, "small")
        layout.addWidget(hint, 2, 0, 1, 3)
        case.view_changed.connect(self._view_changed)
        for signal in (case.volume_changed, case.second_image_changed):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the case again."""
        volume = self._volume()
        self.setEnabled(volume is not None)
        if volume is None:
            return
        chosen = self._case.view.state.window_of(volume.fingerprint)
        window = chosen if chosen is not None else self._usual_window(volume)
        decimals = 3 if window.width < 5 else 1 if window.width < 500 else 0
        for field, value in ((self.width_field, window.width), (self.level_field, window.level)):
            blocked = field.blockSignals(True)
            field.setDecimals(decimals)
            field.setSingleStep(max(10.0**-decimals, round(window.width / 50, decimals)))
            field.show_value(value)
            field.blockSignals(blocked)
        self.reset.setEnabled(chosen is not None)

    def _usual_window(self, volume: Volume) -> IntensityWindow:
        if self._usual is None or self._usual[0] != volume.fingerprint:
            self._usual = (volume.fingerprint, robust_window(volume))
        return self._usual[1]

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if before.windows != after.windows:
            self.refresh()

    def _change(self) -> None:
        volume = self._volume()
        width, level = self.width_field.value(), self.level_field.value()
        if volume is None or width <= 0:
            return
        window = IntensityWindow(level - width / 2, level + width / 2)
        self._case.view.change(lambda state: state.with_window(volume.fingerprint, window))

    def _forget(self) -> None:
        volume = self._volume()
        if volume is not None:
            windows = {key: one for key, one in self._case.view.state.windows.items() if key != volume.fingerprint}
            self._case.view.update(windows=windows)


def _field(name: str) -> NumberField:
    field = NumberField(name, "", -FURTHEST, FURTHEST)
    field.setSuffix("")
    field.setToolTip(f"{name}, in the image's own units")
    field.setAccessibleName(field.toolTip())
    field.setMinimumWidth(70)
    return field
