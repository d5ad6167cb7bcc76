"""What is drawn of the treatment: when it is made, of which target, and the heat that follows dragged spots."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fusplan.display.treatment_pictures import DOSE_KEY, FOCUS_KEY, TEMPERATURE_KEY
from fusplan.display.treatment_sights import treatment_sights
from fusplan.display.view_state import SliceCamera
from fusplan.errors import FusplanError
from fusplan.planning.document import PlanDocument
from fusplan.planning.treatment_edits import set_sonications
from fusplan.planning.treatment_sketch import TreatmentSketch
from fusplan.progress import Progress
from fusplan.session.sights_controller import SightsController
from fusplan.simulation.dragged_spots import PatternNumbers
from fusplan.simulation.helmet_pose import HelmetTilt, tilted_helmet
from fusplan.simulation.lesion_contours import HeatMaps
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.workflows.treatment_requests import DraggedHeatRequest, SightsRequest
from fusplan.workflows.treatment_sights import DraggedHeat, LaidOutDrag
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures.session_services import HeldWork
from tests.fixtures.sessions import atlas_session
from tests.fixtures.simulated_plans import history, simulated_plan
from tests.fixtures.small_heads import small_head, small_plan
from tests.fixtures.treatment_sights import small_simulated


class LaidOut:
    """Stands for what was laid out for a drag."""

    def __init__(self, calibration: HeatingCalibration) -> None:
        self.calibration = calibration


class Room:
    """A session with its controller, and what was asked of the work beside the window."""

    def __init__(self) -> None:
        self.session, self.work = atlas_session(), HeldWork()
        self.made: list[SightsRequest] = []
        self.dragged: list[DraggedHeatRequest] = []
        self.fails = False
        workflows = replace(Workflows(), make_sights=self._make, drag_heat=self._drag)
        self.controller = SightsController(self.session, self.work, workflows)

    def _make(self, request: SightsRequest, _progress: Progress) -> object:
        self.made.append(request)
        if self.fails:
            raise FusplanError("There is no bone.", "Choose another skull.")
        return treatment_sights(request.simulated, request.target, request.before)

    def _drag(self, request: DraggedHeatRequest, _progress: Progress) -> DraggedHeat:
        self.dragged.append(request)
        spots = LaidOut(request.calibration)
        laid_out = request.laid_out or LaidOutDrag(request.target, spots, request.sonications, {})
        volumes = {"51_celsius": 10.0 * len(self.dragged)}
        heat = history(request.target.pose.target, request.sonications)
        maps = HeatMaps.of(heat.peak_map, heat.dose)
        sights = request.sights.dragged(maps, PatternNumbers(volumes, {}, 57.0), volumes)
        return DraggedHeat(laid_out, request.sonications, sights)

    def enter(self) -> None:
        """Go to the workspace, with a simulation, and wait for what is drawn."""
        self.session.set_simulated(small_simulated())
        self.session.view.update(workspace="treatment")
        self.work.finish()

    def move(self, right_mm: float) -> tuple[Sonication, ...]:
        """The second spot put elsewhere."""
        target = small_simulated().targets[0]
        x, y, z = target.sonications[1].spot_offset_mm
        moved = replace(target.sonications[1], spot_offset_mm=(x + right_mm, y, z))
        done = (target.sonications[0], moved, *target.sonications[2:])
        self.session.document.apply("Move", lambda plan: set_sonications(plan, target.target_id, done), "drag")
        return done


@pytest.fixture
def room() -> Room:
    return Room()


def test_nothing_is_drawn_outside_of_the_workspace(room: Room) -> None:
    room.session.set_simulated(small_simulated())
    assert not room.work.started and room.session.sights is None
    room.session.view.update(workspace="treatment")
    assert room.controller.is_busy
    room.work.finish()
    assert room.session.sights.simulated is small_simulated().targets[0]
    assert {FOCUS_KEY, TEMPERATURE_KEY, DOSE_KEY} <= set(room.session.pictures)
    room.session.view.update(workspace="plan")
    assert room.session.sights is None and TEMPERATURE_KEY not in room.session.pictures
    room.session.view.update(workspace="treatment")
    assert room.session.sights is not None and len(room.made) == 1


def test_layers_and_zoom_are_the_workspaces_own(room: Room) -> None:
    before = room.session.view.state
    room.enter()
    there = room.session.view.state
    assert not there.layers.proposals and there.layers.head_surface
    assert there.cursor == room.session.plan.targets[0].point
    assert there.camera("axial").zoom > before.camera("axial").zoom
    room.session.view.become(there.with_layers(proposals=True))
    room.session.view.update(workspace="plan")
    back = room.session.view.state
    assert back.layers.proposals == before.layers.proposals and not back.layers.head_surface
    assert back.cameras == before.cameras
    room.session.view.update(workspace="treatment")
    assert room.session.view.state.layers.proposals
    assert room.session.view.state.cameras == there.cameras


def test_another_target_is_drawn_when_it_is_selected_and_kept(room: Room) -> None:
    room.enter()
    first, second = room.session.plan.targets
    room.session.view.become(room.session.view.state.with_selection(target_id=second.id))
    room.work.finish()
    assert room.session.sights.simulated.target_id == second.id
    assert room.made[1].before is not None
    room.session.view.become(room.session.view.state.with_selection(target_id=first.id))
    assert room.session.sights.simulated.target_id == first.id and len(room.made) == 2


def test_a_new_simulation_is_drawn_and_the_old_one_stays_meanwhile(room: Room) -> None:
    room.enter()
    old = room.session.sights
    room.session.set_simulated(simulated_plan(room.session.plan, "synthetic"))
    assert room.session.sights is old
    room.work.finish()
    assert room.session.sights is not old


def test_dragged_spots_show_their_numbers_and_heat(room: Room) -> None:
    room.enter()
    done = room.move(0.5)
    room.work.finish()
    (request,) = room.dragged
    assert request.sonications == done and request.laid_out is None
    assert room.session.sights.volumes_mm3 == {"51_celsius": 10.0}
    assert room.session.sights.numbers.peak_celsius == 57.0
    assert room.session.pictures[TEMPERATURE_KEY] is not small_simulated().targets[0].history.peak_map


def test_while_one_piece_runs_moves_are_gathered_and_the_last_one_wins(room: Room) -> None:
    room.enter()
    room.move(0.2)
    room.move(0.4)
    last = room.move(0.6)
    assert len(room.work.waiting) == 1
    room.work.finish()
    assert len(room.dragged) == 2 and room.dragged[1].sonications == last
    assert not room.controller.is_busy


def test_what_was_laid_out_serves_within_its_reach_only(room: Room) -> None:
    room.enter()
    room.move(0.5)
    room.work.finish()
    room.move(2.0)
    room.work.finish()
    assert room.dragged[1].laid_out is not None
    room.move(6.0)
    room.work.finish()
    assert room.dragged[2].laid_out is None and len(room.dragged) == 3


def test_undo_shows_the_simulated_heat_again(room: Room) -> None:
    room.enter()
    sights = room.session.sights
    room.move(0.5)
    room.work.finish()
    assert room.session.sights is not sights
    room.session.document.undo()
    assert room.session.sights is sights


def test_a_selected_spot_is_laid_out_before_it_is_dragged(room: Room) -> None:
    room.enter()
    room.session.view.become(room.session.view.state.with_selection(spot=2))
    room.work.finish()
    assert len(room.dragged) == 1
    assert room.session.sights.numbers is None
    room.session.view.become(room.session.view.state.with_selection(spot=3))
    assert not room.work.waiting


def test_what_cannot_be_drawn_is_told_once(room: Room) -> None:
    room.fails = True
    room.enter()
    assert [error.message for error in room.work.told] == ["There is no bone."]
    room.session.view.become(room.session.view.state.with_selection(lesion_id=None, spot=1))
    assert not room.work.waiting


def test_the_work_stops_when_the_window_closes(room: Room) -> None:
    room.session.set_simulated(small_simulated())
    room.session.view.update(workspace="treatment")
    room.controller.close()
    assert room.work.started[0].is_cancelled and not room.controller.is_busy


def test_the_helmet_leans_with_a_sketch_until_that_has_been_simulated(room: Room) -> None:
    room.enter()
    made, target = room.session.sights, room.session.plan.targets[0]
    pose = tilted_helmet(target.point, room.session.plan.landmarks.geometry(), HelmetTilt(10.0))
    sketch = TreatmentSketch(target.id, "another", pose, small_simulated().targets[0].elements, None)
    room.session.set_sketch(sketch)
    leaning = room.session.sights
    assert leaning.simulated.pose is pose and leaning.contours is made.contours
    room.session.view.become(room.session.view.state.with_selection(lesion_id=None, measurement_id="m"))
    assert room.session.sights is leaning
    room.session.set_sketch(None)
    assert room.session.sights is made


def test_the_zoom_of_another_image_does_not_come_back(room: Room) -> None:
    room.session.view.update(cameras={"axial": SliceCamera(3.0)})
    room.enter()
    room.session.open_document(small_head(), PlanDocument(small_plan()))
    assert room.session.sights is None
    room.session.view.update(workspace="plan")
    assert room.session.view.state.camera("axial") == SliceCamera()
