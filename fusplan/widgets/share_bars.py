"""Named horizontal bars of shares, for memberships and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fusplan.widgets.theme import GAP, GAP_SMALL, current_palette

BAR_HEIGHT = 8.0
ROW_GAP = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: before it, short.
        share: 0 to 1.
        value: behind it, in words with its unit.
        colour: ``#rrggbb``.
        tip: the whole name.
        strong: whether it is the one that counts.
    """

    label: str
    share: float
    value: str
    colour: str
    tip: str = ""
    strong: bool = False


class ShareBars(QWidget):
    """The bars below each other. With ``least_rows`` the widget keeps its height when fewer are shown."""

    def __init__(self, least_rows: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least_rows = least_rows
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show other bars."""
        shown = tuple(bars)
        if shown == self._bars:
            return
        taller = len(shown) != len(self._bars)
        self._bars = shown
        self.setAccessibleDescription("; ".join(f"{bar.label} {bar.value}" for bar in shown))
        if taller:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, max(len(self._bars), self._least_rows) * self._row_height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, palette = self.fontMetrics(), current_palette()
        label_width = max((metrics.horizontalAdvance(bar.label) for bar in self._bars), default=0)
        label_width = min(max(label_width, metrics.horizontalAdvance("outside")) + GAP, self.width() // 2)
        value_width = max((metrics.horizontalAdvance(bar.value) for bar in self._bars), default=0) + GAP
        value_width = max(value_width, metrics.horizontalAdvance("100 %") + GAP)
        for number, bar in enumerate(self._bars):
            top = number * self._row_height()
            row = QRectF(0, top, self.width(), self._row_height())
            painter.setPen(QColor(palette.text if bar.strong else palette.muted))
            label = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, label_width - GAP_SMALL)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, bar.value)
            width = self.width() - label_width - value_width
            track = QRectF(label_width, top + (self._row_height() - BAR_HEIGHT) / 2, width, BAR_HEIGHT)
            self._draw_bar(painter, track, bar)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = int(event.pos().y() // self._row_height())
            tip = self._bars[number].tip if 0 <= number < len(self._bars) else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _row_height(self) -> int:
        return self.fontMetrics().height() + ROW_GAP

    @staticmethod
    def _draw_bar(painter: QPainter, track: QRectF, bar: Bar) -> None:
        palette = current_palette()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.hover))
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        filled = QRectF(track)
        filled.setWidth(max(0.0, min(1.0, bar.share)) * track.width())
        if filled.width() >= 1.0:
            painter.setBrush(QColor(bar.colour))
            radius = min(BAR_HEIGHT / 2, filled.width() / 2)
            painter.drawRoundedRect(filled, radius, radius)
