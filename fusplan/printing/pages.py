"""The pages: what fits, what is left out and that it says so, notice and page number."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from fusplan.printing.ink import INK, LINE
from fusplan.printing.layout import Layout
from fusplan.printing.paper import Paper
from fusplan.printing.strokes import Box, Placed, Stroke, Text
from fusplan.report.printed.page import Paragraph, PrintedReport, Section

SIDE_MM = 12.0
NOTICE_TOP_MM = 7.0
NOTICE_HEIGHT_MM = 5.4
BODY_TOP_MM = 15.5
FOOT_MM = 9.5
"""From the page's lower border to the top of its foot."""

BODY_BOTTOM_MM = 11.5
NOTICE_PT = 8.4
FOOT_PT = 6.5
STRETCH_STEPS = 8


@dataclass(frozen=True, slots=True, eq=False)
class LaidPage:
    """All that is drawn on one page, and the names of the sections there was no room for."""

    placed: tuple[Placed, ...]
    left_out: tuple[str, ...]


def lay_pages(report: PrintedReport, paper: Paper, layout: Layout) -> tuple[LaidPage, ...]:
    """Lay out every page of a report on a paper."""
    first, second = report.pages
    first, moved = _those_that_fit(first, paper, layout)
    second, left_out = _those_that_fit((*moved, *second), paper, layout, report.elsewhere)
    further = [_those_that_fit(sections, paper, layout, report.elsewhere) for sections in report.treatment]
    pages = [(first, ()), (second, left_out), *further]
    return tuple(
        _page(report, sections, f"Page {place} of {len(pages)}", paper, layout, tuple(one.name for one in others))
        for place, (sections, others) in enumerate(pages, start=1)
    )


def _page(
    report: PrintedReport,
    sections: tuple[Section, ...],
    number: str,
    paper: Paper,
    layout: Layout,
    left_out: tuple[str, ...] = (),
) -> LaidPage:
    width = _width(paper, layout)
    layout.stretch = _largest_stretch(sections, paper, layout)
    placed = _frame(report, number, paper, layout)
    y = layout.px(BODY_TOP_MM)
    for section in sections:
        laid = layout.stack(section.blocks, layout.px(SIDE_MM), y, width)
        placed += laid.placed
        y += laid.height
    return LaidPage(tuple(placed), left_out)


def _width(paper: Paper, layout: Layout) -> float:
    return layout.px(paper.width_mm - 2 * SIDE_MM)


def _room(paper: Paper, layout: Layout) -> float:
    return layout.px(paper.height_mm - BODY_TOP_MM - BODY_BOTTOM_MM)


def _those_that_fit(
    sections: tuple[Section, ...], paper: Paper, layout: Layout, elsewhere: str = ""
) -> tuple[tuple[Section, ...], tuple[Section, ...]]:
    """The sections there is room for when pictures are at their least, and the others.

    With ``elsewhere``, which says where the others stand, a sentence about them is added to the first.
    """
    kept, others = list(sections), list[Section]()
    while True:
        told = (*kept, _told(others, elsewhere)) if others and elsewhere else tuple(kept)
        spare = [section for section in kept if section.leave_out > 0]
        if not spare or _height(told, _width(paper, layout), layout, 0.0) <= _room(paper, layout):
            return told, tuple(others)
        goes = max(spare, key=lambda section: section.leave_out)
        kept.remove(goes)
        others.append(goes)


def _largest_stretch(sections: tuple[Section, ...], paper: Paper, layout: Layout) -> float:
    """How far pictures can grow before the page is full, by halving: beside a table they grow for nothing at first."""
    width, room = _width(paper, layout), _room(paper, layout)
    if _height(sections, width, layout, 1.0) <= room:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(STRETCH_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _height(sections, width, layout, middle) <= room else (low, middle)
    return low


def _height(sections: tuple[Section, ...], width: float, layout: Layout, stretch: float) -> float:
    layout.stretch = stretch
    return sum(layout.stack(section.blocks, 0.0, 0.0, width).height for section in sections)


def _told(left_out: list[Section], elsewhere: str) -> Section:
    words = f"Left out for lack of room: {', '.join(section.name for section in left_out)}. {elsewhere}"
    return Section("what is left out", (Paragraph(words, "body", "warning"),))


def _frame(report: PrintedReport, number: str, paper: Paper, layout: Layout) -> list[Placed]:
    """The notice above, the foot below."""
    left, width = layout.px(SIDE_MM), layout.px(paper.width_mm - 2 * SIDE_MM)
    strip = QRectF(left, layout.px(NOTICE_TOP_MM), width, layout.px(NOTICE_HEIGHT_MM))
    notice = layout.text(report.notice, NOTICE_PT, width, bold=True)
    indent = (width - notice.idealWidth()) / 2
    middle = strip.top() + (strip.height() - notice.size().height()) / 2
    foot_y = layout.px(paper.height_mm - FOOT_MM)
    line_y = foot_y - layout.px(0.8)
    return [
        Box(strip, "", INK, layout.px(0.3)),
        Text(notice, left + indent, middle),
        Stroke(QPointF(left, line_y), QPointF(left + width, line_y), LINE, layout.px(0.2)),
        Text(layout.text(report.foot, FOOT_PT, width * 0.85, soft=True), left, foot_y),
        Text(layout.text(number, FOOT_PT, width * 0.14, soft=True, to_right=True), left + width * 0.86, foot_y),
    ]
