"""Opening, saving, closing and recovering, as a person does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from pytestqt.qtbot import QtBot

from fusplan.app import main_window
from fusplan.app.main_window import MainWindow
from fusplan.display.views import VIEW_KINDS
from fusplan.errors import FileMissingError
from fusplan.imaging.volume import Volume
from fusplan.planning.autosave import list_recoveries
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.progress import Progress
from fusplan.session.file_controller import kind_of
from fusplan.session.messages import Message
from fusplan.workflows.requests import ReadImageRequest
from tests.fixtures import plans
from tests.fixtures.answers import Answers
from tests.fixtures.stand_ins import crash, move_left_target, work_until_cancelled
from tests.fixtures.waits import wait_for_quiet


def edit(window: MainWindow, label: str = "Rename") -> None:
    document = window.case.document
    assert document is not None
    document.apply(label, move_left_target)


def kinds(window: MainWindow) -> list[str]:
    return [message.kind for message in window.messages.messages]


def press(window: MainWindow, text: str) -> None:
    """Press the button of a message."""
    from PySide6.QtWidgets import QPushButton

    button = next(b for b in window.messages.findChildren(QPushButton) if b.text() == text and b.isVisible())
    button.click()


def test_opening_an_image_shows_it_and_offers_a_plan(
    window: MainWindow, head: Path, answers: Answers, qtbot: QtBot
) -> None:
    assert window.first_screen.isVisible()
    answers.image = head
    window.first_screen.buttons["open_image"].click()
    wait_for_quiet(window, qtbot)
    assert window.case.volume is not None
    assert not window.first_screen.isVisible()
    assert window.windowTitle() == "head.nii[*] - fusplan"
    assert window.case.view.state.cursor == window.case.middle()
    press(window, "Make a plan")
    wait_for_quiet(window, qtbot)
    assert window.case.plan is not None
    assert window.isWindowModified()
    assert window.messages.messages[0].text == "The plan is made. The alignment can be trusted."
    # The alignment is to be judged first, and all views are near to what is judged.
    assert window.side.current == "atlas"
    assert all(window.case.view.state.camera(kind).zoom > 1 for kind in VIEW_KINDS)


def test_the_built_in_head_gets_its_plan_at_once(window: MainWindow, qtbot: QtBot) -> None:
    window.first_screen.buttons["try_demo"].click()
    qtbot.waitUntil(lambda: window.case.plan is not None)
    wait_for_quiet(window, qtbot)
    assert window.program.settings.recent_files == ()


def test_an_image_that_cannot_be_read_is_told_with_its_remedy(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    def refuse(request: ReadImageRequest, progress: Progress) -> Volume:
        raise FileMissingError(request.path)

    window.program.files._do = replace(window.program.files._do, read_image=refuse)
    window.program.files.open_path(tmp_path / "gone.nii")
    wait_for_quiet(window, qtbot)
    assert kinds(window) == ["error"]
    assert "gone.nii does not exist" in window.messages.messages[0].text
    assert window.case.volume is None


def test_a_crash_of_the_work_offers_a_report(with_image: MainWindow, qtbot: QtBot) -> None:
    with_image.program.planning._do = replace(with_image.program.planning._do, plan_head=crash)
    with_image.actions_table["make_plan"].trigger()
    wait_for_quiet(with_image, qtbot)
    message = with_image.messages.messages[0]
    assert message.kind == "error"
    assert [action.text for action in message.actions] == ["Copy report"]
    message.actions[0].do()
    from PySide6.QtGui import QGuiApplication

    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()


def test_making_a_plan_shows_progress_and_can_be_cancelled(with_image: MainWindow, qtbot: QtBot) -> None:
    window = with_image
    window.program.planning._do = replace(window.program.planning._do, plan_head=work_until_cancelled)
    window.actions_table["make_plan"].trigger()
    qtbot.waitUntil(lambda: window.job_bar.isVisible() and window.job_bar.rows[0].progress.value() == 200)
    row = window.job_bar.rows[0]
    assert row.percent.text() == "20 %"
    assert "step 1 of 3" in row.sentence.text()
    row.cancel_button.click()
    wait_for_quiet(window, qtbot)
    assert window.case.plan is None
    assert not window.job_bar.isVisible()


def test_a_plan_that_comes_too_late_is_dropped(with_image: MainWindow, qtbot: QtBot) -> None:
    with_image.actions_table["make_plan"].trigger()
    with_image.case.close()
    wait_for_quiet(with_image, qtbot)
    assert with_image.case.plan is None
    assert "no longer open" in with_image.messages.messages[0].text


def test_a_second_plan_is_an_undoable_step(with_plan: MainWindow, qtbot: QtBot) -> None:
    with_plan.actions_table["make_plan"].trigger()
    qtbot.waitUntil(lambda: with_plan.program.planning.is_making)
    wait_for_quiet(with_plan, qtbot)
    document = with_plan.case.document
    assert document is not None
    assert document.history.labels[-1] == "Make the plan anew"
    with_plan.actions_table["undo"].trigger()
    assert document.is_saved


def test_save_goes_to_the_plans_file_and_marks_it(with_plan: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    edit(with_plan)
    assert with_plan.isWindowModified()
    with_plan.actions_table["save"].trigger()
    wait_for_quiet(with_plan, qtbot)
    assert not with_plan.isWindowModified()
    assert load_plan(tmp_path / "plan" / "plan.fusplan.json").targets[0].name == "CLp left+"
    with_plan.actions_table["undo"].trigger()
    assert with_plan.isWindowModified()


@pytest.mark.parametrize(("chosen", "written"), [("b.fusplan.json", "b.fusplan.json"), ("b", "b/plan.fusplan.json")])
def test_save_as_a_file_or_a_folder(
    with_plan: MainWindow, tmp_path: Path, answers: Answers, qtbot: QtBot, chosen: str, written: str
) -> None:
    answers.save = tmp_path / chosen
    with_plan.actions_table["save_as"].trigger()
    wait_for_quiet(with_plan, qtbot)
    assert load_plan(tmp_path / written).image.sha256 == plans.SHA256
    assert with_plan.case.saved_path == tmp_path / written
    assert with_plan.program.settings.recent_files[0] == str(tmp_path / written)


def test_an_edit_while_saving_stays_unsaved(with_plan: MainWindow, qtbot: QtBot) -> None:
    edit(with_plan)
    with_plan.actions_table["save"].trigger()
    edit(with_plan, "Rename again")
    wait_for_quiet(with_plan, qtbot)
    assert with_plan.isWindowModified()
    with_plan.actions_table["undo"].trigger()
    assert not with_plan.isWindowModified()


def test_saving_to_a_place_that_cannot_be_written_says_so(
    with_plan: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "in-the-way").write_text("")
    answers.save = tmp_path / "in-the-way" / "b.fusplan.json"
    with_plan.actions_table["save_as"].trigger()
    wait_for_quiet(with_plan, qtbot)
    assert kinds(with_plan)[0] == "error"


@pytest.mark.parametrize(
    ("answer", "closed", "saved"), [("cancel", False, False), ("discard", True, False), ("save", True, True)]
)
def test_closing_with_unsaved_changes_asks(
    with_plan: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot, answer: str, closed: bool, saved: bool
) -> None:
    edit(with_plan)
    answers.unsaved_answer = answer  # type: ignore[assignment]
    with_plan.close()
    qtbot.waitUntil(lambda: bool(answers.asked))
    wait_for_quiet(with_plan, qtbot)
    qtbot.waitUntil(lambda: with_plan.isVisible() is not closed)
    assert answers.asked == ["unsaved: head.nii"]
    name = load_plan(tmp_path / "plan" / "plan.fusplan.json").targets[0].name
    assert name == ("CLp left+" if saved else "CLp left")


def test_closing_without_changes_asks_nothing(with_plan: MainWindow, answers: Answers) -> None:
    with_plan.close()
    assert not with_plan.isVisible()
    assert answers.asked == []


def test_a_plan_whose_image_moved_asks_and_never_guesses(
    window: MainWindow, tmp_path: Path, head: Path, answers: Answers, qtbot: QtBot
) -> None:
    path = tmp_path / "plan.fusplan.json"
    save_plan(plans.plan(str(tmp_path / "old" / "head.nii")), path)
    window.program.files.open_path(path)
    wait_for_quiet(window, qtbot)
    assert window.case.volume is None
    assert "is not at" in window.messages.messages[0].text

    answers.image = tmp_path / "other.nii"
    press(window, "Choose its image…")
    wait_for_quiet(window, qtbot)
    assert window.case.volume is None
    assert "is not the image this plan was made on" in window.messages.messages[0].text

    # Looking for it by opening images does not take the question away.
    window.program.files.open_path(head)
    wait_for_quiet(window, qtbot)
    assert window.case.volume is not None
    answers.image = tmp_path / "moved.nii"
    press(window, "Choose its image…")
    wait_for_quiet(window, qtbot)
    assert window.case.plan is not None
    assert window.case.plan.image.path == str(tmp_path / "moved.nii")
    assert window.isWindowModified()
    assert not any("is not" in message.text for message in window.messages.messages)


def test_recent_files_are_offered_and_open(
    with_image: MainWindow, make_window: Callable[[], MainWindow], head: Path, qtbot: QtBot
) -> None:
    with_image.close()
    second = make_window()
    assert [button.toolTip() for button in second.first_screen.recent_buttons] == [str(head)]
    second.first_screen.recent_buttons[0].click()
    wait_for_quiet(second, qtbot)
    assert second.case.volume is not None


class Drop:
    """What Qt hands over when a file is dragged in (its own events can only be made by deprecated calls)."""

    def __init__(self, path: Path) -> None:
        self.data = QMimeData()
        self.data.setUrls([QUrl.fromLocalFile(str(path))])
        self.accepted = False

    def mimeData(self) -> QMimeData:  # noqa: N802 - Qt's name
        return self.data

    def acceptProposedAction(self) -> None:  # noqa: N802 - Qt's name
        self.accepted = True


def test_dropping_a_file_opens_it(window: MainWindow, head: Path, qtbot: QtBot) -> None:
    drop = Drop(head)
    window.dragEnterEvent(drop)  # type: ignore[arg-type]
    assert drop.accepted
    window.dropEvent(drop)  # type: ignore[arg-type]
    wait_for_quiet(window, qtbot)
    assert window.case.volume is not None


def test_kinds_of_paths(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    assert kind_of(folder) == "image"
    (folder / "plan.fusplan.json").write_text("{}")
    assert kind_of(folder) == "plan"
    assert kind_of(tmp_path / "a.fusplan.json") == "plan"
    assert kind_of(tmp_path / "T1w.nii.gz") == "image"


def test_changes_are_kept_and_recovered(
    with_plan: MainWindow, make_window: Callable[[], MainWindow], qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    edit(with_plan)
    qtbot.waitUntil(lambda: not with_plan.program.autosave.is_waiting)
    # What a crash leaves: the folder without the lock.
    autosave = with_plan.program.autosave._autosave
    assert autosave._lock is not None
    autosave._lock.close()
    assert len(list_recoveries()) == 1
    autosave._lock = None

    second = make_window()
    second.program.start()
    press(second, "Recover it")
    wait_for_quiet(second, qtbot)
    assert second.case.plan is not None
    assert second.case.plan.targets[0].name == "CLp left+"
    assert second.isWindowModified()
    # The recovery belongs to this window now: it is kept again under its own lock.
    qtbot.waitUntil(lambda: not second.program.autosave.is_waiting)
    assert second.program.autosave._autosave.plan_path.is_file()
    answers.save = tmp_path / "recovered.fusplan.json"
    second.actions_table["save"].trigger()
    wait_for_quiet(second, qtbot)
    assert answers.save.is_file()
    assert not second.program.autosave._autosave.plan_path.is_file()


def test_a_recovery_can_be_discarded(
    with_plan: MainWindow, make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    edit(with_plan)
    qtbot.waitUntil(lambda: not with_plan.program.autosave.is_waiting)
    autosave = with_plan.program.autosave._autosave
    assert autosave._lock is not None
    autosave._lock.close()
    autosave._lock = None
    second = make_window()
    second.program.start()
    press(second, "Discard it")
    assert list_recoveries() == ()


def test_what_was_said_of_a_case_leaves_with_it(window: MainWindow, head: Path, qtbot: QtBot) -> None:
    window.show_message(Message("warning", "The settings were broken.", outlives_case=True))
    window.program.files.open_path(head)
    wait_for_quiet(window, qtbot)
    window.show_message(Message("warning", "The image is coarse."))
    window.program.planning.make_plan()
    wait_for_quiet(window, qtbot)
    # The plan stands on the same image.
    assert "The image is coarse." in [message.text for message in window.messages.messages]
    window.case.close()
    assert [message.text for message in window.messages.messages] == ["The settings were broken."]
    window.show_message(Message("error", "gone.nii does not exist."))
    window.program.files.open_path(head)
    wait_for_quiet(window, qtbot)
    assert "gone.nii does not exist." not in [message.text for message in window.messages.messages]


def test_saving_before_closing_is_still_told_on_the_first_screen(
    with_plan: MainWindow, answers: Answers, qtbot: QtBot
) -> None:
    path = with_plan.case.saved_path
    edit(with_plan)
    answers.unsaved_answer = "save"
    with_plan.program.files.close_case()
    wait_for_quiet(with_plan, qtbot)
    assert with_plan.first_screen.isVisible()
    assert [message.text for message in with_plan.messages.messages] == [f"Saved as {path}."]


def test_the_atlas_panel_can_be_made_after_a_plan_could_not(
    window: MainWindow, head: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job has ended and is gone by then."""
    monkeypatch.setattr(main_window, "PREPARE_MS", 10**6)
    window.program.planning._do = replace(window.program.planning._do, plan_head=crash)
    window.program.files.open_path(head)
    wait_for_quiet(window, qtbot)
    window.program.planning.make_plan()
    job = window.program.planning.work
    assert job is not None
    with qtbot.waitSignal(job.destroyed):
        wait_for_quiet(window, qtbot)
    window.show_panel("atlas")
    assert window.side.panel("atlas").progress.isHidden()
    assert window.side.panel("atlas").start.isEnabled()
