"""The step "Lesions": the list, the selected one in numbers, what it covers, how far and how sure."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.atlas.colours import LESION
from fusplan.display.lesion_numbers import (
    LesionNumbers,
    changed_words,
    lesion_numbers,
    lesion_words,
    side_warning,
    with_numbers,
)
from fusplan.display.lesion_rows import MOST_DISTANCES, certainty_rows, coverage_bars, own_rows
from fusplan.display.view_state import ViewState
from fusplan.errors import FusplanError
from fusplan.planning import edits
from fusplan.planning.lesion_size import parse_lesion_size
from fusplan.planning.lesion_summary import LesionSummary, lesion_summary
from fusplan.planning.live_coverage import live_coverage
from fusplan.planning.plan import Lesion, Plan
from fusplan.session.editing import apply_edit
from fusplan.session.messages import Message
from fusplan.widgets.add_lesion_form import AddLesionForm
from fusplan.widgets.case import Case
from fusplan.widgets.coverage_view import COMPUTING, CoverageView
from fusplan.widgets.desk import Desk
from fusplan.widgets.lesion_editor import LesionEditor
from fusplan.widgets.number_list import NumberList
from fusplan.widgets.row_list import ListRow, RowList
from fusplan.widgets.section import Section
from fusplan.widgets.theme import GAP, GAP_LARGE, GAP_SMALL, set_role, space

NO_PLAN = "Lesions come with a plan: align the atlas to the head first (Ctrl+R)."
NO_LESIONS = "There is no lesion yet. Add one at a target."
NO_ATLASES = "Coverage follows once the nuclei are carried to this head…"


class LesionsPanel(QFrame):
    """Everything about the lesions of a case."""

    def __init__(self, case: Case, _desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self.list: RowList[ListRow] = RowList(lambda _id: ListRow(), "Lesions")
        self.form = AddLesionForm()
        self.mirror = QPushButton("Mirror")
        self.remove = QPushButton("Remove")
        self.go = QPushButton("Go to")
        self.add_button = QPushButton("Add")
        self.editor = LesionEditor()
        self.volume = QLabel()
        self.other_side = QLabel()
        self.coverage = CoverageView()
        self.own = NumberList()
        self.distances = NumberList()
        self.uncertainty = NumberList()
        self.computing = (QLabel(COMPUTING), QLabel(COMPUTING))
        self.empty = QLabel()
        self._parts = QWidget()
        self._selected_parts = QWidget()
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Read plan, selection and figures again, if the panel is seen; else when it is shown next."""
        if not self.isVisible():
            return
        plan = self._case.plan
        self._parts.setVisible(plan is not None)
        self.empty.setVisible(plan is None or not plan.lesions)
        self.empty.setText(NO_PLAN if plan is None else NO_LESIONS)
        if plan is None:
            return
        self.list.show_ids([lesion.id for lesion in plan.lesions])
        for lesion in plan.lesions:
            volume = f"{lesion.ellipsoid.volume_mm3:.1f} mm³ at {edits.find_target(plan, lesion.target_id).name}"
            self.list.rows[lesion.id].show_words(LESION, lesion.name, "", f"{lesion.size_words}, {volume}")
        self.list.fit()
        self.list.setVisible(bool(plan.lesions))
        chosen = self.selected()
        self.form.show_targets(plan, self._target_meant(chosen))
        self.form.setVisible(self.add_button.isChecked() or not plan.lesions)
        for button in (self.go, self.mirror, self.remove):
            button.setEnabled(chosen is not None)
        self._selected_parts.setVisible(chosen is not None)
        if chosen is not None:
            self._show_lesion(chosen, plan)
            self._give_handles(chosen)

    def _give_handles(self, chosen: Lesion) -> None:
        """What the panel shows as selected has its handles in the slices; a selected target stays the selected one."""
        state = self._case.view.state
        selection = state.selection
        is_free = selection.target_id in (None, chosen.target_id) and not state.presenting
        if chosen.id != selection.lesion_id and is_free:
            self._select(chosen.id)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()

    def selected(self) -> Lesion | None:
        """The selected lesion, else one of the selected target, else the first."""
        plan, selection = self._case.plan, self._case.view.state.selection
        if plan is None or not plan.lesions:
            return None
        own = plan.lesions_of(selection.target_id) if selection.target_id is not None else ()
        fallback = own[0] if own else plan.lesions[0]
        return next((lesion for lesion in plan.lesions if lesion.id == selection.lesion_id), fallback)

    def add(self, target_id: str, size: str) -> None:
        """Add a lesion of a size as written, and select it."""
        plan = self._case.plan
        if plan is None:
            return
        try:
            wanted = parse_lesion_size(size)
        except FusplanError as error:
            self._case.say(Message("warning", error.message, error.remedy, (), "lesion-size"))
            return
        target = edits.find_target(plan, target_id)
        label = f"Add a {wanted.words} mm lesion at {target.name}"
        if apply_edit(self._case, label, lambda now: edits.add_lesion(now, target_id, wanted)):
            self.form.size_field.clear()
            self.add_button.setChecked(False)
            self._select_last()

    def remove_lesion(self, lesion_id: str) -> None:
        """Remove a lesion; its target stays."""
        plan = self._case.plan
        if plan is not None:
            label = f"Remove {lesion_words(edits.find_lesion(plan, lesion_id))}"
            apply_edit(self._case, label, lambda now: edits.remove_lesion(now, lesion_id))

    def mirror_lesion(self, lesion_id: str) -> None:
        """Give the other side's lesion size and mirrored tilt of this one, or add it there, and select it."""
        before = self._case.plan
        if before is None:
            return
        label = f"Mirror {lesion_words(edits.find_lesion(before, lesion_id))}"
        apply_edit(self._case, label, lambda now: edits.mirror_lesion(now, lesion_id))
        after = self._case.plan
        changed = [lesion.id for lesion in after.lesions if lesion not in before.lesions] if after is not None else []
        if changed:
            self.go_to(changed[0])

    def go_to(self, lesion_id: str) -> None:
        """Select a lesion and move the cursor to its centre."""
        plan = self._case.plan
        if plan is not None:
            centre = edits.find_lesion(plan, lesion_id).centre
            self._select(lesion_id)
            self._case.view.update(cursor=centre)

    def change(self, numbers: LesionNumbers) -> None:
        """Give the selected lesion these numbers."""
        lesion, plan = self.selected(), self._case.plan
        if lesion is None or plan is None:
            return
        verb = changed_words(lesion_numbers(lesion, plan), numbers)
        lesion_id = lesion.id
        apply_edit(
            self._case,
            f"{verb} {lesion_words(lesion)}",
            lambda now: with_numbers(now, lesion_id, numbers),
            f"type lesion {lesion_id} {verb}",
        )
        self.refresh()

    def _target_meant(self, lesion: Lesion | None) -> str | None:
        """The target that a new lesion is likely to be for."""
        selected = self._case.view.state.selection.target_id
        return selected if selected is not None or lesion is None else lesion.target_id

    def _show_lesion(self, lesion: Lesion, plan: Plan) -> None:
        self.list.choose(lesion.id)
        self.editor.show_numbers(lesion_numbers(lesion, plan))
        warning = side_warning(lesion, plan)
        self.other_side.setText(warning)
        self.other_side.setVisible(bool(warning))
        self.volume.setText(f"Lesion {lesion.size_words}: {lesion.ellipsoid.volume_mm3:.1f} mm³")
        self._show_review(lesion)

    def _show_review(self, lesion: Lesion) -> None:
        subject, review = self._case.review_subject, self._case.review
        if subject is None:
            return
        coverage = live_coverage(lesion, subject, review)
        bars = None if coverage is None else [coverage_bars(one) for one in coverage]
        self.coverage.show_coverage(bars, COMPUTING if subject.atlases else NO_ATLASES)
        state, current = review.lesions.get(lesion.id), review.is_current(lesion, subject)
        summary = lesion_summary(state.review) if state is not None else LesionSummary(())
        self.own.show_rows(own_rows(summary), current)
        self.distances.show_rows(summary.nearest(MOST_DISTANCES), current)
        self.uncertainty.show_rows(certainty_rows(summary) if state is not None else (), current)
        for label in self.computing:
            label.setVisible(not current)

    def _select(self, lesion_id: str) -> None:
        plan, state = self._case.plan, self._case.view.state
        if plan is not None:
            target_id = edits.find_lesion(plan, lesion_id).target_id
            self._case.view.become(state.with_selection(lesion_id=lesion_id, target_id=target_id))

    def _select_last(self) -> None:
        plan = self._case.plan
        if plan is not None and plan.lesions:
            self.go_to(plan.lesions[-1].id)

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if after.selection != before.selection:
            self.refresh()

    def _with_selected(self, do: Callable[[str], None]) -> None:
        lesion = self.selected()
        if lesion is not None:
            do(lesion.id)

    def _end_merging(self) -> None:
        if self._case.document is not None:
            self._case.document.end_merging()

    def _connect(self) -> None:
        case = self._case
        self.list.chosen.connect(self._select)
        self.list.opened.connect(self.go_to)
        self.list.delete_wanted.connect(self.remove_lesion)
        self.form.wanted.connect(self.add)
        self.add_button.clicked.connect(lambda on: self.form.setVisible(on))
        self.go.clicked.connect(lambda: self._with_selected(self.go_to))
        self.mirror.clicked.connect(lambda: self._with_selected(self.mirror_lesion))
        self.remove.clicked.connect(lambda: self._with_selected(self.remove_lesion))
        self.editor.typed.connect(self.change)
        self.editor.settled.connect(self._end_merging)
        for signal in (case.plan_changed, case.atlases_changed, case.review_changed):
            signal.connect(self.refresh)
        case.view_changed.connect(self._view_changed)

    def _lay_out(self) -> None:
        heading = QLabel("Lesions")
        set_role(heading, "heading")
        set_role(self.empty, "muted")
        self.empty.setWordWrap(True)
        set_role(self.volume, "strong")
        set_role(self.other_side, "warning")
        self.other_side.setWordWrap(True)
        self.go.setToolTip("Move the cursor to the centre of the selected lesion (double click or Enter in the list)")
        self.mirror.setToolTip(
            "Give the other side's lesion the size and mirrored tilt of the selected one; add one where there is none"
        )
        self.remove.setToolTip("Remove the selected lesion; its target stays (Delete in the list)")
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP_SMALL)
        for button in (self.go, self.add_button, self.mirror, self.remove):
            set_role(button, "segment")
            buttons.addWidget(button, 1)
        self.add_button.setCheckable(True)
        self.add_button.setToolTip("Add a lesion at a target")
        self.form.hide()
        chosen = QVBoxLayout(self._selected_parts)
        chosen.setContentsMargins(0, 0, 0, 0)
        chosen.setSpacing(GAP)
        chosen.addWidget(self.volume)
        chosen.addWidget(self.other_side)
        chosen.addWidget(self.own)
        chosen.addWidget(self.coverage)
        chosen.addWidget(Section("Size, tilt and place", self.editor))
        chosen.addWidget(Section("Nearest to its surface", self._with_state(self.distances, self.computing[0])))
        chosen.addWidget(Section("How sure", self._with_state(self.uncertainty, self.computing[1])))
        parts = QVBoxLayout(self._parts)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(GAP)
        parts.addWidget(self.list)
        parts.addLayout(buttons)
        parts.addWidget(self.form)
        parts.addWidget(self._selected_parts)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        layout.addWidget(heading)
        layout.addWidget(self.empty)
        layout.addWidget(self._parts)
        layout.addStretch(1)

    @staticmethod
    def _with_state(figures: NumberList, computing: QLabel) -> QWidget:
        """Figures with a word above them while they are computed."""
        set_role(computing, "muted")
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(computing)
        layout.addWidget(figures)
        return body
