"""The colours of the window, dark for the radiology room and light for a desk, and how their contrast is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ThemeName: TypeAlias = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``, named by what they are for.

    Attributes:
        window, panel, raised: backgrounds, from the farthest to the nearest.
        picture: background of the image views; black in both themes, as on a reading screen.
        border: lines between areas; control_border: outline of what can be typed into or switched.
        text, muted, disabled: text in order of weight.
        accent, on_accent: what is active or the main way on, and text on it.
        hover, selected: background of a row under the pointer and of the chosen row.
        ok, warning, error: verdicts.
    """

    name: ThemeName
    window: str
    panel: str
    raised: str
    picture: str
    border: str
    control_border: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    hover: str
    selected: str
    ok: str
    warning: str
    error: str


DARK = Palette(
    name="dark",
    window="#101317",
    panel="#171b21",
    raised="#20262e",
    picture="#000000",
    border="#2a313b",
    control_border="#6b7685",
    text="#e4e8ee",
    muted="#a2acb9",
    disabled="#68727f",
    accent="#8ab4f0",
    on_accent="#0b1420",
    hover="#262d37",
    selected="#2b3a50",
    ok="#7fd19b",
    warning="#f0c05a",
    error="#ff9b8f",
)

LIGHT = Palette(
    name="light",
    window="#eef1f4",
    panel="#fafbfc",
    raised="#ffffff",
    picture="#000000",
    border="#d2d8e0",
    control_border="#7b8694",
    text="#1a212b",
    muted="#4f5a68",
    disabled="#939caa",
    accent="#1d5bb5",
    on_accent="#ffffff",
    hover="#e6ebf1",
    selected="#d5e3f7",
    ok="#1c6a3c",
    warning="#7d5200",
    error="#a9231b",
)

PALETTES: dict[ThemeName, Palette] = {"dark": DARK, "light": LIGHT}


def relative_luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour ``#rrggbb``, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    darker, lighter = sorted((relative_luminance(first), relative_luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)
