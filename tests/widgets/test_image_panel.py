"""The image panel: facts, window and level, interpolation, convention, axes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from fusplan.imaging.intensity import IntensityWindow
from fusplan.imaging.notes import ImageNote
from fusplan.widgets.case import Case
from fusplan.widgets.image_panel import ImagePanel
from tests.fixtures.cases import open_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.small_heads import head

LEFT = Qt.MouseButton.LeftButton


def shown(qtbot: QtBot, case: Case) -> tuple[ImagePanel, TrialDesk]:
    desk = TrialDesk()
    panel = ImagePanel(case, desk.desk)
    qtbot.addWidget(panel)
    panel.resize(340, 900)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel, desk


def typed(qtbot: QtBot, field: QDoubleSpinBox, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_without_an_image_it_says_what_to_do(qtbot: QtBot) -> None:
    panel, desk = shown(qtbot, Case())
    assert panel.empty.isVisible()
    assert not panel.window_fields.isVisible()
    qtbot.mouseClick(panel.open_button, LEFT)
    assert desk.done == ["open_image"]


def test_facts_and_notes_of_the_image(qtbot: QtBot) -> None:
    volume = replace(head(6.0), notes=(ImageNote("transforms disagree", "The two transforms disagree."),))
    panel, _ = shown(qtbot, open_case(volume=volume))
    assert panel.facts.texts["Voxel size"] == "6 x 6 x 6 mm"
    assert panel.facts.texts["Orientation"] == "RAS"
    assert [row.text for row in panel.notes.rows] == ["The two transforms disagree."]


def test_window_and_level_are_typed_followed_and_forgotten(qtbot: QtBot) -> None:
    case = open_case(volume=head(6.0))
    panel, _ = shown(qtbot, case)
    fields = panel.window_fields
    usual = fields.width_field.value()
    assert not fields.reset.isEnabled()
    typed(qtbot, fields.width_field, "80")
    typed(qtbot, fields.level_field, "100")
    assert case.view.state.window_of("a" * 64) == IntensityWindow(60, 140)
    case.view.change(lambda state: state.with_window("a" * 64, IntensityWindow(0, 50)))  # as a drag in a view does
    assert (fields.width_field.value(), fields.level_field.value()) == (50, 25)
    qtbot.mouseClick(fields.reset, LEFT)
    assert case.view.state.window_of("a" * 64) is None
    assert fields.width_field.value() == usual


def test_the_ways_of_showing_follow_both_ways(qtbot: QtBot) -> None:
    case = open_case(volume=head(6.0))
    panel, _ = shown(qtbot, case)
    qtbot.mouseClick(panel.interpolation.buttons["nearest"], LEFT)
    qtbot.mouseClick(panel.convention.buttons["neurological"], LEFT)
    qtbot.mouseClick(panel.axes.buttons["acpc"], LEFT)
    state = case.view.state
    assert (state.interpolation, state.convention, state.axes) == ("nearest", "neurological", "acpc")
    assert "right is on the right" in panel.side_words.text()
    case.view.update(convention="radiological")
    assert panel.convention.choice == "radiological"


def test_acpc_axes_wait_for_a_plan_and_say_why(qtbot: QtBot) -> None:
    panel, _ = shown(qtbot, open_case(with_plan=False, volume=head(6.0)))
    button = panel.axes.buttons["acpc"]
    assert not button.isEnabled()
    assert "plan" in button.toolTip()
