"""Words over a picture as small ready-made pictures: the same few words are painted sixty times a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from fusplan.display import colours
from fusplan.display.colour_bars import ColourBar
from fusplan.display.heat_looks import LegendLine
from fusplan.display.number_layout import placed_numbers
from fusplan.display.outlines import LineLook
from fusplan.spatial.points import FloatArray

MOST_KEPT = 256
PLATE_COLOUR = QColor(8, 10, 13, 150)
PLATE_PADDING, PLATE_ROUNDING = 6.0, 4.0
FRAME_COLOUR = QColor(232, 236, 240, 110)
SHADOW = QColor(0, 0, 0, 190)
SHADOW_OFFSETS = ((1, 1), (-1, 1), (0, -1))
BAR_HEIGHT = 9.0
"""Of the colours in a colour bar."""

TICK = 5.0
"""Height of the ticks at the ends of a scale bar."""

DOT_RADIUS, OPEN_RADIUS, SELECTED_RADIUS = 2.4, 3.2, 6.5
LEGEND_SAMPLE = 28.0
"""Length of the lines in a legend: two of the longest dashes."""

MARGIN = 2.0
"""Room about words for their shadow and for letters that lean out of their boxes."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font by value. ``description`` is Qt's own (:meth:`QFont.toString`) of the font it is made from."""

    description: str
    factor: float = 1.0
    bold: bool = False

    @property
    def font(self) -> QFont:
        return _measured(self)[0]

    @property
    def metrics(self) -> QFontMetricsF:
        return _measured(self)[1]

    def width(self, text: str) -> float:
        """Of a text, logical pixels."""
        return _width(self, text)


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text: what, in which font, in which colour (``#rrggbb``)."""

    text: str
    font: Face
    colour: str


@dataclass(frozen=True, slots=True)
class NumberedDot:
    """A dot with its number: full, or hollow; a selected one has a ring about it."""

    words: str
    colour: str
    is_open: bool = False
    is_selected: bool = False


@lru_cache(maxsize=64)
def _measured(face: Face) -> tuple[QFont, QFontMetricsF]:
    font = QFont()
    font.fromString(face.description)
    font.setPointSizeF(font.pointSizeF() * face.factor)
    font.setBold(face.bold)
    return font, QFontMetricsF(font)


@lru_cache(maxsize=1024)
def _width(face: Face, text: str) -> float:
    return face.metrics.horizontalAdvance(text)


@lru_cache(maxsize=64)
def _colour(name: str) -> QColor:
    return QColor(name)


def shadowed_words(painter: QPainter, at: QPointF, words: Words) -> None:
    """Text that stays legible over white matter; ``at`` is the left end of its base line."""
    if words.text:
        stamp = _shadowed(words, _ratio(painter))
        top = at.y() - words.font.metrics.ascent()
        painter.drawImage(QPointF(round(at.x() - MARGIN), round(top - MARGIN)), stamp)


def numbered_dots(painter: QPainter, places: FloatArray, dots: Sequence[NumberedDot], face: Face) -> list[QRectF]:
    """Dots at places (n, 2), logical pixels, with their numbers, led to where they are close; returns their boxes."""
    for (x, y), dot in zip(places, dots, strict=True):
        _dot(painter, QPointF(x, y), dot)
    metrics = face.metrics
    colour = dots[0].colour if len({dot.colour for dot in dots}) == 1 else colours.PICTURE_TEXT
    numbers = [dot.words for dot in dots]
    line_height, boxes = metrics.capHeight() + 2 * MARGIN + 1, []
    leader = QPen(_colour(colour), 1.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for number in placed_numbers(places, numbers, face.width("0"), line_height):
        if number.leader is not None:
            (from_x, from_y), (to_x, to_y) = number.leader
            painter.setPen(leader)
            painter.drawLine(QPointF(from_x, from_y), QPointF(to_x, to_y))
        at = QPointF(number.left, number.middle + metrics.capHeight() / 2)
        shadowed_words(painter, at, Words(number.words, face, colour))
        boxes.append(QRectF(at.x(), at.y() - metrics.capHeight(), face.width(number.words), metrics.capHeight()))
    return boxes


def _dot(painter: QPainter, at: QPointF, dot: NumberedDot) -> None:
    if dot.is_open:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(_colour("#000000"), 3.4), QPen(_colour(dot.colour), 1.8)):
            painter.setPen(pen)
            painter.drawEllipse(at, OPEN_RADIUS, OPEN_RADIUS)
    else:
        painter.setPen(QPen(_colour("#000000"), 1.2))
        painter.setBrush(_colour(dot.colour))
        painter.drawEllipse(at, DOT_RADIUS, DOT_RADIUS)
    if dot.is_selected:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(_colour("#ffffff"), 1.4))
        painter.drawEllipse(at, SELECTED_RADIUS, SELECTED_RADIUS)


