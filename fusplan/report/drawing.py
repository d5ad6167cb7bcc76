"""A picture with lines and words over it, as values: the page draws it as SVG, the printed report with a painter.

All places and sizes are picture mm: x from the left border to the right, y from the top border down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.display.colours import PICTURE_TEXT
from fusplan.display.grey_levels import GreyPicture
from fusplan.spatial.points import FloatArray

Place: TypeAlias = tuple[float, float]
Anchor: TypeAlias = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True, eq=False)
class Polygons:
    """Polygons or open lines, each (n, 2), drawn as one shape.

    Attributes:
        closed: whether each ends where it begins.
        fill_opacity: 0 draws the outline alone.
        dashes_mm: lengths of dash and gap; None for a full line.
        title: what it is, shown on hover where that exists.
    """

    polygons: tuple[FloatArray, ...]
    colour: str
    width_mm: float
    closed: bool = True
    fill_opacity: float = 0.0
    dashes_mm: tuple[float, float] | None = None
    title: str = ""
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    start: Place
    end: Place
    colour: str
    width_mm: float
    opacity: float = 1.0
    dashes_mm: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled disc, or a ring where ``ring_mm`` gives the width of its line."""

    centre: Place
    radius_mm: float
    colour: str
    ring_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """Text whose middle height is at a place, with a dark edge that keeps it readable on any grey.

    Attributes:
        weight: 500 is plain, 700 bold.
    """

    place: Place
    text: str
    size_mm: float
    colour: str = PICTURE_TEXT
    anchor: Anchor = "middle"
    weight: int = 500


Shape: TypeAlias = Polygons | Line | Disc | Words


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A grey picture over the whole size, and shapes on it in their order.

    Attributes:
        title: what it shows, for those who do not see it.
        picture: greys (rows, columns), stretched over the whole size; None leaves the dark ground.
    """

    width_mm: float
    height_mm: float
    title: str
    picture: GreyPicture | None
    shapes: tuple[Shape, ...]
