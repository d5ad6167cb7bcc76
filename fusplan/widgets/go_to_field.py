"""Type or paste a coordinate in any frame, and have something go there: the cursor, or a target."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fusplan.errors import FusplanError
from fusplan.export.coordinate_frames import FrameKey, HeadFrames, parse_coordinate
from fusplan.spatial import Point, ScannerRas
from fusplan.widgets.case import Case
from fusplan.widgets.narrow_combo import NarrowCombo
from fusplan.widgets.theme import GAP_SMALL, set_role

NEEDS_PLAN = "Needs a plan: the AC-PC frame and the aligned template"


class GoToField(QWidget):
    """A frame, three numbers, a button; what cannot be understood or done is said below.

    Args:
        case: what is open.
        parent: of the widget.
        words: on the button, and of what it does.
        take: what to do with the point; may raise FusplanError. By default the cursor goes there.
    """

    def __init__(
        self,
        case: Case,
        parent: QWidget | None = None,
        words: tuple[str, str] = ("Go", "Move the cursor there"),
        take: Callable[[Point[ScannerRas]], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._case = case
        self._take = take if take is not None else lambda point: case.view.update(cursor=point)
        self.frame = NarrowCombo()
        self.frame.setAccessibleName("Frame of the coordinate")
        self.frame.setToolTip("The frame that the numbers are in")
        self.numbers = QLineEdit()
        self.numbers.setAccessibleName("Coordinate")
        self.numbers.setPlaceholderText("-8.8, -20.8, 12.3")
        self.numbers.setToolTip(
            f"Three numbers, or a coordinate copied from here with its frame. Enter: {words[1].lower()}"
        )
        self.button = QPushButton(words[0])
        self.button.setToolTip(words[1])
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        set_role(self.problem, "warning")
        self.problem.hide()
        self.numbers.returnPressed.connect(self.go)
        self.numbers.textEdited.connect(lambda: self.problem.hide())
        self.button.clicked.connect(self.go)
        row = QHBoxLayout()
        row.setSpacing(GAP_SMALL)
        row.addWidget(self.numbers, 1)
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        layout.addWidget(self.frame)
        layout.addLayout(row)
        layout.addWidget(self.problem)

    def show_frames(self, frames: HeadFrames | None) -> None:
        """List the frames; those without a plan cannot be chosen and say why."""
        chosen = self._chosen()
        self.frame.clear()
        self.setEnabled(frames is not None)
        if frames is None:
            return
        model = cast("QStandardItemModel", self.frame.model())
        for key, label in frames.labels.items():
            self.frame.addItem(label, key)
            if not frames.has(key):
                item = model.item(self.frame.count() - 1)
                item.setEnabled(False)
                item.setToolTip(NEEDS_PLAN)
                self.frame.setItemData(self.frame.count() - 1, NEEDS_PLAN, Qt.ItemDataRole.ToolTipRole)
        place = self.frame.findData(chosen)
        self.frame.setCurrentIndex(place if place >= 0 and frames.has(chosen) else 0)

    def go(self) -> None:
        """Do what is done with what was typed, or say why not."""
        volume = self._case.volume
        if volume is None:
            return
        frames = HeadFrames.of(volume, self._case.plan)
        try:
            key, numbers = parse_coordinate(self.numbers.text(), self._chosen(), frames.labels)
            self._take(frames.locate(key, numbers))
        except FusplanError as error:
            self.problem.setText(f"{error.message} {error.remedy}")
            self.problem.show()
            return
        self.problem.hide()
        self.frame.setCurrentIndex(self.frame.findData(key))

    def _chosen(self) -> FrameKey:
        return cast("FrameKey", self.frame.currentData() or "scanner_ras")
