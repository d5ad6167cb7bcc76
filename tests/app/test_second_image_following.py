"""A plan with a second image, opened in the window: found again, missing, changed, undone."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.app.main_window import MainWindow
from fusplan.display.image_layers import SECOND_KEY
from fusplan.imaging.read import read_volume
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.plan_images import ImageReference, PlacedImage
from fusplan.progress import Progress
from fusplan.session.second_image import SecondImage
from fusplan.spatial import Affine
from fusplan.widgets.second_image_panel import SecondImagePanel
from fusplan.workflows.kept_second_image import PlacedSecondImage, open_second_image
from fusplan.workflows.requests import KeptSecondImage
from tests.fixtures import plans
from tests.fixtures.answers import Answers
from tests.fixtures.limits import LONGEST_WAIT_S
from tests.fixtures.small_heads import head as small_head
from tests.fixtures.waits import wait_for_quiet

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The file of another image of the person."""
    volume = small_head(3.0)
    path = tmp_path / "T2w.nii"
    nib.save(nib.Nifti1Image(np.asarray(volume.data), volume.affine), path)
    return path


def record(path: Path) -> PlacedImage:
    """What a plan keeps of it: the motion of the test plans, its own content and grid."""
    known, image = plans.second_image(), ImageReference.of_volume(read_volume(path))
    motion = Affine(image.frame, plans.FRAME, known.to_reference.matrix)
    return replace(known, image=image, to_reference=motion)


@pytest.fixture
def saved(tmp_path: Path, head: Path, second: Path) -> Path:
    """A plan with a second image."""
    path = tmp_path / "plan" / "plan.fusplan.json"
    path.parent.mkdir()
    save_plan(set_image(plans.plan(str(head)), "second", record(second)), path)
    return path


def opened(window: MainWindow, path: Path, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.case.plan_changed.qt):
        window.program.files.open_path(path)
    wait_for_quiet(window, qtbot)
    return window


def opened_while_the_search_waits(window: MainWindow, saved: Path, qtbot: QtBot) -> threading.Event:
    """Opens a plan whose second image is not read before the event that is returned is set."""
    go_on = threading.Event()

    def slowly(request: KeptSecondImage, progress: Progress) -> PlacedSecondImage:
        go_on.wait(LONGEST_WAIT_S)
        return open_second_image(request, progress)

    following = window.program.second_image
    following._do = replace(following._do, open_second_image=slowly)
    with qtbot.waitSignal(window.case.plan_changed.qt):
        window.program.files.open_path(saved)
    return go_on


def panel(window: MainWindow) -> SecondImagePanel:
    window.actions_table["second_image"].trigger()
    made = window.side.panel("second_image")
    assert isinstance(made, SecondImagePanel)
    return made


def test_it_is_found_again_and_lies_where_the_plan_says(
    window: MainWindow, saved: Path, second: Path, qtbot: QtBot
) -> None:
    opened(window, saved, qtbot)
    shown = window.case.second_image
    assert shown is not None
    assert shown.label == "T2w.nii"
    motion = plans.second_image().to_reference.matrix
    assert np.allclose(shown.volume.affine, motion @ nib.load(second).affine)
    assert shown.volume.scanner_frame == window.case.volume.scanner_frame
    assert window.case.pictures == {SECOND_KEY: shown.volume}
    assert window.case.view.state.image_layers.layer(SECOND_KEY).visible
    assert panel(window).moved.text() == plans.second_image().registration.sentence
    # Looking for it is no change of the plan.
    assert not window.isWindowModified()
    assert len(window.case.document.history.labels) == 1


def test_the_window_does_not_wait_for_it(window: MainWindow, saved: Path, qtbot: QtBot) -> None:
    go_on = opened_while_the_search_waits(window, saved, qtbot)
    # The plan is on the screen and can be edited; the panel says what is under way.
    assert window.case.second_image is None
    assert "being read" in panel(window).moved.text()
    window.case.document.apply("Edit", lambda plan: replace(plan, seed=3))
    assert any("T2w.nii" in job.title for job in window.program.jobs.running)
    go_on.set()
    wait_for_quiet(window, qtbot)
    assert window.case.second_image is not None


def test_a_missing_one_is_told_of_calmly_and_found_where_one_points(
    window: MainWindow, saved: Path, second: Path, answers: Answers, qtbot: QtBot
) -> None:
    elsewhere = second.parent / "archive" / "T2w.nii"
    elsewhere.parent.mkdir()
    second.rename(elsewhere)
    opened(window, saved, qtbot)
    assert window.case.plan is not None
    assert window.case.second_image is None
    assert [message.kind for message in window.messages.messages] == ["info"]
    assert "T2w.nii is not at" in window.messages.messages[0].text
    shown = panel(window)
    assert shown.trouble.isVisible()
    answers.image = elsewhere
    qtbot.mouseClick(shown.trouble.find_button, LEFT)
    wait_for_quiet(window, qtbot)
    assert window.case.second_image is not None
    assert not shown.trouble.isVisible()
    assert window.messages.messages == ()
    assert window.case.document.history.labels[-1] == "Point to the new place of T2w.nii"
    window.actions_table["save"].trigger()
    wait_for_quiet(window, qtbot)
    assert load_plan(saved).image_of("second").image.path == str(elsewhere)


