"""The fonts of a page. They come with the program, so that lines break the same everywhere."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from fusplan.paths import resources_folder

FONT_FILES = ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf")
OTHERWISE = "sans-serif"


@lru_cache(maxsize=1)
def family() -> str:
    """The family of the program's own fonts, loaded on the first call; the system's own where they cannot be."""
    found: list[str] = []
    for file in FONT_FILES:
        number = QFontDatabase.addApplicationFont(str(resources_folder() / "fonts" / file))
        found += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    # Some systems file the condensed faces under the family's name alone, too.
    return max(found, key=len, default=OTHERWISE)


@lru_cache(maxsize=256)
def font(size_px: int, bold: bool = False) -> QFont:
    """The report's font, so many device pixels high, without the hinting that is made for screens."""
    made = QFont(family())
    made.setPixelSize(max(1, size_px))
    made.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    made.setStretch(QFont.Stretch.SemiCondensed)
    # A file name that is copied from the page keeps its letters f and i.
    made.setFeature(QFont.Tag("liga"), 0)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made
