"""Paints one slice: the image, the overlays of its content, and what stands at its borders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from fusplan.display import colours
from fusplan.display.colour_bars import ColourBar
from fusplan.display.drawn_layers import NUMBERED
from fusplan.display.lesion_handles import LesionHandle
from fusplan.display.mesh_slices import MeshContour
from fusplan.display.outlines import LineLook
from fusplan.display.prominence import stands_out
from fusplan.display.screen_picture import ScreenPicture
from fusplan.display.slice_content import LABEL_FROM_MM2, LesionOutline, Line, Mark, RegionOutline, SliceContent
from fusplan.display.view_state import ViewState
from fusplan.display.views import Convention
from fusplan.spatial.points import FloatArray
from fusplan.widgets.polygons import polygon_of
from fusplan.widgets.stamps import (
    DOT_RADIUS,
    Face,
    NumberedDot,
    Words,
    colour_bar,
    colour_bar_size,
    legend_plate,
    live_plate,
    numbered_dots,
    plate,
    plate_size,
    scale_bar,
    shadowed_words,
)

CROSSHAIR_GAP = 14
"""Half the gap at the crosshair's centre, logical pixels: the target itself stays free."""

EDGE = 10.0
FILL_OPACITY = 0.20
SHORTEST_BAR, LONGEST_BAR = 70.0, 130.0
"""Of colour bars, logical pixels: a quarter of the view between these."""

HANDLE_RADIUS = 4.5
LEGEND_GAP = 4.0
SELECTED_WIDER = 0.6
"""Logical pixels by which a selected line is wider."""

WARNING = "#ffb0a6"
LETTER = "#ffe9a8"
CROSSHAIR_COLOUR = QColor(colours.CROSSHAIR)
CROSSHAIR_COLOUR.setAlphaF(0.55)

CONVENTION_WORDS: dict[Convention, str] = {
    "radiological": "Radiological: patient's right is on the left",
    "neurological": "Neurological: patient's right is on the right",
}

RINGS_REACH = 7.0
LABEL_GAP = (12.0, 8.0)
"""From a mark to its label, logical pixels."""

BETWEEN_NAMES = 6.0
"""Two names of targets in one line nearer than this read as one."""

ASTRAY = "#ffb84d"
"""Of the words at a target that lies elsewhere than it aims at."""


def image_of(picture: ScreenPicture) -> QImage:
    """A QImage over a picture's own memory, which must outlive it."""
    rows, columns = picture.shape
    return QImage(picture.data, columns, rows, picture.strides[0], QImage.Format.Format_RGB32)


