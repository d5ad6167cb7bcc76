"""The five steps of a treatment by mouse and keys, on a made-up simulation; what is typed can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fusplan.display.treatment_sights import treatment_sights
from fusplan.errors import FusplanError
from fusplan.planning.document import PlanDocument
from fusplan.planning.number_words import TIMES, percent
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.treatment import TargetTreatment
from fusplan.planning.treatment_edits import set_calibration, set_sonications, treatment_of
from fusplan.session.second_image import SecondImageTrouble
from fusplan.simulation.dragged_spots import PatternNumbers
from fusplan.simulation.helmet_fit import TiltLimits
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.lesion_contours import Coverage
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS
from fusplan.simulation.reversible_range import ReversibleRange
from fusplan.simulation.skull import SkullKind
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import ShownRise, TrueRise
from fusplan.simulation.tilt_search import TiltMap
from fusplan.spatial import Affine
from fusplan.widgets.ablation_panel import PROPOSED, AblationPanel
from fusplan.widgets.case import Case
from fusplan.widgets.expected_lesion_panel import ExpectedLesionPanel
from fusplan.widgets.helmet_panel import HelmetPanel
from fusplan.widgets.number_field import NumberField
from fusplan.widgets.skull_panel import NO_CT, SkullPanel
from fusplan.widgets.sonication_test_panel import SonicationTestPanel
from fusplan.widgets.theme import apply_theme
from fusplan.widgets.treatment_panel import TreatmentPanel
from fusplan.workflows.ct_image import PlacedCt
from fusplan.workflows.kept_second_image import PlacedSecondImage
from fusplan.workflows.requests import KeptSecondImage, PlaceCtRequest
from fusplan.workflows.treatment_steps import CalibrateRequest, ProposeSpotsRequest
from tests.fixtures.cases import atlas_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.plans import second_image
from tests.fixtures.simulated_plans import ABLATIONS, TEST, simulated_plan
from tests.fixtures.small_heads import small_head, small_plan

LEFT = Qt.MouseButton.LeftButton
LEANINGS = np.array([-8.0, 0.0, 8.0])


class Room:
    """A case with a made-up simulation, a desk, and panels on them."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.case: Case = atlas_case()
        self.kept = TrialDesk(self.case)
        self.asked: list[object] = []
        self.kept.work_with(
            measure_tilt_limits=lambda request, progress: TiltLimits(14.0, 20.0, 12.0, 12.0, upright_fits=True),
            find_reversible_range=lambda request, progress: ReversibleRange(TrueRise(10.9), ShownRise(8.2)),
            compare_tilts=lambda request, progress: _tilts(),
            propose_spots=self._propose,
            calibrate_heating=self._calibrate,
            place_ct=self._place_ct,
        )

    def _propose(self, request: ProposeSpotsRequest, _progress: object) -> tuple[Sonication, ...]:
        self.asked.append(request)
        return tuple(replace(spot, start_s=120.0 * place) for place, spot in enumerate(ABLATIONS))

    def _calibrate(self, request: CalibrateRequest, _progress: object) -> HeatingCalibration:
        self.asked.append(request)
        return HeatingCalibration(1.7, 0.12, 0.1, "2.6 kJ in 10 s showed 4.4 °C more")

    def _place_ct(self, request: PlaceCtRequest, _progress: object) -> PlacedCt:
        self.asked.append(request)
        kept = second_image("/heads/CT.nii.gz")
        stay = Affine(kept.image.frame, small_head().scanner_frame, np.eye(4))
        return PlacedCt(replace(kept, role="ct", to_reference=stay), ())

    def simulate(self, kind: SkullKind = "ct") -> None:
        assert self.case.plan is not None
        self.case.set_simulated(simulated_plan(self.case.plan, kind))

    def sonicate(self, *sonications: Sonication) -> None:
        assert self.case.document is not None
        self.case.document.apply("Sonicate", lambda plan: set_sonications(plan, "clp-left", sonications))

    def show(self, panel: TreatmentPanel) -> None:
        self.qtbot.addWidget(panel)
        panel.resize(328, 1400)
        panel.show()
        self.qtbot.waitExposed(panel)

    def type(self, field: NumberField, text: str) -> None:
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def click(self, button: QWidget) -> None:
        self.qtbot.mouseClick(button, LEFT)

    @property
    def treated(self) -> TargetTreatment:
        assert self.case.plan is not None
        return treatment_of(self.case.plan).at("clp-left")

    @property
    def undo_label(self) -> str | None:
        return self.case.document.history.undo_label if self.case.document is not None else None


