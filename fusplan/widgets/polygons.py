"""Arrays of points as Qt polygons without a Python loop."""

from __future__ import annotations

import struct

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPolygonF

from fusplan.spatial.points import FloatArray


def polygon_of(points: FloatArray) -> QPolygonF:
    """A polygon of points (n, 2), read from Qt's own serial form: the number of points, then big-endian doubles."""
    serial = struct.pack(">I", len(points)) + np.ascontiguousarray(points, dtype=">f8").tobytes()
    polygon = QPolygonF()
    QDataStream(QByteArray(serial)) >> polygon
    return polygon
