"""How a help page looks: headings, tables, code, links and pictures of a document that Qt has made from Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrame,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTable,
)

from fusplan.display.help_pages import anchor_of
from fusplan.widgets.palette import Palette

MARGIN = 28
CELL_PADDING = 7
LINE_PERCENT = 132
HEADING_SCALES = {1: 1.9, 2: 1.4, 3: 1.15}
GAPS_ABOVE = {1: 4, 2: 26, 3: 18}
PARAGRAPH_GAP = 9
TABLE_GAP = 12
LIST_GAP = 3
NARROW_PAGE, WIDEST_COLUMN = 700.0, 330.0
"""Pixels: the page that columns are divided for, and the most that a column asks for."""


def dress(document: QTextDocument, palette: Palette, font: QFont) -> None:
    """Give every part of a document its look. Colours and sizes are the theme's."""
    document.setDocumentMargin(MARGIN)
    document.setDefaultFont(font)
    for table in _tables(document.rootFrame()):
        _dress_table(table, palette, font)
    for block in blocks(document):
        _dress_block(block, palette, font)


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    """The blocks of a document from the first to the last."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def pictures(document: QTextDocument) -> Iterator[tuple[QTextCursor, QTextImageFormat]]:
    """Every picture: a cursor that selects it, and its format."""
    for block in blocks(document):
        for position, length, shape in _pieces(block):
            if shape.isImageFormat():
                yield _cursor(block, position, length), shape.toImageFormat()


def find_anchor(document: QTextDocument, anchor: str) -> QTextBlock | None:
    """The heading that a link means."""
    headings = (block for block in blocks(document) if block.blockFormat().headingLevel())
    return next((block for block in headings if anchor_of(block.text()) == anchor), None)


def _dress_block(block: QTextBlock, palette: Palette, font: QFont) -> None:
    shape = block.blockFormat()
    level = shape.headingLevel()
    in_table = QTextCursor(block).currentTable() is not None
    is_code = _is_code(block)
    looks = QTextCharFormat()
    if level:
        looks.setFontPointSize(font.pointSizeF() * HEADING_SCALES.get(level, 1.0))
        looks.setFontWeight(QFont.Weight.DemiBold)
        looks.setForeground(_colour(palette.text))
        shape.setTopMargin(GAPS_ABOVE.get(level, 12))
        shape.setBottomMargin(PARAGRAPH_GAP)
    elif is_code:
        shape.setBackground(_colour(palette.panel))
        shape.setTopMargin(0)
        shape.setBottomMargin(0 if _is_code(block.next()) else PARAGRAPH_GAP + 2)
        shape.setLeftMargin(10)
        shape.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    elif _has_picture(block):
        # A line as high as a picture would get as much again in the proportion of the lines.
        shape.setLineHeight(100, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        shape.setBottomMargin(PARAGRAPH_GAP + 2)
    else:
        shape.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        shape.setTopMargin(0)
        shape.setBottomMargin(0 if in_table else LIST_GAP if _is_inner_item(block) else PARAGRAPH_GAP)
    whole = _cursor(block, block.position(), block.length() - 1)
    whole.mergeBlockFormat(shape)
    whole.mergeCharFormat(looks)
    for position, length, piece in _pieces(block):
        changed = _piece_looks(piece, palette, font, is_code)
        if changed is not None:
            _cursor(block, position, length).mergeCharFormat(changed)


def _is_code(block: QTextBlock) -> bool:
    """Whether a block is a line of code: Qt marks it by a property, whose value is the fence's language or nothing."""
    shape = block.blockFormat()
    marked = shape.hasProperty(QTextFormat.Property.BlockCodeLanguage) or shape.nonBreakableLines()
    pieces = _pieces(block) if block.isValid() else []
    whole = bool(pieces) and all(piece.fontFixedPitch() for _, _, piece in pieces)
    return marked or (whole and block.textList() is None and QTextCursor(block).currentTable() is None)


