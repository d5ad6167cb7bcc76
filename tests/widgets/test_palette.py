"""Contrast of every colour pair that carries text, signs or focus, in both themes."""

from __future__ import annotations

import pytest

from fusplan.widgets.palette import PALETTES, Palette, contrast

READABLE = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA) for text."""

VISIBLE = 3.0
"""WCAG 2.2, success criterion 1.4.11 for controls and focus."""

THEMES = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
BACKGROUNDS = ("window", "panel", "raised", "hover", "selected")


@THEMES
@pytest.mark.parametrize("ink", ["text", "muted", "ok", "warning", "error", "accent"])
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_text_is_readable_on_every_background(palette: Palette, ink: str, background: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, background)) >= READABLE


@THEMES
def test_text_on_the_main_button_is_readable(palette: Palette) -> None:
    assert contrast(palette.on_accent, palette.accent) >= READABLE


@THEMES
@pytest.mark.parametrize("background", ["window", "panel", "raised"])
def test_outlines_of_controls_and_focus_are_visible(palette: Palette, background: str) -> None:
    assert contrast(palette.control_border, getattr(palette, background)) >= VISIBLE
    assert contrast(palette.accent, getattr(palette, background)) >= VISIBLE


def test_contrast_agrees_with_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.00, abs=0.01)
