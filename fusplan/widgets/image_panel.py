"""The step "image": what is open, and how its slices are shown."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.display.facts import Fact
from fusplan.display.image_facts import image_facts
from fusplan.display.view_state import ViewState
from fusplan.display.views import CONVENTION_WORDS, RIGHT_IS
from fusplan.imaging.volume import Volume
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.fact_list import FactList
from fusplan.widgets.section import Section
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space
from fusplan.widgets.verdict_list import VerdictList, VerdictRow
from fusplan.widgets.window_fields import WindowFields

NO_PLAN = "The AC-PC axes come with a plan."


class ImagePanel(QFrame):
    """Facts of the open image; window and level; interpolation, convention and axes of the slices."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._desk = desk
        self._shown: Volume | None = None
        self.title = QLabel("Image")
        set_role(self.title, "heading")
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.empty = QLabel("No image is open. Open a T1 head MRI of about 1 mm.")
        self.empty.setWordWrap(True)
        set_role(self.empty, "muted")
        self.facts = FactList()
        self.notes = VerdictList()
        self.window_fields = WindowFields(case, lambda: case.volume)
        self.interpolation = Segments(
            (
                Choice("linear", "Smooth", "Linear interpolation between voxels"),
                Choice("nearest", "As voxels", "Every voxel as it is (nearest neighbour)"),
            ),
            "Interpolation",
        )
        self.convention = Segments(
            (
                Choice("radiological", "Radiological", CONVENTION_WORDS["radiological"]),
                Choice("neurological", "Neurological", CONVENTION_WORDS["neurological"]),
            ),
            "Convention",
        )
        self.axes = Segments(
            (
                Choice("scanner", "Scanner", "Slices along the scanner's axes"),
                Choice("acpc", "AC-PC", "Slices along the AC-PC axes: a tilted head looks straight"),
            ),
            "Axes",
        )
        self.side_words = QLabel("")
        set_role(self.side_words, "small")
        self.side_words.setWordWrap(True)
        self._lay_out()
        self._connect()
        self._show_volume()
        self._show_view()

    def _lay_out(self) -> None:
        self._details = Section("File", self.facts)
        slices = QWidget()
        form = QFormLayout(slices)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        form.addRow("Drawn", self.interpolation)
        form.addRow("Sides", self.convention)
        form.addRow("", self.side_words)
        form.addRow("Axes", self.axes)
        self._ways = [Section("Window and level", self.window_fields), Section("Slices", slices)]
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        layout.addWidget(self.title)
        layout.addWidget(self.empty)
        layout.addWidget(self.notes)
        for section in (*self._ways, self._details):
            layout.addWidget(section)
        layout.addLayout(self._buttons())
        layout.addStretch(1)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        self.open_button = QPushButton("Open another…")
        self.open_button.setToolTip("Open a head MRI (Ctrl+O)")
        self.open_button.clicked.connect(lambda: self._desk.do("open_image"))
        self.second_button = QPushButton("Second image…")
        self.second_button.setToolTip("Lay T2, FLAIR, CT... of the same person over this image (Ctrl+I)")
        self.second_button.clicked.connect(lambda: self._desk.do("second_image"))
        row.addWidget(self.open_button)
        row.addWidget(self.second_button)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        case = self._case
        case.volume_changed.connect(self._show_volume)
        case.plan_changed.connect(self._show_view)
        case.view_changed.connect(self._view_changed)
        self.interpolation.chosen.connect(lambda key: case.view.update(interpolation=key))
        self.convention.chosen.connect(lambda key: case.view.become(case.view.state.with_convention(key)))
        self.axes.chosen.connect(lambda key: case.view.update(axes=key))

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if (before.interpolation, before.convention, before.axes) != (
            after.interpolation,
            after.convention,
            after.axes,
        ):
            self._show_view()

    def _show_view(self) -> None:
        state = self._case.view.state
        has_plan = self._case.plan is not None
        self.interpolation.choose(state.interpolation)
        self.convention.choose(state.convention)
        self.side_words.setText(RIGHT_IS[state.convention].capitalize())
        self.axes.choose(state.axes if has_plan else "scanner")
        button = self.axes.buttons["acpc"]
        button.setEnabled(has_plan)
        button.setToolTip("Slices along the AC-PC axes: a tilted head looks straight" if has_plan else NO_PLAN)

    def _show_volume(self) -> None:
        volume = self._case.volume
        self._shown = volume
        for part in (self.notes, self._details, *self._ways, self.second_button):
            part.setVisible(volume is not None)
        self.empty.setVisible(volume is None)
        self.open_button.setText("Open another…" if volume is not None else "Open an image…")
        if volume is None:
            self.title.setText("Image")
            return
        self.title.setText(volume.name)
        self.title.setToolTip(str(volume.path) if volume.path is not None else "")
        self.notes.show_rows([VerdictRow(note.verdict, note.sentence) for note in volume.notes])
        known = image_facts(volume)
        self.facts.show_facts(known)
        if volume.path is not None:
            self._desk.jobs.in_thread(
                self._desk.workflows.read_file_facts,
                volume.path,
                "Reading the header",
                lambda found: self._add_file_facts(volume, known, found),
            )

    def _add_file_facts(self, volume: Volume, known: tuple[Fact, ...], found: tuple[Fact, ...]) -> None:
        if volume is self._shown:
            self.facts.show_facts((*found, *known))
