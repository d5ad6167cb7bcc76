"""Paints one slice: the image, the overlays of its content, and what stands at its borders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from fusplan.display import colours
from fusplan.display.lesion_handles import LesionHandle
from fusplan.display.mesh_slices import MeshContour
from fusplan.display.slice_content import BRAIN_EDGE, LABEL_FROM_MM2, LesionOutline, Line, Mark, SliceContent
from fusplan.display.view_state import ViewState
from fusplan.display.views import Convention
from fusplan.spatial.points import FloatArray
from fusplan.widgets.polygons import polygon_of

CROSSHAIR_GAP = 14.0
"""Half the gap at the crosshair's centre, logical pixels: the target itself stays free."""

EDGE = 10.0
FILL_OPACITY = 0.20
PLATE_ALPHA, PLATE_PADDING = 150, 6.0
HANDLE_RADIUS = 4.5
CLP_WIDTH, CL_WIDTH, NUCLEUS_WIDTH = 2.4, 1.6, 1.2
ACPC_LINE = "#9fd8a8"
MEASUREMENT = "#ff9ecf"
TARGET = "#56d4ea"
WARNING = "#ffb0a6"
EDGE_WIDTH = 1.1

SHORT_CONVENTION: dict[Convention, str] = {
    "radiological": "Radiological: patient's right is on the left",
    "neurological": "Neurological: patient's right is on the right",
}


def image_of(picture: npt.NDArray[np.uint8]) -> QImage:
    """A QImage over a picture's own memory: greys (rows, columns) or BGRA (rows, columns, 4).

    The array must outlive the image.
    """
    rows, columns = picture.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if picture.ndim == 2 else QImage.Format.Format_RGB32
    return QImage(picture.data, columns, rows, picture.strides[0], kind)