@dataclass(frozen=True, slots=True, eq=False)
class SlicePainter:
    """Paints slices of one view size.

    Attributes:
        size: of the view, logical pixels.
        mm_per_pixel: scale of the slice, mm per logical pixel.
        font: of the window, as :meth:`QFont.toString` describes it.
        accent: colour of the focus frame.
    """

    size: QSize
    mm_per_pixel: float
    font: str
    accent: str

    def paint(
        self,
        painter: QPainter,
        image: QImage,
        content: SliceContent,
        state: ViewState,
        window_words: str,
        bars: Sequence[ColourBar] = (),
    ) -> None:
        """Everything over the image, in which the outlines are drawn already, and the image itself.

        ``bars`` are those of the layers in it, the uppermost first.
        """
        painter.drawImage(QRectF(0, 0, self.size.width(), self.size.height()), image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        overlays = content.overlays
        for region in overlays.regions:
            self._outline(painter, region)
        for lesion in overlays.lesions:
            self._lesion(painter, lesion)
        for line in overlays.lines:
            self._line(painter, line)
        taken: list[QRectF] = []
        self._places_taken(painter, overlays.marks, taken)
        for mark in overlays.marks:
            if mark.of.shape not in NUMBERED:
                self._mark(painter, mark, taken)
        if overlays.crosshair is not None:
            self._crosshair(painter, overlays.crosshair)
        if state.layers.contour_labels or state.presenting:
            self._labels(painter, overlays.contours, state.presenting)
        if bars:
            self._colour_bars(painter, bars, [] if state.presenting else self._heading(content))
        self._border(painter, content, state, window_words)

    def pixels(self, picture_mm: FloatArray) -> FloatArray:
        """Picture mm as logical pixels."""
        return picture_mm / self.mm_per_pixel

    # Overlays

    def _outline(self, painter: QPainter, region: RegionOutline) -> None:
        painter.setPen(_line_pen(region.look, region.look.width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(polygon_of(self.pixels(region.polygon)))

    def _lesion(self, painter: QPainter, lesion: LesionOutline) -> None:
        fill = QColor(colours.LESION)
        fill.setAlphaF(FILL_OPACITY)
        painter.setPen(_pen(colours.LESION, 2.2 if lesion.selected else 1.6))
        painter.setBrush(fill if lesion.is_filled else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(polygon_of(self.pixels(lesion.polygon)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(colours.LESION, 1.2))
        for handle in lesion.handles:
            if handle.kind != "centre":
                painter.drawLine(self._point(handle.foot_mm), self._point(handle.picture_mm))
        for handle in lesion.handles:
            self._handle(painter, handle)

    def _handle(self, painter: QPainter, handle: LesionHandle) -> None:
        place = self._point(handle.picture_mm)
        painter.setPen(_pen("#06222a", 1.0))
        painter.setBrush(QColor("#ffffff") if handle.kind == "end" else QColor(colours.LESION))
        radius = HANDLE_RADIUS
        if handle.kind == "end":
            painter.drawRect(QRectF(place.x() - radius + 0.5, place.y() - radius + 0.5, 2 * radius - 1, 2 * radius - 1))
        elif handle.kind == "tilt":
            painter.drawEllipse(place, radius + 1, radius + 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _line(self, painter: QPainter, line: Line) -> None:
        painter.setOpacity(line.opacity)
        look = line.of.look
        painter.setPen(_line_pen(look, look.width + (SELECTED_WIDER if line.of.selected else 0.0)))
        painter.drawPolyline(polygon_of(self.pixels(line.points)))
        if look.has_dots:
            painter.setBrush(QColor(look.colour))
            for place in line.points:
                painter.drawEllipse(self._point(place), 2.6, 2.6)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        corner = line.points[1] if len(line.points) == 3 else line.points.mean(axis=0)
        self._text(painter, self._point(corner) + QPointF(8, -8), line.of.words, look.colour)
        painter.setOpacity(1.0)

    def _mark(self, painter: QPainter, mark: Mark, taken: list[QRectF]) -> None:
        painter.setOpacity(mark.opacity)
        place, colour = self._point(mark.picture_mm), mark.of.colour
        if mark.of.shape == "rings":
            self._rings(painter, mark, place, taken)
        elif mark.of.shape == "ring":
            painter.setPen(_pen(colour, 1.4))
            painter.drawEllipse(place, 3.2, 3.2)
        else:
            painter.setPen(_pen(colour, 1.8))
            painter.drawLine(place + QPointF(-6, 0), place + QPointF(6, 0))
            painter.drawLine(place + QPointF(0, -6), place + QPointF(0, 6))
            self._text(painter, place + QPointF(9, -6), mark.of.label, colour, bold=True)
            taken.append(QRectF(place.x() + 9, place.y() - 22, 24, 20))
        painter.setOpacity(1.0)

    def _places_taken(self, painter: QPainter, marks: Sequence[Mark], taken: list[QRectF]) -> None:
        """Draw the numbered dots, laid out together; labels make room for them and for the rings of targets."""
        for mark in marks:
            if mark.of.shape == "rings" or mark.of.shape in NUMBERED:
                place, reach = self._point(mark.picture_mm), RINGS_REACH if mark.of.shape == "rings" else DOT_RADIUS
                taken.append(QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach))
        dots = [mark for mark in marks if mark.of.shape in NUMBERED]
        if not dots:
            return
        places = self.pixels(np.stack([mark.picture_mm for mark in dots]))
        drawn = [
            NumberedDot(mark.of.label, mark.of.colour, mark.of.shape == "open dot", mark.of.selected) for mark in dots
        ]
        taken.extend(numbered_dots(painter, places, drawn, self._face(0.85)))

    def _rings(self, painter: QPainter, mark: Mark, place: QPointF, taken: list[QRectF]) -> None:
        colour, selected = mark.of.colour, mark.of.selected
        if mark.under_lesion:
            # Its rings would be as large as the lesion in a view of the whole head.
            painter.setPen(_pen("#000000", 1.2))
            painter.setBrush(QColor(colour))
            painter.drawEllipse(place, 2.2, 2.2)
        else:
            painter.setPen(_pen("#000000", 3.4))
            painter.drawEllipse(place, 5.0, 5.0)
            painter.setPen(_pen(colour, 1.8))
            painter.drawEllipse(place, 5.0, 5.0)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(place, 1.6, 1.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if selected and not mark.under_lesion:
            painter.setPen(_pen("#ffffff", 1.2))
            painter.drawEllipse(place, 9.0, 9.0)
        named = ASTRAY if mark.of.is_astray else "#ffffff" if selected else colour
        self._free_text(painter, place, mark.of.label, named, taken)

    def _free_text(
        self,
        painter: QPainter,
        place: QPointF,
        text: str,
        colour: str,
        taken: list[QRectF],
    ) -> None:
        """A label beside a mark: at the first of four corners, or above or below those, where nothing else stands."""
        face = self._face(0.85)
        width, height = face.width(text), face.metrics.height()
        right, down = LABEL_GAP
        corners = [
            (along, below)
            for away in (0.0, height, 2 * height)
            for below in (down + away, -down - height - away)
            for along in (right, -right - width)
        ]
        boxes = [QRectF(place.x() + along, place.y() + below, width, height) for along, below in corners]
        box = next((box for box in boxes if not any(box.intersects(other) for other in taken)), boxes[0])
        taken.append(box.adjusted(-BETWEEN_NAMES, 0, BETWEEN_NAMES, 0))
        shadowed_words(painter, QPointF(box.left(), box.top() + face.metrics.ascent()), Words(text, face, colour))

    def _crosshair(self, painter: QPainter, picture_mm: FloatArray) -> None:
        x, y = (round(float(value)) for value in self.pixels(picture_mm))
        width, height, gap = self.size.width(), self.size.height(), CROSSHAIR_GAP
        strip = _crosshair_strip(max(width, height))
        # Strips of an image: a see-through line takes the raster engine ten times as long.
        for left, top, right, bottom in (
            (0, y, x - gap, y + 1),
            (x + gap, y, width, y + 1),
            (x, 0, x + 1, y - gap),
            (x, y + gap, x + 1, height),
        ):
            if right > left and bottom > top:
                source = QRect(0, 0, right - left, 1) if right - left > 1 else QRect(0, 0, 1, bottom - top)
                painter.drawImage(QRect(left, top, right - left, bottom - top), strip[source.height() > 1], source)

    def _labels(self, painter: QPainter, contours: tuple[MeshContour, ...], large: bool) -> None:
        """Abbreviations in their nuclei, what stands out first, then by size; none where it would cover another."""
        size = 1.25 if large else 0.85
        face = self._face(size, bold=large)
        taken: list[QRectF] = []
        for contour in sorted(contours, key=lambda one: (not stands_out(one.mesh.name), -one.area_mm2)):
            place = contour.label_place_mm
            if place is None or contour.area_mm2 < LABEL_FROM_MM2:
                continue
            width, height = face.width(contour.mesh.name), face.metrics.capHeight()
            spot = self._point(np.array(place)) + QPointF(-width / 2, height / 2)
            box = QRectF(spot.x() - 2, spot.y() - height - 2, width + 4, height + 4)
            if any(box.intersects(other) for other in taken):
                continue
            taken.append(box)
            shadowed_words(painter, spot, Words(contour.mesh.name, face, _nucleus_colour(contour.mesh.name)))

    # Borders

    def _border(self, painter: QPainter, content: SliceContent, state: ViewState, window_words: str) -> None:
        width, height = self.size.width(), self.size.height()
        if content.warning:
            self._warning(painter, content.warning)
        if state.presenting:
            self._letters(painter, content)
            return
        small = self._face(0.82)
        heading = self._heading(content)
        live_plate(painter, EDGE - 4, EDGE - 4, heading)
        self._letters(painter, content, EDGE + plate_size(heading)[0])
        length = content.scale_bar_mm / self.mm_per_pixel
        bar = Words(f"{content.scale_bar_mm:g} mm", small, colours.PICTURE_TEXT)
        scale_bar(painter, EDGE - 4, height - EDGE + 6, length, bar)
        if content.legend:
            above = small.metrics.height() + 14 + LEGEND_GAP
            legend_plate(painter, EDGE - 4, height - EDGE + 6 - above, content.legend, small)
        convention = CONVENTION_WORDS[state.convention]
        if small.width(convention) > width / 2 - 4 * EDGE:  # the letter in the middle stays free
            convention = state.convention.capitalize()
        texts = [window_words] if content.view.kind == "sagittal" else [convention, window_words]
        lines = [Words(text, small, "#b7c0ca") for text in texts]
        if lines:
            wide, tall = plate_size(lines)
            plate(painter, width - EDGE + 4 - wide, height - EDGE + 4 - tall, lines)

    def _heading(self, content: SliceContent) -> list[Words]:
        """What stands in the upper left corner."""
        title = Words(content.title, self._face(1.0, bold=True), colours.PICTURE_TEXT)
        return [title, Words(content.position, self._face(0.9), "#c9d1da")]

    def _colour_bars(self, painter: QPainter, bars: Sequence[ColourBar], heading: list[Words]) -> None:
        """The bars in the upper right corner, one below another; below the heading where there is no room beside it."""
        face, width = self._face(0.82), self.size.width()
        length = min(max(width // 40 * 10.0, SHORTEST_BAR), LONGEST_BAR)
        sizes = [colour_bar_size(bar, face, length) for bar in bars]
        heading_width, heading_height = plate_size(heading) if heading else (0.0, 0.0)
        letter = self._face(1.3, bold=True).width("WW")
        taken = max(width / 2, EDGE + heading_width) + letter
        has_room = width - max(bar_width for bar_width, _ in sizes) > taken
        top = EDGE - 4 if has_room else EDGE + heading_height
        for bar, (bar_width, bar_height) in zip(bars, sizes, strict=True):
            colour_bar(painter, width - EDGE + 4 - bar_width, top, bar, face, length)
            top += bar_height + 4

    def _letters(self, painter: QPainter, content: SliceContent, top_from: float = 0.0) -> None:
        """The letters at the borders; the upper one no further left than ``top_from``, logical pixels."""
        face = self._face(1.3, bold=True)
        width, height, tall = self.size.width(), self.size.height(), face.metrics.capHeight()
        middle = height / 2 + tall / 2
        letters = content.letters
        for letter, left, base in (
            (letters.left, EDGE, middle),
            (letters.right, width - EDGE - face.width(letters.right), middle),
            (letters.top, max((width - face.width(letters.top)) / 2, top_from), EDGE + tall),
            (letters.bottom, (width - face.width(letters.bottom)) / 2, height - EDGE),
        ):
            shadowed_words(painter, QPointF(left, base), Words(letter, face, LETTER))

    def _warning(self, painter: QPainter, text: str) -> None:
        """A plate in the upper middle that no picture can hide."""
        face = self._face(1.0, bold=True)
        metrics = face.metrics
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.size.width() - 4 * EDGE)
        width, height = metrics.horizontalAdvance(shown) + 20, metrics.height() + 8
        box = QRectF((self.size.width() - width) / 2, self.size.height() * 0.14, width, height)
        painter.setPen(_pen(WARNING, 1.2))
        painter.setBrush(QColor(58, 10, 8, 215))
        painter.drawRoundedRect(box, 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(face.font)
        painter.setPen(QColor(WARNING))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)

    def nucleus_words(self, painter: QPainter, title: str, details: str) -> None:
        """Large words for a room: the nucleus under the pointer."""
        large, width = self._face(2.6, bold=True), self.size.width()
        base = EDGE * 3 + large.metrics.height()
        shadowed_words(
            painter, QPointF((width - large.width(title)) / 2, base), Words(title, large, colours.PICTURE_TEXT)
        )
        small = self._face(1.4 * min(1.0, (width - 2 * EDGE) / max(self._face(1.4).width(details), 1.0)))
        below = QPointF((width - small.width(details)) / 2, base + small.metrics.height() * 1.2)
        shadowed_words(painter, below, Words(details, small, "#c3ccd6"))

    def focus_frame(self, painter: QPainter) -> None:
        """The frame that says: keys go here."""
        painter.setPen(QPen(QColor(self.accent), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(1, 1, self.size.width() - 2, self.size.height() - 2))

    # Parts

    def _point(self, picture_mm: FloatArray) -> QPointF:
        return QPointF(float(picture_mm[0]) / self.mm_per_pixel, float(picture_mm[1]) / self.mm_per_pixel)

    def _face(self, factor: float, bold: bool = False) -> Face:
        return Face(self.font, factor, bold)

    def _text(self, painter: QPainter, at: QPointF, text: str, colour: str, bold: bool = False) -> None:
        shadowed_words(painter, at, Words(text, self._face(0.85, bold), colour))


_nucleus_colour = lru_cache(maxsize=512)(colours.nucleus_colour)


@lru_cache(maxsize=256)
def _pen(colour: str, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    # Round joins would cost as much as all the rest of an outline.
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    return pen


@lru_cache(maxsize=64)
def _line_pen(look: LineLook, width: float) -> QPen:
    pen = QPen(_pen(look.colour, width))
    if look.dashes:
        pen.setDashPattern(list(look.dashes))
    return pen


@lru_cache(maxsize=2)
def _crosshair_strip(length: int) -> tuple[QImage, QImage]:
    """A lying and a standing line of the crosshair's colour, one pixel wide."""
    strips = (
        QImage(length, 1, QImage.Format.Format_ARGB32_Premultiplied),
        QImage(1, length, QImage.Format.Format_ARGB32_Premultiplied),
    )
    for strip in strips:
        strip.fill(CROSSHAIR_COLOUR)
    return strips
