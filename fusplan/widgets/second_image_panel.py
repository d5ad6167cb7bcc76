"""Another image of the same person over the first: load, register, blend, take away.

With a plan, it stays with the plan: adding, replacing and removing it are steps of the history.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from fusplan.display.image_layers import SECOND_KEY, TEMPLATE_KEY, ImageLayer, Look
from fusplan.display.second_image_words import keeping_label, match_words
from fusplan.display.view_state import ViewState
from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.jobs.job import Job
from fusplan.planning.placed_image_edits import point_to_image, set_image
from fusplan.planning.plan_images import PlacedImage
from fusplan.session.editing import apply_edit
from fusplan.session.messages import Message
from fusplan.session.second_image import SecondImage, SecondImageTrouble
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.job_progress import JobProgress
from fusplan.widgets.second_image_trouble_view import SecondImageTroubleView
from fusplan.widgets.section import Section
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space
from fusplan.widgets.window_fields import WindowFields
from fusplan.workflows.requests import KeptSecondImage, SecondImageRequest

if TYPE_CHECKING:
    from fusplan.workflows.kept_second_image import PlacedSecondImage
    from fusplan.workflows.second_image import RegisteredSecondImage

NO_IMAGE = "Open a head MRI first."
EXPLANATION = (
    "T2, FLAIR, WMn, CT or another T1 of the same person. It is laid over the open image as a rigid body; "
    "targets and lesions stay as they are. The plan keeps which image it is and where it lies."
)
BEING_FOUND = "The plan keeps this image; its file is being read."
SLIDER_WORDS: dict[str, str] = {"opacity": "Opacity", "colour": "Opacity", "swipe": "Divide"}
LOOKS: dict[str, Look] = {look: look for look in get_args(Look)}


class SecondImagePanel(QFrame):
    """Load, blend, remove."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._desk = desk
        self._known: PlacedImage | None = None
        heading = QLabel("Second image")
        set_role(heading, "heading")
        self.explanation, self.name, self.moved = QLabel(EXPLANATION), QLabel(), QLabel()
        for label, role in ((self.explanation, "muted"), (self.name, "strong"), (self.moved, "muted")):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            set_role(label, "strong" if role == "strong" else "muted")
        self.load = QPushButton("Load…")
        self.load.clicked.connect(self._load)
        self.remove = QPushButton("Remove")
        self.remove.setToolTip("Show the first image alone again; the plan forgets the second, until it is undone")
        self.remove.clicked.connect(self.forget)
        self.trouble = SecondImageTroubleView()
        self.progress = JobProgress()
        self.shown = QCheckBox("Show it")
        self.kinds = Segments(
            (
                Choice("opacity", "Fade", "Grey over grey, more or less see-through"),
                Choice("colour", "Colour", "In colour over the first image in grey; dark parts are see-through"),
                Choice("swipe", "Swipe", "The second image left of a divide, the first right of it"),
                Choice("checkerboard", "Checker", "Both in turns, like a checkerboard"),
            ),
            "How the second image lies over the first",
        )
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider_words, self.slider_value = QLabel(), QLabel()
        self.slider_value.setMinimumWidth(self.slider_value.fontMetrics().horizontalAdvance("100 %"))
        self.window_fields = WindowFields(case, self._second_volume)
        self._lay_out(heading)
        self._connect()
        self.refresh()

    def _second_volume(self) -> Volume | None:
        second = self._case.second_image
        return second.volume if second is not None else None

    def _lay_out(self, heading: QLabel) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.load)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        self._slider_row = QWidget()
        row = QHBoxLayout(self._slider_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.slider_words)
        row.addWidget(self.slider, 1)
        row.addWidget(self.slider_value)
        blend = QWidget()
        column = QVBoxLayout(blend)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for part in (self.shown, self.kinds, self._slider_row):
            column.addWidget(part)
        self._with_second = (
            self.name,
            self.moved,
            Section("Over the first image", blend),
            Section("Window and level", self.window_fields),
        )
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        for shown in (heading, self.explanation, *self._with_second[:2]):
            layout.addWidget(shown)
        layout.addWidget(self.trouble)
        layout.addLayout(buttons)
        layout.addWidget(self.progress)
        for section in self._with_second[2:]:
            layout.addWidget(section)
        layout.addStretch(1)

    def _connect(self) -> None:
        case = self._case
        for signal in (case.volume_changed, case.second_image_changed):
            signal.connect(self.refresh)
        case.plan_changed.connect(self._plan_changed)
        self.trouble.find_wanted.connect(self._find)
        self.trouble.register_wanted.connect(self._register_again)
        self.trouble.forget_wanted.connect(self.forget)
        case.view_changed.connect(self._view_changed)
        self.kinds.chosen.connect(self._choose)
        self.slider.valueChanged.connect(self._slide)
        self.shown.toggled.connect(self._show_layer)

    def refresh(self) -> None:
        """Read the case again."""
        second, first, trouble = self._case.second_image, self._case.volume, self._case.second_image_trouble
        kept = self._known = self._kept()
        for part in self._with_second:
            part.setVisible(second is not None)
        self.name.setVisible(second is not None or kept is not None)
        self.moved.setVisible(second is not None or (kept is not None and trouble is None))
        self.trouble.setVisible(trouble is not None)
        self.remove.setVisible(trouble is None and (second is not None or kept is not None))
        self.explanation.setVisible(second is None and kept is None)
        self.explanation.setText(EXPLANATION if first is not None else NO_IMAGE)
        self.load.setVisible(trouble is None)
        self.load.setText("Load…" if second is None and kept is None else "Load another…")
        self.load.setEnabled(first is not None and first.path is not None)
        if trouble is not None:
            self.trouble.show_trouble(trouble)
        if kept is not None:
            self.name.setText(kept.image.name)
            self.moved.setText(BEING_FOUND)
        if second is not None:
            self.name.setText(second.label)
            self.moved.setText(second.record.registration.sentence if second.record is not None else "")
            self.moved.setToolTip(match_words(second.record) if second.record is not None else "")
        self._show_blend(self._case.view.state)

    def _kept(self) -> PlacedImage | None:
        """What the open plan keeps of a second image, shown or not."""
        return self._case.plan.image_of("second") if self._case.plan is not None else None

    def _plan_changed(self) -> None:
        if self._kept() is not self._known:
            self._known = self._kept()
            self.refresh()

    def _show_blend(self, state: ViewState) -> None:
        layer = state.image_layers.layer(SECOND_KEY)
        for widget in (self.shown, self.slider):
            widget.blockSignals(True)
        self.shown.setChecked(layer.visible)
        self.slider.setValue(round(layer.share * 100))
        for widget in (self.shown, self.slider):
            widget.blockSignals(False)
        self.kinds.choose(layer.look)
        self._slider_row.setVisible(layer.look in SLIDER_WORDS)
        self.slider_words.setText(SLIDER_WORDS.get(layer.look, ""))
        self.slider.setAccessibleName(self.slider_words.text())
        self.slider_value.setText(f"{layer.share * 100:.0f} %")

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if before.image_layers != after.image_layers:
            self._show_blend(after)

    @property
    def _layer(self) -> ImageLayer:
        """How the image lies over the first."""
        return self._case.view.state.image_layers.layer(SECOND_KEY)

    def _set_layer(self, layer: ImageLayer) -> None:
        """Let the image lie otherwise; the template, if it is compared with the first, makes room."""
        stack = self._case.view.state.image_layers.without(TEMPLATE_KEY)
        self._case.view.update(image_layers=stack.with_layer(layer))

    def _choose(self, key: str) -> None:
        self._set_layer(replace(self._layer.looking(LOOKS[key]), visible=True))

    def _slide(self, value: int) -> None:
        self._set_layer(self._layer.with_share(value / 100))

    def _show_layer(self, shown: bool) -> None:
        self._set_layer(replace(self._layer, visible=shown))

    # Loading

    def _load(self) -> None:
        path = self._desk.ask_image("Open a second image of the same person")
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> None:
        """Register an image and show it."""
        first = self._case.volume
        if first is None or first.path is None:
            return
        request = SecondImageRequest(
            first.path,
            path,
            self._case.volume_index,
            self._case.assumed_scanner_ras,
            first_series_uid=first.series.uid if first.series is not None else None,
            first_known_as=first.content_name,
        )
        title, register = f"Laying {path.name} over {first.name}", self._desk.workflows.register_second_image
        job = self._desk.jobs.in_process(register, request, title, lambda found: self._read(found, first))
        self._watch(job)

    def _read(self, registered: RegisteredSecondImage, first: Volume) -> None:
        title, read = f"Reading {registered.path.name}", self._desk.workflows.read_second_image
        job = self._desk.jobs.in_thread(read, registered, title, lambda placed: self._show(placed, first))
        self._watch(job)

    def _show(self, placed: PlacedSecondImage, first: Volume) -> None:
        record = placed.record
        open_now = self._case.volume
        if open_now is None or open_now.fingerprint != first.fingerprint:
            self._case.say(Message("info", f"{record.image.name} was dropped: the first image is no longer open."))
            return
        if record.to_reference.target != first.scanner_frame:
            name = record.image.name
            words = f"{name} was dropped: the file of the first image is another one now than when it was opened."
            self._case.say(Message("error", words, f"Open the first image again, then {name}."))
            return
        self._show_layer(True)
        self._case.set_second_image(SecondImage(placed.volume, placed.volume.name, record))
        plan = self._case.plan
        if plan is not None:
            label = keeping_label(plan, record)
            apply_edit(self._case, label, lambda now: set_image(now, "second", record))

    def forget(self) -> None:
        """Show the first image alone; with a plan, a step that can be undone."""
        kept = self._kept()
        self._case.set_second_image(None)
        if kept is not None:
            label = f"Remove the second image {kept.image.name}"
            apply_edit(self._case, label, lambda now: set_image(now, "second", None))

    # Finding the one that the plan keeps

    def _register_again(self) -> None:
        trouble = self._case.second_image_trouble
        if trouble is not None and trouble.path is not None:
            self.open(trouble.path)
        else:
            self._load()

    def _find(self) -> None:
        trouble = self._case.second_image_trouble
        if trouble is None:
            return
        known = Path(trouble.record.image.path) if trouble.record.image.path is not None else None
        # One that was missing, or whose reading was stopped, may be in its place by now.
        is_there = trouble.path is None and known is not None and known.exists()
        path = known if is_there else self._desk.ask_image("Where is the second image of this plan?")
        if path is not None:
            self.look_at(trouble.record, path)

    def look_at(self, record: PlacedImage, path: Path) -> None:
        """Show the image that the plan keeps if it is the one at ``path``; else say in what that one differs."""

        def show(placed: PlacedSecondImage) -> None:
            if not record.shows_the_same(self._kept()):
                return
            self._show_layer(True)
            self._case.set_second_image(SecondImage(placed.volume, placed.volume.name, placed.record))
            label, found_at = f"Point to the new place of {record.image.name}", placed.record.image.path
            apply_edit(self._case, label, lambda now: point_to_image(now, "second", found_at))

        def tell(error: FusplanError) -> None:
            from fusplan.planning.placed_image_file import PlacedImageChangedError  # noqa: PLC0415 - as above

            if record.shows_the_same(self._kept()):
                looked_at = path if isinstance(error, PlacedImageChangedError) else None
                self._case.set_second_image_trouble(SecondImageTrouble(record, error, looked_at))

        title = f"Looking whether it is {record.image.name}"
        find = self._desk.workflows.open_second_image
        self._watch(self._desk.jobs.in_thread(find, KeptSecondImage(record, path), title, show, tell))

    def _watch(self, job: Job) -> None:
        self.progress.watch(job)
        self.load.setEnabled(False)
        job.ended.connect(self.refresh)
