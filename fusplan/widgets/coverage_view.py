"""What the selected lesion covers and spills into, by every atlas, as bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fusplan.display.lesion_rows import CoverageBars, ShareBar
from fusplan.planning.number_words import percent
from fusplan.widgets.share_bars import Bar, ShareBars
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role

COMPUTING = "computing…"
LEAST_ROWS = 3


class CoverageView(QWidget):
    """One block per atlas: a title, a sentence, bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.waiting = QLabel(COMPUTING)
        set_role(self.waiting, "muted")
        self.blocks: list[_Block] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        caption = QLabel("Bars: where the lesion's volume lies")
        set_role(caption, "small")
        self._layout.addWidget(caption)
        self._layout.addWidget(self.waiting)

    def show_coverage(self, coverage: Sequence[CoverageBars] | None, waiting: str = COMPUTING) -> None:
        """Show coverage by every atlas, or why there is none yet."""
        shown = coverage if coverage is not None else ()
        self.waiting.setText(waiting)
        self.waiting.setVisible(coverage is None)
        while len(self.blocks) < len(shown):
            block = _Block()
            self.blocks.append(block)
            self._layout.addWidget(block)
        for number, block in enumerate(self.blocks):
            block.setVisible(number < len(shown))
            if number < len(shown):
                block.show_bars(shown[number])


class _Block(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.title = QLabel()
        set_role(self.title, "strong")
        self.sentence = QLabel()
        self.sentence.setToolTip("Possible: what a lesion of this volume could cover at most, wherever it lay")
        # A user's atlas may have a long title: the sentence then takes two lines, and the panel stays as wide as it is.
        self.sentence.setWordWrap(True)
        set_role(self.sentence, "muted")
        self.bars = ShareBars(least_rows=LEAST_ROWS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL // 2)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self.title)
        head.addWidget(self.sentence, 1)
        layout.addLayout(head)
        layout.addWidget(self.bars)

    def show_bars(self, coverage: CoverageBars) -> None:
        """Show coverage by one atlas."""
        self.title.setText(coverage.title)
        self.sentence.setText(coverage.sentence)
        self.bars.show_bars([_bar(one, number == 0) for number, one in enumerate(coverage.bars)])


def _bar(one: ShareBar, strong: bool) -> Bar:
    return Bar(one.label, one.share, percent(one.share), one.colour, one.name, strong)