def _tilts() -> TiltMap:
    across, up = np.meshgrid(LEANINGS, LEANINGS)
    return TiltMap(LEANINGS, LEANINGS, (900 - across**2 - up**2).astype(np.int64), 12.0 + across, None, across < 5)


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    made = Room(qtbot)
    made.simulate()
    return made


def test_a_target_is_chosen_at_the_top_and_follows_the_selection(room: Room) -> None:
    panel = HelmetPanel(room.case, room.kept.desk)
    room.show(panel)
    assert panel.targets.choice.choice == "clp-left"
    room.click(panel.targets.choice.buttons["clp-right"])
    assert room.case.view.state.selection.target_id == "clp-right"
    room.case.view.become(room.case.view.state.with_selection(target_id="clp-left"))
    assert panel.targets.choice.choice == "clp-left"


def test_what_is_of_an_earlier_state_is_grey_and_said_so(room: Room) -> None:
    panel = HelmetPanel(room.case, room.kept.desk)
    room.show(panel)
    assert panel.state.isHidden()
    room.type(panel.tilt.fields["anterior_deg"], "5")
    assert "being computed anew" in panel.state.text()
    name, value = panel.numbers._labels[0]
    assert (name.text(), value.isEnabled()) == ("Active elements", False)
    room.simulate()
    assert panel.state.isHidden()
    assert value.isEnabled()


def test_without_a_plan_the_step_says_how_one_is_made(room: Room) -> None:
    panel = HelmetPanel(room.case, room.kept.desk)
    room.show(panel)
    room.case.open_volume(small_head())
    assert "Ctrl+R" in panel.state.text()
    assert panel.parts.isHidden()


def test_a_simulation_that_failed_is_told_and_asked_for_again(room: Room) -> None:
    calls: list[str] = []
    room.kept.desk.simulate = lambda: calls.append("again")
    panel = HelmetPanel(room.case, room.kept.desk)
    room.show(panel)
    room.type(panel.tilt.fields["anterior_deg"], "5")
    room.case.set_simulated(room.case.simulated, FusplanError("No skull was found.", "Give a CT."))
    assert panel.state.text() == "No skull was found. Give a CT."
    room.click(panel.again)
    assert calls == ["again"]


def test_the_helmet_leans_as_typed_within_what_a_helmet_does(room: Room, qtbot: QtBot) -> None:
    panel = HelmetPanel(room.case, room.kept.desk)
    room.show(panel)
    qtbot.waitUntil(lambda: "14° forward" in panel.limits.text())
    room.type(panel.tilt.fields["anterior_deg"], "5")
    room.type(panel.tilt.fields["right_deg"], "-3,5")
    assert room.treated.tilt == HelmetTilt(5.0, -3.5)
    room.type(panel.tilt.fields["anterior_deg"], "45")
    assert "not within" in panel.tilt.fields["anterior_deg"].problem
    assert room.treated.tilt == HelmetTilt(5.0, -3.5)
    assert room.undo_label == "Lean the helmet at CLp left"
    room.case.document.undo()
    assert room.treated.tilt == HelmetTilt(5.0, 0.0)
    assert panel.tilt.fields["right_deg"].value() == 0.0
    room.click(panel.upright)
    assert room.treated.tilt.is_none


