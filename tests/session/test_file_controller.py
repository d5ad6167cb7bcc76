"""Opening, saving and closing without a window: nothing is lost unasked, and no place of an image is guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.progress import Progress
from fusplan.session.file_controller import FileController
from fusplan.session.messages import Message
from fusplan.session.session import Session
from fusplan.workflows.requests import SavePlanRequest
from fusplan.workflows.workflow_table import Workflows
from fusplan.workflows.written_plan import WrittenPlan
from tests.fixtures import plans
from tests.fixtures.laid_answers import LaidAnswers
from tests.fixtures.session_services import HeldWork
from tests.fixtures.stand_ins import move_left_target, open_stand_in, read_stand_in

WORKFLOWS = Workflows(read_image=read_stand_in, read_plan=open_stand_in)


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
    def refuse(request: SavePlanRequest, progress: Progress) -> WrittenPlan:
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


def other_program_saves(saved: Path, name: str = "Theirs") -> Plan:
    """Another program renames the right target in the file."""
    plan = load_plan(saved)
    changed = replace(plan, targets=(plan.targets[0], replace(plan.targets[1], name=name)))
    save_plan(changed, saved)
    return changed


def names(plan: Plan) -> list[str]:
    return [target.name for target in plan.targets]


def press(message: Message, text: str) -> None:
    next(action for action in message.actions if action.text.startswith(text)).do()


@pytest.fixture
def question(edited: Session, files: FileController, work: HeldWork, saved: Path, said: list[Message]) -> Message:
    """What is asked when another program has saved before the person does."""
    other_program_saves(saved)
    files.save()
    work.finish()
    return said[-1]


def test_a_file_that_another_program_changed_is_not_saved_over_unasked(
    edited: Session, question: Message, saved: Path
) -> None:
    assert "changed by another program" in question.text
    assert [action.text for action in question.actions] == ["Keep mine", "Take theirs", "Save elsewhere…"]
    assert names(load_plan(saved)) == ["CLp left", "Theirs"]
    assert edited.has_unsaved_changes
    edited.document.apply("Work goes on", move_left_target)
    assert names(edited.plan) == ["CLp left++", "CLp right"]


def test_keep_mine_keeps_theirs_beside_it(
    edited: Session, question: Message, work: HeldWork, saved: Path, said: list[Message], files: FileController
) -> None:
    press(question, "Keep mine")
    work.finish()
    assert names(load_plan(saved)) == ["CLp left+", "CLp right"]
    assert not edited.has_unsaved_changes
    kept = saved.with_name("plan.other-1.fusplan.json")
    assert names(load_plan(kept)) == ["CLp left", "Theirs"]
    assert kept.name in said[-1].text
    edited.document.apply("Rename", move_left_target)
    files.save()
    work.finish()
    assert names(load_plan(saved))[0] == "CLp left++"
    assert not edited.has_unsaved_changes


def test_take_theirs_is_a_step_that_can_be_taken_back(
    edited: Session, question: Message, work: HeldWork, saved: Path, files: FileController
) -> None:
    press(question, "Take theirs")
    work.finish()
    assert names(edited.plan) == ["CLp left", "Theirs"]
    assert not edited.has_unsaved_changes
    edited.document.undo()
    assert names(edited.plan) == ["CLp left+", "CLp right"]
    assert edited.has_unsaved_changes
    edited.document.redo()
    edited.document.apply("Rename", move_left_target)
    files.save()
    work.finish()
    assert names(load_plan(saved)) == ["CLp left+", "Theirs"]


def test_saving_elsewhere_leaves_theirs_where_it_is(
    edited: Session, question: Message, work: HeldWork, answers: LaidAnswers, saved: Path, tmp_path: Path
) -> None:
    answers.save = tmp_path / "mine.fusplan.json"
    press(question, "Save elsewhere")
    work.finish()
    assert edited.saved_path == tmp_path / "mine.fusplan.json"
    assert names(load_plan(edited.saved_path)) == ["CLp left+", "CLp right"]
    assert names(load_plan(saved)) == ["CLp left", "Theirs"]


def test_what_was_to_follow_saving_waits_for_the_answer(
    edited: Session, files: FileController, answers: LaidAnswers, work: HeldWork, saved: Path, said: list[Message]
) -> None:
    other_program_saves(saved)
    answers.unsaved_answer = "save"
    files.close_case()
    work.finish()
    assert names(edited.plan) == ["CLp left+", "CLp right"]
    press(said[-1], "Keep mine")
    work.finish()
    assert edited.plan is None
    assert names(load_plan(saved)) == ["CLp left+", "CLp right"]


def test_an_answer_that_comes_after_the_case_is_closed_does_nothing(
    edited: Session, question: Message, files: FileController, answers: LaidAnswers, work: HeldWork, saved: Path
) -> None:
    answers.unsaved_answer = "discard"
    files.close_case()
    for action in question.actions:
        action.do()
    work.finish()
    assert edited.plan is None
    assert names(load_plan(saved)) == ["CLp left", "Theirs"]


def test_another_program_that_saves_again_while_the_question_waits_is_asked_about_or_kept(
    edited: Session, question: Message, work: HeldWork, saved: Path
) -> None:
    other_program_saves(saved, "Theirs again")
    press(question, "Keep mine")
    work.finish()
    assert names(load_plan(saved.with_name("plan.other-1.fusplan.json"))) == ["CLp left", "Theirs again"]
    assert names(load_plan(saved)) == ["CLp left+", "CLp right"]


def test_a_plan_that_was_deleted_meanwhile_is_written_again_and_said(
    edited: Session, files: FileController, work: HeldWork, saved: Path, said: list[Message]
) -> None:
    saved.unlink()
    files.save()
    work.finish()
    assert names(load_plan(saved)) == ["CLp left+", "CLp right"]
    assert "not there any more" in said[-1].text
    assert not edited.has_unsaved_changes


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe not a plan", b'{"format": "fusplan plan"}'])
def test_a_file_that_has_become_unreadable_is_asked_about_and_kept(
    edited: Session, files: FileController, work: HeldWork, saved: Path, said: list[Message], content: bytes
) -> None:
    saved.write_bytes(content)
    files.save()
    work.finish()
    question = said[-1]
    press(question, "Take theirs")
    work.finish()
    assert len(work.told) == 1
    assert names(edited.plan) == ["CLp left+", "CLp right"]
    assert edited.has_unsaved_changes
    press(question, "Keep mine")
    work.finish()
    assert saved.with_name("plan.other-1.fusplan.json").read_bytes() == content
    assert names(load_plan(saved)) == ["CLp left+", "CLp right"]


def test_a_folder_in_the_place_of_the_file_loses_nothing(
    edited: Session, files: FileController, work: HeldWork, saved: Path, said: list[Message]
) -> None:
    saved.unlink()
    (saved / "theirs").mkdir(parents=True)
    files.save()
    work.finish()
    press(said[-1], "Keep mine")
    work.finish()
    assert isinstance(work.told[-1], FileNotWritableError)
    assert edited.has_unsaved_changes
    assert (saved / "theirs").is_dir()


def test_a_plan_on_another_image_is_not_taken(
    edited: Session, files: FileController, work: HeldWork, saved: Path, said: list[Message]
) -> None:
    plan = load_plan(saved)
    save_plan(replace(plan, image=replace(plan.image, volume_index=2)), saved)
    files.save()
    work.finish()
    press(said[-1], "Take theirs")
    work.finish()
    assert "another image" in said[-1].text
    assert names(edited.plan) == ["CLp left+", "CLp right"]


def test_a_plan_that_lies_in_a_named_folder_already_is_asked_about(
    edited: Session, files: FileController, answers: LaidAnswers, work: HeldWork, saved: Path, said: list[Message]
) -> None:
    other = saved.parent.parent / "other"
    other.mkdir()
    save_plan(plans.plan(), other / "plan.fusplan.json")
    answers.save = other
    files.save_as()
    work.finish()
    assert "There is a plan at" in said[-1].text
    assert [action.text for action in said[-1].actions] == ["Keep mine", "Save elsewhere…"]
    assert names(load_plan(other / "plan.fusplan.json")) == ["CLp left", "CLp right"]


def test_the_programs_own_saves_are_no_changes_by_another(
    edited: Session, files: FileController, work: HeldWork, saved: Path, said: list[Message]
) -> None:
    for _ in range(3):
        files.save()
        work.finish()
        assert not edited.has_unsaved_changes
        edited.document.apply("Rename", move_left_target)
    assert {message.kind for message in said} == {"ok"}
    assert not list(saved.parent.glob("*other*"))
