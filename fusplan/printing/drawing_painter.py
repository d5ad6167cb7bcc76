"""Draws a :class:`~fusplan.report.drawing.Drawing` with a painter: the same picture as on the page, in vectors."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from fusplan.display.colours import PICTURE_BACKGROUND
from fusplan.display.grey_levels import GreyPicture
from fusplan.printing.fonts import font
from fusplan.report.drawing import Anchor, Disc, Drawing, Line, Place, Polygons, Words

EDGE_SHARE = 0.16
"""Width of the dark edge of a word, in heights of its letters."""

EDGE_OPACITY = 0.75


class _Scale:
    """From picture mm to device pixels within a rectangle."""

    def __init__(self, drawing: Drawing, rectangle: QRectF) -> None:
        self._corner = rectangle.topLeft()
        self._down = rectangle.height() / drawing.height_mm
        self.px = rectangle.width() / drawing.width_mm

    def __call__(self, place: Place) -> QPointF:
        return QPointF(self._corner.x() + place[0] * self.px, self._corner.y() + place[1] * self._down)


def paint_drawing(painter: QPainter, drawing: Drawing, rectangle: QRectF) -> None:
    """Draw over a rectangle of the drawing's shape; nothing is drawn outside of it."""
    painter.setClipRect(rectangle)
    painter.fillRect(rectangle, QColor(PICTURE_BACKGROUND))
    if drawing.picture is not None:
        painter.drawImage(rectangle, _image(drawing.picture))
    scale = _Scale(drawing, rectangle)
    for shape in drawing.shapes:
        if isinstance(shape, Polygons):
            _polygons(painter, shape, scale)
        elif isinstance(shape, Line):
            _line(painter, shape, scale)
        elif isinstance(shape, Disc):
            _disc(painter, shape, scale)
        else:
            _words(painter, shape, scale)


def _image(picture: GreyPicture) -> QImage:
    rows, columns = picture.shape
    # Rows of 32 bits without padding: the printer's own form, and no picture is lost to a stride.
    colours = np.empty((rows, columns), dtype=np.uint32)
    colours[:] = 0xFF000000 | (picture.astype(np.uint32) * 0x010101)
    return QImage(colours.tobytes(), columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()


def _colour(name: str, opacity: float = 1.0) -> QColor:
    colour = QColor(name)
    colour.setAlphaF(opacity)
    return colour


def _pen(colour: QColor, width_px: float, dashes_mm: tuple[float, float] | None, px_per_mm: float) -> QPen:
    pen = QPen(colour, width_px)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes_mm is not None:
        pen.setDashPattern([length * px_per_mm / width_px for length in dashes_mm])
    return pen


def _polygons(painter: QPainter, shape: Polygons, scale: _Scale) -> None:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for polygon in shape.polygons:
        places = [(float(x), float(y)) for x, y in polygon]
        if not places:
            continue
        path.moveTo(scale(places[0]))
        for place in places[1:]:
            path.lineTo(scale(place))
        if shape.closed:
            path.closeSubpath()
    if shape.fill_opacity:
        painter.fillPath(path, QBrush(_colour(shape.colour, shape.fill_opacity)))
    width_px = shape.width_mm * scale.px
    painter.strokePath(path, _pen(_colour(shape.colour, shape.opacity), width_px, shape.dashes_mm, scale.px))


def _line(painter: QPainter, shape: Line, scale: _Scale) -> None:
    width_px = shape.width_mm * scale.px
    painter.setPen(_pen(_colour(shape.colour, shape.opacity), width_px, shape.dashes_mm, scale.px))
    painter.drawLine(scale(shape.start), scale(shape.end))


def _disc(painter: QPainter, shape: Disc, scale: _Scale) -> None:
    radius = shape.radius_mm * scale.px
    if shape.ring_mm:
        painter.setPen(QPen(_colour(shape.colour), shape.ring_mm * scale.px))
        painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    else:
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(QBrush(_colour(shape.colour)))
    painter.drawEllipse(scale(shape.centre), radius, radius)


_SHIFTS: dict[Anchor, float] = {"start": 0.0, "middle": -0.5, "end": -1.0}
"""Where the text begins before its place, in its own widths."""


def _words(painter: QPainter, shape: Words, scale: _Scale) -> None:
    """The edge as an outline below, the letters above it as text that can be searched and copied."""
    size_px = shape.size_mm * scale.px
    made = font(round(size_px), shape.weight > 600)
    metrics = QFontMetricsF(made)
    place = scale(shape.place)
    corner = QPointF(
        place.x() + _SHIFTS[shape.anchor] * metrics.horizontalAdvance(shape.text), place.y() + metrics.capHeight() / 2
    )
    path = QPainterPath()
    path.addText(corner, made, shape.text)
    edge = QPen(_colour(PICTURE_BACKGROUND, EDGE_OPACITY), size_px * EDGE_SHARE)
    edge.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, edge)
    painter.setFont(made)
    painter.setPen(_colour(shape.colour))
    painter.drawText(corner, shape.text)