def test_a_click_on_the_map_of_tilts_leans_the_helmet(room: Room, qtbot: QtBot) -> None:
    panel = HelmetPanel(room.case, room.kept.desk)
    room.show(panel)
    room.click(panel.compute)
    qtbot.waitUntil(lambda: panel.map.isVisible())
    assert "no recommendation" in panel.map_words.text()
    qtbot.mouseClick(panel.map, LEFT, pos=panel.map.place_of(8.0, -8.0).toPoint())
    assert room.treated.tilt == HelmetTilt(8.0, -8.0)
    room.click(panel.quantity.buttons["efficiency"])
    assert panel.map.picture.bar is None
    room.click(panel.quantity.buttons["incidence"])
    cell = panel.map.picture.cell_at(0.01, 0.01)
    assert "too close to the skin" in panel.map.words_of(cell)


def test_the_skull_is_chosen_and_what_a_t1_cannot_tell_is_said(room: Room) -> None:
    panel = SkullPanel(room.case, room.kept.desk)
    room.show(panel)
    assert panel.histogram.isVisible()
    assert "SDR unreliable" in panel.unreliable.text()
    assert panel.ratios.rows[0].words == "0.45"
    combo = panel.skull.combo
    combo.setFocus()
    room.qtbot.keyClick(combo, Qt.Key.Key_Down)
    room.qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert treatment_of(room.case.plan).skull == "t1"
    assert room.undo_label == "Skull: estimated from the T1 image"
    room.simulate("t1")
    assert panel.histogram.isHidden()
    assert panel.cannot_tell.text().startswith("A T1 image tells where the skull is")
    room.case.document.undo()
    room.case.document.undo()
    assert panel.skull.combo.currentText() == "The best at hand"


def test_the_sound_is_typed(room: Room) -> None:
    panel = SkullPanel(room.case, room.kept.desk)
    room.show(panel)
    panel.sound.parentWidget().show()
    room.type(panel.sound.fields["incidence_limit_deg"], "20")
    room.type(panel.sound.fields["frequency_khz"], "220")
    treatment = treatment_of(room.case.plan)
    assert (treatment.incidence_limit_deg, treatment.frequency_hz) == (20.0, 220e3)
    assert panel.mapping.combo.currentText().startswith("McDannold")
    panel.mapping.chosen.emit("aubry")
    assert treatment_of(room.case.plan).acoustics == "aubry"
    assert "Aubry" in panel.citation.text()


def test_a_ct_is_added_found_and_removed(room: Room, qtbot: QtBot) -> None:
    panel = SkullPanel(room.case, room.kept.desk)
    room.show(panel)
    assert panel.ct_words.text() == NO_CT
    room.kept.image = Path("/heads/CT.nii.gz")
    room.click(panel.add)
    qtbot.waitUntil(lambda: room.case.plan.image_of("ct") is not None)
    (request,) = room.asked
    assert request.ct_path == room.kept.image
    assert panel.ct_name.text() == "CT.nii.gz"
    assert room.undo_label == "Lay the CT CT.nii.gz over"
    record = room.case.plan.image_of("ct")
    room.case.set_ct(None, SecondImageTrouble(record, FusplanError("It is gone.", "Find it.")))
    assert panel.trouble.what.text() == "It is gone."

    def found(wanted: KeptSecondImage, _progress: object) -> PlacedSecondImage:
        return PlacedSecondImage(small_head(), wanted.record)

    room.kept.work_with(open_second_image=found)
    room.click(panel.trouble.find_button)
    qtbot.waitUntil(lambda: room.case.ct is not None)
    assert panel.trouble.isHidden()
    panel.shown.setFocus()
    qtbot.keyClick(panel.shown, Qt.Key.Key_Space)
    drawn = room.case.view.state.image_layers.drawn(room.case.pictures)
    assert "ct" in [layer.key for layer in drawn]
    room.click(panel.remove)
    assert room.case.plan.image_of("ct") is None
    room.case.document.undo()
    assert room.case.plan.image_of("ct") is not None


