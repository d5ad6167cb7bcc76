"""Tables that never lose a digit: what does not fit the screen is told value by value instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from fusplan.cli.console import out
from fusplan.harmless import harmless

LONGEST_WORD = 24
"""Cells of words that are longer than this without a blank, such as paths, may be broken; numbers are never so long."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        heading: its words; "" for none.
        whole: whether its cells stay on one line, as numbers do. Others are folded between words.
        right: whether they stand on the right.
    """

    heading: str = ""
    whole: bool = False
    right: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "heading", harmless(self.heading))


def number_column(heading: str = "") -> Column:
    """A column of numbers."""
    return Column(heading, whole=True, right=True)


@dataclass(frozen=True, slots=True)
class TableContent:
    """Columns and rows; cells are in rich's markup, and the first of a row names it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, columns: Iterable[Column], rows: Iterable[Sequence[str]]) -> TableContent:
        return cls(tuple(columns), tuple(tuple(map(harmless, row)) for row in rows))

    @property
    def has_headings(self) -> bool:
        return any(column.heading for column in self.columns)


def print_table(content: TableContent, console: Console = out) -> None:
    """A table, or where the screen is too narrow for it a line for every value."""
    for between in (2, 1):
        widths = _widths(content, console.width - between * (len(content.columns) - 1))
        if widths is not None:
            console.print(_table(content, widths, between))
            return
    for row in content.rows:
        for line in _lines(content.columns, row, console.width):
            console.print(line, soft_wrap=True)


def _widths(content: TableContent, room: int) -> list[int] | None:
    """The width of each column; None where there is no room for all words and numbers to stay whole."""
    least, natural = [], []
    for place, column in enumerate(content.columns):
        cells = [Text.from_markup(row[place]).plain for row in content.rows]
        widest = max((cell_len(cell) for cell in cells), default=0)
        natural.append(max(widest, cell_len(column.heading)))
        words = [word for text in (column.heading, *cells) for word in text.split()]
        folded = max((min(cell_len(word), LONGEST_WORD) for word in words), default=0)
        least.append(max(folded, widest) if column.whole else folded)
    if sum(least) > room:
        return None
    left_over, wanted = room - sum(least), sum(natural) - sum(least)
    share = 1.0 if wanted <= left_over else left_over / wanted
    return [low + int(share * (high - low)) for low, high in zip(least, natural, strict=True)]


def _table(content: TableContent, widths: Sequence[int], between: int) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, between, 0, 0),
        header_style="dim",
        show_header=content.has_headings,
    )
    for column, width in zip(content.columns, widths, strict=True):
        side: JustifyMethod = "right" if column.right else "left"
        table.add_column(escape(column.heading), justify=side, width=max(width, 1), overflow="fold")
    for row in content.rows:
        table.add_row(*row)
    return table


def _lines(columns: Sequence[Column], row: Sequence[str], screen: int) -> Iterator[Text]:
    """What the row is called, then its values: beside their heading, or below it where both are too wide for a line."""
    first, *others = (Text.from_markup(cell.rstrip()) for cell in row)
    unnamed = [value.plain.strip() for column, value in zip(columns[1:], others, strict=True) if not column.heading]
    numbers = "  ".join(unnamed)
    if not numbers:
        yield Text.styled(first.plain, "bold")
    elif cell_len(first.plain) + 2 + cell_len(numbers) <= screen:
        yield Text(f"{first.plain}  {numbers}")
    else:
        indent = len(first.plain) - len(first.plain.lstrip())
        yield first
        yield Text(" " * (indent + 2) + numbers)
    for column, value in zip(columns[1:], others, strict=True):
        if not column.heading or not value.plain:
            continue
        heading = Text.styled(f"  {column.heading}: ", "dim")
        if cell_len(heading.plain) + cell_len(value.plain) <= screen:
            yield heading + value
        else:
            yield heading
            yield Text("    ") + value
