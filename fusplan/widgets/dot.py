"""A coloured dot, as it stands beside names."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPixmap


def dot(colour: str, size: int, ratio: float) -> QPixmap:
    """A disc of a colour (``#rrggbb``), ``size`` logical pixels across, for a screen of that pixel ratio."""
    pixels = round(size * ratio)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(1, 1, pixels - 2, pixels - 2)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