def _has_picture(block: QTextBlock) -> bool:
    return any(piece.isImageFormat() for _, _, piece in _pieces(block))


def _is_inner_item(block: QTextBlock) -> bool:
    """Whether another item of the same list follows."""
    return block.textList() is not None and block.next().textList() is block.textList()


def _piece_looks(piece: QTextCharFormat, palette: Palette, font: QFont, is_code: bool) -> QTextCharFormat | None:
    """The look of a link or of a piece of code; None for plain words."""
    looks = QTextCharFormat()
    if piece.isAnchor():
        looks.setForeground(_colour(palette.accent))
        looks.setFontUnderline(False)
        return looks
    if piece.fontFixedPitch() or is_code:
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        looks.setFontFamilies([fixed])
        looks.setFontPointSize(font.pointSizeF() * 0.95)
        if not is_code:
            looks.setBackground(_colour(palette.panel))
        return looks
    return None


def _dress_table(table: QTextTable, palette: Palette, font: QFont) -> None:
    shape = table.format()
    shape.setCellPadding(CELL_PADDING)
    shape.setCellSpacing(0)
    shape.setBorder(1)
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderBrush(_colour(palette.border))
    shape.setBorderCollapse(True)
    shape.setTopMargin(6)
    shape.setBottomMargin(TABLE_GAP)
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    shape.setColumnWidthConstraints(
        [QTextLength(QTextLength.Type.PercentageLength, share) for share in _column_shares(table, font)]
    )
    table.setFormat(shape)
    for column in range(table.columns()):
        cell = table.cellAt(0, column)
        looks = QTextCharFormat(cell.format())
        looks.setBackground(_colour(palette.panel))
        looks.setProperty(QTextFormat.Property.FontWeight, QFont.Weight.DemiBold.value)
        cell.setFormat(looks)
        words = cell.firstCursorPosition()
        words.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.DemiBold)
        bold.setForeground(_colour(palette.muted))
        words.mergeCharFormat(bold)


def _column_shares(table: QTextTable, font: QFont) -> list[float]:
    """Per cent of the width for each column: room for its longest word, the rest by how much text it has."""
    metrics = QFontMetricsF(_bold(font))
    least, wanted = [], []
    for column in range(table.columns()):
        texts = [_cell_text(table, row, column) for row in range(table.rows())]
        words = [word for text in texts for word in text.split()]
        padding = 2 * CELL_PADDING + 4
        least.append(max((metrics.horizontalAdvance(word) for word in words), default=0.0) + padding)
        longest = max(metrics.horizontalAdvance(text) for text in texts) + padding
        wanted.append(max(least[-1], min(longest, WIDEST_COLUMN)))
    more = [want - need for want, need in zip(wanted, least, strict=True)]
    spare = max(NARROW_PAGE - sum(least), 0.0) / max(sum(more), 1.0)
    widths = [need + min(spare, 1.0) * extra for need, extra in zip(least, more, strict=True)]
    return [100 * width / sum(widths) for width in widths]


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def _cell_text(table: QTextTable, row: int, column: int) -> str:
    cell = table.cellAt(row, column)
    cursor = cell.firstCursorPosition()
    cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText()


def _tables(frame: QTextFrame) -> Iterator[QTextTable]:
    for child in frame.childFrames():
        if isinstance(child, QTextTable):
            yield child
        yield from _tables(child)


def _pieces(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Position, length and format of the pieces of a block."""
    found = []
    iterator = block.begin()
    while not iterator.atEnd():
        piece = iterator.fragment()
        found.append((piece.position(), piece.length(), piece.charFormat()))
        iterator += 1
    return found


def _cursor(block: QTextBlock, position: int, length: int) -> QTextCursor:
    cursor = QTextCursor(block)
    cursor.setPosition(position)
    cursor.setPosition(position + length, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _colour(value: str) -> QBrush:
    return QBrush(QColor(value))
