"""The proposals of a side, how far apart they are, and a way to go to or use each of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fusplan.display.proposal_matrix import DistanceCell, ProposalMatrix, ProposalRow
from fusplan.planning.plan import Proposal
from fusplan.spatial import AcPcReading, Side
from fusplan.widgets.elided_button import ElidedButton
from fusplan.widgets.theme import GAP, GAP_SMALL, current_palette, set_role

PLACE_INDENT = 18
"""Under a proposal's name: past its number."""
MOST_COMPARED = 6
"""More proposals do not fit side by side: then only their distance to the target now is shown, and the furthest pair
in the sentence below; the report has all distances."""

SMALLER = 0.92
STALE = "The landmarks have changed: the atlases' proposals are being computed…"


class ProposalsView(QWidget):
    """Shows a :class:`ProposalMatrix`.

    Signals:
        side_chosen: left or right.
        go_wanted: the proposal to go to.
        use_wanted: the proposal to put the target at.
    """

    side_chosen = Signal(str)
    go_wanted = Signal(object)
    use_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.sides: dict[Side, QPushButton] = {"left": QPushButton("Left"), "right": QPushButton("Right")}
        sides = QHBoxLayout()
        sides.setSpacing(GAP_SMALL)
        for side, button in self.sides.items():
            button.setCheckable(True)
            set_role(button, "segment")
            button.setToolTip(f"Compare the proposals on the {side}")
            button.clicked.connect(lambda _=False, side=side: self.side_chosen.emit(side))
            self._group.addButton(button)
            sides.addWidget(button, 1)
        self.verdict = QLabel()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        set_role(self.sentence, "small")
        self.stale = QLabel(STALE)
        self.stale.setWordWrap(True)
        set_role(self.stale, "warning")
        self.stale.hide()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._pairs = QGridLayout()
        self._pairs.setContentsMargins(0, 0, 0, 0)
        self._pairs.setHorizontalSpacing(2)
        self._pairs.setVerticalSpacing(2)
        self.matrix: ProposalMatrix | None = None
        self.go_buttons: list[QPushButton] = []
        self.use_buttons: list[QPushButton] = []
        self.cells: list[_Cell] = []
        self.places: list[QLabel] = []
        self._now: list[_Cell] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(sides)
        layout.addLayout(self._grid)
        layout.addLayout(self._pairs)
        layout.addWidget(self.stale)
        layout.addWidget(self.verdict)
        layout.addWidget(self.sentence)

    def show_matrix(self, matrix: ProposalMatrix, stale: bool) -> None:
        """Show the proposals of a side; ``stale`` while they are of earlier landmarks."""
        self.sides[matrix.side].setChecked(True)
        self.stale.setVisible(stale)
        before, self.matrix = self.matrix, matrix
        self.sentence.setText(matrix.agreement.sentence)
        self.verdict.setText(f"The proposals: {matrix.agreement.standing}")
        set_role(self.verdict, "plain" if matrix.agreement.verdict == "ok" else matrix.agreement.verdict)
        if before is not None and _differ_in_distance_alone(before, matrix):
            for now, row in zip(self._now, matrix.rows, strict=True):
                if row.to_target is not None:
                    now.show_distance(row.to_target)
            return
        self._clear()
        for number, row in enumerate(matrix.rows):
            self._add_row(number, row, len(matrix.rows))
        self._add_header(matrix)

    def _clear(self) -> None:
        for grid in (self._grid, self._pairs):
            while grid.count():
                item = grid.takeAt(0)
                widget = item.widget() if item is not None else None
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()
        self.go_buttons, self.use_buttons, self.cells, self.places, self._now = [], [], [], [], []

    def _add_header(self, matrix: ProposalMatrix) -> None:
        count = len(matrix.rows)
        if matrix.target is not None and count:
            head = _head("mm from the target")
            head.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            head.setToolTip(f"Distance to {matrix.target.name}, where it is now")
            self._grid.addWidget(head, 0, 0, 1, 2)
        if not 1 < count <= MOST_COMPARED:
            return
        unit = _head("mm apart")
        unit.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._pairs.addWidget(unit, 0, 0)
        for number in range(count - 1):
            self._pairs.addWidget(_head(str(number + 1)), 0, number + 1)
            self._pairs.addWidget(_head(str(number + 2)), number + 1, 0)
        self._pairs.setColumnStretch(MOST_COMPARED + 1, 1)

    def _add_row(self, number: int, row: ProposalRow, count: int) -> None:
        proposal = row.proposal
        words = [word for word in proposal.name.split() if word != proposal.aim.key]
        go = ElidedButton(f"{number + 1} {' '.join(words)}")
        set_role(go, "link")
        go.setToolTip(f"Go to {proposal.name}\n{proposal.provenance.words}")
        go.clicked.connect(lambda _=False: self.go_wanted.emit(proposal))
        self.go_buttons.append(go)
        line = 2 * number + 1
        self._grid.addWidget(go, line, 0)
        place = _head(place_words(row.place))
        place.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        place.setContentsMargins(PLACE_INDENT, 0, 0, GAP_SMALL)
        place.setToolTip(f"{proposal.name}, mm: {row.place.words}")
        self.places.append(place)
        self._grid.addWidget(place, line + 1, 0, 1, 3)
        for column, cell in enumerate(row.to_others if count <= MOST_COMPARED else ()):
            what = f"{proposal.name} and proposal {column + 1}"
            self._pairs.addWidget(self._cell(cell, proposal, what), number, column + 1)
        if row.to_target is not None:
            now = self._cell(row.to_target, proposal, f"{proposal.name} and the target now")
            self._now.append(now)
            self._grid.addWidget(now, line, 1)
        use = QPushButton("Use")
        set_role(use, "link")
        use.setToolTip(f"Use this proposal: put the target at {proposal.name} and lock it")
        use.setAccessibleName(f"Use {proposal.name}")
        use.setEnabled(row.to_target is not None)
        use.clicked.connect(lambda _=False: self.use_wanted.emit(proposal))
        self.use_buttons.append(use)
        self._grid.addWidget(use, line, 2)

    def _cell(self, cell: DistanceCell, proposal: Proposal, what: str) -> _Cell:
        button = _Cell(cell, what, proposal.name)
        button.clicked.connect(lambda _=False: self.go_wanted.emit(proposal))
        self.cells.append(button)
        return button


