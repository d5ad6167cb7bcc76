"""Plans are made on the open image and taken in as an edit; the atlases follow the registration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fusplan.planning.document import PlanDocument
from fusplan.planning.plan import AtlasReference, Plan
from fusplan.progress import Progress
from fusplan.session.messages import Message
from fusplan.session.plan_controller import PlanController
from fusplan.session.plan_options import LesionOptions, PlanOptions
from fusplan.session.session import Session
from fusplan.workflows.prepare_atlases import PreparedAtlases
from fusplan.workflows.requests import MakePlanRequest, PrepareAtlasesRequest
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures import plans
from tests.fixtures.session_services import HeldWork
from tests.fixtures.small_heads import small_head, small_plan


@dataclass(frozen=True)
class Planned:
    """As much of a planned head as the session takes in."""

    plan: Plan
    review: object = None
    messages: tuple[str, ...] = ()


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def work() -> HeldWork:
    return HeldWork()


def listened_to(session: Session) -> list[Message]:
    said: list[Message] = []
    session.said.connect(said.append)
    return said


def make_stand_in(request: MakePlanRequest, progress: Progress) -> Planned:
    return Planned(plans.plan(str(request.image_path)))


def no_atlases(request: PrepareAtlasesRequest, progress: Progress) -> PreparedAtlases:
    return PreparedAtlases({})


@pytest.fixture
def controller(session: Session, work: HeldWork) -> PlanController:
    return PlanController(session, work, Workflows(plan_head=make_stand_in, prepare_atlases=no_atlases))


def open_head(session: Session, tmp_path: Path) -> Path:
    path = tmp_path / "head.nii"
    path.write_bytes(plans.IMAGE_BYTES)
    session.open_volume(replace(plans.volume(), path=path))
    return path


def test_a_plan_whose_atlas_is_gone_says_so(session: Session, work: HeldWork) -> None:
    def prepare(request: PrepareAtlasesRequest, progress: Progress) -> PreparedAtlases:
        return PreparedAtlases({}, ("The atlas X is left out.",) if not request.only_it else ())

    controller = PlanController(session, work, Workflows(prepare_atlases=prepare))
    said = listened_to(session)
    plan = replace(small_plan(), atlases=(AtlasReference("mine", "THOMAS of mine", "a" * 64),))
    session.open_document(small_head(), PlanDocument(plan))
    work.finish()
    assert "THOMAS of mine" in said[0].text and "not there any more" in said[0].text
    assert said[1].text == "The atlas X is left out."
    assert [message.kind for message in said] == ["warning", "warning"]
    session.atlas_list_changed.emit()
    work.finish()
    assert len(said) == 4
    assert not controller.is_making


def test_the_first_plan_opens_a_document_and_the_second_is_an_edit_of_it(
    session: Session, controller: PlanController, work: HeldWork, tmp_path: Path
) -> None:
    heard: list[str] = []
    controller.first_made.connect(lambda: heard.append("first"))
    path = open_head(session, tmp_path)
    controller.make_plan()
    controller.make_plan()
    assert [piece.request.image_path for piece in work.started] == [path]
    assert controller.is_making
    assert session.plan is None
    work.finish()
    assert heard == ["first"]
    first = session.plan
    assert first is not None
    assert session.has_unsaved_changes
    assert session.view.state.cursor == first.targets[0].point
    controller.make_plan()
    work.finish()
    assert heard == ["first"]
    assert session.document.history.labels == ("New plan", "Make the plan anew")
    controller.undo()
    assert session.plan is first
    controller.redo()
    assert session.plan is not first


def test_a_plan_that_comes_when_another_image_is_open_is_dropped_and_said_so(
    session: Session, controller: PlanController, work: HeldWork, tmp_path: Path
) -> None:
    said = listened_to(session)
    open_head(session, tmp_path)
    controller.make_plan()
    session.open_volume(small_head())
    work.finish()
    assert session.plan is None
    assert [message.text for message in said] == ["The new plan was dropped: its image is no longer open."]


def test_nothing_is_planned_without_an_image_on_the_disk(
    session: Session, controller: PlanController, work: HeldWork
) -> None:
    controller.make_plan()
    session.open_volume(small_head())
    controller.make_plan()
    assert work.started == []


def test_what_is_wanted_is_asked_for_and_what_cannot_be_understood_begins_nothing(
    session: Session, controller: PlanController, work: HeldWork, tmp_path: Path
) -> None:
    said = listened_to(session)
    path = open_head(session, tmp_path)
    session.set_plan_options(PlanOptions(right=LesionOptions("4y7"), seed="3"))
    controller.make_plan()
    assert work.started == []
    assert (said[0].kind, said[0].text) == ("error", "Right lesion: '4y7' is not a lesion size.")
    assert "4x5" in said[0].remedy
    session.set_plan_options(PlanOptions(right=LesionOptions("4x6"), seed="3"))
    controller.make_plan()
    (piece,) = work.started
    assert (piece.request.image_path, piece.request.seed) == (path, 3)
    assert piece.request.lesions["right"].size.words == "4x6"
