"""Rough answers while a treatment is changed: of the newest state, one at a time, gone once it is simulated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fusplan.planning.simulated_treatment import elements_key
from fusplan.planning.treatment_edits import set_calibration, set_tilt
from fusplan.planning.treatment_sketch import TreatmentSketch
from fusplan.progress import Progress
from fusplan.session.session import Session
from fusplan.session.sketch_controller import SketchController
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.sonication import HeatingCalibration
from fusplan.workflows.treatment_requests import SketchRequest
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures.session_services import HeldWork
from tests.fixtures.sessions import atlas_session
from tests.fixtures.simulated_plans import simulated_plan


class Room:
    """A simulated session in the workspace, and what was sketched."""

    def __init__(self) -> None:
        self.session: Session = atlas_session()
        self.work = HeldWork()
        self.sketched: list[SketchRequest] = []
        self.session.set_simulated(simulated_plan(self.session.plan))
        self.session.view.update(workspace="treatment")
        workflows = replace(Workflows(), sketch_treatment=self._sketch)
        self.controller = SketchController(self.session, self.work, workflows)

    def _sketch(self, request: SketchRequest, _progress: Progress) -> TreatmentSketch:
        self.sketched.append(request)
        plan, target, simulated = request.plan, request.target, request.simulated
        key = elements_key(plan, target, simulated.skull_key)
        found = simulated.target(target.id)
        return TreatmentSketch(target.id, key, found.pose, found.elements, 0.2)

    def tilt(self, anterior_deg: float, target_id: str = "clp-left") -> None:
        self.session.document.apply("Tilt", lambda plan: set_tilt(plan, target_id, HelmetTilt(anterior_deg)))


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_drag_is_sketched_one_state_at_a_time_and_the_last_one_for_sure(room: Room) -> None:
    for angle in (1.0, 2.0, 3.0):
        room.tilt(angle)
    assert len(room.work.waiting) == 1
    room.work.finish()
    assert [request.plan.treatment.at("clp-left").tilt.anterior_deg for request in room.sketched] == [1.0, 3.0]
    assert room.session.sketch.target_id == "clp-left"
    assert not room.controller.is_busy


def test_the_careful_answer_takes_its_place_and_undo_needs_none(room: Room) -> None:
    room.tilt(1.0)
    room.work.finish()
    room.session.document.undo()
    assert room.session.sketch is None
    room.session.document.redo()
    room.work.finish()
    room.session.set_simulated(simulated_plan(room.session.plan))
    assert room.session.sketch is None
    assert room.work.waiting == []


def test_only_the_selected_target_is_sketched_and_only_where_somebody_looks(room: Room) -> None:
    room.tilt(1.0, "clp-right")
    assert room.work.started == []
    room.session.view.change(lambda state: state.with_selection(target_id="clp-right"))
    room.tilt(2.0, "clp-right")
    room.work.finish()
    assert [request.target.id for request in room.sketched] == ["clp-right"]
    room.session.view.update(workspace="plan")
    room.tilt(3.0, "clp-right")
    assert len(room.work.started) == 1


def test_what_changes_no_ray_is_not_sketched(room: Room) -> None:
    room.session.document.apply("Calibrate", lambda plan: set_calibration(plan, HeatingCalibration(3.0)))
    assert room.work.started == []


def test_a_case_that_is_closed_stops_it(room: Room) -> None:
    room.tilt(1.0)
    (piece,) = room.work.waiting
    room.session.close()
    assert piece.is_cancelled
    assert room.session.sketch is None
