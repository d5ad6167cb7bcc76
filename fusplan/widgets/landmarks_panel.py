"""The step "landmarks": AC, PC, midline points and ventricle walls, and what moving one of them does."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.display.facts import Fact
from fusplan.display.interaction.drag_landmark import move_named_landmark
from fusplan.display.landmark_rows import LandmarkFrame, LandmarkRow, by_name, frame_words, landmark_rows, last_effect
from fusplan.display.named_landmarks import LandmarkName, landmark_words
from fusplan.planning import landmark_edits
from fusplan.planning.checks import check_geometry
from fusplan.planning.landmark_doubt import found_words
from fusplan.planning.plan import Plan, VentricleWall
from fusplan.planning.review import Check
from fusplan.session.editing import apply_edit
from fusplan.spatial import AcPcGeometry, Point, ScannerRas
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.fact_list import FactList
from fusplan.widgets.landmark_row_widget import LandmarkRowWidget
from fusplan.widgets.point_file_part import PointFilePart
from fusplan.widgets.section import Section
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space
from fusplan.widgets.themed_icon import set_themed_icon
from fusplan.widgets.verdict_list import VerdictList, VerdictRow

FOLLOW_MS = 20
"""A drag in a view changes the plan many times a second; the panel follows when there is time."""

NO_PLAN = "AC, PC and the midline are found when the atlas is aligned to the head. Then they can be moved."
NO_CHANGE = "Move AC, PC or a midline point, here or by dragging it in a view: what that does is told here."


class LandmarksPanel(QFrame):
    """Lists landmarks and judges the frame they make."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self.rows: list[LandmarkRowWidget] = []
        self._known: tuple[object, ...] = ()
        heading = QLabel("Landmarks")
        set_role(heading, "heading")
        self.empty, self.make_plan = QLabel(NO_PLAN), QPushButton("Make a plan on this head")
        self.empty.setWordWrap(True)
        set_role(self.empty, "muted")
        set_role(self.make_plan, "primary")
        self.make_plan.clicked.connect(lambda: desk.do("make_plan"))
        self.frame = Segments(
            (
                Choice("scanner", "Scanner RAS", "Coordinates in the scanner's frame"),
                Choice("acpc", "AC-PC", "Coordinates from the mid-commissural point along the AC-PC axes"),
            ),
            "Frame of the coordinates",
        )
        self.frame.choose("scanner")
        self.frame.chosen.connect(lambda _key: self._refresh_now())
        self.frame_words = QLabel()
        set_role(self.frame_words, "small")
        self.add = QPushButton("Add a midline point at the cursor")
        set_themed_icon(self.add, "add")
        self.add.setToolTip("Midline points, such as the falx 50 mm above, decide how the head is rolled")
        self.add.clicked.connect(self._add_midline)
        self.points = PointFilePart(case, desk)
        self.verdicts, self.walls = VerdictList(), VerdictList()
        self.effect_words, self.effect = QLabel(), FactList()
        self.effect_words.setWordWrap(True)
        set_role(self.effect_words, "muted")
        self._lay_out(heading)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self.refresh)
        case.plan_changed.connect(self._timer.start)
        case.volume_changed.connect(self._timer.start)
        self._refresh_now()

    def _lay_out(self, heading: QLabel) -> None:
        self._marks = QVBoxLayout()
        self._marks.setSpacing(0)
        rows = QWidget()
        rows.setLayout(self._marks)
        self._marks.setContentsMargins(0, 0, 0, 0)
        self.doubt = QLabel()
        self.doubt.setWordWrap(True)
        set_role(self.doubt, "small")
        listed = _stacked(self.frame, self.frame_words, rows, self.doubt, self.add, self.points)
        self._with_plan = (
            listed,
            Section("AC-PC frame", self.verdicts),
            Section("What the last change did", _stacked(self.effect_words, self.effect)),
            Section("Third ventricle", self.walls),
        )
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        for part in (heading, self.empty, self.make_plan, *self._with_plan):
            layout.addWidget(part)
        layout.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._timer.stop()

    def refresh(self) -> None:
        """Read the plan again, if the panel is seen."""
        if self.isVisible():
            self._refresh_now()

    def _refresh_now(self) -> None:
        document = self._case.document
        for part in (self.empty, self.make_plan):
            part.setVisible(document is None)
        self.make_plan.setEnabled(self._case.volume is not None)
        for section in self._with_plan:
            section.setVisible(document is not None)
        if document is None:
            self._known = ()
            return
        plan = document.plan
        known = (plan.landmarks, plan.proposals, plan.registration, document.history.position, self.frame.choice)
        if known == self._known:
            return
        self._known = known
        geometry = plan.landmarks.geometry()
        self._show_rows(plan, geometry)
        found_by_program = [mark for mark in (plan.landmarks.ac, plan.landmarks.pc) if mark.source != "user"]
        self.doubt.setVisible(bool(found_by_program))
        self.doubt.setText(found_words(plan.registration.quality.verdict))
        self.verdicts.show_rows([_verdict(check) for check in check_geometry(geometry)])
        self.walls.show_rows([_wall(wall) for wall in plan.landmarks.ventricle_walls])
        found = last_effect(document.history)
        self.effect_words.setText(NO_CHANGE if found is None else f"{found.label}. {found.frame_words}")
        moved = () if found is None else by_name(found.proposals)
        self.effect.show_facts([Fact(name, words, "How far this proposal has followed") for name, words in moved])

    def _show_rows(self, plan: Plan, geometry: AcPcGeometry) -> None:
        frame: LandmarkFrame = "acpc" if self.frame.choice == "acpc" else "scanner"
        self.frame_words.setText(frame_words(geometry, frame))
        shown = landmark_rows(plan.landmarks, geometry, frame)
        while len(self.rows) < len(shown):
            row = LandmarkRowWidget()
            row.go_to.connect(self._go_to)
            row.set_here.connect(self._set_here)
            row.remove.connect(self._remove)
            self.rows.append(row)
            self._marks.addWidget(row)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(shown))
            if number < len(shown):
                row.show_row(shown[number], removable=len(plan.landmarks.midline) > 1)

    # What the rows ask for

    def _go_to(self, row: LandmarkRow) -> None:
        self._case.view.update(cursor=row.point)

    def _set_here(self, row: LandmarkRow) -> None:
        cursor = self._cursor()
        if cursor is not None:
            name: LandmarkName = row.name
            label = f"Move {landmark_words(name)} to the cursor"
            apply_edit(self._case, label, lambda plan: move_named_landmark(plan, name, cursor))

    def _remove(self, row: LandmarkRow) -> None:
        index = row.name
        if isinstance(index, int):
            label = f"Remove {landmark_words(index)}"
            apply_edit(self._case, label, lambda plan: landmark_edits.remove_midline_point(plan, index))

    def _add_midline(self) -> None:
        cursor = self._cursor()
        if cursor is not None:
            label = "Add a midline point"
            apply_edit(self._case, label, lambda plan: landmark_edits.add_midline_point(plan, cursor))

    def _cursor(self) -> Point[ScannerRas] | None:
        return self._case.view.state.cursor


def _verdict(check: Check) -> VerdictRow:
    return VerdictRow(check.verdict, check.sentence)


def _wall(wall: VentricleWall) -> VerdictRow:
    """Where a wall of the third ventricle is, and why it is not known when it is not."""
    side = f"{wall.side.capitalize()} wall, from the midplane"
    if wall.plausible:
        return VerdictRow("ok", side, f"{wall.lateral_mm:.1f} mm", wall.sentence)
    return VerdictRow("warning", wall.sentence, f"{wall.lateral_mm:.1f} mm", wall.sentence)


def _stacked(*parts: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP)
    layout.setAlignment(Qt.AlignmentFlag.AlignTop)
    for part in parts:
        layout.addWidget(part)
    return holder