def test_a_ct_of_a_head_that_was_closed_meanwhile_is_dropped(room: Room, qtbot: QtBot) -> None:
    panel = SkullPanel(room.case, room.kept.desk)
    room.show(panel)
    panel.open(Path("/heads/CT.nii.gz"))
    room.case.close()
    qtbot.waitUntil(lambda: bool(room.kept.messages))
    assert "dropped" in room.kept.messages[0].text


def test_a_test_is_added_changed_and_removed(room: Room) -> None:
    panel = SonicationTestPanel(room.case, room.kept.desk)
    room.show(panel)
    # What the program proposes has a test in this made-up simulation; it becomes the plan's own with the first change.
    assert panel.editor.fields["energy_kj"].value() == 2.6
    room.type(panel.editor.fields["energy_kj"], "3.1")
    assert [s.energy_j for s in room.treated.sonications] == [3100.0, 7400.0, 8200.0]
    assert room.undo_label == "Change the energy of a test at CLp left"
    room.simulate()
    assert {row.title for row in panel.heat.rows} == {"Shown at most", "True at most"}
    assert panel.curve.isVisible()
    room.qtbot.waitUntil(panel.range.isVisible)
    assert panel.range.text() == "In 10 s taken to be reversible up to 45.2 °C shown, 47.9 °C true."
    assert "reversible" in panel.reversible.rows[0].text
    room.click(panel.remove)
    assert [s.kind for s in room.treated.sonications] == ["ablation", "ablation"]
    room.click(panel.add)
    assert [s.kind for s in room.treated.sonications] == ["test", "ablation", "ablation"]
    assert room.treated.sonications[1].start_s >= room.treated.sonications[0].end_s
    for _ in range(3):
        room.case.document.undo()
    assert room.treated.sonications == ()


def test_more_power_than_the_device_has_is_refused_in_place(room: Room) -> None:
    panel = SonicationTestPanel(room.case, room.kept.desk)
    room.show(panel)
    room.type(panel.editor.fields["energy_kj"], "30")
    assert "power" in panel.refusal.text().lower()
    assert room.treated.sonications == ()
    assert panel.editor.fields["energy_kj"].value() == 2.6
    room.type(panel.editor.fields["energy_kj"], "2.7")
    assert panel.refusal.isHidden()


def test_heating_is_calibrated_on_a_temperature_that_was_shown(room: Room, qtbot: QtBot) -> None:
    panel = SonicationTestPanel(room.case, room.kept.desk)
    room.show(panel)
    assert "declared" in panel.calibration.text()
    room.type(panel.shown.fields["shown_celsius"], "41.4")
    room.click(panel.calibrate)
    qtbot.waitUntil(lambda: treatment_of(room.case.plan).calibration.is_calibrated)
    (request,) = room.asked
    assert (request.shown_celsius, request.test) == (41.4, TEST)
    assert "showed 4.4 °C more" in panel.calibration.text()
    room.click(panel.forget)
    assert not treatment_of(room.case.plan).calibration.is_calibrated
    room.case.document.undo()
    assert room.undo_label == "Calibrate on a test sonication"


def test_thermometry_looks_as_the_person_says(room: Room) -> None:
    panel = SonicationTestPanel(room.case, room.kept.desk)
    room.show(panel)
    room.click(panel.thermometry.readout.buttons["anterior-posterior"])
    room.click(panel.thermometry.plane.buttons["coronal"])
    room.type(panel.thermometry.numbers.fields["snr"], "20")
    settings = treatment_of(room.case.plan).thermometry
    assert (settings.plane, settings.readout, settings.snr) == ("coronal", "right-left", 20.0)
    assert not panel.thermometry.readout.buttons["anterior-posterior"].isEnabled()
    room.case.document.undo()
    assert treatment_of(room.case.plan).thermometry.snr == 40.0