def legend_plate(painter: QPainter, left: float, bottom: float, lines: Sequence[LegendLine], face: Face) -> None:
    """Lines as they are drawn, each with its words, on a plate; ``left`` and ``bottom`` are the plate's corner."""
    stamp = _legend_plate(tuple(lines), face, _ratio(painter))
    height = stamp.height() / stamp.devicePixelRatio()
    painter.drawImage(QPointF(round(left), round(bottom - height)), stamp)


@lru_cache(maxsize=MOST_KEPT)
def _legend_plate(lines: tuple[LegendLine, ...], face: Face, ratio: float) -> QImage:
    metrics = face.metrics
    indents = [PLATE_PADDING + LEGEND_SAMPLE if line.look is not None else 0.0 for line in lines]
    words = max(indent + face.width(line.words) for indent, line in zip(indents, lines, strict=True))
    width = 2 * PLATE_PADDING + words
    height = len(lines) * metrics.height() + PLATE_PADDING
    image = _blank(width, height, ratio)
    painter = _on_plate(image, width, height)
    painter.setFont(face.font)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for number, (line, indent) in enumerate(zip(lines, indents, strict=True)):
        top = PLATE_PADDING / 2 + number * metrics.height()
        if line.look is not None:
            _sample(painter, line.look, top + metrics.height() / 2)
        painter.setPen(_colour(colours.PICTURE_TEXT))
        painter.drawText(QPointF(PLATE_PADDING + indent, top + metrics.ascent()), line.words)
    painter.end()
    return image


def _sample(painter: QPainter, look: LineLook, middle: float) -> None:
    """A line of a legend as it is drawn in the slice."""
    pen = QPen(_colour(look.colour), look.width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if look.dashes:
        pen.setDashPattern(list(look.dashes))
    painter.setPen(pen)
    painter.drawLine(QPointF(PLATE_PADDING, middle), QPointF(PLATE_PADDING + LEGEND_SAMPLE, middle))


def plate(painter: QPainter, left: float, top: float, lines: Sequence[Words]) -> None:
    """Lines of text on a dark plate, legible over any image; ``left`` and ``top`` are the plate's corner."""
    stamp = _plate(tuple(lines), _ratio(painter))
    painter.drawImage(QPointF(round(left), round(top)), stamp)


def live_plate(painter: QPainter, left: float, top: float, lines: Sequence[Words]) -> None:
    """The same for words that are others with every move: the plate alone is ready-made."""
    left, top = round(left), round(top)
    width, height = plate_size(lines)
    painter.drawImage(QPointF(left, top), _plate_ground(width, height, _ratio(painter)))
    _write_lines(painter, left, top, lines)


def scale_bar(painter: QPainter, left: float, bottom: float, length: float, words: Words) -> None:
    """A bar of a length in logical pixels with its words on a plate; ``left`` and ``bottom`` are the plate's corner."""
    stamp = _scale_bar(length, words, _ratio(painter))
    height = stamp.height() / stamp.devicePixelRatio()
    painter.drawImage(QPointF(round(left), round(bottom - height)), stamp)


def colour_bar(painter: QPainter, left: float, top: float, bar: ColourBar, face: Face, length: float) -> None:
    """The colours of a layer with heading and numbers on a plate; ``left`` and ``top`` are the plate's corner."""
    painter.drawImage(QPointF(round(left), round(top)), _colour_bar(bar, face, length, _ratio(painter)))


def colour_bar_size(bar: ColourBar, face: Face, length: float) -> tuple[float, float]:
    """Width and height of its plate, logical pixels; ``length`` is that of the colours at least."""
    width = max(face.width(bar.heading), length) + 2 * PLATE_PADDING
    return width, 2 * face.metrics.height() + BAR_HEIGHT + PLATE_PADDING + 4


def plate_size(lines: Sequence[Words]) -> tuple[float, float]:
    """Width and height of a plate, logical pixels."""
    width = max(line.font.width(line.text) for line in lines)
    return width + 2 * PLATE_PADDING, sum(line.font.metrics.height() for line in lines) + PLATE_PADDING


def _ratio(painter: QPainter) -> float:
    """Pixels of what is painted on for each logical pixel."""
    return float(painter.deviceTransform().m11())


def _blank(width: float, height: float, ratio: float) -> QImage:
    image = QImage(ceil(width * ratio), ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


@lru_cache(maxsize=MOST_KEPT)
def _shadowed(words: Words, ratio: float) -> QImage:
    metrics = words.font.metrics
    image = _blank(words.font.width(words.text) + 2 * MARGIN, metrics.height() + 2 * MARGIN, ratio)
    painter = QPainter(image)
    painter.setFont(words.font.font)
    at = QPointF(MARGIN, MARGIN + metrics.ascent())
    painter.setPen(SHADOW)
    for right, down in SHADOW_OFFSETS:
        painter.drawText(at + QPointF(right, down), words.text)
    painter.setPen(_colour(words.colour))
    painter.drawText(at, words.text)
    painter.end()
    return image


def _on_plate(image: QImage, width: float, height: float) -> QPainter:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLATE_COLOUR)
    painter.drawRoundedRect(QRectF(0, 0, width, height), PLATE_ROUNDING, PLATE_ROUNDING)
    return painter


@lru_cache(maxsize=MOST_KEPT)
def _plate_ground(width: float, height: float, ratio: float) -> QImage:
    image = _blank(width, height, ratio)
    _on_plate(image, width, height).end()
    return image


@lru_cache(maxsize=MOST_KEPT)
def _plate(lines: tuple[Words, ...], ratio: float) -> QImage:
    width, height = plate_size(lines)
    image = _blank(width, height, ratio)
    painter = _on_plate(image, width, height)
    _write_lines(painter, 0.0, 0.0, lines)
    painter.end()
    return image


def _write_lines(painter: QPainter, left: float, top: float, lines: Sequence[Words]) -> None:
    """Lines one below another on a plate whose corner is given."""
    top += PLATE_PADDING / 2
    for line in lines:
        painter.setFont(line.font.font)
        painter.setPen(_colour(line.colour))
        painter.drawText(QPointF(left + PLATE_PADDING, top + line.font.metrics.ascent()), line.text)
        top += line.font.metrics.height()


@lru_cache(maxsize=MOST_KEPT)
def _scale_bar(length: float, words: Words, ratio: float) -> QImage:
    width, height = length + 2 * PLATE_PADDING + TICK, words.font.metrics.height() + 14
    image = _blank(width, height, ratio)
    painter = _on_plate(image, width, height)
    left, base = PLATE_PADDING + TICK, height - 6
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(words.colour), 1.6))
    ends = ((left, base - TICK), (left, base), (left + length, base), (left + length, base - TICK))
    painter.drawPolyline([QPointF(x, y) for x, y in ends])
    painter.setFont(words.font.font)
    painter.drawText(QPointF(left + 5, base - 6), words.text)
    painter.end()
    return image


