"""A field for one number with its unit, that only changes when it is meant to."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget


class NumberField(QDoubleSpinBox):
    """Arrow keys step it, Page Up and Down by ten steps; the wheel only while it has the keyboard.

    Args:
        name: for screen readers and the tooltip.
        unit: shown behind the number.
        lowest, highest, step: of the number.
        decimals: shown.
    """

    def __init__(
        self,
        name: str,
        unit: str,
        lowest: float,
        highest: float,
        step: float = 0.1,
        decimals: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{name}, {unit}")
        self.setToolTip(f"{name}, {lowest:g} to {highest:g} {unit}. Type it, or step it with the arrow keys.")
        self.setDecimals(decimals)
        self.setRange(lowest, highest)
        self.setSingleStep(step)
        self.setSuffix(f" {unit}")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)

    def show_value(self, value: float) -> None:
        """Show a number without telling that it was changed, unless it is being typed just now."""
        if abs(value - self.value()) < 10 ** -(self.decimals() + 1):
            return
        blocked = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(blocked)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        # A panel that is scrolled must not change what the pointer happens to pass.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
