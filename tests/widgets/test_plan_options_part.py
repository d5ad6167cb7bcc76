"""The options of a new plan, typed and clicked in the atlas panel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.planning.landmark_edits import move_landmark
from fusplan.progress import NoProgress
from fusplan.session.plan_options import LesionOptions, PlanOptions
from fusplan.spatial import Point
from fusplan.widgets.atlas_panel import AtlasPanel
from fusplan.widgets.case import Case
from fusplan.widgets.plan_options_part import PlanOptionsPart
from fusplan.workflows.add_atlas import remove_atlas
from fusplan.workflows.requests import RemoveAtlasRequest
from tests.fixtures.cases import open_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.small_heads import head
from tests.fixtures.user_atlases import add_drawn_atlas

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


@pytest.fixture
def case() -> Case:
    return open_case(with_plan=False, volume=replace(head(6.0), path=Path("/heads/T1w.nii.gz")))


def panel_of(qtbot: QtBot, case: Case) -> tuple[AtlasPanel, TrialDesk]:
    desk = TrialDesk()
    panel = AtlasPanel(case, desk.desk)
    qtbot.addWidget(panel)
    panel.resize(340, 900)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel, desk


def options_of(qtbot: QtBot, case: Case) -> tuple[PlanOptionsPart, AtlasPanel]:
    """The options, unfolded with the mouse, and the panel they live in."""
    panel, _ = panel_of(qtbot, case)
    assert not panel.options.isVisible()
    qtbot.mouseClick(panel.options_section.heading, LEFT)
    assert panel.options.isVisible()
    return panel.options, panel


def write(qtbot: QtBot, field: object, text: str) -> None:
    """Type over what a field holds, as a person does, and leave it with Enter."""
    qtbot.mouseClick(field, LEFT)
    qtbot.keyClick(field, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)


def test_nothing_is_in_the_way_of_who_just_clicks(qtbot: QtBot, case: Case) -> None:
    panel, desk = panel_of(qtbot, case)
    assert panel.options_section.heading.text() == "Options"
    qtbot.mouseClick(panel.start, LEFT)
    assert desk.done == ["make_plan"]
    assert case.plan_options == PlanOptions()


def test_sizes_leans_seed_and_threads_are_typed(qtbot: QtBot, case: Case) -> None:
    part, _panel = options_of(qtbot, case)
    assert [part.sizes[side].text() for side in ("left", "right")] == ["4x5", "4x7"]
    assert not part.usual.isVisible()
    write(qtbot, part.sizes["left"], "3x4x6")
    write(qtbot, part.sizes["right"], "5 x 8")
    write(qtbot, part.forward["left"], "5")
    write(qtbot, part.outward["right"], "-12")
    write(qtbot, part.seed, "42")
    qtbot.mouseClick(part.threads, LEFT)
    qtbot.keyClick(part.threads, Key.Key_Up)
    assert case.plan_options == PlanOptions(
        LesionOptions("3x4x6", 5.0, 0.0), LesionOptions("5 x 8", 0.0, -12.0), None, "42", 3
    )
    asked = case.plan_options.request(case.volume, None, False, None)
    assert asked.lesions["left"].size.across_mm == (3.0, 4.0)
    assert part.usual.isVisible()
    qtbot.mouseClick(part.usual, LEFT)
    assert case.plan_options == PlanOptions()
    assert [part.sizes["right"].text(), part.seed.text(), part.outward["right"].value()] == ["4x7", "1", 0.0]


def test_what_cannot_be_understood_is_said_below_its_field_and_leaves_when_it_can(qtbot: QtBot, case: Case) -> None:
    part, _panel = options_of(qtbot, case)
    write(qtbot, part.sizes["right"], "4y7")
    assert part.problems["right"].text().startswith("'4y7' is not a lesion size. Write two or three diameters")
    assert part.problems["right"].isVisible()
    assert not part.problems["left"].isVisible()
    write(qtbot, part.sizes["left"], "4x16")
    assert "16 mm is outside 1 to 15 mm" in part.problems["left"].text()
    write(qtbot, part.seed, "two")
    assert part.seed_problem.text().startswith("'two' is not a seed.")
    qtbot.keyClick(part.sizes["right"], Key.Key_Backspace)
    assert part.problems["right"].isVisible()
    write(qtbot, part.sizes["right"], "4x7")
    assert not part.problems["right"].isVisible()
    qtbot.mouseClick(part.usual, LEFT)
    assert not part.problems["left"].isVisible()
    assert not part.seed_problem.isVisible()


def test_a_lean_stays_within_its_limits(qtbot: QtBot, case: Case) -> None:
    part, _panel = options_of(qtbot, case)
    part.forward["left"].setFocus()
    part.forward["left"].setValue(75.0)
    assert case.plan_options.left.tilt_anterior_deg == 60.0


def test_of_the_atlases_those_that_describe_clp_are_offered(qtbot: QtBot, case: Case, tmp_path: Path) -> None:
    add_drawn_atlas(tmp_path, "2009cAsym")
    add_drawn_atlas(tmp_path / "more", "2009cAsym", name="without", without_cl=True)
    part, _panel = options_of(qtbot, case)
    names = [part.atlas.itemText(place) for place in range(part.atlas.count())]
    assert len(names) == 4
    assert names[0] == "Where all atlases agree best"
    assert names[3] == "Title of mine"
    part.atlas.setFocus()
    for name in ("morel", "julich"):
        qtbot.keyClick(part.atlas, Key.Key_Down)
        assert case.plan_options.atlas == name
    qtbot.keyClick(part.atlas, Key.Key_Down)
    assert case.plan_options.atlas == "mine"
    remove_atlas(RemoveAtlasRequest("mine"), NoProgress())
    case.atlas_list_changed.emit()
    assert case.plan_options.atlas is None
    assert part.atlas.count() == 3
    assert part.atlas.currentText() == names[0]


def test_landmarks_placed_by_hand_are_kept_when_wanted(qtbot: QtBot) -> None:
    case = open_case(volume=replace(head(6.0), path=Path("/heads/T1w.nii.gz")))
    part, _panel = options_of(qtbot, case)
    assert not part.keep.isEnabled()
    assert part.kept.text() == "No landmark of this plan was placed by hand."
    place = Point(case.plan.image.frame, 0.5, 2.0, -4.0)
    case.document.apply("Move AC", lambda plan: move_landmark(plan, "ac", place))
    assert part.kept.text() == "Placed by hand: AC."
    assert not part.keep.isChecked()
    part.keep.setFocus()
    qtbot.keyClick(part.keep, Key.Key_Space)
    asked = case.plan_options.request(case.volume, None, False, case.plan.landmarks)
    assert (asked.ac_mm, asked.pc_mm, asked.midline_mm) == ((0.5, 2.0, -4.0), None, ())
    case.document.undo()
    assert not part.keep.isEnabled()
    assert not part.keep.isChecked()


def test_without_a_plan_there_are_no_landmarks_to_keep(qtbot: QtBot, case: Case) -> None:
    part, _panel = options_of(qtbot, case)
    assert not part.keep.isVisible()
    assert not part.kept.isVisible()


def test_with_a_plan_the_options_stand_with_aligning_anew(qtbot: QtBot) -> None:
    panel, desk = panel_of(qtbot, open_case(volume=head(6.0)))
    qtbot.mouseClick(panel.options_section.heading, LEFT)
    assert panel.options_section.heading.text() == "Align anew, with options"
    qtbot.mouseClick(panel.again, LEFT)
    assert desk.done == ["make_plan"]


def test_another_head_begins_with_the_usual(qtbot: QtBot, case: Case) -> None:
    part, _panel = options_of(qtbot, case)
    write(qtbot, part.sizes["left"], "nonsense")
    assert part.problems["left"].isVisible()
    case.open_volume(head(6.0, "b" * 64))
    assert part.sizes["left"].text() == "4x5"
    assert not part.problems["left"].isVisible()
