"""A field for one number with its unit, that only changes when it is meant to."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QToolTip, QWidget

from fusplan.number_text import NumberTextError, decimal_sign, may_be_grouped, plain_number, read_number
from fusplan.widgets.theme import set_role


class NumberField(QDoubleSpinBox):
    """Arrow keys step it, Page Up and Down by ten steps; the wheel only while it has the keyboard.

    A point and a comma are decimal signs in every language. No key is passed over in silence, since "150" would become
    15: what cannot be read, or is out of range, stays until it is finished, and is then refused in sight: the number
    before comes back, the field is marked, and a tooltip says why.

    Args:
        name: for screen readers and the tooltip.
        unit: shown behind the number.
        lowest, highest, step: of the number.
        decimals: shown.

    Attributes:
        problem: why the last text was refused, nothing once a number is accepted or typed anew.

    Signals:
        refused: why a text was refused.
    """

    refused = Signal(str)

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
        self.problem = ""
        self._explanation = ""
        self.setAccessibleName(f"{name}, {unit}")
        self.setToolTip(f"{name}, {lowest:g} to {highest:g} {unit}. Type it, or step it with the arrow keys.")
        self.setDecimals(decimals)
        self.setRange(lowest, highest)
        self.setSingleStep(step)
        self.setSuffix(f" {unit}")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)
        self.lineEdit().textEdited.connect(self._forget_problem)
        self.valueChanged.connect(self._forget_problem)

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

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Qt's question whether a text is a number; what is not may become one."""
        state = QValidator.State.Intermediate if self._why_not(text) else QValidator.State.Acceptable
        return (state, text, pos)

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        """Qt's question for the number of a text that :meth:`validate` has accepted."""
        try:
            return round(read_number(self._bare(text)), self.decimals())
        except NumberTextError:
            return self.value()

    def fixup(self, text: str) -> str:
        """Qt's last call before it takes back a text that is no number."""
        why = self._why_not(text)
        if why and self._bare(text):
            self._refuse(f"{why} {self.textFromValue(self.value())}{self.suffix()} was kept.")
        return text

    def _bare(self, text: str) -> str:
        """The text without its unit, which may be there twice: typed, and behind what is typed."""
        unit = self.suffix().strip()
        return text.strip().removesuffix(unit).strip().removesuffix(unit).strip()

    def _why_not(self, text: str) -> str:
        """Why a text is no number for this field; nothing when it is."""
        bare = self._bare(text)
        try:
            number = round(read_number(bare), self.decimals())
        except NumberTextError as error:
            return error.message
        own = decimal_sign(f"0{self.locale().decimalPoint()}0")
        if may_be_grouped(bare) and decimal_sign(bare) != own and self._holds(number * 1000):
            digits = plain_number(bare)
            return f"'{bare}' is unclear: it may be {digits.replace(',', '.')} or {digits.translate({44: '', 46: ''})}."
        if self.decimals() == 0 and not math.isclose(number, read_number(bare)):
            return f"'{bare}' is not a whole number."
        if not self._holds(number):
            return f"'{bare}' is not within {self.minimum():g} to {self.maximum():g}{self.suffix()}."
        return ""

    def _holds(self, number: float) -> bool:
        return self.minimum() <= number <= self.maximum()

    def _refuse(self, why: str) -> None:
        if why == self.problem:
            return
        self._explanation = self._explanation or self.toolTip()
        self.problem = why
        self.setToolTip(why)
        set_role(self, "refused")
        QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), why, self)
        self.refused.emit(why)

    def _forget_problem(self) -> None:
        if self.problem:
            self.problem = ""
            self.setToolTip(self._explanation)
            self._explanation = ""
            set_role(self, "")
