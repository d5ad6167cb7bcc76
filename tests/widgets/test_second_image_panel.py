"""A second image: loaded, blended, taken away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.display.image_layers import SECOND_KEY
from fusplan.errors import FusplanError
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.placed_image_file import PlacedImageChangedError, PlacedImageMissingError
from fusplan.registration.second_image import SecondImageLostError, placement
from fusplan.session.second_image import SecondImageTrouble
from fusplan.widgets.case import Case
from fusplan.widgets.second_image_panel import BEING_FOUND, SecondImagePanel
from fusplan.workflows.kept_second_image import PlacedSecondImage, placed_volume
from fusplan.workflows.requests import KeptSecondImage, SecondImageRequest
from fusplan.workflows.second_image import RegisteredSecondImage, record_of
from tests.fixtures.cases import open_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.rigid_motions import motion
from tests.fixtures.small_heads import head

LEFT = Qt.MouseButton.LeftButton
FIRST, SECOND = Path("/heads/T1w.nii.gz"), Path("/heads/T2w.nii.gz")


def registered(request: SecondImageRequest, progress: object) -> RegisteredSecondImage:
    assert (request.first_path, request.second_path) == (FIRST, SECOND)
    known = motion((0, 0, 3.0), (4.0, 0.0, 0.0))
    return RegisteredSecondImage(SECOND, placement(known, head(6.0), head(6.0, "b" * 64), 1.2, 1.1))


def read(found: RegisteredSecondImage, progress: object) -> PlacedSecondImage:
    volume = replace(head(6.0, "b" * 64), path=found.path)
    return PlacedSecondImage(placed_volume(volume, found.placement.second_to_first), record_of(found, volume))


@pytest.fixture
def case() -> Case:
    return open_case(volume=replace(head(6.0), path=FIRST))


def shown(qtbot: QtBot, case: Case) -> tuple[SecondImagePanel, TrialDesk]:
    desk = TrialDesk(case)
    desk.image = SECOND
    desk.work_with(register_second_image=registered, read_second_image=read)
    panel = SecondImagePanel(case, desk.desk)
    qtbot.addWidget(panel)
    panel.resize(340, 700)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel, desk


def loaded(qtbot: QtBot, case: Case) -> tuple[SecondImagePanel, TrialDesk]:
    panel, desk = shown(qtbot, case)
    qtbot.mouseClick(panel.load, LEFT)
    qtbot.waitUntil(lambda: case.second_image is not None)
    return panel, desk


def test_an_image_is_laid_over_the_first_and_told_how_far(qtbot: QtBot, case: Case) -> None:
    panel, _ = loaded(qtbot, case)
    assert panel.name.text() == "T2w.nii.gz"
    assert "mm and turned by 3.0°" in panel.moved.text()
    assert case.pictures == {SECOND_KEY: case.second_image.volume}  # type: ignore[union-attr]
    assert case.second_image.volume.scanner_frame == case.volume.scanner_frame  # type: ignore[union-attr]


def test_it_is_blended_in_four_ways_and_hidden(qtbot: QtBot, case: Case) -> None:
    panel, _ = loaded(qtbot, case)
    for key in ("colour", "swipe", "checkerboard", "opacity"):
        qtbot.mouseClick(panel.kinds.buttons[key], LEFT)
        assert case.view.state.image_layers.layer(SECOND_KEY).look == key
        assert panel.slider.isVisible() is (key != "checkerboard")
    panel.slider.setFocus()
    qtbot.keyClick(panel.slider, Qt.Key.Key_End)
    assert case.view.state.image_layers.layer(SECOND_KEY).opacity == 1.0
    panel.shown.click()
    assert not list(case.view.state.image_layers.drawn(case.pictures))


def test_its_own_window_and_level(qtbot: QtBot, case: Case) -> None:
    panel, _ = loaded(qtbot, case)
    panel.window_fields.width_field.setValue(50)
    assert case.view.state.window_of("b" * 64) is not None
    assert case.view.state.window_of("a" * 64) is None


def test_it_is_taken_away(qtbot: QtBot, case: Case) -> None:
    panel, _ = loaded(qtbot, case)
    qtbot.mouseClick(panel.remove, LEFT)
    assert case.second_image is None
    assert panel.explanation.isVisible()
    assert panel.load.text() == "Load…"


def test_another_image_open_meanwhile_drops_it(qtbot: QtBot, case: Case) -> None:
    panel, desk = shown(qtbot, case)
    qtbot.mouseClick(panel.load, LEFT)
    case.open_volume(replace(head(6.0, "c" * 64), path=FIRST))
    qtbot.waitUntil(lambda: len(desk.messages) == 1)
    assert "dropped" in desk.messages[0].text
    assert case.second_image is None


def labels(case: Case) -> tuple[str, ...]:
    assert case.document is not None
    return case.document.history.labels[1:]


def test_adding_replacing_and_removing_are_steps_of_the_history(qtbot: QtBot, case: Case) -> None:
    panel, _ = loaded(qtbot, case)
    record = case.plan.image_of("second")
    assert record is case.second_image.record
    assert (record.image.name, record.image.sha256) == ("T2w.nii.gz", "b" * 64)
    qtbot.mouseClick(panel.load, LEFT)
    qtbot.waitUntil(lambda: case.plan.image_of("second") is not record)
    qtbot.mouseClick(panel.remove, LEFT)
    assert case.plan.image_of("second") is None
    assert labels(case) == (
        "Add the second image T2w.nii.gz",
        "Register the second image T2w.nii.gz again",
        "Remove the second image T2w.nii.gz",
    )


def test_without_a_plan_it_is_shown_all_the_same(qtbot: QtBot) -> None:
    case = open_case(with_plan=False, volume=replace(head(6.0), path=FIRST))
    panel, _ = loaded(qtbot, case)
    assert panel.name.text() == "T2w.nii.gz"
    assert case.second_image.record.registration.sentence == panel.moved.text()
    qtbot.keyClick(panel.remove, Qt.Key.Key_Space)
    assert case.second_image is None


def lost(qtbot: QtBot, case: Case, error: FusplanError, path: Path | None = None) -> tuple[SecondImagePanel, TrialDesk]:
    """The panel of a plan whose second image is not where the plan says."""
    first = head(6.0)
    found = registered(SecondImageRequest(FIRST, SECOND), None)
    record = record_of(found, replace(head(6.0, "b" * 64), path=SECOND))
    assert record.to_reference.target == first.scanner_frame
    case.document.apply("Add it", lambda plan: set_image(plan, "second", record))
    panel, desk = shown(qtbot, case)
    assert panel.moved.text() == BEING_FOUND
    case.set_second_image_trouble(SecondImageTrouble(record, error, path))
    return panel, desk


MISSING = PlacedImageMissingError("T2w.nii.gz is not at /heads/T2w.nii.gz.", "Say where it is now.")
CHANGED = PlacedImageChangedError("T2w.nii.gz is not the second image: its content differs.", "Register this one.")


def test_a_missing_one_is_told_of_with_three_ways_on(qtbot: QtBot, case: Case) -> None:
    panel, _ = lost(qtbot, case, MISSING)
    assert panel.name.text() == "T2w.nii.gz"
    assert panel.trouble.what.text() == MISSING.message
    assert "works without it" in panel.trouble.remedy.text()
    view = panel.trouble
    buttons = (view.find_button, view.register_button, view.forget_button)
    assert [button.text() for button in buttons] == ["Find it…", "Register again…", "Forget it"]
    assert all(button.toolTip() for button in buttons)
    assert not any(part.isVisible() for part in (panel.load, panel.remove, panel.explanation, panel.moved, panel.kinds))


def test_it_is_pointed_at_and_shown_where_it_was(qtbot: QtBot, case: Case) -> None:
    panel, desk = lost(qtbot, case, MISSING)
    desk.image = Path("/new/T2w.nii.gz")

    def find(request: KeptSecondImage, progress: object) -> PlacedSecondImage:
        assert request.path == desk.image
        volume = replace(head(6.0, "b" * 64), path=request.path)
        record = replace(request.record, image=replace(request.record.image, path=str(request.path)))
        return PlacedSecondImage(placed_volume(volume, record.to_reference), record)

    desk.work_with(open_second_image=find)
    panel.trouble.find_button.setFocus()
    qtbot.keyClick(panel.trouble.find_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: case.second_image is not None)
    assert case.second_image_trouble is None
    assert case.plan.image_of("second").image.path == str(desk.image)
    assert labels(case)[-1] == "Point to the new place of T2w.nii.gz"
    assert panel.moved.text() == case.plan.image_of("second").registration.sentence
    assert panel.load.isVisible()
    assert "mutual information" in panel.moved.toolTip()


def test_a_wrong_one_that_is_pointed_at_is_not_taken(qtbot: QtBot, case: Case) -> None:
    panel, desk = lost(qtbot, case, MISSING)
    desk.image = Path("/new/another.nii.gz")

    def refuse(request: KeptSecondImage, progress: object) -> PlacedSecondImage:
        raise CHANGED

    desk.work_with(open_second_image=refuse)
    qtbot.mouseClick(panel.trouble.find_button, LEFT)
    qtbot.waitUntil(lambda: panel.trouble.what.text() == CHANGED.message)
    assert case.second_image is None
    assert labels(case) == ("Add it",)
    # The file that was pointed at is there: it can be registered without asking for it again.
    assert panel.trouble.register_button.text() == "Register again"
    assert "another.nii.gz" in panel.trouble.register_button.toolTip()


def test_changing_ones_mind_at_the_question_changes_nothing(qtbot: QtBot, case: Case) -> None:
    panel, desk = lost(qtbot, case, MISSING)
    desk.image = None
    qtbot.mouseClick(panel.trouble.find_button, LEFT)
    qtbot.mouseClick(panel.trouble.register_button, LEFT)
    assert desk.jobs.titles == []
    assert case.second_image_trouble is not None


def test_a_changed_one_is_registered_again_without_a_question(qtbot: QtBot, case: Case) -> None:
    panel, desk = lost(qtbot, case, CHANGED, SECOND)
    desk.image = None
    qtbot.mouseClick(panel.trouble.register_button, LEFT)
    qtbot.waitUntil(lambda: case.second_image is not None)
    assert labels(case)[-1] == "Register the second image T2w.nii.gz again"
    assert not panel.trouble.isVisible()


def test_it_is_forgotten_and_undo_brings_it_back(qtbot: QtBot, case: Case) -> None:
    panel, _ = lost(qtbot, case, MISSING)
    qtbot.mouseClick(panel.trouble.forget_button, LEFT)
    assert case.plan.image_of("second") is None
    assert labels(case)[-1] == "Remove the second image T2w.nii.gz"
    assert panel.explanation.isVisible()
    assert not panel.trouble.isVisible()
    case.document.undo()
    assert panel.name.isVisible()
    assert panel.name.text() == "T2w.nii.gz"


def test_a_failure_leaves_things_as_they_were(qtbot: QtBot, case: Case) -> None:
    panel, desk = shown(qtbot, case)

    def fail(request: SecondImageRequest, progress: object) -> RegisteredSecondImage:
        raise SecondImageLostError(request.second_path.name)

    desk.work_with(register_second_image=fail)
    qtbot.mouseClick(panel.load, LEFT)
    qtbot.waitUntil(lambda: desk.jobs.jobs[0].is_over)
    assert case.second_image is None
    assert panel.load.isEnabled()


def test_an_image_that_was_never_a_file_cannot_have_one(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, open_case(volume=head(6.0)))
    assert not panel.load.isEnabled()