def test_a_proposed_pattern_is_shown_kept_and_looked_for(room: Room, qtbot: QtBot) -> None:
    panel = AblationPanel(room.case, room.kept.desk)
    room.show(panel)
    assert panel.note.text() == PROPOSED
    room.click(panel.keep)
    assert room.treated.sonications == (TEST, *ABLATIONS)
    room.click(panel.propose)
    qtbot.waitUntil(lambda: bool(room.asked))
    qtbot.waitUntil(lambda: room.undo_label == "Take a pattern of 2 spots at CLp left")
    assert [s.kind for s in room.treated.sonications] == ["test", "ablation", "ablation"]
    room.case.document.undo()
    room.case.document.undo()
    assert panel.note.text() == PROPOSED


def choose(panel: AblationPanel, place: int, qtbot: QtBot) -> None:
    middle = panel.list.visualItemRect(panel.list.item(place)).center() - QPoint(40, 0)
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=middle)


def test_spots_are_chosen_moved_ordered_added_and_removed(room: Room, qtbot: QtBot) -> None:
    room.sonicate(TEST, *ABLATIONS)
    room.simulate()
    panel = AblationPanel(room.case, room.kept.desk)
    room.show(panel)
    choose(panel, 2, qtbot)
    selection = room.case.view.state.selection
    assert (selection.target_id, selection.spot) == ("clp-left", 3)
    assert panel.heat.rows[0].words.endswith("°C")
    room.type(panel.editor.fields["right_mm"], "1.5")
    axes = room.case.plan.landmarks.geometry().axes
    moved = axes.T @ np.array(room.treated.sonications[2].spot_offset_mm)
    before = axes.T @ np.array(ABLATIONS[1].spot_offset_mm)
    assert moved == pytest.approx([1.5, before[1], before[2]])
    assert room.undo_label == "Move the spot at CLp left"
    room.click(panel.earlier)
    assert [s.energy_j for s in room.treated.sonications] == [2600.0, 8200.0, 7400.0]
    assert [s.start_s for s in room.treated.sonications] == [0.0, 120.0, 240.0]
    room.click(panel.add)
    assert room.treated.sonications[-1].start_s == 360.0
    assert panel.totals.rows[0].words == "4"
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert len(room.treated.sonications) == 3
    room.type(panel.editor.fields["start_s"], "125")
    assert "begins at 125 s, before" in panel.refusal.text()
    while room.undo_label is not None:
        room.case.document.undo()
    assert room.case.plan.treatment is None


def test_what_a_pattern_makes_follows_a_drag_in_the_views(room: Room) -> None:
    room.sonicate(TEST, *ABLATIONS)
    room.simulate()
    panel = AblationPanel(room.case, room.kept.desk)
    room.show(panel)
    assert [row.words for row in panel.pattern.rows[:2]] == ["40 mm³", f"{percent(0.8)} covered"]
    found = room.case.simulated.target("clp-left")
    volumes = dict.fromkeys(CONTOUR_WORDS, 31.0)
    numbers = PatternNumbers(volumes, {"51_celsius": Coverage(0.5, 20.0, 4.0)}, 58.0)
    room.sonicate(TEST, ABLATIONS[0])
    sights = treatment_sights(room.case.simulated, found)
    room.case.set_sights(replace(sights, numbers=numbers, volumes_mm3=volumes))
    words = [row.words for row in panel.pattern.rows]
    assert words == ["31 mm³", f"{percent(0.5)} covered", "20 mm³ missed, 4 mm³ beyond", "58.0 °C"]
    room.simulate()
    assert panel.pattern.rows[0].words == "40 mm³"


