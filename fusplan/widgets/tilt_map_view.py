"""What every tilt of the helmet does, as a small map: a click leans the helmet so."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from fusplan.display.figure_axis import FigureAxis
from fusplan.display.treatment_figures import TILT_QUANTITIES, TiltCell, TiltPicture
from fusplan.planning.number_words import number
from fusplan.widgets.figure import Figure
from fusplan.widgets.palette import Palette
from fusplan.widgets.theme import GAP_SMALL

RING = 5.0


class TiltMapView(Figure):
    """Cells in colours, a ring where the helmet leans now.

    Signals:
        tilt_chosen: the :class:`HelmetTilt` of the cell that was clicked, without a roll.
    """

    tilt_chosen = Signal(object)

    def __init__(self, height: int = 260, parent: QWidget | None = None) -> None:
        super().__init__("What every tilt of the helmet does", height, parent)
        self.picture: TiltPicture | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_picture(self, picture: TiltPicture | None) -> None:
        """Show another map, or none."""
        self.picture = picture
        self.setVisible(picture is not None)
        self.update()

    def axes(self) -> tuple[FigureAxis, FigureAxis] | None:
        return (self.picture.across, self.picture.up) if self.picture is not None else None

    def head_room(self) -> float:
        return QFontMetricsF(self._small).height() + 2 * GAP_SMALL

    def paint_inside(self, painter: QPainter, palette: Palette, area: QRectF) -> None:
        picture = self.picture
        if picture is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        for cell in picture.cells:
            place = self._cell_area(cell, picture, area)
            painter.setBrush(QColor(*cell.rgb))
            painter.drawRect(place)
            if cell.fits is False:
                painter.setBrush(QBrush(QColor(palette.window), Qt.BrushStyle.BDiagPattern))
                painter.drawRect(place)
        if picture.now is not None:
            middle = QPointF(
                area.left() + picture.now[0] * area.width(), area.bottom() - picture.now[1] * area.height()
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for ink, width in ((QColor("#000000"), 4.0), (QColor("#ffffff"), 2.0)):
                painter.setPen(QPen(ink, width))
                painter.drawEllipse(middle, RING, RING)
        self._paint_range(painter, palette, area, picture)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        cell = self._cell_under(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.tilt_chosen.emit(cell.tilt)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_under(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words_of(cell) if cell is not None else "", self)
            return True
        return super().event(event)

    def words_of(self, cell: TiltCell) -> str:
        """What a tilt does, in words."""
        if self.picture is None:
            return ""
        title, unit = TILT_QUANTITIES[self.picture.quantity]
        value = "none active" if cell.value != cell.value else f"{number(cell.value, 0)} {unit}".strip()
        fit = "; comes too close to the skin" if cell.fits is False else ""
        tilt = cell.tilt
        lean = f"{number(tilt.anterior_deg, 0)}° forward, {number(tilt.right_deg, 0)}° right"
        return f"{lean}: {title.lower()} {value}{fit}. Click to lean the helmet so."

    def place_of(self, anterior_deg: float, right_deg: float) -> QPointF:
        """Where a tilt of the map is in the widget. Raises StopIteration for one that is not on it."""
        assert self.picture is not None
        wanted = (anterior_deg, right_deg)
        cell = next(c for c in self.picture.cells if (c.tilt.anterior_deg, c.tilt.right_deg) == wanted)
        return self._cell_area(cell, self.picture, self.area()).center()

    def _cell_under(self, place: QPointF) -> TiltCell | None:
        area = self.area()
        if self.picture is None or not area.contains(place):
            return None
        across, up = (place.x() - area.left()) / area.width(), (area.bottom() - place.y()) / area.height()
        return self.picture.cell_at(across, up)

    @staticmethod
    def _cell_area(cell: TiltCell, picture: TiltPicture, area: QRectF) -> QRectF:
        width, height = picture.cell_size[0] * area.width(), picture.cell_size[1] * area.height()
        x, y = area.left() + cell.across * area.width(), area.bottom() - cell.up * area.height()
        return QRectF(x - width / 2, y - height / 2, width + 0.5, height + 0.5)

    @staticmethod
    def _paint_range(painter: QPainter, palette: Palette, area: QRectF, picture: TiltPicture) -> None:
        """What the darkest and the brightest colour stand for."""
        title, unit = TILT_QUANTITIES[picture.quantity]
        words = "not known from a T1"
        if picture.bar is not None:
            window = picture.bar.window
            words = f"{number(window.low, 0)} (dark) to {number(window.high, 0)} {unit}".strip()
        painter.setPen(QColor(palette.muted))
        height = QFontMetricsF(painter.font()).height()
        where = QRectF(area.left(), GAP_SMALL / 2, area.width(), height)
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{title}: {words}")
