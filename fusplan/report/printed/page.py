"""What a printed page is made of. Whoever draws it knows the fonts, and so how much room each piece takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from fusplan.registration.request import Verdict
from fusplan.report.drawing import Drawing

Style: TypeAlias = Literal["title", "heading", "subheading", "body", "small"]
Mark: TypeAlias = Literal["filled", "thick", "thin", "dashed"]
"""A solid, an outline as thick or thin as in the pictures, or a dashed one."""


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in one weight and tone."""

    text: str
    bold: bool = False
    soft: bool = False


Runs: TypeAlias = tuple[Run, ...]
Content: TypeAlias = str | Runs
"""Plain words, or words of several weights."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words that wrap.

    Attributes:
        verdict: a sign before the words, told apart by its shape, not only by its colour.
        aside: further words at the right border of the same line.
    """

    content: Content
    style: Style = "body"
    verdict: Verdict | None = None
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; a cell wraps where it is too long.

    Attributes:
        head: over the columns; empty for none.
        rows: as many cells as there are widths.
        widths: of the columns, in proportion.
        numeric: which columns are set to the right.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Content, ...], ...]
    widths: tuple[float, ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class BarRow:
    """One label with a bar and a value for every column; a row without bars is the heading of those below it.

    Attributes:
        shares: 0 to 1, one a column; None where that column says nothing about it.
        values: the words behind each bar.
        colour: of the bars, ``#rrggbb``.
    """

    label: str
    shares: tuple[float | None, ...] = ()
    values: tuple[str, ...] = ()
    colour: str = "#8796a6"


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars below each other.

    Attributes:
        head: over the label and the columns; empty for none.
        label_share: how much of the width the labels take, 0 to 1.
    """

    rows: tuple[BarRow, ...]
    head: tuple[str, ...] = ()
    label_share: float = 0.4


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its title and caption above it."""

    drawing: Drawing
    title: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PictureRow:
    """Pictures of one height side by side.

    Attributes:
        least_mm, most_mm: between these the height follows the room there is on the page.
    """

    pictures: tuple[Picture, ...]
    least_mm: float
    most_mm: float


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A small mark and what it stands for."""

    colour: str
    words: str
    mark: Mark = "filled"


@dataclass(frozen=True, slots=True)
class Legend:
    """Entries in a line."""

    entries: tuple[LegendEntry, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty height."""

    height_mm: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacks of blocks side by side; ``shares`` of the width, in proportion."""

    columns: tuple[tuple[Block, ...], ...]
    shares: tuple[float, ...]


Block: TypeAlias = Paragraph | Table | Bars | PictureRow | Legend | Gap | Rule | Columns


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that stand or fall together.

    Attributes:
        name: what the page says it has left out when there is no room for it.
        blocks: from the top down.
        leave_out: 0 for what must stand; of the others the largest goes first: from the first page to the second, from
            the second nowhere.
    """

    name: str
    blocks: tuple[Block, ...]
    leave_out: int = 0


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """Two pages, and those of a treatment that was simulated.

    Attributes:
        title: of the document.
        notice: stands at the top of every page.
        foot: stands at the bottom of every page, before the page's number.
        pages: the sections of each.
        elsewhere: where that stands which there was no room for, as a sentence.
        treatment: the sections of each further page.
    """

    title: str
    notice: str
    foot: str
    pages: tuple[tuple[Section, ...], tuple[Section, ...]]
    elsewhere: str = field(default="The page report.html holds everything.")
    treatment: tuple[tuple[Section, ...], ...] = ()
