"""The step "Targets": the list, the selected one in detail, adding one, and how far the proposals agree."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from fusplan.atlas.presets import REMEMBERED_CAVEAT, REMEMBERED_WORDS
from fusplan.display.proposal_matrix import proposal_matrix
from fusplan.display.target_rows import TargetRow, target_rows
from fusplan.display.target_standing import TargetStanding, target_standing
from fusplan.display.view_state import ViewState
from fusplan.planning import edits
from fusplan.planning.live_coverage import live_coverage
from fusplan.planning.plan import Plan, Proposal, Target
from fusplan.session.editing import apply_edit, set_locked
from fusplan.spatial import Side
from fusplan.widgets.add_target_form import AddTargetForm
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.point_file_part import PointFilePart
from fusplan.widgets.proposals_view import ProposalsView
from fusplan.widgets.row_list import ListRow, RowList
from fusplan.widgets.section import Section
from fusplan.widgets.target_details import TargetDetails
from fusplan.widgets.theme import GAP, GAP_LARGE, GAP_SMALL, set_role, space
from fusplan.widgets.themed_icon import set_themed_icon

NO_PLAN = "Targets come with a plan: align the atlas to the head first (Ctrl+R)."
STANDS_STILL_MS, LONGEST_WAIT_MS = 120, 1000
"""A drag that has not moved for so long, or for the time of two steps, stands still; after the second at the latest."""
NO_TARGETS = "There is no target yet. Add one below."


class TargetListRow(ListRow):
    """A target with its lock."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = QToolButton()
        self.buttons.addWidget(self.lock)

    def show_target(self, row: TargetRow) -> None:
        """Show a target."""
        self.show_words(row.colour, row.name, row.source, f"{row.place}\n{row.standing.words}".rstrip())
        self.show_alert(row.standing.astray, row.standing.verdict)
        set_themed_icon(self.lock, "lock" if row.locked else "unlock")
        self.lock.setToolTip(
            f"{row.name} is locked: it cannot be moved or removed. Click to unlock it."
            if row.locked
            else f"{row.name} can be moved. Click to lock it."
        )
        self.lock.setAccessibleName(f"{'Unlock' if row.locked else 'Lock'} {row.name}")


