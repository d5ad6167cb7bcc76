"""Where the cursor is: nuclei by every atlas, intensity, coordinates to copy, and a field to go elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fusplan.display.view_state import ViewState
from fusplan.display.whereabouts import MOST_NUCLEI, AtlasWhereabouts, Membership, where_am_i
from fusplan.export.coordinate_frames import HeadFrames
from fusplan.planning.number_words import percent
from fusplan.widgets.case import Case
from fusplan.widgets.coordinate_list import CoordinateList
from fusplan.widgets.desk import Desk
from fusplan.widgets.go_to_field import GoToField
from fusplan.widgets.share_bars import Bar, ShareBars
from fusplan.widgets.theme import GAP, GAP_LARGE, GAP_SMALL, set_role, space

FOLLOW_MS = 25
"""Many cursor moves within this become one look-up, so that the views come first."""

NO_PLAN = "The nuclei and the AC-PC and template coordinates come with a plan."
NO_ATLASES = "The nuclei are being carried to this head…"


class WhereAmIPanel(QFrame):
    """Follows the cursor while it is on the screen."""

    def __init__(self, case: Case, _desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._frames: HeadFrames | None = None
        heading = QLabel("Where am I")
        set_role(heading, "heading")
        self.words = _sentence("plain")
        self.intensity = _sentence("muted")
        self.hint = _sentence("muted")
        self.nuclei: list[_AtlasBars] = []
        self._nuclei_layout = QVBoxLayout()
        self._nuclei_layout.setSpacing(GAP)
        self.coordinates = CoordinateList()
        self.copied = _sentence("ok")
        self.go_to = GoToField(case)
        self._lay_out(heading)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self.refresh)
        self.coordinates.copied.connect(lambda text: self.copied.setText(f"Copied: {text}"))
        case.view_changed.connect(self._view_changed)
        for signal in (case.volume_changed, case.plan_changed, case.atlases_changed, case.pictures_changed):
            signal.connect(self._case_changed)
        self._case_changed()

    def refresh(self) -> None:
        """Look the cursor up again, if the panel is seen."""
        cursor = self._case.view.state.cursor
        if self._frames is None or cursor is None or not self.isVisible():
            return
        pictures = self._case.pictures
        state = self._case.view.state
        layers = [(layer, pictures[layer.key]) for layer in state.image_layers.drawn(pictures, state.layers)]
        found = where_am_i(cursor, self._frames, self._case.patient_atlases, layers)
        self.words.setText(found.words[:1].upper() + found.words[1:])
        self.words.setVisible(bool(found.words))
        self.intensity.setText("\n".join(words[:1].upper() + words[1:] for words in (found.intensity, *found.values)))
        self.copied.setText("")
        self._show_nuclei(found.atlases)
        self.coordinates.show_readings(found.readings)
        self.hint.setText("" if found.atlases else (NO_PLAN if self._case.plan is None else NO_ATLASES))
        self.hint.setVisible(not found.atlases)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()

    def _show_nuclei(self, atlases: tuple[AtlasWhereabouts, ...]) -> None:
        while len(self.nuclei) < len(atlases):
            bars = _AtlasBars()
            self.nuclei.append(bars)
            self._nuclei_layout.addWidget(bars)
        for number, bars in enumerate(self.nuclei):
            bars.setVisible(number < len(atlases))
            if number < len(atlases):
                bars.show_atlas(atlases[number])

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        is_other = before.cursor != after.cursor or before.image_layers != after.image_layers
        if is_other and self.isVisible():
            self._timer.start()

    def _case_changed(self) -> None:
        volume = self._case.volume
        self._frames = HeadFrames.of(volume, self._case.plan) if volume is not None else None
        self.go_to.show_frames(self._frames)
        self._timer.start()

    def _lay_out(self, heading: QLabel) -> None:
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP_SMALL)
        layout.addWidget(heading)
        layout.addWidget(self.words)
        layout.addWidget(self.intensity)
        layout.addSpacing(GAP_SMALL)
        layout.addLayout(self._nuclei_layout)
        layout.addWidget(self.hint)
        layout.addSpacing(GAP)
        layout.addWidget(_title("Coordinates"))
        layout.addWidget(self.coordinates)
        layout.addWidget(self.copied)
        layout.addSpacing(GAP_SMALL)
        layout.addWidget(_title("Go to"))
        layout.addWidget(self.go_to)
        layout.addStretch(1)


class _AtlasBars(QWidget):
    """The nuclei by one atlas."""

    def __init__(self) -> None:
        super().__init__()
        self.title = _title("")
        self.title.setWordWrap(False)
        self.name = QLabel()
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self.name, "muted")
        self.bars = ShareBars(least_rows=MOST_NUCLEI + 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP_SMALL)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self.title)
        head.addWidget(self.name, 1)
        layout.addLayout(head)
        layout.addWidget(self.bars)

    def show_atlas(self, atlas: AtlasWhereabouts) -> None:
        """Show what one atlas says."""
        best = atlas.best
        self.title.setText(atlas.title)
        self.name.setText(best.name)
        self.name.setToolTip(best.name)
        self.bars.show_bars([_bar(one, one is best) for one in atlas.memberships])


def _bar(one: Membership, strong: bool) -> Bar:
    label = one.abbreviation or "outside"
    return Bar(label, one.probability, percent(one.probability), one.colour, one.name, strong)


def _sentence(role: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    set_role(label, role)  # type: ignore[arg-type]
    return label


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    set_role(label, "strong")
    return label