def test_a_changed_one_is_not_shown_and_another_is_not_taken_for_it(
    window: MainWindow, saved: Path, second: Path, answers: Answers, qtbot: QtBot
) -> None:
    image = nib.load(second)
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj) + 1, image.affine), second)
    opened(window, saved, qtbot)
    assert window.case.second_image is None
    shown = panel(window)
    assert "content differs" in shown.trouble.what.text()
    assert shown.trouble.register_button.text() == "Register again"
    other = second.with_name("other.nii")
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj) + 2, image.affine), other)
    answers.image = other
    qtbot.mouseClick(shown.trouble.find_button, LEFT)
    wait_for_quiet(window, qtbot)
    assert window.case.second_image is None
    assert "other.nii" in shown.trouble.what.text()
    # Nothing was decided: the plan is as it was.
    assert not window.isWindowModified()


def test_forgetting_is_undone_though_the_file_is_missing(
    window: MainWindow, saved: Path, second: Path, qtbot: QtBot
) -> None:
    second.unlink()
    opened(window, saved, qtbot)
    shown = panel(window)
    qtbot.mouseClick(shown.trouble.forget_button, LEFT)
    assert window.case.plan.image_of("second") is None
    assert shown.explanation.isVisible()
    window.actions_table["undo"].trigger()
    wait_for_quiet(window, qtbot)
    assert shown.trouble.isVisible()
    assert not window.isWindowModified()


def test_removing_it_is_undone_at_once(window: MainWindow, saved: Path, second: Path, qtbot: QtBot) -> None:
    opened(window, saved, qtbot)
    volume = window.case.second_image.volume
    qtbot.mouseClick(panel(window).remove, LEFT)
    assert window.case.second_image is None
    assert not window.case.pictures
    # Its voxels are still in memory: the file is not needed.
    second.unlink()
    window.actions_table["undo"].trigger()
    assert window.case.second_image.volume is volume
    window.actions_table["redo"].trigger()
    assert window.case.second_image is None


def test_stopping_the_search_leaves_the_plan_and_says_so(window: MainWindow, saved: Path, qtbot: QtBot) -> None:
    go_on = opened_while_the_search_waits(window, saved, qtbot)
    qtbot.waitUntil(lambda: any("T2w.nii" in job.title for job in window.program.jobs.running))
    next(job for job in window.program.jobs.running if "T2w.nii" in job.title).cancel()
    go_on.set()
    wait_for_quiet(window, qtbot)
    assert window.case.plan is not None
    assert "was stopped" in panel(window).trouble.what.text()
    # The file is where it always was: nothing is asked.
    qtbot.mouseClick(panel(window).trouble.find_button, LEFT)
    wait_for_quiet(window, qtbot)
    assert window.case.second_image is not None
    assert window.case.second_image_trouble is None


def test_closing_and_opening_another_plan_forgets_it(
    window: MainWindow, saved: Path, head: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    opened(window, saved, qtbot)
    save_plan(plans.plan(str(head)), tmp_path / "other.fusplan.json")
    opened(window, tmp_path / "other.fusplan.json", qtbot)
    assert window.case.second_image is None
    window.program.files.close_case()
    assert window.program.second_image._seen == []


def test_a_plan_made_anew_keeps_it(window: MainWindow, saved: Path, qtbot: QtBot) -> None:
    opened(window, saved, qtbot)
    volume = window.case.second_image.volume
    window.actions_table["make_plan"].trigger()
    wait_for_quiet(window, qtbot)
    assert window.case.document.history.labels[-1] == "Make the plan anew"
    assert window.case.plan.image_of("second").shows_the_same(load_plan(saved).image_of("second"))
    assert window.case.second_image.volume is volume


def test_the_first_plan_takes_the_one_that_is_shown(with_image: MainWindow, second: Path, qtbot: QtBot) -> None:
    kept = record(second)
    placed = open_second_image(KeptSecondImage(kept), _Silent())
    with_image.case.set_second_image(SecondImage(placed.volume, placed.volume.name, kept))
    with_image.actions_table["make_plan"].trigger()
    wait_for_quiet(with_image, qtbot)
    assert with_image.case.plan.image_of("second") is kept
    assert with_image.case.second_image.volume is placed.volume


class _Silent:
    def report(self, fraction: float, sentence: str) -> None:
        """Nobody looks."""
