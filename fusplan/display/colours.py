"""Colours of what is drawn over pictures: calm on middle greys, told apart by colour-blind people and in grey.

Those of nuclei and lesions are the same everywhere (:mod:`fusplan.atlas.colours`). Amber against cyan stays
distinct in protanopia, deuteranopia and tritanopia; lightness and line width tell them apart in grey.
"""

from __future__ import annotations

from fusplan.atlas.colours import AMBER, LESION, nucleus_colour
from fusplan.display.prominence import stands_out

__all__ = [
    "ABLATION_SPOT",
    "ACPC",
    "AMBER",
    "CROSSHAIR",
    "LANDMARK",
    "LESION",
    "MEASUREMENT",
    "OTHER_ATLAS",
    "PICTURE_BACKGROUND",
    "PICTURE_TEXT",
    "PROPOSAL",
    "REGION_95",
    "REMEMBERED",
    "TEMPLATE_BORDER",
    "TEMPLATE_EDGE",
    "TEST_SPOT",
    "name_colour",
    "nucleus_colour",
]

REGION_95 = "#ffffff"
CROSSHAIR = "#ffffff"
ACPC = "#9fd8a8"
"""Of AC, PC, the midline and the line between in views."""

MEASUREMENT = "#ff9ecf"
REMEMBERED = "#b9c2cc"
"""Of what is only remembered: grey, so that it stands back."""
PROPOSAL = "#ffffff"
"""White dots with numbers: amber is CLp's, cyan the lesion's."""
ABLATION_SPOT = "#ffffff"
TEST_SPOT = "#a8e6a1"
"""Of the spots of sonications: tests are told apart by their hollow dots, too."""
OTHER_ATLAS = "#ffe9b0"
"""Of what is aimed at, by another atlas: CLp's amber, paler, and dashed."""

LANDMARK = AMBER
TEMPLATE_EDGE = AMBER
TEMPLATE_BORDER = LESION
PICTURE_BACKGROUND = "#0b0d10"
PICTURE_TEXT = "#e8ecf0"


def name_colour(abbreviation: str) -> str:
    """The nucleus's colour half way to white: thin letters need more light than lines."""
    colour = nucleus_colour(abbreviation)
    if stands_out(abbreviation):
        return colour
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{(part + 255) // 2:02x}" for part in parts)
