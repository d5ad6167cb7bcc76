"""Pictures made for paper: where a printer knows no colours, line, fill and darkness must tell things apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusplan.display import colours
from fusplan.report.drawing import Drawing, Polygons, Shape

DARKER = 0.78
"""The head is printed darker than shown, so that light lines stand out without their colours."""

CASED_FROM_MM = 0.3
CASING_MM = 0.36
CASING_OPACITY = 0.8
"""Lines at least so wide get a dark edge, so much wider than the line."""

LESION_COLOUR = "#a9e9f5"
LESION_FILL = 0.9
"""A lesion is a solid, lighter than all else in grey, too; nuclei are outlines."""


def for_paper(drawing: Drawing) -> Drawing:
    """The same drawing with a darker head, dark edges along the important lines and solid lesions."""
    picture = drawing.picture
    if picture is not None:
        picture = np.asarray(np.round(picture * DARKER), dtype=np.uint8)
    shapes: list[Shape] = []
    for shape in drawing.shapes:
        shapes += _polygons(shape) if isinstance(shape, Polygons) else [shape]
    return replace(drawing, picture=picture, shapes=tuple(shapes))


def _polygons(shape: Polygons) -> list[Shape]:
    if shape.width_mm < CASED_FROM_MM or shape.opacity < CASING_OPACITY:
        return [shape]
    casing = replace(
        shape,
        colour=colours.PICTURE_BACKGROUND,
        width_mm=shape.width_mm + CASING_MM,
        fill_opacity=0.0,
        opacity=CASING_OPACITY,
        title="",
    )
    is_lesion = shape.colour == colours.LESION and shape.fill_opacity > 0
    return [casing, replace(shape, colour=LESION_COLOUR, fill_opacity=LESION_FILL) if is_lesion else shape]
