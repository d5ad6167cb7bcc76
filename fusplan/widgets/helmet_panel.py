"""The step "Helmet": how it leans at a target, what that does to its elements, and what every other tilt would do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from PySide6.QtWidgets import QPushButton, QWidget

from fusplan.display.treatment_figures import TILT_WORDS, TiltQuantity, tilt_picture
from fusplan.planning.plan import Plan, Target
from fusplan.planning.simulated_treatment import SimulatedTarget
from fusplan.planning.treatment_details import fit_rows, limits_words, load_row, sketched_elements
from fusplan.planning.treatment_edits import LARGEST_TILT_DEG, treatment_of
from fusplan.planning.treatment_sketch import TreatmentSketch
from fusplan.planning.treatment_summary import treatment_summary
from fusplan.session.treatment_editing import lean_helmet
from fusplan.simulation.acoustic_map import ACOUSTIC_MAPS, DEFAULT_ACOUSTIC_MAP
from fusplan.simulation.element_transmission import Acoustics
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.widgets.case import Case
from fusplan.widgets.desk import Desk
from fusplan.widgets.elements_part import ElementsPart
from fusplan.widgets.job_progress import JobProgress
from fusplan.widgets.number_fields import FieldSpec, NumberFields
from fusplan.widgets.number_list import NumberList
from fusplan.widgets.section import Section
from fusplan.widgets.segments import Choice, Segments
from fusplan.widgets.theme import set_role
from fusplan.widgets.tilt_map_view import TiltMapView
from fusplan.widgets.treatment_panel import ShownTarget, TreatmentPanel, below, words_label
from fusplan.widgets.verdict_list import VerdictList, VerdictRow

if TYPE_CHECKING:
    from fusplan.simulation.helmet_fit import TiltLimits
    from fusplan.simulation.tilt_search import TiltMap
    from fusplan.workflows.treatment_steps import TiltsRequest

TILT = (
    FieldSpec("anterior_deg", "Lean forward", "Lean of the apex forward (minus: back)", "°",
              -LARGEST_TILT_DEG, LARGEST_TILT_DEG, 1.0),
    FieldSpec("right_deg", "Lean right", "Lean of the apex to the patient's right (minus: left)", "°",
              -LARGEST_TILT_DEG, LARGEST_TILT_DEG, 1.0),
    FieldSpec("roll_deg", "Roll", "Turn about its own axis, seen from above counter-clockwise", "°",
              -180.0, 180.0, 1.0),
)  # fmt: skip

SHOWN_CHECKS = ("fit of the helmet", "reach", "focus shift")
QUANTITIES = (
    Choice("active", "Elements", "Active elements of every tilt"),
    Choice("incidence", "Incidence", "Mean angle between ray and skull over active elements"),
    Choice("efficiency", "Pressure", "Pressure at the target, phases corrected, over that in water"),
)
KEPT_MAPS = 4


class HelmetPanel(TreatmentPanel):
    """Lean the helmet by numbers, or by a click on the map of tilts."""

    def __init__(self, case: Case, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(case, desk, "Helmet", parent)
        self.tilt = NumberFields(TILT)
        self.upright = QPushButton("Upright")
        self.upright.setToolTip("Let the helmet stand upright along the AC-PC axes")
        self.limits = words_label("small")
        self.numbers, self.focus = NumberList(), NumberList()
        self.checks = VerdictList()
        self.elements = ElementsPart(case)
        self.compute = QPushButton("Compare tilts")
        self.compute.setToolTip("Compute active elements, incidence and pressure of every tilt at this target")
        self.progress = JobProgress()
        self.quantity = Segments(QUANTITIES, "What the map shows")
        self.quantity.choose("active")
        self.map = TiltMapView()
        self.map_words = words_label("small")
        self.map_words.setText(TILT_WORDS)
        self._maps: dict[tuple[object, ...], TiltMap] = {}
        self._limits: dict[tuple[object, ...], TiltLimits] = {}
        self._measuring: set[tuple[object, ...]] = set()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        set_role(self.upright, "segment")
        self.map_parts = below(self.quantity, self.map, self.map_words)
        for part in (
            self.tilt,
            self.upright,
            self.limits,
            self.numbers,
            self.checks,
            Section("Elements", self.elements),
            Section("Every tilt", below(self.compute, self.progress, self.map_parts)),
            Section("Focus", self.focus),
        ):
            self.body.addWidget(part)

    def _connect(self) -> None:
        self.tilt.typed.connect(self._type)
        self.tilt.settled.connect(self.end_merging)
        self.upright.clicked.connect(lambda: self._lean(HelmetTilt(), settled=True))
        self.compute.clicked.connect(self._compare)
        self.quantity.chosen.connect(lambda _key: self.refresh())
        self.map.tilt_chosen.connect(self._take_tilt)

    def show_target(self, shown: ShownTarget) -> None:
        tilt = treatment_of(shown.plan).at(shown.target.id).tilt
        self.tilt.show_numbers({spec.key: getattr(tilt, spec.key) for spec in TILT})
        self.upright.setEnabled(not tilt.is_none)
        self.elements.show_target(shown.found)
        self._show_numbers(shown.found, shown.sketch, shown.current)
        self._show_checks(shown.found)
        self._show_tilts(shown.plan, shown.target, tilt)

    def _show_numbers(self, found: SimulatedTarget | None, sketch: TreatmentSketch | None, current: bool) -> None:
        """What was simulated; of the elements what is sketched, while that is newer."""
        if found is None:
            self.numbers.show_rows((), current)
            self.focus.show_rows((), current)
            return
        summary = treatment_summary(found)
        gain = summary.named("gain")
        self.focus.show_rows([row for row in summary.of("focus") if row is not gain], current)
        if sketch is not None:
            self.numbers.show_rows(sketched_elements(sketch), current=True)
            return
        rows = [*summary.of("skull"), *((gain,) if gain is not None else ()), load_row(found)]
        self.numbers.show_rows([*rows, *fit_rows(found.fit)], current)

    def _show_checks(self, found: SimulatedTarget | None) -> None:
        checks = () if found is None else found.checks
        told = [check for check in checks if check.name in SHOWN_CHECKS or check.name.startswith("rays")]
        self.checks.show_rows([VerdictRow(check.verdict, check.sentence) for check in told])
        self.checks.setVisible(bool(told))

    def _show_tilts(self, plan: Plan, target: Target, tilt: HelmetTilt) -> None:
        key = self._key(plan, target)
        known = self._maps.get(key) if key is not None else None
        self.map_parts.setVisible(known is not None)
        self.compute.setVisible(known is None)
        self.compute.setEnabled(key is not None)
        if known is not None:
            quantity = next(name for name in get_args(TiltQuantity) if name == self.quantity.choice)
            self.map.show_picture(tilt_picture(known, quantity, tilt, self.case.view.state.convention))
        limits = self._limits.get(key) if key is not None else None
        self.limits.setText("" if limits is None else limits_words(limits))
        self.limits.setVisible(limits is not None)
        if limits is None and key is not None and key not in self._measuring:
            self._measure(key)

    def _key(self, plan: Plan, target: Target) -> tuple[object, ...] | None:
        """What tilts are compared of; None while the skull is not known."""
        simulated, treatment = self.case.simulated, treatment_of(plan)
        if simulated is None:
            return None
        sound = (treatment.acoustics, treatment.frequency_hz, treatment.incidence_limit_deg)
        return (simulated.skull_key, target.point, plan.landmarks.marks_digest, sound)

    def _request(self) -> TiltsRequest | None:
        from fusplan.workflows.treatment_steps import TiltsRequest  # noqa: PLC0415 - the engine, loaded when asked

        plan, target, simulated = self.case.plan, self.target, self.case.simulated
        if plan is None or target is None or simulated is None:
            return None
        treatment = treatment_of(plan)
        mapping = next(name for name in ACOUSTIC_MAPS if name == (treatment.acoustics or DEFAULT_ACOUSTIC_MAP))
        return TiltsRequest(
            simulated.skull,
            simulated.skin.vertices,
            simulated.transducer,
            target.point,
            plan.landmarks.geometry(),
            Acoustics(mapping, treatment.incidence_limit_deg),
        )

    def _measure(self, key: tuple[object, ...]) -> None:
        """How far the head lets the helmet lean: soon known, and asked once."""
        request = self._request()
        if request is None:
            return
        self._measuring.add(key)

        def show(limits: TiltLimits) -> None:
            self._limits[key] = limits
            self.refresh()

        title = "Measuring how far the helmet can lean"
        self.desk.jobs.in_thread(self.desk.workflows.measure_tilt_limits, request, title, show)

    def _compare(self) -> None:
        plan, target, request = self.case.plan, self.target, self._request()
        if plan is None or target is None or request is None:
            return
        key = self._key(plan, target)
        if key is None:
            return

        def show(found: TiltMap) -> None:
            self._maps = dict([*self._maps.items(), (key, found)][-KEPT_MAPS:])
            self.refresh()

        title = f"Comparing tilts at {target.name}"
        self.progress.watch(self.desk.jobs.in_thread(self.desk.workflows.compare_tilts, request, title, show))

    # Edits ------------------------------------------------------------------------------------------------------

    def _tilt_now(self) -> HelmetTilt | None:
        plan, target = self.case.plan, self.target
        return treatment_of(plan).at(target.id).tilt if plan is not None and target is not None else None

    def _type(self, key: str, value: float) -> None:
        now = self._tilt_now()
        if now is not None:
            self._lean(replace(now, **{key: value}))

    def _take_tilt(self, tilt: HelmetTilt) -> None:
        now = self._tilt_now()
        if now is not None:
            self._lean(replace(tilt, roll_deg=now.roll_deg), settled=True)

    def _lean(self, tilt: HelmetTilt, settled: bool = False) -> None:
        target = self.target
        if target is None or tilt == self._tilt_now():
            return
        if settled:
            self.end_merging()
        self.tell(lean_helmet(self.case, target.id, tilt, None if settled else f"lean {target.id}"))