@lru_cache(maxsize=MOST_KEPT)
def _colour_bar(bar: ColourBar, face: Face, length: float, ratio: float) -> QImage:
    width, height = colour_bar_size(bar, face, length)
    image = _blank(width, height, ratio)
    painter = _on_plate(image, width, height)
    painter.setFont(face.font)
    painter.setPen(_colour(colours.PICTURE_TEXT))
    top = PLATE_PADDING / 2
    painter.drawText(QPointF(PLATE_PADDING, top + face.metrics.ascent()), bar.heading)
    box = QRectF(PLATE_PADDING, top + face.metrics.height() + 2, width - 2 * PLATE_PADDING, BAR_HEIGHT)
    levels = np.ascontiguousarray(bar.colours())
    painter.drawImage(box, QImage(levels.data, 256, 1, levels.nbytes, QImage.Format.Format_RGBA8888))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(FRAME_COLOUR, 1.0))
    painter.drawRect(box)
    painter.setPen(_colour(colours.PICTURE_TEXT))
    base = box.bottom() + 3 + face.metrics.ascent()
    for across, left, number in _tick_places(bar, face, box):
        painter.drawLine(QPointF(across, box.bottom()), QPointF(across, box.bottom() + 3))
        painter.drawText(QPointF(left, base), number)
    painter.end()
    return image


def _tick_places(bar: ColourBar, face: Face, box: QRectF) -> list[tuple[float, float, str]]:
    """Where each tick stands, where its number begins, and the number; one between the ends only where it has room."""
    placed = []
    for place, number in bar.ticks:
        across, wide = box.left() + place * box.width(), face.width(number)
        placed.append((across, min(max(across - wide / 2, box.left()), box.right() - wide), number))
    ends = [left + face.width(number) + TICK for _, left, number in placed]
    has_room = all(end <= following[1] for end, following in zip(ends, placed[1:], strict=False))
    return placed if has_room else [placed[0], placed[-1]]
