"""The step "Ablation": the spots in their order, what each is given, and what they add up to."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from fusplan.atlas.colours import LESION
from fusplan.display.temperature_curve import temperature_curve
from fusplan.errors import FusplanError
from fusplan.planning.plan import Lesion, Plan, Target
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.planning.treatment_details import (
    dragged_pattern,
    expected_pattern,
    heat_of,
    session_totals,
    short_words,
    spot_offset,
)
from fusplan.planning.treatment_edits import treatment_of
from fusplan.session.treatment_editing import (
    add_spot,
    change_sonication,
    change_sonications,
    heat_to,
    move_sonication,
    remove_sonication,
    sonications_of,
    take_pattern,
)
from fusplan.simulation.sonication import Sonication
from fusplan.simulation.spot_pattern import SPOT_SHOWN_CELSIUS
from fusplan.spatial import AcPcGeometry
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.job_progress import JobProgress
from fusplan.widgets.number_fields import FieldSpec, NumberFields
from fusplan.widgets.number_list import NumberList
from fusplan.widgets.row_list import ListRow, RowList
from fusplan.widgets.section import Section
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.sonication_fields import SonicationFields
from fusplan.widgets.temperature_curve_view import TemperatureCurveView
from fusplan.widgets.theme import current_palette, set_role
from fusplan.widgets.treatment_panel import ShownTarget, TreatmentPanel, below, beside, words_label
from fusplan.workflows.treatment_steps import ProposeSpotsRequest

PROPOSED = (
    "This pattern is the program's proposal for the planned lesion; the plan has none. Any change takes it into the "
    "plan."
)
NO_SPOTS = "There is no spot yet. Propose a pattern for the planned lesion, or add a spot at the target."
NO_LESION = "A pattern is proposed for a planned lesion, and this target has none."
WANTED_WORDS = "Highest temperature that thermometry shall show of every ablation"
WANTED = (FieldSpec("shown_celsius", "Shown at most", WANTED_WORDS, "°C", 38.0, 70.0, 1.0),)
SHOWN_OF = (
    Choice("one", "This one", "The curve of the chosen sonication"),
    Choice("all", "All", "The curve of the whole session"),
)


class AblationPanel(TreatmentPanel):
    """List, edit, order the spots; propose a pattern for the planned lesion. What is chosen is selected everywhere."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(case, desk, "Ablation", parent)
        self._place = 0
        self.note = words_label("muted")
        self.propose = QPushButton("Propose a pattern")
        self.keep = QPushButton("Keep it")
        self.progress = JobProgress()
        self.list: RowList[ListRow] = RowList(lambda _id: ListRow(), "Sonications")
        self.add, self.remove = QPushButton("Add"), QPushButton("Remove")
        self.earlier, self.later = QPushButton("Earlier"), QPushButton("Later")
        self.editor = SonicationFields()
        self.heat, self.pattern = NumberList(), NumberList()
        self.shown_of = Segments(SHOWN_OF, "What the curve shows")
        self.shown_of.choose("one")
        self.curve = TemperatureCurveView()
        self.totals = NumberList()
        self.wanted = NumberFields(WANTED, in_a_row=1)
        self.wanted.fields["shown_celsius"].show_value(SPOT_SHOWN_CELSIUS)
        self.give = QPushButton("Give every ablation its energy for it")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.propose.setToolTip("Look for the fewest spots that cover the planned lesion; undo brings back what was")
        self.keep.setToolTip("Take the proposed pattern into the plan as it is")
        self.add.setToolTip("Add a spot like the last one, after it")
        self.remove.setToolTip("Take the chosen sonication out (Delete in the list)")
        self.earlier.setToolTip("Do the chosen sonication before the one above it")
        self.give.setToolTip("By the calibration; later ablations get as much more as repeats are taken to lose")
        self.later.setToolTip("Do the chosen sonication after the one below it")
        self.buttons = (self.add, self.remove, self.earlier, self.later)
        for button in (*self.buttons, self.propose, self.keep, self.give):
            set_role(button, "segment")
        self.chosen_parts = below(
            self.editor, self.heat, Section("Temperature through time", below(self.shown_of, self.curve))
        )
        energies = below(self.wanted, self.give)
        for part in (
            beside(self.propose, self.keep),
            self.progress,
            self.note,
            self.list,
            beside(*self.buttons),
            self.pattern,
            self.chosen_parts,
            Section("Energies for a temperature", energies, unfolded=False),
            Section("Session", self.totals),
        ):
            self.body.addWidget(part)

    def _connect(self) -> None:
        self.propose.clicked.connect(self._propose)
        self.keep.clicked.connect(self._keep)
        self.list.chosen.connect(lambda name: self.choose_spot(int(name)))
        self.list.delete_wanted.connect(lambda name: self._remove(int(name)))
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(lambda: self._remove(self._place))
        self.earlier.clicked.connect(lambda: self._move(-1))
        self.later.clicked.connect(lambda: self._move(1))
        self.editor.typed.connect(self._change)
        self.editor.settled.connect(self.end_merging)
        self.give.clicked.connect(self._give_energies)
        self.shown_of.chosen.connect(lambda _key: self.refresh())

    def choose_spot(self, place: int) -> None:
        """Show a sonication by its place in the order of time, from 0."""
        self._place = place
        target, state = self.target, self.case.view.state
        if target is not None:
            self.case.view.become(state.with_selection(target_id=target.id, spot=place + 1))
        self.refresh()

    def show_target(self, shown: ShownTarget) -> None:
        plan, target, found = shown.plan, shown.target, shown.found
        done = sonications_of(self.case, target.id)
        self._place = self._shown_place(len(done))
        self._show_proposal(plan, target, done, found is not None)
        self._show_list(done, plan.landmarks.geometry())
        self._show_pattern(target, found, shown.current)
        self.totals.show_rows(session_totals(done), True)
        self.remove.setEnabled(bool(done))
        self.earlier.setEnabled(self._place > 0)
        self.later.setEnabled(self._place < len(done) - 1)
        self.chosen_parts.setVisible(bool(done))
        if done:
            self.editor.show_sonication(done[self._place], plan.landmarks.geometry())
            self._show_heat(found, done, shown.current)

    def _shown_place(self, count: int) -> int:
        """The selected spot's place, else that of the one shown last."""
        selected = self.case.view.state.selection.spot
        place = self._place if selected is None else selected - 1
        return min(max(place, 0), max(count - 1, 0))

    def _show_proposal(self, plan: Plan, target: Target, done: tuple[Sonication, ...], known: bool) -> None:
        lesion = _lesion_of(plan, target)
        proposed = bool(done) and not treatment_of(plan).at(target.id).sonications
        hot = any(sonication.kind == "ablation" for sonication in done)
        note = PROPOSED if proposed else NO_LESION if lesion is None else "" if hot else NO_SPOTS
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.keep.setVisible(proposed)
        self.propose.setEnabled(lesion is not None and known)

    def _show_pattern(self, target: Target, found: SimulatedTarget | None, current: bool) -> None:
        """What the pattern makes: while spots are dragged, of where they are now."""
        sights = self.case.sights
        of_it = sights if sights is not None and sights.simulated.target_id == target.id else None
        if of_it is not None and of_it.numbers is not None and not current:
            self.pattern.show_rows(dragged_pattern(of_it.numbers, of_it.volumes_mm3), current=True)
        else:
            self.pattern.show_rows(expected_pattern(found) if found is not None else (), current)

    def _show_list(self, done: tuple[Sonication, ...], geometry: AcPcGeometry) -> None:
        self.list.show_ids([str(place) for place in range(len(done))])
        for place, sonication in enumerate(done):
            colour = LESION if sonication.kind == "ablation" else current_palette().muted
            name = f"{place + 1}" if sonication.kind == "ablation" else f"{place + 1}, test"
            where = spot_offset(sonication, geometry).words
            self.list.rows[str(place)].show_words(colour, name, short_words(sonication), where)
        self.list.fit()
        self.list.setVisible(bool(done))
        self.list.choose(str(self._place) if done else None)

    def _show_heat(self, found: SimulatedTarget | None, done: tuple[Sonication, ...], current: bool) -> None:
        known = found is not None and found.history is not None and len(found.sonications) == len(done)
        if not known or found is None or found.history is None:
            self.heat.show_rows((), current)
            self.curve.show_curve(None)
            return
        self.heat.show_rows(heat_of(found, self._place), current)
        only = self._place if self.shown_of.choice == "one" else None
        self.curve.show_curve(temperature_curve(found.history, found.sonications, only), current)

    # Edits ------------------------------------------------------------------------------------------------------

    def _change(self, changed: Sonication, what: str) -> None:
        target = self.target
        if target is not None:
            key = f"sonication {target.id} {self._place} {what}"
            self.tell(change_sonication(self.case, target.id, self._place, changed, what, key))

    def _add(self) -> None:
        target = self.target
        if target is not None and self.tell(add_spot(self.case, target.id)):
            self.choose_spot(len(sonications_of(self.case, target.id)) - 1)

    def _remove(self, place: int) -> None:
        target = self.target
        if target is not None and place < len(sonications_of(self.case, target.id)):
            self.tell(remove_sonication(self.case, target.id, place))

    def _move(self, by: int) -> None:
        target = self.target
        if target is not None:
            place = self._place
            if self.tell(move_sonication(self.case, target.id, place, place + by)):
                self.choose_spot(place + by)

    def _give_energies(self) -> None:
        target = self.target
        if target is not None:
            self.tell(heat_to(self.case, target.id, self.wanted.fields["shown_celsius"].value()))

    def _keep(self) -> None:
        target = self.target
        if target is not None:
            done = sonications_of(self.case, target.id)
            self.tell(change_sonications(self.case, target.id, done, "Keep the proposed pattern"))

    def _propose(self) -> None:
        plan, target, simulated = self.case.plan, self.target, self.case.simulated
        found = simulated.target(target.id) if simulated is not None and target is not None else None
        lesion = _lesion_of(plan, target) if plan is not None and target is not None else None
        volume = self.case.volume
        if plan is None or volume is None or target is None or found is None or lesion is None:
            return
        head = volume.fingerprint
        request = ProposeSpotsRequest(lesion, target, found.focus, treatment_of(plan).calibration)

        def take(ablations: tuple[Sonication, ...]) -> None:
            if self.is_still_open(head, target.id):
                self.tell(take_pattern(self.case, target.id, ablations))

        def fail(error: FusplanError) -> None:
            self.tell(error)

        title, propose = f"Looking for spots at {target.name}", self.desk.workflows.propose_spots
        self.progress.watch(self.desk.jobs.in_thread(propose, request, title, take, fail))


def _lesion_of(plan: Plan, target: Target) -> Lesion | None:
    """The planned lesion that a pattern is for: the first at the target."""
    return next(iter(plan.lesions_of(target.id)), None)
