"""Opening, saving and closing without a window: nothing is lost unasked, and no place of an image is guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.progress import Progress
from fusplan.session.file_controller import FileController
from fusplan.session.messages import Message
from fusplan.session.session import Session
from fusplan.workflows.requests import SavePlanRequest
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures import plans
from tests.fixtures.laid_answers import LaidAnswers
from tests.fixtures.session_services import HeldWork
from tests.fixtures.stand_ins import move_left_target, open_stand_in, read_stand_in, save_stand_in

WORKFLOWS = Workflows(read_image=read_stand_in, read_plan=open_stand_in, save_plan=save_stand_in)


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def work() -> HeldWork:
    return HeldWork()


@pytest.fixture
def answers() -> LaidAnswers:
    return LaidAnswers()


@pytest.fixture
def said(session: Session) -> list[Message]:
    heard: list[Message] = []
    session.said.connect(heard.append)
    return heard


@pytest.fixture
def files(session: Session, work: HeldWork, answers: LaidAnswers) -> FileController:
    return FileController(session, work, WORKFLOWS, answers)


@pytest.fixture
def head(tmp_path: Path) -> Path:
    path = tmp_path / "head.nii"
    path.write_bytes(plans.IMAGE_BYTES)
    return path


@pytest.fixture
def saved(tmp_path: Path, head: Path) -> Path:
    path = tmp_path / "plan" / "plan.fusplan.json"
    path.parent.mkdir()
    save_plan(plans.plan(str(head)), path)
    return path


@pytest.fixture
def edited(session: Session, files: FileController, work: HeldWork, saved: Path) -> Session:
    """A session with an unsaved change."""
    files.open_path(saved)
    work.finish()
    session.document.apply("Rename", move_left_target)
    assert session.has_unsaved_changes
    return session


def test_an_image_is_shown_remembered_and_offered_a_plan(
    session: Session, files: FileController, work: HeldWork, said: list[Message], head: Path
) -> None:
    opened: list[Path] = []
    wanted: list[str] = []
    files.opened.connect(opened.append)
    files.plan_wanted.connect(lambda: wanted.append("plan"))
    files.open_path(head)
    assert session.volume is None
    work.finish()
    assert session.volume is not None
    assert opened == [head]
    assert files.folder == head.parent
    said[-1].actions[0].do()
    assert wanted == ["plan"]


def test_points_are_offered_and_change_nothing(session: Session, files: FileController, work: HeldWork) -> None:
    offered: list[Path] = []
    files.points_offered.connect(offered.append)
    files.open_path(Path("marks.fcsv"))
    assert offered == [Path("marks.fcsv")]
    assert work.started == []


@pytest.mark.parametrize("leave", [FileController.close_case, FileController.try_demo])
def test_what_is_not_saved_stays_when_the_person_changes_their_mind(
    edited: Session,
    files: FileController,
    answers: LaidAnswers,
    work: HeldWork,
    leave: Callable[[FileController], None],
) -> None:
    plan, before = edited.plan, len(work.started)
    leave(files)
    assert answers.asked == [f"unsaved: {edited.volume.name}"]
    assert edited.plan is plan
    assert len(work.started) == before


def test_what_is_not_saved_is_saved_before_it_leaves(
    edited: Session, files: FileController, answers: LaidAnswers, work: HeldWork, saved: Path
) -> None:
    answers.unsaved_answer = "save"
    files.close_case()
    assert edited.plan is not None
    work.finish()
    assert edited.plan is None
    assert load_plan(saved).targets[0].name == "CLp left+"


def test_what_cannot_be_saved_does_not_leave(
    edited: Session, files: FileController, answers: LaidAnswers, work: HeldWork
) -> None:
    def refuse(request: SavePlanRequest, progress: Progress) -> SavePlanRequest:
        raise FileNotWritableError("The disk is full.", "Make room.")

    files._do = replace(files._do, save_plan=refuse)
    answers.unsaved_answer = "save"
    files.close_case()
    work.finish()
    assert [error.message for error in work.told] == ["The disk is full."]
    assert edited.plan is not None
    assert edited.has_unsaved_changes


def test_a_person_may_throw_changes_away(edited: Session, files: FileController, answers: LaidAnswers) -> None:
    answers.unsaved_answer = "discard"
    files.close_case()
    assert edited.plan is None
    assert edited.volume is None


def test_a_name_without_an_ending_is_a_folder_for_the_plan(
    edited: Session, files: FileController, answers: LaidAnswers, work: HeldWork, tmp_path: Path
) -> None:
    answers.save = tmp_path / "elsewhere"
    files.save_as()
    work.finish()
    assert edited.saved_path == tmp_path / "elsewhere" / "plan.fusplan.json"
    assert not edited.has_unsaved_changes
    assert load_plan(edited.saved_path).targets[0].name == "CLp left+"


def test_an_image_that_has_moved_is_asked_for_and_its_new_place_kept(
    session: Session,
    files: FileController,
    answers: LaidAnswers,
    work: HeldWork,
    said: list[Message],
    saved: Path,
    head: Path,
    tmp_path: Path,
) -> None:
    moved = head.rename(tmp_path / "moved.nii")
    files.open_path(saved)
    work.finish()
    assert session.plan is None
    question = said[-1]
    assert "is not at" in question.text
    assert question.outlives_case
    other = tmp_path / "other.nii"
    other.write_bytes(b"another head")
    answers.image = other
    question.actions[0].do()
    work.finish()
    assert session.plan is None
    assert "is not the image this plan was made on" in said[-1].text
    answers.image = moved
    said[-1].actions[0].do()
    work.finish()
    assert session.plan is not None
    assert session.plan.image.path == str(moved)
    assert session.has_unsaved_changes
    assert session.document.history.labels[-1] == "Point to the image's new place"
