"""The step "Test sonication": heat that cools and recovers, how thermometry shows it, and what it tells of energies."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton, QWidget

from fusplan.display.temperature_curve import temperature_curve
from fusplan.errors import FusplanError
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.planning.treatment_details import calibration_words, heat_of, reversible_words
from fusplan.planning.treatment_edits import treatment_of
from fusplan.session.treatment_editing import (
    add_test,
    calibrate_on,
    change_sonication,
    forget_calibration,
    remove_sonication,
    sonications_of,
)
from fusplan.simulation.reversible_range import ReversibleRange
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.job_progress import JobProgress
from fusplan.widgets.number_fields import FieldSpec, NumberFields
from fusplan.widgets.number_list import NumberList
from fusplan.widgets.section import Section
from fusplan.widgets.sonication_fields import SonicationFields
from fusplan.widgets.temperature_curve_view import TemperatureCurveView
from fusplan.widgets.theme import set_role
from fusplan.widgets.thermometry_part import ThermometryPart
from fusplan.widgets.treatment_panel import ShownTarget, TreatmentPanel, below, beside, words_label
from fusplan.widgets.verdict_list import VerdictList, VerdictRow
from fusplan.workflows.treatment_steps import CalibrateRequest, ReversibleRequest

NO_TEST = (
    "There is no test at this target. A test heats little, cools and is taken to recover; it tells where the focus is "
    "and how much an energy heats this head."
)
SHOWN = (FieldSpec("shown_celsius", "Shown at most", "Highest temperature that the scanner showed", "°C", 37.1, 70.0),)


class SonicationTestPanel(TreatmentPanel):
    """One test of the target at a time; thermometry and calibration are those of the whole plan."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(case, desk, "Test sonication", parent)
        self._number = 0
        self.none = words_label("muted")
        self.none.setText(NO_TEST)
        self.add = QPushButton("Add a test")
        self.add.setToolTip("Add a test at the target, before everything else")
        self.remove = QPushButton("Remove")
        self.earlier, self.later = QPushButton("Previous test"), QPushButton("Next test")
        self.which = words_label("strong")
        self.editor = SonicationFields()
        self.heat = NumberList()
        self.reversible = VerdictList()
        self.curve = TemperatureCurveView()
        self.range = words_label("small")
        self._ranges: dict[tuple[object, ...], ReversibleRange] = {}
        self._asked: set[tuple[object, ...]] = set()
        self.thermometry = ThermometryPart(case)
        self.calibration = words_label("plain")
        self.shown = NumberFields(SHOWN, in_a_row=1)
        self.calibrate = QPushButton("Calibrate on this test")
        self.calibrate.setToolTip("Take energies to heat as this test showed, from the temperature typed above")
        self.forget = QPushButton("Forget it")
        self.forget.setToolTip("Take energies to heat as declared again")
        self.progress = JobProgress()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for button in (self.add, self.remove, self.earlier, self.later, self.calibrate, self.forget):
            set_role(button, "segment")
        self.shown.fields["shown_celsius"].show_value(43.0)
        self.several = beside(self.earlier, self.later)
        self.test_parts = below(
            self.which, self.several, self.editor, self.heat, self.reversible, self.range, self.curve
        )
        self.calibrating = below(self.shown, beside(self.calibrate, self.forget), self.progress)
        for part in (
            self.none,
            beside(self.add, self.remove),
            self.test_parts,
            Section("Calibration", below(self.calibration, self.calibrating)),
            Section("Thermometry", self.thermometry),
        ):
            self.body.addWidget(part)

    def _connect(self) -> None:
        self.add.clicked.connect(lambda: self._with_target(lambda key: add_test(self.case, key)))
        self.remove.clicked.connect(self._remove)
        self.earlier.clicked.connect(lambda: self._step(-1))
        self.later.clicked.connect(lambda: self._step(1))
        self.editor.typed.connect(self._change)
        self.editor.settled.connect(self.end_merging)
        self.calibrate.clicked.connect(self._calibrate)
        self.forget.clicked.connect(lambda: self.tell(forget_calibration(self.case)))
        self.thermometry.refused.connect(self.tell)

    def show_target(self, shown: ShownTarget) -> None:
        plan, target, found, current = shown.plan, shown.target, shown.found, shown.current
        done = sonications_of(self.case, target.id)
        places = [place for place, sonication in enumerate(done) if sonication.kind == "test"]
        self._number = min(self._number, max(len(places) - 1, 0))
        place = places[self._number] if places else None
        self.none.setVisible(place is None)
        self.test_parts.setVisible(place is not None)
        self.remove.setVisible(place is not None)
        self.several.setVisible(len(places) > 1)
        self.which.setText(f"Test {self._number + 1} of {len(places)}")
        self.which.setVisible(len(places) > 1)
        self.calibration.setText(calibration_words(treatment_of(plan).calibration))
        self.calibrating.setVisible(place is not None)
        self.calibrate.setEnabled(found is not None)
        self.forget.setEnabled(treatment_of(plan).calibration.is_calibrated)
        self.thermometry.show_settings(treatment_of(plan).thermometry)
        if place is not None:
            self.editor.show_sonication(done[place], plan.landmarks.geometry())
            self._show_heat(found, done, place, current)
            if found is not None:
                self._show_range(plan, found, done[place])

    def _show_heat(
        self, found: SimulatedTarget | None, done: tuple[Sonication, ...], place: int, current: bool
    ) -> None:
        if found is None or found.history is None or len(found.sonications) != len(done):
            self.heat.show_rows((), current)
            self.reversible.show_rows(())
            self.range.hide()
            self.curve.show_curve(None)
            return
        self.heat.show_rows(heat_of(found, place), current)
        told = [check for check in found.checks if check.name == "reversible"]
        self.reversible.show_rows([VerdictRow(check.verdict, check.sentence) for check in told])
        self.curve.show_curve(temperature_curve(found.history, found.sonications, place), current)

    def _show_range(self, plan: Plan, found: SimulatedTarget, test: Sonication) -> None:
        """Up to where such a test is taken to be reversible: soon known, and asked once."""
        thermometry = treatment_of(plan).thermometry
        key = (found.keys.elements, test.duration_s, thermometry)
        known = self._ranges.get(key)
        self.range.setText("" if known is None else reversible_words(known, test.duration_s))
        self.range.setVisible(known is not None)
        if known is not None or key in self._asked or found.focus.gain <= 0:
            return
        self._asked.add(key)

        def show(reversible: ReversibleRange) -> None:
            self._ranges[key] = reversible
            self.refresh()

        request = ReversibleRequest(found.focus, test.duration_s, thermometry, plan.landmarks.geometry())
        title, work = "Looking how hot a test may get", self.desk.workflows.find_reversible_range
        self.desk.jobs.in_thread(work, request, title, show)

    def _chosen(self) -> int | None:
        """Place of the test that is shown, among all sonications of the target."""
        target = self.target
        done = sonications_of(self.case, target.id) if target is not None else ()
        places = [place for place, sonication in enumerate(done) if sonication.kind == "test"]
        return places[self._number] if self._number < len(places) else None

    def _step(self, by: int) -> None:
        target = self.target
        if target is not None:
            tests = sum(sonication.kind == "test" for sonication in sonications_of(self.case, target.id))
            self._number = min(max(self._number + by, 0), max(tests - 1, 0))
            self.refresh()

    def _with_target(self, edit: Callable[[str], FusplanError | None]) -> None:
        if self.target is not None:
            self.tell(edit(self.target.id))

    def _remove(self) -> None:
        place = self._chosen()
        if place is not None:
            self._with_target(lambda key: remove_sonication(self.case, key, place))

    def _change(self, changed: Sonication, what: str) -> None:
        place, target = self._chosen(), self.target
        if place is not None and target is not None:
            words = f"{what} of a test"
            key = f"sonication {target.id} {place} {words}"
            self.tell(change_sonication(self.case, target.id, place, changed, words, key))

    def _calibrate(self) -> None:
        plan, target, place = self.case.plan, self.target, self._chosen()
        simulated = self.case.simulated
        found = simulated.target(target.id) if simulated is not None and target is not None else None
        volume = self.case.volume
        if plan is None or volume is None or target is None or found is None or place is None:
            return
        head = volume.fingerprint
        request = CalibrateRequest(
            found.focus,
            sonications_of(self.case, target.id)[place],
            self.shown.fields["shown_celsius"].value(),
            treatment_of(plan).thermometry,
            plan.landmarks.geometry(),
        )

        def take(calibration: HeatingCalibration) -> None:
            if self.is_still_open(head, target.id):
                self.tell(calibrate_on(self.case, calibration))

        title, work = f"Calibrating on the test at {target.name}", self.desk.workflows.calibrate_heating
        self.progress.watch(self.desk.jobs.in_thread(work, request, title, take, lambda error: self._refuse(error)))

    def _refuse(self, error: FusplanError) -> None:
        self.tell(error)
