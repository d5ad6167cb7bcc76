"""What all figures of a panel share: an area between two axes, painted in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fusplan.display.figure_axis import FigureAxis
from fusplan.widgets.palette import Palette
from fusplan.widgets.theme import GAP_SMALL, current_palette

TICK_LENGTH = 4.0
NARROWEST = 180


class Figure(QWidget):
    """An empty figure; a subclass tells its axes and paints what lies between them.

    Args:
        name: for screen readers.
        height: of the widget, logical pixels.
    """

    def __init__(self, name: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._height = height
        small = QFont(self.font())
        small.setPointSizeF(self.font().pointSizeF() * 0.85)
        self._small = small

    def axes(self) -> tuple[FigureAxis, FigureAxis] | None:
        """The axes from left to right and from below upwards; None while there is nothing to show."""
        raise NotImplementedError

    def paint_inside(self, painter: QPainter, palette: Palette, area: QRectF) -> None:
        """Paint what lies between the axes."""
        raise NotImplementedError

    def head_room(self) -> float:
        """Kept free above the area, for a legend."""
        return GAP_SMALL

    def area(self) -> QRectF:
        """What lies between the axes, in the widget."""
        axes = self.axes()
        metrics = QFontMetricsF(self._small)
        widest = max((metrics.horizontalAdvance(tick.words) for tick in axes[1].ticks), default=0.0) if axes else 0.0
        # The title of the upright axis stands beside its numbers.
        left = widest + TICK_LENGTH + GAP_SMALL + metrics.height() + GAP_SMALL
        below = 2 * metrics.height() + TICK_LENGTH + GAP_SMALL
        width, height = self.width() - left - 2 * GAP_SMALL, self.height() - below - self.head_room()
        return QRectF(left, self.head_room(), max(width, 1.0), max(height, 1.0))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(300, self._height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(NARROWEST, self._height)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        axes = self.axes()
        if axes is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small)
        palette, area = current_palette(), self.area()
        painter.save()
        painter.setClipRect(area.adjusted(-1, -self.head_room(), 1, 1))
        self.paint_inside(painter, palette, area)
        painter.restore()
        self._paint_axes(painter, palette, area, *axes)
        painter.end()

    def _paint_axes(
        self, painter: QPainter, palette: Palette, area: QRectF, across: FigureAxis, up: FigureAxis
    ) -> None:
        painter.setPen(QPen(QColor(palette.control_border), 1.0))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.bottomLeft(), area.topLeft())
        height = QFontMetricsF(self._small).height()
        for tick in across.ticks:
            x = area.left() + across.place(tick.value) * area.width()
            self._tick(painter, palette, QPointF(x, area.bottom()), QPointF(x, area.bottom() + TICK_LENGTH))
            words = QRectF(x - 40, area.bottom() + TICK_LENGTH, 80, height)
            painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, tick.words)
        for tick in up.ticks:
            y = area.bottom() - up.place(tick.value) * area.height()
            self._tick(painter, palette, QPointF(area.left(), y), QPointF(area.left() - TICK_LENGTH, y))
            words = QRectF(0, y - height / 2, area.left() - TICK_LENGTH - 2, height)
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick.words)
        below = QRectF(area.left(), area.bottom() + TICK_LENGTH + height, area.width(), height)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, across.title)
        painter.save()
        painter.translate(0, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-100, 0, 200, height), Qt.AlignmentFlag.AlignCenter, up.title)
        painter.restore()

    @staticmethod
    def _tick(painter: QPainter, palette: Palette, begin: QPointF, end: QPointF) -> None:
        painter.setPen(QPen(QColor(palette.control_border), 1.0))
        painter.drawLine(begin, end)
        painter.setPen(QColor(palette.muted))
