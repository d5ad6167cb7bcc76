"""The program's own icons, drawn as 24 px line art in ``resources/icons`` and coloured by the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from fusplan.paths import resources_folder
from fusplan.widgets.theme import current_palette

DRAWN_SIZE = 24
_SCALES = (1, 2, 3)


def icon(name: str, colour: str | None = None) -> QIcon:
    """The icon ``resources/icons/<name>.svg`` in the theme's text colour, or in ``colour`` (``#rrggbb``)."""
    palette = current_palette()
    made = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, colour or palette.text), (QIcon.Mode.Disabled, palette.disabled)):
        for scale in _SCALES:
            made.addPixmap(icon_pixmap(name, ink, DRAWN_SIZE * scale), mode)
    return made


def icon_pixmap(name: str, colour: str, pixels: int, ratio: float = 1.0) -> QPixmap:
    """An icon drawn ``pixels`` device pixels wide for a screen of the given device pixel ratio."""
    # Qt's own cache: panels draw the same icons again at every change of the plan.
    key = f"fusplan/{name}/{colour}/{pixels}/{ratio}"
    kept = QPixmap()
    if QPixmapCache.find(key, kept):
        return kept
    renderer = QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def icon_names() -> tuple[str, ...]:
    """Names of all icons, sorted."""
    return tuple(sorted(path.stem for path in (resources_folder() / "icons").glob("*.svg")))


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    path = resources_folder() / "icons" / f"{name}.svg"
    if not path.is_file():
        raise KeyError(f"no icon is named {name!r}")
    return path.read_text(encoding="utf-8")
