from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from fusplan.widgets.stamps import Face, Words, plate, plate_size, scale_bar, shadowed_words


@pytest.fixture
def face(qapp) -> Face:
    return Face(qapp.font().toString())


def painted(paint, ratio: float = 1.0) -> QImage:
    image = QImage(round(200 * ratio), round(80 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    paint(painter)
    painter.end()
    return image


def box_of(image: QImage, is_part) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the pixels that differ, device pixels."""
    places = [(x, y) for y in range(image.height()) for x in range(image.width()) if is_part(image.pixelColor(x, y))]
    xs, ys = zip(*places, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_plate_is_as_large_as_it_says(face: Face, ratio: float) -> None:
    lines = [Words("Axial", Face(face.description, 1.0, True), "#ffffff"), Words("10.0 mm above", face, "#c9d1da")]
    image = painted(lambda painter: plate(painter, 10, 20, lines), ratio)
    width, height = plate_size(lines)
    expected = (10 * ratio, 20 * ratio, (10 + width) * ratio, (20 + height) * ratio)
    assert box_of(image, lambda colour: colour != QColor("#808080")) == pytest.approx(expected, abs=2)


def test_words_stand_on_their_line_in_their_colour(face: Face) -> None:
    image = painted(lambda painter: shadowed_words(painter, QPointF(30, 50), Words("HHH", face, "#ffe000")))
    left, top, right, bottom = box_of(image, lambda colour: colour.red() > 200 and colour.blue() < 90)
    assert (left, bottom) == pytest.approx((31, 49), abs=2)
    assert bottom - top == pytest.approx(face.metrics.capHeight(), abs=2)
    assert right - left == pytest.approx(face.width("HHH"), abs=4)


def test_a_scale_bar_has_its_length(face: Face) -> None:
    image = painted(lambda painter: scale_bar(painter, 5, 75, 120.0, Words("10 mm", face, "#00ff00")))
    left, _, right, _ = box_of(image, lambda colour: colour.green() > 200 and colour.red() < 100)
    assert right - left == pytest.approx(120, abs=2)
