"""Add points from a file: choose it, see what it holds and where that would lie, state its frame, take it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from fusplan.display.facts import Fact
from fusplan.display.point_file_rows import file_sentence, landmarks_sentence, point_rows
from fusplan.errors import FusplanError
from fusplan.export.named_points import PointFrame
from fusplan.session.editing import apply_edit
from fusplan.session.messages import Message
from fusplan.widgets.aim_choice import AimChoice
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.fact_list import FactList
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role, space
from fusplan.widgets.themed_icon import set_themed_icon
from fusplan.workflows import set_landmarks
from fusplan.workflows.add_points import with_targets_of_file
from fusplan.workflows.requests import ReadPointsRequest

if TYPE_CHECKING:
    from fusplan.workflows.point_file import ReadPoints

Kind: TypeAlias = Literal["targets", "landmarks"]

MOST_ROWS = 8
LONGEST_NAME = 14
"""Characters of a point's name in the list; the tooltip has all of it."""

FRAMES = (
    Choice("ras", "RAS", "x runs to the right, y to the front: NIfTI world, Brainsight, FSL, FreeSurfer"),
    Choice("lps", "LPS", "x runs to the left, y to the back: DICOM, ITK, files of 3D Slicer"),
)


class PointFilePart(QWidget):
    """A button, and under it what the chosen file holds until it is taken or put away.

    Signals:
        targets_added: id of the last new target.
    """

    targets_added = Signal(str)

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._desk = desk
        self._read: ReadPoints | None = None
        self._taken: set[Kind] = set()
        self.button = QPushButton("Add points from a file…")
        set_themed_icon(self.button, "open")
        self.button.setToolTip(
            "Targets or landmarks from .mrk.json, .fcsv, Brainsight .txt or CSV; such a file can also be dropped on "
            "the window"
        )
        self.card = QFrame()
        set_role(self.card, "card")
        self.title, self.kind, self.question, self.note = (QLabel() for _ in range(4))
        self.rows = FactList()
        self.frame = Segments(FRAMES, "Frame of the points")
        self.aim = AimChoice()
        self.take_targets, self.take_landmarks = QPushButton(), QPushButton()
        self.away = QPushButton("Put away")
        self.away.setToolTip("Take nothing from this file")
        self._lay_out()
        self.button.clicked.connect(self.choose)
        self.frame.chosen.connect(lambda _key: self.refresh())
        self.take_targets.clicked.connect(self._take_targets)
        self.take_landmarks.clicked.connect(self._take_landmarks)
        self.away.clicked.connect(self.put_away)
        case.plan_changed.connect(self.refresh)

    def choose(self) -> None:
        """Ask for a file and show what it holds."""
        path = self._desk.ask_points("Add points from a file")
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Show what a file holds; nothing of it is taken yet."""
        self.put_away()
        plan = self._case.plan
        if plan is None:
            return
        title, read = f"Reading {path.name}", self._desk.workflows.read_point_file
        saved = self._case.saved_path
        request = ReadPointsRequest(path, plan.image, None if saved is None else saved.parent)
        self._desk.jobs.in_thread(read, request, title, lambda found: self._show(path.name, found), self._fail)

    def put_away(self) -> None:
        """Forget the file."""
        self._read = None
        self._taken = set()
        self.card.hide()

    def refresh(self) -> None:
        """Show the points again, in the frame chosen now and in the plan as it is now."""
        read, plan = self._read, self._case.plan
        if read is None or plan is None:
            self.put_away()
            return
        frame = self._frame()
        rows = point_rows(read.file, frame, plan)
        self.rows.show_facts(
            [Fact(_shortened(row.name), row.short, f"{row.name}: {row.words}") for row in rows[:MOST_ROWS]]
        )
        self.note.setText(_note(len(rows) - MOST_ROWS, any(row.role is None for row in rows) and frame is not None))
        self.note.setVisible(bool(self.note.text()))
        targets = sum(row.role is None for row in rows)
        landmarks = landmarks_sentence(rows)
        self.take_targets.setText("Add 1 target" if targets == 1 else f"Add {targets} targets")
        for part in (self.take_targets, self.aim):
            part.setVisible(targets > 0 and "targets" not in self._taken)
        self.take_landmarks.setText(f"Use as {landmarks}" if landmarks else "")
        self.take_landmarks.setVisible(bool(landmarks) and "landmarks" not in self._taken)
        for button in (self.take_targets, self.take_landmarks):
            button.setEnabled(frame is not None)
            button.setToolTip("" if frame is not None else "State the frame of the points first")

    def _frame(self) -> PointFrame | None:
        stated = self._read.file.frame if self._read is not None else None
        return stated or cast("PointFrame | None", self.frame.choice)

    def _show(self, name: str, read: ReadPoints) -> None:
        self._read = read
        self.title.setText(name)
        self.title.setToolTip(name)
        self.kind.setText(file_sentence(read.file))
        self.frame.choose(None)
        self.aim.show_aim(None)
        for part in (self.question, self.frame):
            part.setVisible(read.file.frame is None)
        self.card.show()
        self.refresh()
        # After the layout has made room for it.
        QTimer.singleShot(0, self, self._come_into_sight)

    def _come_into_sight(self) -> None:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        if parent is not None:
            parent.ensureWidgetVisible(self.card)

    def _fail(self, error: FusplanError) -> None:
        self._case.say(Message.of_error(error))

    def _take_targets(self) -> None:
        read, frame, plan = self._read, self._frame(), self._case.plan
        if read is None or frame is None or plan is None:
            return
        aim_key = self.aim.aim_key
        if apply_edit(
            self._case, "Add targets from a file", lambda now: with_targets_of_file(now, read, frame, aim_key)[0]
        ):
            added = self._case.plan
            if added is not None and len(added.targets) > len(plan.targets):
                self.targets_added.emit(added.targets[-1].id)
            else:
                self._case.say(Message("info", "The plan has all targets of this file already."))
            self._done("targets")

    def _take_landmarks(self) -> None:
        read, frame, plan = self._read, self._frame(), self._case.plan
        if read is None or frame is None:
            return
        if apply_edit(
            self._case,
            set_landmarks.LABEL,
            lambda now: set_landmarks.with_landmarks_of_file(now, read.file, frame),
        ):
            if self._case.plan is plan:
                self._case.say(Message("info", "The plan has these landmarks already."))
            self._done("landmarks")

    def _done(self, kind: Kind) -> None:
        """Put the file away once nothing is left to be taken from it."""
        self._taken.add(kind)
        self.refresh()
        if self.take_targets.isHidden() and self.take_landmarks.isHidden():
            self.put_away()

    def _lay_out(self) -> None:
        set_role(self.title, "strong")
        for label in (self.kind, self.question, self.note):
            label.setWordWrap(True)
            set_role(label, "small")
        set_role(self.question, "warning")
        self.question.setText("Which way do x and y run in this file? Nothing is taken before that is stated.")
        set_role(self.away, "quiet")
        inside = QVBoxLayout(self.card)
        space(inside, GAP + GAP_SMALL, GAP)
        for part in (self.title, self.kind, self.question, self.frame, self.rows, self.note):
            inside.addWidget(part)
        inside.addWidget(self.take_landmarks)
        inside.addWidget(self.aim)
        inside.addWidget(self.take_targets)
        inside.addWidget(self.away, 0, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.button)
        layout.addWidget(self.card)
        self.card.hide()


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _note(more: int, targets_placed: bool) -> str:
    said = [f"And {more} more."] if more > 0 else []
    if targets_placed:
        said.append("Targets: mm from the midplane, PC and the AC-PC plane.")
    return " ".join(said)
