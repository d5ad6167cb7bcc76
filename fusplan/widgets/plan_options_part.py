"""What may be chosen before a plan is made: lesions, the atlas targets start from, landmarks to keep, seed, threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from fusplan.atlas.catalogue import list_atlases
from fusplan.display.atlas_rows import start_choices
from fusplan.errors import FusplanError
from fusplan.planning.lesion_size import LARGEST_TILT_DEG
from fusplan.session.plan_options import (
    FEWEST_THREADS,
    MOST_THREADS,
    LesionOptions,
    PlanOptions,
    kept_words,
    parse_seed,
)
from fusplan.spatial import Side
from fusplan.widgets.case import Case
from fusplan.widgets.narrow_combo import NarrowCombo
from fusplan.widgets.number_field import NumberField
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role

SIDES: tuple[Side, ...] = ("left", "right")
USUAL = ""
"""In the list of atlases: all of them together, which plans start from unless one is chosen."""

KEEP = "Keep landmarks placed by hand"
NONE_BY_HAND = "No landmark of this plan was placed by hand."


class PlanOptionsPart(QWidget):
    """Fields with what is usual in them; what cannot be understood is said below its field."""

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self.sizes = {side: _line(f"Size of the {side} lesion, mm", "Across x along: 4x5; or 3x4x6") for side in SIDES}
        self.forward = {side: _tilt(f"Lean of the {side} lesion's upper end forward") for side in SIDES}
        self.outward = {side: _tilt(f"Lean of the {side} lesion's upper end outward") for side in SIDES}
        self.problems = {side: _problem() for side in SIDES}
        self.atlas = NarrowCombo()
        self.atlas.setAccessibleName("Atlas that targets start from")
        self.atlas.setToolTip("What targets start from: where all atlases of CLp agree best, or one of them alone")
        self.seed = _line("Seed of the random draws", "Seed of the uncertainty's random draws, a whole number from 0")
        self.seed_problem = _problem()
        self.threads = NumberField("Processor threads", "threads", FEWEST_THREADS, MOST_THREADS, step=1, decimals=0)
        self.keep = QCheckBox(KEEP)
        self.kept = _small("")
        self.usual = QPushButton("Back to the usual")
        self.usual.setToolTip("Put everything here as it was at first")
        set_role(self.usual, "quiet")
        self._lay_out()
        self._connect()
        self.list_atlases()
        self.refresh()

    def refresh(self) -> None:
        """Show what is wanted now."""
        options, plan = self._case.plan_options, self._case.plan
        for side in SIDES:
            lesion = options.lesion(side)
            self._show_text(self.sizes[side], lesion.size, self.problems[side])
            self.forward[side].show_value(lesion.tilt_anterior_deg)
            self.outward[side].show_value(lesion.tilt_lateral_deg)
        self._show_text(self.seed, options.seed, self.seed_problem)
        self.threads.show_value(options.threads)
        self.atlas.setCurrentIndex(max(self.atlas.findData(options.atlas or USUAL), 0))
        words = kept_words(plan.landmarks if plan is not None else None)
        for part in (self.keep, self.kept):
            part.setVisible(plan is not None)
        self.keep.blockSignals(True)
        self.keep.setChecked(options.keeps_landmarks and bool(words))
        self.keep.blockSignals(False)
        self.keep.setEnabled(bool(words))
        self.kept.setText(f"Placed by hand: {words}." if words else NONE_BY_HAND)
        self.usual.setVisible(options != PlanOptions())

    def list_atlases(self) -> None:
        """List the atlases that targets can start from in the open head; one that is gone is wanted no longer."""
        volume, options = self._case.volume, self._case.plan_options
        choices = start_choices(list_atlases(), None if volume is None else volume.fingerprint)
        self.atlas.clear()
        for name, title in choices:
            self.atlas.addItem(title, name or USUAL)
        if options.atlas not in (None, *(name for name, _ in choices)):
            self._case.set_plan_options(replace(options, atlas=None))
        self.refresh()

    def _show_text(self, field: QLineEdit, text: str, problem: QLabel) -> None:
        """Show what is written elsewhere; what is being typed here stays as it is."""
        if field.text() != text:
            field.setText(text)
            problem.hide()

    def _want(self, options: PlanOptions) -> None:
        self._case.set_plan_options(options)

    def _want_lesion(self, side: Side, change: Callable[[LesionOptions], LesionOptions]) -> None:
        options = self._case.plan_options
        self._want(options.with_lesion(side, change(options.lesion(side))))

    def _size_typed(self, side: Side, text: str) -> None:
        self._want_lesion(side, lambda lesion: replace(lesion, size=text))
        _say_problem(self.problems[side], self._case.plan_options.lesion(side).wish, only_take_away=True)

    def _seed_typed(self, text: str) -> None:
        self._want(replace(self._case.plan_options, seed=text))
        _say_problem(self.seed_problem, lambda: parse_seed(text), only_take_away=True)

    def _connect(self) -> None:
        case = self._case
        for side in SIDES:
            size, problem = self.sizes[side], self.problems[side]
            size.textEdited.connect(lambda text, side=side: self._size_typed(side, text))
            size.editingFinished.connect(
                lambda side=side, problem=problem: _say_problem(problem, case.plan_options.lesion(side).wish)
            )
            self.forward[side].valueChanged.connect(
                lambda value, side=side: self._want_lesion(side, lambda one: replace(one, tilt_anterior_deg=value))
            )
            self.outward[side].valueChanged.connect(
                lambda value, side=side: self._want_lesion(side, lambda one: replace(one, tilt_lateral_deg=value))
            )
        self.seed.textEdited.connect(self._seed_typed)
        self.seed.editingFinished.connect(
            lambda: _say_problem(self.seed_problem, lambda: parse_seed(case.plan_options.seed))
        )
        self.threads.valueChanged.connect(lambda value: self._want(replace(case.plan_options, threads=int(value))))
        self.atlas.activated.connect(self._choose_atlas)
        self.keep.toggled.connect(lambda on: self._want(replace(case.plan_options, keeps_landmarks=on)))
        self.usual.clicked.connect(lambda: self._want(PlanOptions()))
        case.plan_options_changed.connect(self.refresh)
        case.plan_changed.connect(self.refresh)
        case.volume_changed.connect(self.list_atlases)
        case.atlas_list_changed.connect(self.list_atlases)

    def _choose_atlas(self, place: int) -> None:
        self._want(replace(self._case.plan_options, atlas=str(self.atlas.itemData(place)) or None))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_SMALL)
        grid.setVerticalSpacing(GAP_SMALL)
        for column, words in enumerate(("Lesion, mm", "Forward", "Outward"), start=1):
            grid.addWidget(_small(words), 0, column)
            grid.setColumnStretch(column, 1)
        row = 1
        for side in SIDES:
            grid.addWidget(_label(side.capitalize(), self.sizes[side]), row, 0)
            for column, field in enumerate((self.sizes[side], self.forward[side], self.outward[side]), start=1):
                grid.addWidget(field, row, column)
            grid.addWidget(self.problems[side], row + 1, 1, 1, 3)
            row += 2
        grid.addWidget(_label("Start from", self.atlas), row, 0)
        grid.addWidget(self.atlas, row, 1, 1, 3)
        grid.addWidget(_label("Seed", self.seed), row + 1, 0)
        grid.addWidget(self.seed, row + 1, 1)
        grid.addWidget(self.threads, row + 1, 2, 1, 2)
        grid.addWidget(self.seed_problem, row + 2, 1, 1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(grid)
        layout.addWidget(self.keep)
        layout.addWidget(self.kept)
        layout.addWidget(self.usual, 0, Qt.AlignmentFlag.AlignLeft)


def _say_problem(label: QLabel, understand: Callable[[], object], only_take_away: bool = False) -> None:
    """Say under a field why it cannot be understood; while one types, a word is taken away but none is put there."""
    try:
        understand()
    except FusplanError as error:
        if not only_take_away:
            label.setText(f"{error.message} {error.remedy}")
            label.show()
    else:
        label.hide()


def _line(name: str, explanation: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setToolTip(explanation)
    field.setMinimumWidth(60)
    return field


def _tilt(name: str) -> NumberField:
    field = NumberField(name, "°", -LARGEST_TILT_DEG, LARGEST_TILT_DEG, 1.0)
    field.setMinimumWidth(60)
    return field


def _label(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    return label


def _small(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    set_role(label, "small")
    return label


def _problem() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_role(label, "warning")
    label.hide()
    return label