def test_energies_are_given_for_a_temperature(room: Room) -> None:
    room.sonicate(TEST, *ABLATIONS)
    room.simulate()
    panel = AblationPanel(room.case, room.kept.desk)
    room.show(panel)
    panel.give.parentWidget().show()
    room.type(panel.wanted.fields["shown_celsius"], "50")
    room.click(panel.give)
    assert room.treated.sonications[1].energy_j == pytest.approx(13_000 / 2.3)
    assert room.undo_label == "Energies for 50 °C shown at CLp left"
    room.case.document.undo()
    assert room.treated.sonications == (TEST, *ABLATIONS)


def test_work_for_a_head_that_was_closed_meanwhile_changes_nothing(room: Room, qtbot: QtBot) -> None:
    panel = SonicationTestPanel(room.case, room.kept.desk)
    room.show(panel)
    room.click(panel.calibrate)
    other = replace(small_head(), fingerprint="b" * 64)
    room.case.open_volume(other)
    qtbot.waitUntil(lambda: bool(room.asked))
    assert room.case.plan is None


def test_many_spots_of_a_whole_session_are_one_curve(room: Room) -> None:
    room.sonicate(TEST, *ABLATIONS)
    room.simulate()
    panel = AblationPanel(room.case, room.kept.desk)
    room.show(panel)
    assert len(panel.curve.curve.bands) == 1
    room.click(panel.shown_of.buttons["all"])
    assert len(panel.curve.curve.bands) == 3
    assert not panel.curve.grab().isNull()


def test_the_lesion_to_expect_is_told_with_its_doubt_and_what_is_not_simulated(room: Room) -> None:
    panel = ExpectedLesionPanel(room.case, room.kept.desk)
    room.show(panel)
    assert panel.volumes.texts[0] == ["51 °C reached", "20", "40", "75"]
    assert panel.covered.texts[0] == ["51 °C reached", percent(0.8), "9", "6"]
    assert panel.sizes.texts[0][1] == TIMES.join(("3.8", "3.8", "5.0"))
    assert "four-fold range" in panel.assumptions.text()
    assert panel.wide.isVisible()
    calibrated = HeatingCalibration(2.0, 0.12, 0.1, "a test")
    room.case.document.apply("Calibrate", lambda plan: set_calibration(plan, calibrated))
    assert panel.wide.isHidden()
    assert "standing waves" in panel.not_simulated.text()
    likely, drawn = panel.heat.rows[-2:]
    assert (likely.title, drawn.title) == ("Cavitation, for teaching", "It interrupts")
    assert "no physics is claimed" in likely.note
    room.sonicate(TEST)
    room.simulate()
    assert panel.none.isVisible()
    assert panel.found.isHidden()


PANELS: tuple[Callable[..., TreatmentPanel], ...] = (
    SkullPanel,
    HelmetPanel,
    SonicationTestPanel,
    AblationPanel,
    ExpectedLesionPanel,
)


@pytest.mark.parametrize("make", PANELS)
def test_every_step_fits_into_a_narrow_panel_and_stands_before_anything_is_known(
    make: Callable[..., TreatmentPanel], room: Room, qapp: QApplication
) -> None:
    apply_theme(qapp, "light")
    room.sonicate(TEST, *ABLATIONS)
    panel = make(room.case, room.kept.desk)
    room.show(panel)
    room.simulate()
    assert panel.minimumSizeHint().width() <= 328
    room.case.set_simulated(None)
    assert "Being simulated" in panel.state.text()
    room.case.open_document(small_head(), PlanDocument(replace(small_plan(), targets=(), lesions=())))
    assert "no target" in panel.state.text()


def test_a_ct_that_is_not_at_hand_is_what_the_other_steps_wait_for(room: Room) -> None:
    panel = HelmetPanel(room.case, room.kept.desk)
    room.show(panel)
    record = room._place_ct(PlaceCtRequest(small_plan(), Path(), Path()), None).record
    room.case.document.apply("CT", lambda plan: set_image(plan, "ct", record))
    room.case.set_ct(None, SecondImageTrouble(record, FusplanError("It is gone.", "Find it.")))
    assert "not at hand" in panel.state.text()
