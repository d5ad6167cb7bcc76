"""Why the selected target lies so high, and one click to where every other source puts it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from fusplan.display.target_height import HeightSource, height_question, height_words, short_height_words, target_height
from fusplan.planning.plan import Target
from fusplan.widgets.case import Case
from fusplan.widgets.elided_button import ElidedButton
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role


class HeightView(QWidget):
    """Shows the height of one target of the case."""

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._sources: tuple[HeightSource, ...] = ()
        self.heading, self.sentence = QLabel(), QLabel()
        set_role(self.heading, "strong")
        set_role(self.sentence, "small")
        self.sentence.setWordWrap(True)
        self.links: list[ElidedButton] = []
        self.heights: list[QLabel] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        layout.addWidget(self.heading)
        layout.addWidget(self.sentence)
        layout.addLayout(self._grid)

    def show_target(self, target: Target) -> None:
        """Explain the height of a target of the open plan."""
        plan = self._case.plan
        if plan is None:
            return
        found = target_height(target, plan, tuple(atlas for _, atlas in self._case.patient_atlases))
        self.heading.setText(found.heading)
        self.sentence.setText(found.sentence)
        self.sentence.setVisible(bool(found.sentence))
        self._sources = found.sources
        while len(self.links) < len(found.sources):
            self._add_row()
        for place, row in enumerate(zip(self.links, self.heights, strict=True)):
            for widget in row:
                widget.setVisible(place < len(found.sources))
        for link, height, source in zip(self.links, self.heights, found.sources, strict=False):
            link.show_words(source.name)
            link.setToolTip(f"Go to {source.name}")
            height.setText(short_height_words(source.above_mm))
            height.setToolTip(height_words(source.above_mm))

    def follow(self, above_mm: float) -> None:
        """Tell the height of a target that is being moved; the rest keeps its words until it lies still."""
        self.heading.setText(height_question(above_mm))

    def _add_row(self) -> None:
        place, link, height = len(self.links), ElidedButton(""), QLabel()
        set_role(link, "link")
        set_role(height, "small")
        link.clicked.connect(lambda: self._case.view.update(cursor=self._sources[place].point))
        self.links.append(link)
        self.heights.append(height)
        self._grid.addWidget(link, place, 0)
        self._grid.addWidget(height, place, 1, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
