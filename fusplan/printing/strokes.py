"""What is put on a page at a place, in device pixels: texts, boxes, lines, signs and pictures, drawn one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF, QTextDocument

from fusplan.printing.drawing_painter import paint_drawing
from fusplan.printing.ink import PAPER, VERDICT_COLOURS, Colour
from fusplan.registration.request import Verdict
from fusplan.report.drawing import Drawing


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A laid-out text with its top left corner."""

    document: QTextDocument
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """A rectangle: filled, edged, or both."""

    rectangle: QRectF
    fill: Colour = ""
    edge: Colour = ""
    edge_px: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A straight line."""

    start: QPointF
    end: QPointF
    colour: Colour
    width_px: float
    dashed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """The sign of a verdict: a tick in a disc, a mark in a triangle, a cross in a square."""

    verdict: Verdict
    square: QRectF


@dataclass(frozen=True, slots=True, eq=False)
class PlacedDrawing:
    """A drawing stretched over a rectangle of its own shape."""

    drawing: Drawing
    rectangle: QRectF


Placed: TypeAlias = Text | Box | Stroke | Sign | PlacedDrawing


def put(painter: QPainter, one: Placed) -> None:
    """Draw one thing."""
    painter.save()
    if isinstance(one, Text):
        painter.translate(one.x, one.y)
        one.document.drawContents(painter)
    elif isinstance(one, Box):
        _put_box(painter, one)
    elif isinstance(one, Stroke):
        pen = _pen(one.colour, one.width_px)
        if one.dashed:
            pen.setDashPattern([1.6, 1.1])
        painter.setPen(pen)
        painter.drawLine(one.start, one.end)
    elif isinstance(one, Sign):
        _put_sign(painter, one)
    else:
        paint_drawing(painter, one.drawing, one.rectangle)
    painter.restore()


def _pen(colour: Colour, width_px: float) -> QPen:
    pen = QPen(QColor(colour), width_px)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _put_box(painter: QPainter, box: Box) -> None:
    painter.setPen(_pen(box.edge, box.edge_px) if box.edge else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QBrush(QColor(box.fill)) if box.fill else QBrush(Qt.BrushStyle.NoBrush))
    painter.drawRect(box.rectangle)


def _put_sign(painter: QPainter, sign: Sign) -> None:
    """Told apart by shape, because colours are not there in grey print or for everyone's eyes."""
    left, top, size = sign.square.left(), sign.square.top(), sign.square.width()

    def at(x: float, y: float) -> QPointF:
        return QPointF(left + x * size, top + y * size)

    painter.setPen(QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QBrush(QColor(VERDICT_COLOURS[sign.verdict])))
    if sign.verdict == "ok":
        painter.drawEllipse(sign.square)
    elif sign.verdict == "warning":
        painter.drawPolygon(QPolygonF([at(0.5, -0.04), at(1.06, 0.98), at(-0.06, 0.98)]))
    else:
        painter.drawRect(sign.square)
    pen = _pen(PAPER, size * 0.13)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    lines = {
        "ok": [(0.26, 0.52, 0.44, 0.70), (0.44, 0.70, 0.76, 0.32)],
        "warning": [(0.5, 0.34, 0.5, 0.64), (0.5, 0.82, 0.5, 0.82)],
        "error": [(0.28, 0.28, 0.72, 0.72), (0.72, 0.28, 0.28, 0.72)],
    }[sign.verdict]
    for x1, y1, x2, y2 in lines:
        painter.drawLine(at(x1, y1), at(x2, y2))
