"""The temperature through time, drawn: the true curve, a dot a frame of thermometry, a band a sonication."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from fusplan.display.figure_axis import FigureAxis
from fusplan.display.temperature_curve import TemperatureCurve
from fusplan.simulation.temperature_history import BODY_CELSIUS
from fusplan.spatial.points import FloatArray
from fusplan.widgets.figure import Figure
from fusplan.widgets.palette import Palette
from fusplan.widgets.theme import GAP_SMALL

DOT_RADIUS = 2.5
SMALL_DOT_RADIUS = 1.5
CROWDED = 60
"""More dots than this are drawn smaller."""

LEGEND_LINE = 18.0


class TemperatureCurveView(Figure):
    """Shows a curve. As wide as it is let, so that it serves in a panel and in place of a view."""

    def __init__(self, height: int = 210, parent: QWidget | None = None) -> None:
        super().__init__("Temperature through time", height, parent)
        self.curve: TemperatureCurve | None = None
        self._stale = False

    def show_curve(self, curve: TemperatureCurve | None, current: bool = True) -> None:
        """Show a curve, or none; ``current`` is False while it is of an earlier state."""
        self.curve, self._stale = curve, not current
        self.setVisible(curve is not None)
        if curve is not None:
            shown = curve.shown_points[:, 1].max(initial=BODY_CELSIUS)
            self.setAccessibleDescription(
                f"true up to {curve.true_points[:, 1].max(initial=BODY_CELSIUS):.1f} °C, shown up to {shown:.1f} °C"
            )
        self.update()

    def axes(self) -> tuple[FigureAxis, FigureAxis] | None:
        return (self.curve.time, self.curve.celsius) if self.curve is not None else None

    def head_room(self) -> float:
        return QFontMetricsF(self._small).height() + 2 * GAP_SMALL

    def paint_inside(self, painter: QPainter, palette: Palette, area: QRectF) -> None:
        curve = self.curve
        if curve is None:
            return
        painter.setOpacity(0.5 if self._stale else 1.0)
        self._paint_bands(painter, palette, area, curve)
        self._paint_levels(painter, palette, area, curve)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.error), 1.8))
        painter.drawPolyline(QPolygonF(_places(curve, curve.true_points, area)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.accent))
        radius = SMALL_DOT_RADIUS if len(curve.shown_points) > CROWDED else DOT_RADIUS
        for place in _places(curve, curve.shown_points, area):
            painter.drawEllipse(place, radius, radius)
        self._paint_legend(painter, palette, area, bool(len(curve.shown_points)))

    @staticmethod
    def _paint_bands(painter: QPainter, palette: Palette, area: QRectF, curve: TemperatureCurve) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for band in curve.bands:
            left = area.left() + curve.time.place(band.begin) * area.width()
            right = area.left() + curve.time.place(band.end) * area.width()
            painter.setBrush(QColor(palette.hover if band.kind == "test" else palette.selected))
            painter.drawRect(QRectF(left, area.top(), max(right - left, 1.5), area.height()))

    @staticmethod
    def _paint_levels(painter: QPainter, palette: Palette, area: QRectF, curve: TemperatureCurve) -> None:
        lines = [(level.celsius, level.words, palette.warning) for level in curve.levels]
        for celsius, words, ink in ((BODY_CELSIUS, "", palette.muted), *lines):
            y = area.bottom() - curve.celsius.place(celsius) * area.height()
            painter.setPen(QPen(QColor(ink), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            height = QFontMetricsF(painter.font()).height()
            where = QRectF(area.left(), y - height - 1, area.width() - GAP_SMALL, height)
            painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, words)

    def _paint_legend(self, painter: QPainter, palette: Palette, area: QRectF, has_dots: bool) -> None:
        metrics = QFontMetricsF(painter.font())
        middle = metrics.height() / 2 + GAP_SMALL / 2
        x = area.left()
        painter.setPen(QPen(QColor(palette.error), 1.8))
        painter.drawLine(QPointF(x, middle), QPointF(x + LEGEND_LINE, middle))
        x = self._word(painter, palette, x + LEGEND_LINE + GAP_SMALL, middle, "true peak")
        if has_dots:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.accent))
            painter.drawEllipse(QPointF(x + DOT_RADIUS, middle), DOT_RADIUS, DOT_RADIUS)
            self._word(painter, palette, x + 2 * DOT_RADIUS + GAP_SMALL, middle, "shown, each frame")

    @staticmethod
    def _word(painter: QPainter, palette: Palette, x: float, middle: float, text: str) -> float:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(palette.muted))
        width = metrics.horizontalAdvance(text)
        where = QRectF(x, middle - metrics.height() / 2, width + 2, metrics.height())
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        return x + width + 3 * GAP_SMALL


def _places(curve: TemperatureCurve, points: FloatArray, area: QRectF) -> list[QPointF]:
    if not len(points):
        return []
    across = area.left() + curve.time.places(points[:, 0]) * area.width()
    down = area.bottom() - curve.celsius.places(points[:, 1]) * area.height()
    return [QPointF(x, y) for x, y in np.column_stack([across, down]).tolist()]
