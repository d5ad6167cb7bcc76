"""The step "atlas": the alignment is made, looked at, judged, and nudged by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.display.registration_rows import making_facts, measure_rows
from fusplan.display.view_state import ViewState
from fusplan.jobs.job import Job
from fusplan.planning.plan import Plan
from fusplan.planning.registration_edits import judge_registration
from fusplan.planning.registration_judgement import Judgement
from fusplan.session.editing import apply_edit
from fusplan.widgets.atlas_add_panel import AtlasAddPart
from fusplan.widgets.case import Case
from fusplan.widgets.combo_choice import ComboChoice
from fusplan.widgets.desk import Desk
from fusplan.widgets.fact_list import FactList
from fusplan.widgets.job_progress import JobProgress
from fusplan.widgets.nudge_fields import NudgeFields
from fusplan.widgets.plan_options_part import PlanOptionsPart
from fusplan.widgets.section import Section
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.template_comparison import TemplateComparison
from fusplan.widgets.theme import GAP, GAP_LARGE, set_role, space
from fusplan.widgets.verdict_list import VerdictList, VerdictRow

NO_IMAGE = "Open a head MRI first."
NO_PLAN = (
    "The template is aligned to this head in about half a minute, with every nucleus of its atlases. "
    "Look at the edges before you trust it."
)
MOST_LETTERS_ABREAST = 30
"""Titles of atlases with more letters together do not fit side by side into the panel."""

OPTIONS, ANEW = "Options", "Align anew, with options"

LABELS: dict[Judgement, str] = {
    "none": "Take the judgement back",
    "accepted": "Accept the alignment",
    "distrusted": "Do not trust the alignment",
}
JUDGEMENTS: dict[str, Judgement] = {"none": "none", "accepted": "accepted", "distrusted": "distrusted"}


class AtlasPanel(QFrame):
    """Start, compare, judge, nudge."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._desk = desk
        heading = QLabel("Atlas")
        set_role(heading, "heading")
        self.words = QLabel(NO_PLAN)
        self.words.setWordWrap(True)
        set_role(self.words, "muted")
        self.start = QPushButton("Align the atlas")
        self.start.setToolTip("Align the template, find the landmarks, propose targets and lesions (Ctrl+R)")
        set_role(self.start, "primary")
        self.start.clicked.connect(lambda: desk.do("make_plan"))
        self.progress = JobProgress()
        self.verdict = VerdictList()
        self.judgement = Segments(
            (
                Choice("none", "Not judged", "Nobody has looked at the pictures yet"),
                Choice("accepted", "Accept", "The pictures show that the template fits"),
                Choice("distrusted", "Do not trust", "The template does not fit: this is said in every view"),
            ),
            "Judgement",
        )
        self.judgement.chosen.connect(self._judge)
        self.comparison = TemplateComparison(case, desk)
        self.measures, self.making = VerdictList(), FactList()
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        set_role(self.notes, "small")
        self.atlases: Segments | ComboChoice = Segments((), "Atlas")
        self._listed: tuple[str, ...] = ()
        self.contours, self.labels = QCheckBox("Outlines"), QCheckBox("Names")
        self.nudge = NudgeFields(case)
        self.add_part = AtlasAddPart(case, desk)
        self.options = PlanOptionsPart(case)
        self.again = QPushButton("Align anew")
        self.again.setToolTip("Make the plan anew from this image; undo brings this one back")
        self.again.clicked.connect(lambda: desk.do("make_plan"))
        self._lay_out(heading)
        self._connect()
        self.refresh()

    def _lay_out(self, heading: QLabel) -> None:
        self._nuclei = QWidget()
        self._nuclei_layout = QVBoxLayout(self._nuclei)
        self._nuclei_layout.setContentsMargins(0, 0, 0, 0)
        self._nuclei_layout.setSpacing(GAP)
        self._nuclei_layout.addWidget(self.atlases)
        switches = QHBoxLayout()
        switches.setSpacing(GAP_LARGE)
        switches.addWidget(self.contours)
        switches.addWidget(self.labels)
        switches.addStretch(1)
        self._nuclei_layout.addLayout(switches)
        made = _column(self.making, self.notes)
        anew = _column(self.options, self.again)
        self._with_plan: tuple[QWidget, ...] = (
            self.verdict,
            self.judgement,
            Section("Template over the patient", self.comparison),
            Section("Nuclei", self._nuclei),
            Section("Measures", self.measures),
            Section("Nudge by hand", self.nudge, unfolded=False),
            Section("How it was made", made, unfolded=False),
        )
        self.options_section = Section(OPTIONS, anew, unfolded=False)
        self.own = Section("Atlases of your own", self.add_part, unfolded=False)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        for shown in (heading, self.words, self.start, self.progress, *self._with_plan, self.options_section, self.own):
            layout.addWidget(shown)
        layout.addStretch(1)

    def _connect(self) -> None:
        case = self._case
        case.volume_changed.connect(self.refresh)
        case.plan_changed.connect(self.refresh)
        case.atlases_changed.connect(self._show_atlases)
        case.view_changed.connect(self._view_changed)
        self.contours.toggled.connect(lambda on: case.view.change(lambda state: state.with_layers(contours=on)))
        self.labels.toggled.connect(lambda on: case.view.change(lambda state: state.with_layers(contour_labels=on)))
        self._desk.planning.connect(self._watch)
        if self._desk.planning_job is not None:
            self._watch(self._desk.planning_job)

    def refresh(self) -> None:
        """Read the case again."""
        plan, has_image = self._case.plan, self._case.volume is not None
        self.words.setVisible(plan is None)
        self.words.setText(NO_PLAN if has_image else NO_IMAGE)
        self.start.setVisible(plan is None)
        self.start.setEnabled(has_image and self.progress.isHidden())
        for part in (*self._with_plan, self.again):
            part.setVisible(plan is not None)
        self.options_section.heading.setText(OPTIONS if plan is None else ANEW)
        self.options_section.setVisible(has_image)
        if plan is not None:
            self._show_plan(plan)
        self._show_atlases()

    def _show_plan(self, plan: Plan) -> None:
        record = plan.registration
        self.verdict.show_rows([VerdictRow(record.quality.verdict, record.quality.sentence)])
        self.judgement.choose(record.judgement)
        rows = measure_rows(record.quality.measures)
        self.measures.show_rows([VerdictRow(row.verdict, row.name, row.value, row.explanation) for row in rows])
        self.making.show_facts(making_facts(record))
        self.notes.setText("\n".join(record.remarks))
        self.notes.setVisible(bool(record.remarks))
        self.nudge.refresh()

    def _show_atlases(self) -> None:
        names = tuple(self._case.atlases)
        if names != self._listed:
            self._listed = names
            self._nuclei_layout.removeWidget(self.atlases)
            self.atlases.deleteLater()
            titles = [
                Choice(key, one.title, f"Draw the nuclei of {one.title}") for key, one in self._case.atlases.items()
            ]
            self.atlases = _chooser(titles)
            self.atlases.chosen.connect(lambda key: self._case.view.change(lambda state: state.with_layers(atlas=key)))
            self._nuclei_layout.insertWidget(0, self.atlases)
        layers = self._case.view.state.layers
        self.atlases.choose(layers.atlas)
        for box, on in ((self.contours, layers.contours), (self.labels, layers.contour_labels)):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if before.layers != after.layers:
            self._show_atlases()

    def _watch(self, job: Job) -> None:
        self.progress.watch(job)
        job.ended.connect(self.refresh)
        self.refresh()

    def _judge(self, key: str) -> None:
        judgement = JUDGEMENTS[key]
        apply_edit(self._case, LABELS[judgement], lambda plan: judge_registration(plan, judgement))
        if self._case.plan is not None:
            self.judgement.choose(self._case.plan.registration.judgement)


def _column(*parts: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GAP)
    for part in parts:
        layout.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if isinstance(part, QPushButton) else Qt.AlignmentFlag(0))
    return column


def _chooser(titles: list[Choice]) -> Segments | ComboChoice:
    """The atlases side by side where they fit, else in a list that folds out."""
    if sum(len(choice.text) for choice in titles) <= MOST_LETTERS_ABREAST:
        return Segments(titles, "Atlas")
    return ComboChoice(titles, "Atlas")
