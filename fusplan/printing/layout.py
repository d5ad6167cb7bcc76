"""Puts the blocks of a page at their places. Everything here is in device pixels but what says mm or pt."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)

from fusplan.printing.fonts import font
from fusplan.printing.ink import BAR_EDGE, BAR_GROUND, INK, LINE, RULE, SOFT
from fusplan.printing.strokes import Box, Placed, PlacedDrawing, Sign, Stroke, Text
from fusplan.report.printed.page import (
    BarRow,
    Bars,
    Block,
    Columns,
    Content,
    Gap,
    Legend,
    LegendEntry,
    Paragraph,
    Picture,
    PictureRow,
    Rule,
    Run,
    Runs,
    Style,
    Table,
)

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0


@dataclass(frozen=True, slots=True)
class _Type:
    """How words of one style are set."""

    size_pt: float
    bold: bool
    soft: bool
    after_mm: float


_TYPES: dict[Style, _Type] = {
    "title": _Type(17.0, True, False, 0.8),
    "heading": _Type(10.5, False, False, 1.0),
    "subheading": _Type(8.4, True, False, 0.6),
    "body": _Type(7.9, False, False, 0.7),
    "small": _Type(6.7, False, True, 0.6),
}
_TABLE_PT = 7.2
_HEAD_PT = 6.5
_CAPTION_PT = 7.0
_COLUMN_GAP_MM = 6.0
_PICTURE_GAP_MM = 2.0
_CELL_GAP_MM = 1.6
_ROW_PADDING_MM = 0.34


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """What a block puts on the page, and how high it is."""

    height: float
    placed: tuple[Placed, ...] = ()


@dataclass(slots=True, eq=False)
class Layout:
    """Lays out blocks for one device.

    Attributes:
        dots_per_inch: of the device.
        stretch: 0 to 1, where pictures stand between their least and their largest height.
    """

    dots_per_inch: float
    stretch: float = 1.0
    _documents: dict[tuple[object, ...], QTextDocument] = field(default_factory=dict)

    def px(self, length_mm: float) -> float:
        """Millimetres on paper as device pixels."""
        return length_mm * self.dots_per_inch / MM_PER_INCH

    def stack(self, blocks: tuple[Block, ...], x: float, y: float, width: float) -> Laid:
        """Blocks below each other."""
        placed: list[Placed] = []
        down = y
        for block in blocks:
            laid = self.block(block, x, down, width)
            placed += laid.placed
            down += laid.height
        return Laid(down - y, tuple(placed))

    def block(self, block: Block, x: float, y: float, width: float) -> Laid:
        """One block with its top left corner."""
        if isinstance(block, Paragraph):
            return self._paragraph(block, x, y, width)
        if isinstance(block, Table):
            return self._table(block, x, y, width)
        if isinstance(block, Bars):
            return self._bars(block, x, y, width)
        if isinstance(block, PictureRow):
            return self._pictures(block, x, y, width)
        if isinstance(block, Legend):
            return self._legend(block, x, y, width)
        if isinstance(block, Columns):
            return self._columns(block, x, y, width)
        if isinstance(block, Rule):
            line = Stroke(QPointF(x, y), QPointF(x + width, y), RULE, self.px(0.3))
            return Laid(self.px(0.3), (line,))
        return self._gap(block)

    def text(
        self,
        content: Content,
        size_pt: float,
        width: float,
        bold: bool = False,
        soft: bool = False,
        to_right: bool = False,
    ) -> QTextDocument:
        """A text of that width, laid out; the same object for the same words."""
        key = (content, size_pt, round(width), bold, soft, to_right)
        if key not in self._documents:
            self._documents[key] = self._made_text(content, size_pt, width, bold, soft, to_right)
        return self._documents[key]

    def _made_text(
        self, content: Content, size_pt: float, width: float, bold: bool, soft: bool, to_right: bool
    ) -> QTextDocument:
        runs: Runs = (Run(content, bold, soft),) if isinstance(content, str) else content
        size_px = round(size_pt / POINTS_PER_INCH * self.dots_per_inch)
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setUseDesignMetrics(True)
        document.setDefaultFont(font(size_px))
        option = QTextOption(Qt.AlignmentFlag.AlignRight if to_right else Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        document.setDefaultTextOption(option)
        cursor = QTextCursor(document)
        block = QTextBlockFormat()
        block.setLineHeight(97.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(block)
        for run in runs:
            format_ = QTextCharFormat()
            format_.setFont(font(size_px, run.bold))
            format_.setForeground(QColor(SOFT if run.soft else INK))
            cursor.insertText(run.text, format_)
        document.setTextWidth(width)
        return document

    def _width_of(self, words: str, size_pt: float, bold: bool = False) -> float:
        size_px = round(size_pt / POINTS_PER_INCH * self.dots_per_inch)
        return QFontMetricsF(font(size_px, bold)).horizontalAdvance(words)

    def _paragraph(self, block: Paragraph, x: float, y: float, width: float) -> Laid:
        style = _TYPES[block.style]
        size = style.size_pt / POINTS_PER_INCH * self.dots_per_inch
        placed: list[Placed] = []
        indent = 0.0
        if block.verdict is not None:
            indent = size * 1.5
            placed.append(Sign(block.verdict, QRectF(x, y + size * 0.1, size, size)))
        aside_width = 0.0
        if block.aside:
            aside_width = min(self._width_of(block.aside, _TYPES["body"].size_pt) + self.px(1), width * 0.62)
        document = self.text(
            block.content, style.size_pt, width - indent - (aside_width + self.px(3) if block.aside else 0.0),
            style.bold, style.soft,
        )  # fmt: skip
        placed.append(Text(document, x + indent, y))
        height = document.size().height()
        if block.aside:
            aside = self.text(block.aside, _TYPES["body"].size_pt, aside_width, False, True, True)
            lift = max(0.0, (size - _TYPES["body"].size_pt / POINTS_PER_INCH * self.dots_per_inch) * 0.92)
            placed.append(Text(aside, x + width - aside_width, y + lift))
            height = max(height, lift + aside.size().height())
        return Laid(height + self.px(style.after_mm), tuple(placed))

    def _gap(self, block: Gap) -> Laid:
        return Laid(self.px(block.height_mm))

    def _columns(self, block: Columns, x: float, y: float, width: float) -> Laid:
        gap = self.px(_COLUMN_GAP_MM)
        free = width - gap * (len(block.columns) - 1)
        placed: list[Placed] = []
        height, across = 0.0, x
        for blocks, share in zip(block.columns, block.shares, strict=True):
            own = free * share / sum(block.shares)
            laid = self.stack(blocks, across, y, own)
            placed += laid.placed
            height = max(height, laid.height)
            across += own + gap
        return Laid(height, tuple(placed))

    def _table(self, block: Table, x: float, y: float, width: float) -> Laid:
        gap = self.px(_CELL_GAP_MM)
        free = width - gap * (len(block.widths) - 1)
        widths = [free * share / sum(block.widths) for share in block.widths]
        placed: list[Placed] = []
        down = y
        if block.head:
            # A heading without words of its own belongs to the column before it.
            down += self._row(block.head, block, widths, x, down, placed, head=True)
            placed.append(Stroke(QPointF(x, down), QPointF(x + width, down), BAR_EDGE, self.px(0.18)))
        for number, row in enumerate(block.rows):
            if number:
                placed.append(Stroke(QPointF(x, down), QPointF(x + width, down), LINE, self.px(0.1)))
            down += self._row(row, block, widths, x, down, placed)
        return Laid(down - y + self.px(1.0), tuple(placed))

    def _row(
        self,
        cells: tuple[Content, ...],
        table: Table,
        widths: list[float],
        x: float,
        y: float,
        placed: list[Placed],
        head: bool = False,
    ) -> float:
        """Adds the texts of one row; returns its height."""
        padding, gap = self.px(_ROW_PADDING_MM), self.px(_CELL_GAP_MM)
        texts: list[tuple[QTextDocument, float]] = []
        across = x
        for cell, width, numeric in zip(cells, widths, table.numeric, strict=True):
            if cell:
                size_pt = _HEAD_PT if head else _TABLE_PT
                texts.append((self.text(cell, size_pt, width, False, head, numeric), across))
            across += width + gap
        height = max((document.size().height() for document, _ in texts), default=0.0)
        for document, left in texts:
            # Headings of several lines stand on one line at their foot.
            lower = height - document.size().height() if head else 0.0
            placed.append(Text(document, left, y + padding + lower))
        return height + 2 * padding

    def _bars(self, block: Bars, x: float, y: float, width: float) -> Laid:
        count = max((len(row.shares) for row in block.rows), default=1) or 1
        label_width = width * block.label_share
        gap = self.px(2.2)
        each = (width - label_width - gap * count) / count
        placed: list[Placed] = []
        down = y
        if block.head:
            height = 0.0
            for index, words in enumerate(block.head[1:]):
                document = self.text(words, _HEAD_PT, each, False, True)
                placed.append(Text(document, x + label_width + gap + index * (each + gap), down))
                height = max(height, document.size().height())
            down += height
        for row in block.rows:
            down += self._bar_row(row, x, down, (width, label_width, each, gap), placed)
        return Laid(down - y + self.px(0.8), tuple(placed))

    def _bar_row(
        self, row: BarRow, x: float, y: float, widths: tuple[float, float, float, float], placed: list[Placed]
    ) -> float:
        """Adds one label with its bars; returns the height. ``widths``: all, label, one column, gap."""
        width, label_width, each, gap = widths
        padding = self.px(_ROW_PADDING_MM)
        if not row.shares:
            document = self.text(row.label, _HEAD_PT, width, True)
            placed.append(Text(document, x, y + padding))
            height = document.size().height() + 2 * padding
            placed.append(Stroke(QPointF(x, y + height), QPointF(x + width, y + height), LINE, self.px(0.15)))
            return height + self.px(0.2)
        label = self.text(row.label, _TABLE_PT, label_width)
        placed.append(Text(label, x, y + padding))
        line = self.text("0", _TABLE_PT, label_width).size().height()
        value_width = self.px(9.5)
        for index, (share, value) in enumerate(zip(row.shares, row.values, strict=True)):
            left = x + label_width + gap + index * (each + gap)
            bar = QRectF(left, y + padding + line * 0.2, each - value_width - self.px(1), line * 0.62)
            placed.append(Box(bar, BAR_GROUND))
            filled = QRectF(bar)
            filled.setWidth(bar.width() * min(max(share or 0.0, 0.0), 1.0))
            if filled.width() > 0:
                placed.append(Box(filled, row.colour, BAR_EDGE, self.px(0.12)))
            words = self.text(value, _TABLE_PT, value_width, False, False, True)
            placed.append(Text(words, left + each - value_width, y + padding))
        return max(label.size().height(), line) + padding

    def _pictures(self, block: PictureRow, x: float, y: float, width: float) -> Laid:
        aspects = [one.drawing.width_mm / one.drawing.height_mm for one in block.pictures]
        gaps = self.px(_PICTURE_GAP_MM) * (len(aspects) - 1)
        wanted = self.px(block.least_mm + self.stretch * (block.most_mm - block.least_mm))
        height = min(wanted, (width - gaps) / sum(aspects))
        # Narrower than the page: the room between them grows instead.
        gap = (width - height * sum(aspects)) / (len(aspects) - 1) if len(aspects) > 1 else 0.0
        placed: list[Placed] = []
        across, above = x, 0.0
        for one, aspect in zip(block.pictures, aspects, strict=True):
            above = max(above, self._caption(one, across, y, height * aspect, placed))
            across += height * aspect + gap
        across = x
        for one, aspect in zip(block.pictures, aspects, strict=True):
            placed.append(PlacedDrawing(one.drawing, QRectF(across, y + above, height * aspect, height)))
            across += height * aspect + gap
        return Laid(above + height + self.px(1.0), tuple(placed))

    def _caption(self, one: Picture, x: float, y: float, width: float, placed: list[Placed]) -> float:
        """Adds title and caption over a picture; returns their height."""
        if not one.title:
            return 0.0
        title = self.text(one.title, _CAPTION_PT, width, True)
        placed.append(Text(title, x, y))
        room = width - self._width_of(one.title, _CAPTION_PT, True) - self.px(1.5)
        if one.caption and room > self._width_of(one.caption, _CAPTION_PT):
            placed.append(Text(self.text(one.caption, _CAPTION_PT, width, False, True, True), x, y))
        return title.size().height() + self.px(0.4)

    def _mark(self, entry: LegendEntry, mark: QRectF) -> list[Placed]:
        if entry.mark == "filled":
            return [Box(mark, entry.colour, INK, self.px(0.25))]
        start = QPointF(mark.left(), mark.center().y())
        end = QPointF(mark.right(), mark.center().y())
        line_mm = {"thick": 0.7, "thin": 0.25, "dashed": 0.45}[entry.mark]
        line = Stroke(start, end, entry.colour, self.px(line_mm), entry.mark == "dashed")
        # On white paper a light line needs a dark one around it.
        return [Stroke(start, end, INK, self.px(line_mm + 0.4)), line] if entry.mark == "thick" else [line]

    def _legend(self, block: Legend, x: float, y: float, width: float) -> Laid:
        size_pt = _TYPES["small"].size_pt
        line = self.text("0", size_pt, width).size().height()
        mark_width = self.px(4.0)
        placed: list[Placed] = []
        across, down = x, y
        for entry in block.entries:
            words_width = self._width_of(entry.words, size_pt) + self.px(1)
            if across > x and across + mark_width + words_width > x + width:
                across, down = x, down + line
            mark = QRectF(across, down + line * 0.2, self.px(3.0), line * 0.6)
            placed += self._mark(entry, mark)
            placed.append(Text(self.text(entry.words, size_pt, words_width, False, True), across + mark_width, down))
            across += mark_width + words_width + self.px(3)
        return Laid(down - y + line + self.px(0.5), tuple(placed))