@dataclass(frozen=True, slots=True, eq=False)
class SlicePainter:
    """Paints slices of one view size.

    Attributes:
        size: of the view, logical pixels.
        mm_per_pixel: scale of the slice, mm per logical pixel.
        font: of the window.
        accent: colour of the focus frame.
    """

    size: QSize
    mm_per_pixel: float
    font: QFont
    accent: str

    def paint(
        self, painter: QPainter, image: QImage, content: SliceContent, state: ViewState, window_words: str
    ) -> None:
        """Everything, from the image to the texts."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, state.interpolation == "linear")
        painter.drawImage(QRectF(0, 0, self.size.width(), self.size.height()), image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        overlays = content.overlays
        self._edges(painter, overlays.edges)
        self._contours(painter, overlays.contours)
        for region in overlays.regions:
            self._outline(painter, region, colours.REGION_95, 1.2, dashed=True)
        for lesion in overlays.lesions:
            self._lesion(painter, lesion)
        for line in overlays.lines:
            self._line(painter, line)
        taken: list[QRectF] = []
        for mark in overlays.marks:
            self._mark(painter, mark, taken)
        if overlays.crosshair is not None:
            self._crosshair(painter, overlays.crosshair)
        if state.layers.contour_labels or state.presenting:
            self._labels(painter, overlays.contours, state.presenting)
        self._border(painter, content, state, window_words)

    def pixels(self, picture_mm: FloatArray) -> FloatArray:
        """Picture mm as logical pixels."""
        return picture_mm / self.mm_per_pixel

    # Overlays

    def _edges(self, painter: QPainter, edges: tuple[MeshContour, ...]) -> None:
        for edge in edges:
            is_brain = edge.mesh.name == BRAIN_EDGE
            painter.setPen(_pen(colours.TEMPLATE_BORDER if is_brain else colours.TEMPLATE_EDGE, EDGE_WIDTH))
            self._draw_contour(painter, edge, filled=False)

    def _contours(self, painter: QPainter, contours: tuple[MeshContour, ...]) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for prominent in (False, True):
            for contour in contours:
                name = contour.mesh.name
                if (name == "CLp") is prominent:
                    width = CLP_WIDTH if prominent else CL_WIDTH if name == "CL" else NUCLEUS_WIDTH
                    painter.setPen(_pen(_nucleus_colour(name), width))
                    self._draw_contour(painter, contour, prominent)

    def _draw_contour(self, painter: QPainter, contour: MeshContour, filled: bool) -> None:
        if filled:
            fill = QColor(_nucleus_colour(contour.mesh.name))
            fill.setAlphaF(0.14)
            painter.setBrush(fill)
        for line, closed in zip(contour.lines, contour.closed, strict=True):
            polygon = polygon_of(self.pixels(line))
            if closed:
                painter.drawPolygon(polygon)
            else:
                painter.drawPolyline(polygon)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _outline(self, painter: QPainter, polygon: FloatArray, colour: str, width: float, dashed: bool) -> None:
        pen = QPen(_pen(colour, width))
        if dashed:
            pen.setDashPattern([4.0, 3.0])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(polygon_of(self.pixels(polygon)))

    def _lesion(self, painter: QPainter, lesion: LesionOutline) -> None:
        fill = QColor(colours.LESION)
        fill.setAlphaF(FILL_OPACITY)
        painter.setPen(_pen(colours.LESION, 2.2 if lesion.selected else 1.6))
        painter.setBrush(fill)
        painter.drawPolygon(polygon_of(self.pixels(lesion.polygon)))
        stem = [handle for handle in lesion.handles if handle.kind == "tilt"]
        ends = [handle for handle in lesion.handles if handle.kind == "end" and handle.axis == 2 and handle.sign > 0]
        if stem and ends:
            painter.setPen(_pen(colours.LESION, 1.2))
            painter.drawLine(self._point(ends[0].picture_mm), self._point(stem[0].picture_mm))
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
        colour = ACPC_LINE if line.kind == "acpc" else MEASUREMENT
        pen = QPen(_pen(colour, 2.0 if line.selected else 1.4))
        if line.kind == "acpc":
            pen.setDashPattern([6.0, 4.0])
        painter.setPen(pen)
        painter.drawPolyline(polygon_of(self.pixels(line.points)))
        if line.kind != "acpc":
            painter.setBrush(QColor(colour))
            for place in line.points:
                painter.drawEllipse(self._point(place), 2.6, 2.6)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            corner = line.points[1] if len(line.points) == 3 else line.points.mean(axis=0)
            self._text(painter, self._point(corner) + QPointF(8, -8), line.words, colour)
        painter.setOpacity(1.0)

    def _mark(self, painter: QPainter, mark: Mark, taken: list[QRectF]) -> None:
        painter.setOpacity(mark.opacity)
        place = self._point(mark.picture_mm)
        if mark.kind == "target":
            self._target(painter, mark, place, taken)
        elif mark.kind == "midline":
            painter.setPen(_pen(ACPC_LINE, 1.4))
            painter.drawEllipse(place, 3.2, 3.2)
        else:
            painter.setPen(_pen(ACPC_LINE, 1.8))
            painter.drawLine(place + QPointF(-6, 0), place + QPointF(6, 0))
            painter.drawLine(place + QPointF(0, -6), place + QPointF(0, 6))
            self._text(painter, place + QPointF(9, -6), mark.label, ACPC_LINE, bold=True)
        painter.setOpacity(1.0)

    def _target(self, painter: QPainter, mark: Mark, place: QPointF, taken: list[QRectF]) -> None:
        painter.setPen(_pen("#000000", 3.4))
        painter.drawEllipse(place, 5.0, 5.0)
        painter.setPen(_pen(TARGET, 1.8))
        painter.drawEllipse(place, 5.0, 5.0)
        painter.setBrush(QColor(TARGET))
        painter.drawEllipse(place, 1.6, 1.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark.selected:
            painter.setPen(_pen("#ffffff", 1.2))
            painter.drawEllipse(place, 9.0, 9.0)
        self._free_text(painter, place, mark.label, "#ffffff" if mark.selected else TARGET, taken)

    def _free_text(self, painter: QPainter, place: QPointF, text: str, colour: str, taken: list[QRectF]) -> None:
        """A label beside a mark, at the first of four corners where no other label stands."""
        font = self._sized(0.85)
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(text), metrics.height()
        corners = ((12.0, 8.0), (-12.0 - width, 8.0), (12.0, -8.0 - height), (-12.0 - width, -8.0 - height))
        boxes = [QRectF(place.x() + right, place.y() + down, width, height) for right, down in corners]
        box = next((box for box in boxes if not any(box.intersects(other) for other in taken)), boxes[0])
        taken.append(box)
        painter.setFont(font)
        self._shadowed(painter, QPointF(box.left(), box.top() + metrics.ascent()), text, colour)

    def _crosshair(self, painter: QPainter, picture_mm: FloatArray) -> None:
        x, y = (float(value) for value in self.pixels(picture_mm))
        x, y = round(x) + 0.5, round(y) + 0.5
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        colour = QColor(colours.CROSSHAIR)
        colour.setAlphaF(0.55)
        painter.setPen(QPen(colour, 1.0))
        width, height, gap = float(self.size.width()), float(self.size.height()), CROSSHAIR_GAP
        painter.drawLine(QPointF(0, y), QPointF(x - gap, y))
        painter.drawLine(QPointF(x + gap, y), QPointF(width, y))
        painter.drawLine(QPointF(x, 0), QPointF(x, y - gap))
        painter.drawLine(QPointF(x, y + gap), QPointF(x, height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _labels(self, painter: QPainter, contours: tuple[MeshContour, ...], large: bool) -> None:
        """Abbreviations in their nuclei, CLp first, then by size; none where it would cover another."""
        size = 1.25 if large else 0.85
        font = self._sized(size, bold=large)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        taken: list[QRectF] = []
        for contour in sorted(contours, key=lambda one: (one.mesh.name != "CLp", -one.area_mm2)):
            place = contour.label_place_mm
            if place is None or contour.area_mm2 < LABEL_FROM_MM2:
                continue
            width, height = metrics.horizontalAdvance(contour.mesh.name), metrics.capHeight()
            spot = self._point(np.array(place)) + QPointF(-width / 2, height / 2)
            box = QRectF(spot.x() - 2, spot.y() - height - 2, width + 4, height + 4)
            if any(box.intersects(other) for other in taken):
                continue
            taken.append(box)
            self._shadowed(painter, spot, contour.mesh.name, _nucleus_colour(contour.mesh.name))

    # Borders

    def _border(self, painter: QPainter, content: SliceContent, state: ViewState, window_words: str) -> None:
        width, height = self.size.width(), self.size.height()
        self._letters(painter, content)
        if content.warning:
            self._warning(painter, content.warning)
        if state.presenting:
            return
        small = self._sized(0.82)
        title = (content.title, self._sized(1.0, bold=True), colours.PICTURE_TEXT)
        self._plate(painter, EDGE - 4, EDGE - 4, [title, (content.position, self._sized(0.9), "#c9d1da")])
        self._scale_bar(painter, content.scale_bar_mm)
        texts = (
            [window_words] if content.view.kind == "sagittal" else [SHORT_CONVENTION[state.convention], window_words]
        )
        metrics = QFontMetricsF(small)
        fitting = [text for text in texts if metrics.horizontalAdvance(text) < width * 0.55]
        if fitting:
            wide = max(metrics.horizontalAdvance(text) for text in fitting) + 2 * PLATE_PADDING
            tall = metrics.height() * len(fitting) + PLATE_PADDING
            lines = [(text, small, "#b7c0ca") for text in fitting]
            self._plate(painter, width - EDGE + 4 - wide, height - EDGE + 4 - tall, lines)

    def _letters(self, painter: QPainter, content: SliceContent) -> None:
        font = self._sized(1.3, bold=True)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        width, height = self.size.width(), self.size.height()
        middle = height / 2 + metrics.capHeight() / 2
        letters = content.letters
        colour = "#ffe9a8"

        def wide(text: str) -> float:
            return metrics.horizontalAdvance(text)

        self._shadowed(painter, QPointF(EDGE, middle), letters.left, colour)
        self._shadowed(painter, QPointF(width - EDGE - wide(letters.right), middle), letters.right, colour)
        self._shadowed(
            painter, QPointF((width - wide(letters.top)) / 2, EDGE + metrics.capHeight()), letters.top, colour
        )
        self._shadowed(painter, QPointF((width - wide(letters.bottom)) / 2, height - EDGE), letters.bottom, colour)

    def _warning(self, painter: QPainter, text: str) -> None:
        """A plate in the upper middle that no picture can hide."""
        font = self._sized(1.0, bold=True)
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.size.width() - 4 * EDGE)
        width, height = metrics.horizontalAdvance(shown) + 20, metrics.height() + 8
        box = QRectF((self.size.width() - width) / 2, self.size.height() * 0.14, width, height)
        painter.setPen(_pen(WARNING, 1.2))
        painter.setBrush(QColor(58, 10, 8, 215))
        painter.drawRoundedRect(box, 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(font)
        painter.setPen(QColor(WARNING))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)

    def _scale_bar(self, painter: QPainter, length_mm: float) -> None:
        length = length_mm / self.mm_per_pixel
        left, bottom = EDGE + PLATE_PADDING, self.size.height() - EDGE
        font = self._sized(0.82)
        tall = QFontMetricsF(font).height() + 14
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(8, 10, 13, PLATE_ALPHA))
        painter.drawRoundedRect(QRectF(EDGE - 4, bottom + 6 - tall, length + 4 + 2 * PLATE_PADDING, tall), 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = QPainterPath(QPointF(left, bottom - 5))
        for x, y in ((left, bottom), (left + length, bottom), (left + length, bottom - 5)):
            path.lineTo(x, y)
        painter.setPen(_pen(colours.PICTURE_TEXT, 1.6))
        painter.drawPath(path)
        painter.setFont(font)
        painter.drawText(QPointF(left + 5, bottom - 6), f"{length_mm:g} mm")

    def nucleus_words(self, painter: QPainter, title: str, details: str) -> None:
        """Large words for a room: the nucleus under the pointer."""
        painter.setFont(self._sized(2.6, bold=True))
        metrics = QFontMetricsF(painter.font())
        at = QPointF((self.size.width() - metrics.horizontalAdvance(title)) / 2, EDGE * 3 + metrics.height())
        self._shadowed(painter, at, title, colours.PICTURE_TEXT)
        painter.setFont(self._sized(1.4))
        small = QFontMetricsF(painter.font())
        below = QPointF((self.size.width() - small.horizontalAdvance(details)) / 2, at.y() + small.height() * 1.2)
        self._shadowed(painter, below, details, "#c3ccd6")

    def focus_frame(self, painter: QPainter) -> None:
        """The frame that says: keys go here."""
        painter.setPen(QPen(QColor(self.accent), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(1, 1, self.size.width() - 2, self.size.height() - 2))

    # Parts

    def _point(self, picture_mm: FloatArray) -> QPointF:
        return QPointF(float(picture_mm[0]) / self.mm_per_pixel, float(picture_mm[1]) / self.mm_per_pixel)

    def _sized(self, factor: float, bold: bool = False) -> QFont:
        font = QFont(self.font)
        font.setPointSizeF(self.font.pointSizeF() * factor)
        font.setBold(bold)
        return font

    def _plate(self, painter: QPainter, left: float, top: float, lines: list[tuple[str, QFont, str]]) -> None:
        """Lines of text on a dark plate, legible over any image; ``left`` and ``top`` are the plate's corner."""
        sizes = [QFontMetricsF(font) for _, font, _ in lines]
        width = max(size.horizontalAdvance(text) for size, (text, _, _) in zip(sizes, lines, strict=True))
        height = sum(size.height() for size in sizes)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(8, 10, 13, PLATE_ALPHA))
        painter.drawRoundedRect(QRectF(left, top, width + 2 * PLATE_PADDING, height + PLATE_PADDING), 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        baseline = top + PLATE_PADDING / 2
        for size, (text, font, colour) in zip(sizes, lines, strict=True):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(QPointF(left + PLATE_PADDING, baseline + size.ascent()), text)
            baseline += size.height()

    def _text(self, painter: QPainter, at: QPointF, text: str, colour: str, bold: bool = False) -> None:
        painter.setFont(self._sized(0.85, bold))
        self._shadowed(painter, at, text, colour)

    @staticmethod
    def _shadowed(painter: QPainter, at: QPointF, text: str, colour: str) -> None:
        """Text that stays legible over white matter."""
        painter.setPen(QColor(0, 0, 0, 190))
        for offset in (QPointF(1, 1), QPointF(-1, 1), QPointF(0, -1)):
            painter.drawText(at + offset, text)
        painter.setPen(QColor(colour))
        painter.drawText(at, text)


_nucleus_colour = lru_cache(maxsize=512)(colours.nucleus_colour)


@lru_cache(maxsize=256)
def _pen(colour: str, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
