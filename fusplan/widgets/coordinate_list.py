"""One point in every frame, a row each: numbers under the frame's name, copied with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from fusplan.export.coordinate_frames import CoordinateReading
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role
from fusplan.widgets.themed_icon import set_themed_icon

VALUE_SAMPLE = "-000.00"
BUTTON_SIZE = (34, 26)


class CoordinateRow(QFrame):
    """One frame. Ctrl+C copies when it has the keyboard.

    Signals:
        copied: the text that went to the clipboard.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.reading: CoordinateReading | None = None
        self._label = QLabel()
        self._label.setWordWrap(True)
        set_role(self._label, "small")
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._values = [QLabel() for _ in range(3)]
        self.button = QToolButton()
        set_themed_icon(self.button, "copy")
        self.button.setFixedSize(*BUTTON_SIZE)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GAP_SMALL, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        layout.addWidget(self._label, 1)
        width = self.fontMetrics().horizontalAdvance(VALUE_SAMPLE)
        for value in self._values:
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setMinimumWidth(width)
            layout.addWidget(value)
        layout.addWidget(self.button)

    def show_reading(self, reading: CoordinateReading) -> None:
        """Show a point in a frame."""
        if self.reading is None or reading.label != self.reading.label:
            # A place to break the longest name in a narrow panel.
            self._label.setText(reading.label.replace("NLin", "NLin\u200b"))
            self.button.setToolTip(f"Copy the coordinate with its frame: {reading.label}")
            self.button.setAccessibleName(f"Copy {reading.label}")
        self.reading = reading
        for label, number in zip(self._values, reading.coordinates, strict=True):
            label.setText(f"{number + 0.0:.2f}")
        self.setAccessibleName(reading.text)

    def copy(self) -> None:
        """Put the frame's name and the numbers on the clipboard."""
        if self.reading is not None:
            QGuiApplication.clipboard().setText(self.reading.text)
            self.copied.emit(self.reading.text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)


class CoordinateList(QWidget):
    """All frames of a point.

    Signals:
        copied: the text that went to the clipboard.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CoordinateRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP // 8)

    def show_readings(self, readings: Sequence[CoordinateReading]) -> None:
        """Show a point in these frames."""
        while len(self.rows) < len(readings):
            row = CoordinateRow()
            row.copied.connect(self.copied)
            self.rows.append(row)
            self._layout.addWidget(row)
        for row, reading in zip(self.rows, readings, strict=False):
            row.show_reading(reading)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(readings))

    def row(self, key: str) -> CoordinateRow:
        """The row of a frame. Raises KeyError."""
        for row in self.rows:
            if row.reading is not None and row.reading.key == key:
                return row
        raise KeyError(key)
