"""One landmark in the list: its name, where it is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from fusplan.display.landmark_rows import LandmarkRow
from fusplan.widgets.theme import GAP_SMALL, set_role
from fusplan.widgets.themed_icon import set_themed_icon

NUMBER_SAMPLE = "-100.0"
BUTTON_WIDTH = 30


class LandmarkRowWidget(QFrame):
    """A click goes there; two buttons put it at the cursor and take it away.

    Signals:
        go_to, set_here, remove: the :class:`LandmarkRow`.
    """

    go_to = Signal(object)
    set_here = Signal(object)
    remove = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.row: LandmarkRow | None = None
        self.title, self.details = QLabel(), QLabel()
        set_role(self.title, "strong")
        set_role(self.details, "small")
        self.details.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.numbers = [QLabel() for _ in range(3)]
        self.here = _button("target", "Put it where the cursor is")
        self.away = _button("remove", "Remove this midline point")
        self.here.clicked.connect(lambda: self._tell(self.set_here))
        self.away.clicked.connect(lambda: self._tell(self.remove))
        layout = QGridLayout(self)
        layout.setContentsMargins(GAP_SMALL, 2, 0, 2)
        layout.setHorizontalSpacing(GAP_SMALL)
        layout.setVerticalSpacing(0)
        layout.addWidget(self.title, 0, 0)
        layout.setColumnStretch(0, 1)
        width = self.fontMetrics().horizontalAdvance(NUMBER_SAMPLE)
        for column, number in enumerate(self.numbers, start=1):
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            number.setFixedWidth(width)
            layout.addWidget(number, 0, column)
        layout.addWidget(self.details, 1, 0, 1, 4)
        layout.addWidget(self.here, 0, 4, 2, 1)
        layout.addWidget(self.away, 0, 5, 2, 1)
        kept = self.away.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.away.setSizePolicy(kept)

    def show_row(self, row: LandmarkRow, removable: bool) -> None:
        """Show a landmark; midline points can be removed while another is left."""
        self.row = row
        self.title.setText(row.title)
        self.details.setText(row.details)
        self.details.setToolTip(row.details)
        for label, number in zip(self.numbers, row.coordinates, strict=True):
            label.setText(number)
        is_midline = isinstance(row.name, int)
        self.away.setVisible(is_midline)
        self.away.setEnabled(removable)
        self.setToolTip(f"Move the cursor to {row.title}")
        self.setAccessibleName(f"{row.title}: {', '.join(row.coordinates)} mm, {row.details}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._tell(self.go_to)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._tell(self.go_to)
        else:
            super().keyPressEvent(event)

    def _tell(self, signal: object) -> None:
        if self.row is not None:
            signal.emit(self.row)  # type: ignore[attr-defined]


def _button(name: str, tooltip: str) -> QToolButton:
    button = QToolButton()
    set_themed_icon(button, name)
    button.setToolTip(tooltip)
    button.setAccessibleName(tooltip)
    button.setFixedWidth(BUTTON_WIDTH)
    return button