class _Cell(QToolButton):
    """A distance on a ground that is tinted where it is unusual."""

    def __init__(self, cell: DistanceCell, what: str, leads_to: str) -> None:
        super().__init__()
        self._what, self._leads_to = what, leads_to
        self.cell = cell
        self.show_distance(cell)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * SMALLER)
        self.setFont(font)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("00.0") + GAP_SMALL)

    def show_distance(self, cell: DistanceCell) -> None:
        """Show another distance of the same two."""
        self.cell = cell
        usual = f" ({cell.usual})" if cell.usual else ""
        self.setText(cell.text)
        self.setToolTip(f"{self._what}: {cell.text} mm{usual}. Click to go to {self._leads_to}.")
        self.setAccessibleName(f"{self._what}: {cell.text} mm, {cell.verdict}")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        palette = current_palette()
        ink = QColor({"ok": palette.muted, "warning": palette.warning, "error": palette.error}[self.cell.verdict])
        ground = QColor(ink)
        ground.setAlphaF(0.30 if self.underMouse() else 0.15)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(ink if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.cell.text)
        painter.end()


def _differ_in_distance_alone(before: ProposalMatrix, after: ProposalMatrix) -> bool:
    """Whether only the target has moved: then, while it is dragged, no widget is made anew."""

    def rest(matrix: ProposalMatrix) -> tuple[object, ...]:
        rows = tuple((row.proposal, row.to_others, row.place, row.to_target is None) for row in matrix.rows)
        return (matrix.side, matrix.agreement, rows, None if matrix.target is None else matrix.target.id)

    return rest(before) == rest(after)


def place_words(place: AcPcReading) -> str:
    """``8.5 lateral, 0.5 behind PC, 6.0 above``: millimetres in the AC-PC frame, short."""
    along = "before PC" if place.anterior_of_pc_mm >= 0 else "behind PC"
    height = "above" if place.above_plane_mm >= 0 else "below"
    return (
        f"{place.lateral_mm:.1f} lateral, {abs(place.anterior_of_pc_mm):.1f} {along}, "
        f"{abs(place.above_plane_mm):.1f} {height}"
    )


def _head(text: str) -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    set_role(label, "small")
    return label
