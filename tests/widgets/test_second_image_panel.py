"""A second image: loaded, blended, taken away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.imaging.volume import Volume
from fusplan.registration.second_image import SecondImageLostError, placement
from fusplan.widgets.case import Case
from fusplan.widgets.second_image_panel import AskedSecondImage, SecondImagePanel
from fusplan.workflows.second_image import RegisteredSecondImage, placed_volume
from tests.registration.test_second_image import motion
from tests.widgets.cases import head, open_case
from tests.widgets.desks import TrialDesk

LEFT = Qt.MouseButton.LeftButton
FIRST, SECOND = Path("/heads/T1w.nii.gz"), Path("/heads/T2w.nii.gz")


def registered(asked: AskedSecondImage, progress: object) -> RegisteredSecondImage:
    assert (asked.first_path, asked.second_path) == (FIRST, SECOND)
    known = motion((0, 0, 3.0), (4.0, 0.0, 0.0))
    return RegisteredSecondImage(SECOND, placement(known, head(6.0), head(6.0, "b" * 64), 1.2, 1.1))


def read(found: RegisteredSecondImage, progress: object) -> Volume:
    return placed_volume(replace(head(6.0, "b" * 64), path=found.path), found.placement.second_to_first)


@pytest.fixture
def case() -> Case:
    return open_case(volume=replace(head(6.0), path=FIRST))


def shown(qtbot: QtBot, case: Case) -> tuple[SecondImagePanel, TrialDesk]:
    desk = TrialDesk()
    desk.image = SECOND
    desk.jobs.instead.update(register=registered, read=read)
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
    assert case.blended_image is case.second_image.volume  # type: ignore[union-attr]
    assert case.blended_image.scanner_frame == case.volume.scanner_frame  # type: ignore[union-attr]


def test_it_is_blended_in_four_ways_and_hidden(qtbot: QtBot, case: Case) -> None:
    panel, _ = loaded(qtbot, case)
    for key in ("colour", "swipe", "checkerboard", "opacity"):
        qtbot.mouseClick(panel.kinds.buttons[key], LEFT)
        assert case.view.state.blend.kind == key
        assert panel.slider.isVisible() is (key != "checkerboard")
    panel.slider.setFocus()
    qtbot.keyClick(panel.slider, Qt.Key.Key_End)
    assert case.view.state.blend.amount == 1.0
    panel.shown.click()
    assert not case.view.state.blend.visible


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


def test_a_failure_leaves_things_as_they_were(qtbot: QtBot, case: Case) -> None:
    panel, desk = shown(qtbot, case)

    def lost(asked: AskedSecondImage, progress: object) -> RegisteredSecondImage:
        raise SecondImageLostError(asked.second_path.name)

    desk.jobs.instead["register"] = lost
    qtbot.mouseClick(panel.load, LEFT)
    qtbot.waitUntil(lambda: desk.jobs.jobs[0].is_over)
    assert case.second_image is None
    assert panel.load.isEnabled()


def test_an_image_that_was_never_a_file_cannot_have_one(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, open_case(volume=head(6.0)))
    assert not panel.load.isEnabled()
