"""The forms of look-up tables, told by what all their lines have in common. A line that fits none is refused: a form
that fits everything would take colours for a part of the name.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from fusplan.atlas.imported.structure_names import sided_names
from fusplan.atlas.imported.table_cells import COLOURS_IN_TEXT, NUMBER_HEADS, Cell, Line, line_error, split_lines
from fusplan.harmless import harmless

TableForm: TypeAlias = Literal[
    "FreeSurfer", "ITK-SNAP", "FSL xml", "FSL lut", "BIDS dseg.tsv", "MRtrix", "AAL", "CSV", "plain text", "built-in"
]

NAME_HEADS = ("name", "label name", "labelname", "label_name", "structure", "region", "roi_name", "label", "fullname")
SHORT_HEADS = ("abbreviation", "abbrev", "acronym", "short", "short name", "shortname", "short_name")
"""Names of columns, the first that is there is taken."""

_SIDES = frozenset({"left", "right", "lh", "rh", "l", "r"})

_COLOURS = {3: "RGB", 4: "RGBA", 5: "RGBA and a tissue"}
"""How many numbers stand behind a name. FreeSurfer 8 adds the type of tissue, a small number."""

_LARGEST_TISSUE = 20


@dataclass(frozen=True, slots=True)
class TableRow:
    """What a table says of one label: its number, its name, and an abbreviation if the table has one."""

    label: int
    name: str
    abbreviation: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", harmless(self.name))
        object.__setattr__(self, "abbreviation", harmless(self.abbreviation))


@dataclass(frozen=True, slots=True)
class _Parts:
    """One line taken apart: the label, the cells of the name, and how many numbers stand before and behind them."""

    line: Line
    label: int
    before: tuple[Cell, ...]
    names: tuple[Cell, ...]
    behind: tuple[Cell, ...]

    @property
    def name(self) -> str:
        return " ".join(cell.text for cell in self.names)


def recognised(text: str, file_name: str) -> tuple[TableForm, list[TableRow]]:
    """The form of a table that is no XML, and its rows.

    Raises:
        LookUpTableError: it has none of the known forms, or a line does not have that of the others.
    """
    lines, separator = split_lines(file_name, text)
    if not lines:
        raise line_error(file_name, Line(1, "", ()), "it says nothing")
    if not _is_whole(_with_label_apart(lines[0])[0]):
        headed = _headed(file_name, lines, separator)
        return headed if headed is not None else ("AAL", _aal(file_name, lines))
    parts = [_parts(file_name, line, separator) for line in lines]
    if all(len(part.before) == 6 for part in parts):
        return "ITK-SNAP", [_row(part) for part in parts]
    if all(len(part.before) in (3, 4) for part in parts):
        form: TableForm = "FSL lut" if all(_is_share(cell) for part in parts for cell in part.before) else "plain text"
        return form, [_row(part) for part in parts]
    odd = next((part for part in parts if part.before), None)
    if odd is not None:
        raise line_error(file_name, odd.line, f"{len(odd.before)} numbers stand before its name, not so in other lines")
    return _numbers_behind(file_name, parts, separator)


def _is_whole(cell: Cell) -> bool:
    return not cell.quoted and re.fullmatch(r"[+-]?\d+(\.0*)?", cell.text, re.ASCII) is not None


def _is_share(cell: Cell) -> bool:
    return cell.is_number and 0.0 <= float(cell.text) <= 1.0


def _parts(file_name: str, line: Line, separator: str) -> _Parts:
    """A line that begins with a label. Raises LookUpTableError when it does not, or names nothing.

    Numbers behind the name are colours, and what follows them a remark. Among blanks fewer than three in a row may be
    a part of the name.
    """
    cells = _with_label_apart(line)
    if not _is_whole(cells[0]):
        raise line_error(file_name, line, "it does not begin with a whole number, the label")
    rest = cells[1:]
    texts = [index for index, cell in enumerate(rest) if not cell.is_colour]
    if not texts:
        raise line_error(file_name, line, "it has no name")
    if any(not cell.quoted and COLOURS_IN_TEXT.search(cell.text) for cell in rest):
        raise line_error(file_name, line, "a cell of it holds a name with numbers behind it, apart by blanks alone")
    start, end, least = texts[0], texts[-1] + 1, 3 if separator == " " else 1
    for place in range(start + 1, end):
        run = _colours_from(rest, place)
        if len(run) >= least:
            return _Parts(line, int(float(cells[0].text)), rest[:start], rest[start:place], run)
    return _Parts(line, int(float(cells[0].text)), rest[:start], rest[start:end], rest[end:])


def _colours_from(cells: tuple[Cell, ...], place: int) -> tuple[Cell, ...]:
    return tuple(itertools.takewhile(lambda cell: cell.is_colour, cells[place:]))


def _with_label_apart(line: Line) -> tuple[Cell, ...]:
    """The cells, the label apart from the name where a colon or an equals sign joins them: ``5: CL``, ``5=CL``."""
    cells = [cell for cell in line.cells if cell.quoted or cell.text not in ("", ":", "=")]
    found = re.fullmatch(r"([+-]?\d+)[:=,;](.*)", cells[0].text, re.ASCII)
    if found is None or cells[0].quoted:
        return tuple(cells)
    return (Cell(found[1]), *((Cell(found[2]),) if found[2] else ()), *cells[1:])


def _row(part: _Parts) -> TableRow:
    return TableRow(part.label, part.name or f"Label {part.label}")


def _numbers_behind(file_name: str, parts: list[_Parts], separator: str) -> tuple[TableForm, list[TableRow]]:
    """Names, and behind them nothing or colours."""
    parts = [_without_label_again(parts, part) for part in parts]
    count = len(parts[0].behind)
    if separator == " " and max(len(part.behind) for part in parts) <= 1 and any(not part.behind for part in parts):
        # Some names end with a number.
        parts, count = [_Parts(p.line, p.label, (), p.names + p.behind, ()) for p in parts], 0
    for part in parts:
        if len(part.behind) != count or (count and count not in _COLOURS and not _is_one_colour(part)):
            expected = _COLOURS.get(count, "nothing, RGB, RGBA, or RGBA and a tissue")
            why = f"behind its name stand {len(part.behind)} numbers, where {expected} is expected"
            raise line_error(file_name, part.line, f"{why}; a name that holds numbers belongs in quotation marks")
        _check_colours(file_name, part)
    _refuse_swallowed_numbers(file_name, parts, count)
    rows = _named_rows(parts, separator)
    if any(row.name != part.name for row, part in zip(rows, parts, strict=True)):
        return ("MRtrix" if separator in " \t" else "CSV"), rows
    if separator in ",;":
        return "CSV", rows
    return ("FreeSurfer" if count in (4, 5) else "plain text"), rows


def _without_label_again(parts: list[_Parts], part: _Parts) -> _Parts:
    """AAL 3 repeats the label behind the name. Where only that tells the names apart, it is a part of them."""
    again = all(len(one.behind) == 1 and one.behind[0].text == str(one.label) for one in parts)
    if not again:
        return part
    apart = len({one.name for one in parts}) > len(parts) / 2 or len(parts) == 1
    return _Parts(part.line, part.label, (), part.names if apart else part.names + part.behind, ())


def _is_one_colour(part: _Parts) -> bool:
    return len(part.behind) == 1 and not part.behind[0].is_number


def _check_colours(file_name: str, part: _Parts) -> None:
    numbers = [float(cell.text) for cell in part.behind if cell.is_number]
    if any(not 0 <= number <= 255 for number in numbers):
        raise line_error(file_name, part.line, "a number behind its name is no colour, which goes from 0 to 255")
    if len(numbers) == 5 and (numbers[4] > _LARGEST_TISSUE or numbers[3] not in (0, 1, 255)):
        raise line_error(
            file_name, part.line,
            "five numbers stand behind its name, and the last two are no opacity and no type of tissue; a name that "
            "holds numbers belongs in quotation marks",
        )  # fmt: skip


def _refuse_swallowed_numbers(file_name: str, parts: list[_Parts], count: int) -> None:
    """Names that are told apart only by their first number, which was taken for a colour."""
    names, longer = ({(p.name, *(c.text for c in p.behind[:n])) for p in parts} for n in (0, 1))
    if count >= 4 and len(parts) > 2 and len(names) <= len(parts) / 2 < len(longer):
        why = "names that hold numbers belong in quotation marks, or they cannot be told from colours"
        raise line_error(file_name, parts[0].line, why)


def _named_rows(parts: list[_Parts], separator: str) -> list[TableRow]:
    """Rows with one name, or with a short and a long one (MRtrix)."""
    if not all(len(part.names) == 2 for part in parts) or len(parts) < 2:
        return [_row(part) for part in parts]
    firsts, seconds = ([part.names[place].text for part in parts] for place in (0, 1))
    distinct = len(set(firsts)) == len(set(seconds)) == len(parts)
    joined = separator != " " or all(re.search(r"[_.\-]", part.name) for part in parts)
    if distinct and joined:
        # A short name with the side glued to it (LCL) would make two structures of one.
        alike = [one.side for one in sided_names(firsts)] == [one.side for one in sided_names(seconds)]
        return [TableRow(part.label, part.names[1].text, part.names[0].text if alike else "") for part in parts]
    remarks = separator != " " and not {text.lower() for text in (*firsts, *seconds)} & _SIDES
    return [TableRow(part.label, part.names[0].text) if remarks else _row(part) for part in parts]


# Tables with heads


def _headed(file_name: str, lines: Sequence[Line], separator: str) -> tuple[TableForm, list[TableRow]] | None:
    """The rows under heads that name a number and a name; None when the first line is no such head."""
    heads = [cell.text.lower() for cell in lines[0].cells]
    number = next((heads.index(head) for head in NUMBER_HEADS if head in heads), None)
    name = next((heads.index(head) for head in NAME_HEADS if head in heads), None)
    if number is None or name is None or number == name:
        return None
    short = next((heads.index(head) for head in SHORT_HEADS if head in heads), None)
    rows = [_headed_row(file_name, line, len(heads), number, name, short) for line in lines[1:]]
    is_bids = separator == "\t" and {"index", "name"} <= set(heads)
    return ("BIDS dseg.tsv" if is_bids else "CSV"), rows


def _headed_row(file_name: str, line: Line, heads: int, number: int, name: int, short: int | None) -> TableRow:
    texts = [cell.text for cell in line.cells]
    if len(texts) > heads:
        raise line_error(file_name, line, f"it has {len(texts)} cells where the head names {heads} columns")
    texts += [""] * (heads - len(texts))
    if not _is_whole(Cell(texts[number])) or not texts[name]:
        raise line_error(file_name, line, "it has no whole index with a name")
    abbreviation = texts[short] if short is not None else ""
    return TableRow(int(float(texts[number])), texts[name], "" if abbreviation == "n/a" else abbreviation)


def _aal(file_name: str, lines: Sequence[Line]) -> list[TableRow]:
    """Short name, long name, number: the order of AAL's own tables. Its short names have the side glued to them."""
    rows = []
    for line in lines:
        if len(line.cells) != 3 or not _is_whole(line.cells[2]) or line.cells[0].is_number or line.cells[1].is_number:
            raise line_error(file_name, line, "it begins with no label, and is no head that names an index and a name")
        rows.append(TableRow(int(float(line.cells[2].text)), line.cells[1].text))
    return rows
