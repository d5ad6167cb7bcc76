"""Makes the program's icons from its two drawings: ``python resources/program-icons/make_icons.py``.

``resources/fusplan.svg`` for 48 pixels and more, ``fusplan-small.svg`` (fewer and thicker lines) below. Writes a
PNG for every size, ``fusplan.ico`` for Windows and ``fusplan.icns`` for macOS beside itself. Needs PySide6 and pillow.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE = Path(__file__).resolve().parent
LARGE, SMALL = HERE.parent / "fusplan.svg", HERE / "fusplan-small.svg"
SMALL_UP_TO = 32
PNG_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)


def drawn(size: int) -> Image.Image:
    """The icon, so many pixels wide and high."""
    picture = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(SMALL if size <= SMALL_UP_TO else LARGE)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGBA")


def main() -> None:
    """Write all of them."""
    application = QGuiApplication(["make_icons", "-platform", "offscreen"])
    pictures = {size: drawn(size) for size in sorted({*PNG_SIZES, *ICO_SIZES, *ICNS_SIZES})}
    for size in PNG_SIZES:
        pictures[size].save(HERE / f"fusplan-{size}.png", optimize=True)
    for name, sizes in (("fusplan.ico", ICO_SIZES), ("fusplan.icns", ICNS_SIZES)):
        largest, *others = [pictures[size] for size in reversed(sizes)]
        if name.endswith(".ico"):
            largest.save(HERE / name, sizes=[(size, size) for size in sizes], append_images=others)
        else:
            largest.save(HERE / name, append_images=others)
    del application


if __name__ == "__main__":
    main()
