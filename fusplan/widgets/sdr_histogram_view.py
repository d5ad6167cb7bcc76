"""How the skull density ratios of the elements are spread, drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from fusplan.display.figure_axis import FigureAxis
from fusplan.display.treatment_figures import SdrHistogram
from fusplan.widgets.figure import Figure
from fusplan.widgets.palette import Palette
from fusplan.widgets.theme import GAP_SMALL


class SdrHistogramView(Figure):
    """Bars: active elements in the accent's colour, those that are off in grey above them."""

    def __init__(self, height: int = 150, parent: QWidget | None = None) -> None:
        super().__init__("Skull density ratios of the elements", height, parent)
        self.histogram: SdrHistogram | None = None

    def show_histogram(self, histogram: SdrHistogram | None) -> None:
        """Show another histogram, or none."""
        self.histogram = histogram
        self.setVisible(histogram is not None)
        self.update()

    def axes(self) -> tuple[FigureAxis, FigureAxis] | None:
        return (self.histogram.ratio, self.histogram.count) if self.histogram is not None else None

    def head_room(self) -> float:
        return QFontMetricsF(self._small).height() + 2 * GAP_SMALL

    def paint_inside(self, painter: QPainter, palette: Palette, area: QRectF) -> None:
        found = self.histogram
        if found is None:
            return
        bars = zip(found.edges[:-1].tolist(), found.edges[1:].tolist(), found.active, found.off, strict=True)
        painter.setPen(Qt.PenStyle.NoPen)
        for low, high, active, off in bars:
            left, right = (area.left() + found.ratio.place(ratio) * area.width() for ratio in (low, high))
            tops = [area.bottom() - found.count.place(float(count)) * area.height() for count in (active, active + off)]
            painter.setBrush(QColor(palette.accent))
            painter.drawRect(QRectF(left + 0.5, tops[0], right - left - 1, area.bottom() - tops[0]))
            painter.setBrush(QColor(palette.disabled))
            painter.drawRect(QRectF(left + 0.5, tops[1], right - left - 1, tops[0] - tops[1]))
        for line in found.lines:
            x = area.left() + found.ratio.place(line.ratio) * area.width()
            painter.setPen(QPen(QColor(palette.warning), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        self._paint_legend(painter, palette, area, found)

    @staticmethod
    def _paint_legend(painter: QPainter, palette: Palette, area: QRectF, found: SdrHistogram) -> None:
        height = QFontMetricsF(painter.font()).height()
        painter.setPen(QColor(palette.warning))
        words = "  \N{MIDDLE DOT}  ".join(line.words for line in found.lines)
        where = QRectF(area.left(), GAP_SMALL / 2, area.width(), height)
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
