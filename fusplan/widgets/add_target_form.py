"""Add a target: at the cursor, from a preset, at the centroid of a nucleus, or at a proposal."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fusplan.atlas.presets import PRESETS
from fusplan.display.target_rows import CONFIDENCE_WORDS
from fusplan.errors import FusplanError
from fusplan.planning import new_targets
from fusplan.planning.new_targets import NewTarget
from fusplan.planning.plan import Plan, Proposal
from fusplan.session.editing import apply_edit
from fusplan.session.messages import Message
from fusplan.spatial import Side, read_acpc
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.narrow_combo import NarrowCombo
from fusplan.widgets.theme import GAP, GAP_SMALL, set_role, space
from fusplan.workflows.requests import NucleusTargetRequest

CURSOR, PRESET, PROPOSAL = "cursor", "preset", "proposal"
NUCLEUS = "nucleus:"
"""Followed by the place of the atlas in ``case.patient_atlases``."""

SIDES: tuple[Side, ...] = ("left", "right")


class AddTargetForm(QFrame):
    """A source, a side, one of what the source offers, and a button.

    Signals:
        added: id of the new target.
    """

    added = Signal(str)

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._case = case
        self._desk = desk
        self.source = NarrowCombo()
        self.source.setAccessibleName("Where the target comes from")
        self.source.setToolTip("Where the target comes from")
        self.item = NarrowCombo()
        self.item.setAccessibleName("Which one")
        self.item.setMaxVisibleItems(18)
        self.sides = {side: QPushButton(side.capitalize()) for side in SIDES}
        self._side_group = QButtonGroup(self)
        self.note = QLabel()
        self.note.setWordWrap(True)
        set_role(self.note, "small")
        self.button = QPushButton("Add target")
        set_role(self.button, "primary")
        self.source.currentIndexChanged.connect(self._list_items)
        self.item.currentIndexChanged.connect(self._show_note)
        self.button.clicked.connect(self.add)
        self._lay_out()
        self.refresh()

    @property
    def side(self) -> Side:
        """The side that is chosen."""
        return "right" if self.sides["right"].isChecked() else "left"

    def refresh(self) -> None:
        """List the sources that there are now."""
        chosen = self.source.currentData()
        self.source.blockSignals(True)
        self.source.clear()
        self.source.addItem("At the cursor", CURSOR)
        self.source.addItem("A preset (AC-PC coordinates)", PRESET)
        for number, (title, _) in enumerate(self._case.patient_atlases):
            self.source.addItem(f"A nucleus of {title} (centroid)", f"{NUCLEUS}{number}")
        if self._case.plan is not None and self._case.plan.proposals:
            self.source.addItem("A proposal for CLp", PROPOSAL)
        self.source.setCurrentIndex(max(self.source.findData(chosen), 0))
        self.source.blockSignals(False)
        self._list_items()

    def add(self) -> None:
        """Add what is chosen; a nucleus's centroid is found in a thread first."""
        plan, source = self._case.plan, str(self.source.currentData())
        if plan is None:
            return
        if source.startswith(NUCLEUS):
            title, atlas = self._case.patient_atlases[int(source.removeprefix(NUCLEUS))]
            request = NucleusTargetRequest(atlas, str(self.item.currentData()), self.side)
            self.button.setEnabled(False)
            self._desk.jobs.in_thread(
                self._desk.workflows.find_nucleus_target,
                request,
                f"Looking for {request.abbreviation} in {title}",
                self._take,
                self._fail,
            )
            return
        new = self._chosen(plan, source)
        if new is not None:
            self._take(new)

    def _chosen(self, plan: Plan, source: str) -> NewTarget | None:
        if source == PRESET:
            return new_targets.preset_target(PRESETS[int(self.item.currentData())], self.side, plan.landmarks)
        if source == PROPOSAL:
            return new_targets.proposal_target(self._proposals(plan)[int(self.item.currentData())])
        cursor = self._case.view.state.cursor
        if cursor is None:
            return None
        side = read_acpc(cursor, plan.landmarks.geometry()).side
        return new_targets.point_target(f"Target {side}", side, cursor)

    def _take(self, new: NewTarget) -> None:
        self.button.setEnabled(True)
        if apply_edit(self._case, f"Add {new.name}", lambda plan: new_targets.add_new_target(plan, new)):
            plan = self._case.plan
            if plan is not None:
                self.added.emit(plan.targets[-1].id)

    def _fail(self, error: FusplanError) -> None:
        self.button.setEnabled(True)
        self._case.say(Message.of_error(error))

    def _list_items(self) -> None:
        """What the source offers on the side that is chosen."""
        plan, source = self._case.plan, str(self.source.currentData())
        chosen = self.item.currentText()
        self.item.blockSignals(True)
        self.item.clear()
        if source == PRESET:
            for number, preset in enumerate(PRESETS):
                self.item.addItem(preset.name, number)
        elif source == PROPOSAL and plan is not None:
            for number, proposal in enumerate(self._proposals(plan)):
                self.item.addItem(proposal.name, number)
        elif source.startswith(NUCLEUS):
            _, atlas = self._case.patient_atlases[int(source.removeprefix(NUCLEUS))]
            for abbreviation, name in new_targets.nucleus_names(atlas, self.side):
                self.item.addItem(f"{abbreviation}  {name}", abbreviation)
        place = self.item.findText(chosen)
        self.item.setCurrentIndex(max(place, 0))
        self.item.blockSignals(False)
        self.item.setVisible(source != CURSOR)
        for button in self.sides.values():
            button.setVisible(source != CURSOR)
        self._show_note()

    def _show_note(self) -> None:
        self.note.setText(self._note())

    def _note(self) -> str:
        plan, source = self._case.plan, str(self.source.currentData())
        if plan is None or source == CURSOR:
            return "Its side follows the midline. It is unlocked, to be moved on."
        if source == PRESET and self.item.currentData() is not None:
            preset = PRESETS[int(self.item.currentData())]
            words = preset.words(self.side)
            return f"{words[:1].upper()}{words[1:]}. Source: {preset.source} ({CONFIDENCE_WORDS[preset.confidence]})."
        if source == PROPOSAL and self.item.currentData() is not None:
            proposal: Proposal = self._proposals(plan)[int(self.item.currentData())]
            return proposal.provenance.words
        return "Its centroid by the atlas, carried into this head by the registration."

    def _proposals(self, plan: Plan) -> list[Proposal]:
        return [one for one in plan.proposals if one.side == self.side]

    def _lay_out(self) -> None:
        sides = QHBoxLayout()
        sides.setSpacing(GAP_SMALL)
        for side, button in self.sides.items():
            button.setCheckable(True)
            set_role(button, "segment")
            button.setToolTip(f"On the {side}")
            self._side_group.addButton(button)
            sides.addWidget(button, 1)
        self.sides["left"].setChecked(True)
        self._side_group.buttonClicked.connect(lambda _: self._list_items())
        layout = QVBoxLayout(self)
        space(layout, GAP + GAP_SMALL, GAP)
        layout.addWidget(self.source)
        layout.addLayout(sides)
        layout.addWidget(self.item)
        layout.addWidget(self.note)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
