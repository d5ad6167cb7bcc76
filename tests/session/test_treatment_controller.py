"""The simulation that is kept up with the open plan: when, of what, what is shown meanwhile, and what is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.errors import FusplanError
from fusplan.planning import edits
from fusplan.planning.document import PlanDocument
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.plan_images import PlacedImage
from fusplan.planning.treatment_edits import set_skull, set_tilt
from fusplan.progress import Progress
from fusplan.session.messages import Message
from fusplan.session.session import Session
from fusplan.session.treatment_controller import MOST_REMEMBERED, TreatmentController
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.spatial import Affine
from fusplan.workflows.kept_second_image import PlacedSecondImage
from fusplan.workflows.requests import KeptSecondImage
from fusplan.workflows.treatment_requests import SimulateRequest
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures.plans import second_image
from tests.fixtures.session_services import HeldTimers, HeldWork
from tests.fixtures.sessions import atlas_session
from tests.fixtures.simulated_plans import simulated_plan
from tests.fixtures.small_heads import small_head, small_plan


class Room:
    """A session with its controller, and what was asked of the long work."""

    def __init__(self) -> None:
        self.session, self.timers, self.work = atlas_session(), HeldTimers(), HeldWork()
        self.said: list[Message] = []
        self.session.said.connect(self.said.append)
        self.asked: list[SimulateRequest] = []
        self.fails: FusplanError | None = None
        self.ct_fails: FusplanError | None = None
        workflows = replace(Workflows(), simulate=self._simulate, open_second_image=self._read_ct)
        self.controller = TreatmentController(self.session, self.timers, self.work, workflows)

    def _simulate(self, request: SimulateRequest, _progress: Progress) -> object:
        self.asked.append(request)
        if self.fails is not None:
            raise self.fails
        return simulated_plan(request.plan)

    def _read_ct(self, request: KeptSecondImage, _progress: Progress) -> PlacedSecondImage:
        if self.ct_fails is not None:
            raise self.ct_fails
        return PlacedSecondImage(small_head(), request.record)

    def enter(self) -> None:
        self.session.view.update(workspace="treatment")

    def settle(self) -> None:
        while self.timers.active or self.work.waiting:
            self.timers.run_out()
            self.work.finish()
        assert not self.controller.is_busy

    def tilt(self, anterior_deg: float) -> None:
        self.session.document.apply("Tilt", lambda plan: set_tilt(plan, "clp-left", HelmetTilt(anterior_deg)))

    def give_ct(self) -> PlacedImage:
        kept = second_image("/heads/CT.nii.gz")
        placed = replace(kept, role="ct", to_reference=_into(self.session, kept))
        self.session.document.apply("CT", lambda plan: set_image(plan, "ct", placed))
        return placed


def _into(session: Session, kept: PlacedImage) -> Affine:
    return Affine(kept.image.frame, session.volume.scanner_frame, np.eye(4))


@pytest.fixture
def room() -> Room:
    return Room()


def test_nothing_is_simulated_before_somebody_looks_and_then_once(room: Room) -> None:
    room.tilt(1.0)
    room.settle()
    assert room.session.simulated is None
    room.enter()
    room.settle()
    assert room.session.simulated_is_current
    room.session.document.apply("Lock", lambda plan: edits.set_target_locked(plan, "clp-right", True))
    room.settle()
    assert len(room.asked) == 1
    assert len(room.asked[0].atlases) == 2


def test_what_asks_has_it_kept_up_in_another_workspace(room: Room) -> None:
    room.controller.ask()
    room.settle()
    room.tilt(2.0)
    room.settle()
    assert len(room.asked) == 2
    assert room.session.simulated_is_current


def test_a_change_is_computed_on_top_of_what_stands_which_is_shown_meanwhile(room: Room) -> None:
    room.enter()
    room.settle()
    first = room.session.simulated
    room.tilt(3.0)
    room.tilt(4.0)
    assert room.session.simulated is first
    assert not room.session.simulated_is_current
    room.settle()
    assert [request.before for request in room.asked] == [None, first]
    assert room.session.simulated_is_current
    assert room.session.simulated.target("clp-left").pose.axes[1, 2] == pytest.approx(
        room.session.simulated.target("clp-left").pose.axis.array[1]
    )


def test_undo_shows_at_once_what_was_known(room: Room) -> None:
    room.enter()
    room.settle()
    first = room.session.simulated
    room.tilt(3.0)
    room.settle()
    room.session.document.undo()
    room.settle()
    assert room.session.simulated is first
    assert len(room.asked) == 2
    for angle in range(4, 4 + MOST_REMEMBERED):
        room.tilt(float(angle))
        room.settle()
    while room.session.document.history.undo_label is not None:
        room.session.document.undo()
    room.settle()
    assert len(room.asked) == 3 + MOST_REMEMBERED


def test_work_that_the_next_change_makes_vain_is_stopped(room: Room) -> None:
    room.enter()
    room.settle()
    room.tilt(1.0)
    room.timers.run_out()
    (first,) = room.work.waiting
    room.tilt(2.0)
    room.timers.run_out()
    assert first.is_cancelled
    (second,) = room.work.waiting
    room.session.close()
    assert second.is_cancelled
    assert room.session.simulated is None


def test_an_error_is_told_once_and_the_next_change_is_tried_again(room: Room) -> None:
    room.fails = FusplanError("No skull was found.", "Give a CT.")
    room.enter()
    room.settle()
    assert room.session.simulation_trouble is room.fails
    room.tilt(1.0)
    room.settle()
    assert len(room.asked) == 2
    assert [message.text for message in room.said] == ["No skull was found."]
    room.fails = None
    room.tilt(2.0)
    room.settle()
    assert room.session.simulation_trouble is None
    assert room.session.simulated_is_current


def test_what_the_person_stopped_begins_again_when_asked(room: Room) -> None:
    room.enter()
    room.timers.run_out()
    (piece,) = room.work.waiting
    piece.cancel()
    room.settle()
    assert "stopped" in room.session.simulation_trouble.message
    assert room.said == []
    room.controller.ask()
    room.settle()
    assert room.session.simulated_is_current


def test_the_ct_is_read_before_its_skull_is_used(room: Room) -> None:
    room.give_ct()
    room.enter()
    room.settle()
    (request,) = room.asked
    assert request.ct is room.session.ct.volume
    assert room.work.started[0].title == "Finding the CT CT.nii.gz"
    room.session.document.undo()
    room.settle()
    assert room.session.ct is None
    assert room.asked[-1].ct is None


def test_a_ct_that_is_gone_is_told_once_and_the_skull_of_the_t1_needs_none(room: Room) -> None:
    room.ct_fails = FusplanError("There is no CT at /heads/CT.nii.gz.", "Find it.")
    placed = room.give_ct()
    room.enter()
    room.settle()
    room.tilt(1.0)
    room.settle()
    assert room.asked == []
    assert room.session.ct_trouble.record is placed
    assert len(room.said) == 1
    room.session.document.apply("T1", lambda plan: set_skull(plan, "t1"))
    room.settle()
    assert room.asked[-1].ct is None
    assert room.session.simulated_is_current


def test_a_plan_without_targets_has_nothing_to_simulate(room: Room) -> None:
    bare = replace(small_plan(), targets=(), lesions=())
    room.session.open_document(small_head(), PlanDocument(bare))
    room.enter()
    room.settle()
    assert room.asked == []


def test_a_head_that_is_opened_again_is_still_kept_up_with(room: Room) -> None:
    room.controller.ask()
    room.settle()
    room.session.open_volume(small_head())
    room.session.open_document(small_head(), PlanDocument(small_plan(), path=Path("plan.fusplan.json")))
    assert room.session.simulated is None
    room.settle()
    # The same head: what was asked for still is, though not on which nuclei the lesion would lie.
    assert room.session.simulated_is_current
    assert room.asked[-1].atlases == ()