class TargetsPanel(QFrame):
    """Everything about the targets of a case."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._case = case
        self._side: Side | None = None
        self.list: RowList[TargetListRow] = RowList(self._make_row, "Targets")
        self.go = QPushButton("Go to")
        self.remove = QPushButton("Remove")
        self.add = QPushButton("Add")
        self.form = AddTargetForm(case, desk)
        self.points = PointFilePart(case, desk)
        self.region = QCheckBox("Show the 95 % regions of the lesions")
        self.remembered = QCheckBox("Show the remembered figures, unverified")
        self.details = TargetDetails(case)
        self.proposals = ProposalsView()
        self.empty = QLabel()
        self._parts = QWidget()
        self._details_section = Section("Selected target", self.details)
        self._proposals_section = Section("Proposals for CLp", self.proposals)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._last_step = QElapsedTimer()
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Read the plan and the selection again, if the panel is seen; else when it is shown next."""
        if not self.isVisible():
            return
        plan = self._case.plan
        self._parts.setVisible(plan is not None)
        self.empty.setVisible(plan is None or not plan.targets)
        self.empty.setText(NO_PLAN if plan is None else NO_TARGETS)
        if plan is None:
            return
        rows = target_rows(plan, self._standings(plan))
        self.list.show_ids([row.id for row in rows])
        for row in rows:
            self.list.rows[row.id].show_target(row)
        self.list.fit()
        self.list.setVisible(bool(rows))
        self._show_selected(plan)

    def _standings(self, plan: Plan) -> dict[str, TargetStanding]:
        """Where every target lies now, by its id; while one is dragged, too."""
        subject, review = self._case.review_subject, self._case.review
        atlases = tuple(atlas for _, atlas in self._case.patient_atlases)
        geometry = plan.landmarks.geometry()
        found = {}
        for target in plan.targets:
            lesion = next(iter(plan.lesions_of(target.id)), None)
            coverage = live_coverage(lesion, subject, review) if lesion is not None and subject is not None else None
            found[target.id] = target_standing(target, plan.landmarks, geometry, atlases, coverage)
        return found

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.refresh()
        state = self._case.view.state
        if state.selection.lesion_id is not None and not event.spontaneous():
            # In this step a drag at a target's place moves the target, not the lesion about it.
            self._case.view.become(state.with_selection(lesion_id=None))

    def selected(self) -> Target | None:
        """The selected target, else the first."""
        plan = self._case.plan
        if plan is None or not plan.targets:
            return None
        chosen = self._case.view.state.selection.target_id
        return next((target for target in plan.targets if target.id == chosen), plan.targets[0])

    def go_to(self, target_id: str) -> None:
        """Select a target and move the cursor to it."""
        plan = self._case.plan
        if plan is not None:
            point = edits.find_target(plan, target_id).point
            self._select(target_id)
            self._case.view.update(cursor=point)

    def remove_target(self, target_id: str) -> None:
        """Remove a target with its lesions; a locked one refuses."""
        self._select(target_id)
        plan = self._case.plan
        if plan is not None:
            label = f"Remove {edits.find_target(plan, target_id).name}"
            apply_edit(self._case, label, lambda now: edits.remove_target(now, target_id))

    def use(self, proposal: Proposal) -> None:
        """Put the target of the proposal's side at it and lock it."""
        matrix = self.proposals.matrix
        target = matrix.target if matrix is not None else None
        if target is None:
            return
        self._select(target.id)

        def accept(plan: Plan) -> Plan:
            moved = edits.accept_proposal(plan, target.id, proposal)
            return edits.set_target_locked(moved, target.id, True)

        if apply_edit(self._case, f"Put {target.name} at {proposal.name}", accept):
            self._case.view.update(cursor=proposal.point)

    def _show_selected(self, plan: Plan) -> None:
        target = self.selected()
        self.list.choose(target.id if target is not None else None)
        for part in (self._details_section, self.go, self.remove):
            part.setVisible(target is not None)
        document = self._case.document
        if document is not None and document.is_merging and target is not None and self.details.follow(target):
            self._wait_for_stand_still()
            return
        self._show_rest(plan, target)

    def _wait_for_stand_still(self) -> None:
        """Where steps take long, as on a busy machine, they are no pauses."""
        since_ms = self._last_step.restart() if self._last_step.isValid() else 0
        if not since_ms:
            self._last_step.start()
        self._settled.start(min(max(STANDS_STILL_MS, 2 * since_ms), LONGEST_WAIT_MS))

    def _show_settled(self) -> None:
        """What a drag does not wait for, once it stands still."""
        plan = self._case.plan
        if plan is not None and self.isVisible():
            self._show_rest(plan, self.selected())

    def _show_rest(self, plan: Plan, target: Target | None) -> None:
        """All about the selected target, with the height's reasons and the proposals."""
        self._settled.stop()
        self._last_step.invalidate()
        if target is not None:
            self.details.show_target(target)
        side: Side = self._side or (target.side if target is not None else "left")
        agreement = self._case.review.agreement(side)
        matrix = proposal_matrix(plan, side, agreement, target.id if target is not None else None)
        self._proposals_section.setVisible(bool(plan.proposals))
        self.proposals.show_matrix(matrix, self._case.proposals_are_stale)

    def _select(self, target_id: str) -> None:
        plan = self._case.plan
        state = self._case.view.state
        if plan is None:
            return
        self._side = None
        self._case.view.become(state.with_selection(target_id=target_id, lesion_id=None))

    def _review_changed(self) -> None:
        self.refresh()

    def _choose_side(self, side: Side) -> None:
        self._side = side
        self._show_settled()

    def _added(self, target_id: str) -> None:
        self.go_to(target_id)
        self._show_form(False)

    def _show_form(self, shown: bool) -> None:
        self.add.setChecked(shown)
        self.form.setVisible(shown)
        if shown:
            self.form.refresh()

    def _make_row(self, target_id: str) -> TargetListRow:
        row = TargetListRow()
        row.lock.clicked.connect(lambda: self._toggle_lock(target_id))
        return row

    def _toggle_lock(self, target_id: str) -> None:
        plan = self._case.plan
        if plan is not None:
            self._select(target_id)
            set_locked(self._case, target_id, not edits.find_target(plan, target_id).locked)

    def _view_changed(self, before: ViewState, after: ViewState) -> None:
        if after.selection != before.selection:
            self._side = None
            self.refresh()
        self.region.setChecked(after.layers.uncertainty)
        self.remembered.setChecked(after.layers.remembered)

    def _connect(self) -> None:
        case = self._case
        self._settled.timeout.connect(self._show_settled)
        self.list.chosen.connect(self._select)
        self.list.opened.connect(self.go_to)
        self.list.delete_wanted.connect(self.remove_target)
        self.go.clicked.connect(lambda: self._with_selected(self.go_to))
        self.remove.clicked.connect(lambda: self._with_selected(self.remove_target))
        self.add.clicked.connect(self._show_form)
        self.form.added.connect(self._added)
        self.points.targets_added.connect(self.go_to)
        self.region.clicked.connect(lambda on: case.view.become(case.view.state.with_layers(uncertainty=on)))
        self.remembered.clicked.connect(lambda on: case.view.become(case.view.state.with_layers(remembered=on)))
        self.proposals.side_chosen.connect(self._choose_side)
        self.proposals.go_wanted.connect(lambda proposal: case.view.update(cursor=proposal.point))
        self.proposals.use_wanted.connect(self.use)
        for signal in (case.plan_changed, case.proposals_stale_changed):
            signal.connect(self.refresh)
        case.review_changed.connect(self._review_changed)
        case.atlases_changed.connect(self.form.refresh)
        case.atlases_changed.connect(self.refresh)
        case.view_changed.connect(self._view_changed)

    def _with_selected(self, do: object) -> None:
        target = self.selected()
        if target is not None and callable(do):
            do(target.id)

    def _lay_out(self) -> None:
        heading = QLabel("Targets")
        set_role(heading, "heading")
        set_role(self.empty, "muted")
        self.empty.setWordWrap(True)
        self.go.setToolTip("Move the cursor to the selected target (double click or Enter in the list)")
        self.remove.setToolTip("Remove the selected target and its lesions (Delete in the list)")
        self.add.setToolTip("Add a target at the cursor, from a preset, a nucleus or a proposal")
        self.add.setCheckable(True)
        self.form.hide()
        self.region.setToolTip("Show where the target may truly lie, with 95 % probability, once it is computed (U)")
        self.region.setChecked(self._case.view.state.layers.uncertainty)
        self.remembered.setToolTip(f"{REMEMBERED_WORDS}. {REMEMBERED_CAVEAT} (R)")
        self.remembered.setChecked(self._case.view.state.layers.remembered)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP_SMALL)
        for button in (self.go, self.add, self.remove):
            set_role(button, "segment")
            buttons.addWidget(button, 1)
        parts = QVBoxLayout(self._parts)
        parts.setContentsMargins(0, 0, 0, 0)
        parts.setSpacing(GAP)
        parts.addWidget(self.list)
        parts.addLayout(buttons)
        parts.addWidget(self.form)
        parts.addWidget(self.points)
        parts.addWidget(self.region)
        parts.addWidget(self.remembered)
        parts.addWidget(self._proposals_section)
        parts.addWidget(self._details_section)
        layout = QVBoxLayout(self)
        space(layout, GAP_LARGE, GAP)
        layout.addWidget(heading)
        layout.addWidget(self.empty)
        layout.addWidget(self._parts)
        layout.addStretch(1)
