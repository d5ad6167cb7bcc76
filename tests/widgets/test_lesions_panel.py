"""The lesions panel by mouse and keys, and how long an update takes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from fusplan.planning import edits
from fusplan.planning.lesion_size import LesionSize
from fusplan.spatial import Point
from fusplan.widgets.case import Case
from fusplan.widgets.lesions_panel import NO_LESIONS, LesionsPanel
from tests.fixtures.cases import atlas_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.reviews import first_lesion_state
from tests.fixtures.small_heads import small_plan

LEFT = Qt.MouseButton.LeftButton
LEFT_LESION, RIGHT_LESION = (lesion.id for lesion in small_plan().lesions)


@pytest.fixture
def case() -> Case:
    return atlas_case()


@pytest.fixture
def kept(case: Case) -> TrialDesk:
    return TrialDesk(case)


@pytest.fixture
def panel(case: Case, kept: TrialDesk, qtbot: QtBot) -> LesionsPanel:
    made = LesionsPanel(case, kept.desk)
    qtbot.addWidget(made)
    made.resize(380, 1400)
    made.show()
    qtbot.waitExposed(made)
    return made


def choose(panel: LesionsPanel, lesion_id: str, qtbot: QtBot) -> None:
    number = list(panel.list.rows).index(lesion_id)
    place = panel.list.visualItemRect(panel.list.item(number)).center() - QPoint(40, 0)
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=place)


def type_number(panel: LesionsPanel, name: str, text: str, qtbot: QtBot) -> None:
    field = panel.editor.fields[name]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_lesions_are_listed_and_chosen(panel: LesionsPanel, case: Case, qtbot: QtBot) -> None:
    assert list(panel.list.rows) == [LEFT_LESION, RIGHT_LESION]
    assert panel.list.rows[LEFT_LESION].sentence.text() == "4 x 5 mm, 41.9 mm³ at CLp left"
    choose(panel, RIGHT_LESION, qtbot)
    assert case.view.state.selection.lesion_id == RIGHT_LESION
    assert case.view.state.selection.target_id == "clp-right"
    assert panel.editor.fields["length_mm"].value() == 7.0
    qtbot.mouseClick(panel.go, LEFT)
    assert case.view.state.cursor == small_plan().lesions[1].centre


@pytest.mark.parametrize(("button", "length"), [("4x5", 5.0), ("4x7", 7.0)])
def test_the_usual_sizes_are_one_click(
    panel: LesionsPanel, case: Case, qtbot: QtBot, button: str, length: float
) -> None:
    qtbot.mouseClick(panel.add_button, LEFT)
    panel.form.target.setCurrentIndex(1)
    qtbot.mouseClick(panel.form.buttons[button], LEFT)
    added = case.plan.lesions[-1]
    assert (added.target_id, added.width_mm, added.length_mm) == ("clp-right", (4.0, 4.0), length)
    assert case.view.state.selection.lesion_id == added.id
    assert len(case.plan.lesions_of("clp-right")) == 2
    assert not panel.form.isVisible()


def test_any_size_is_typed_and_nonsense_refused(panel: LesionsPanel, case: Case, kept: TrialDesk, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.add_button, LEFT)
    qtbot.keyClicks(panel.form.size_field, "3x4x6")
    qtbot.keyClick(panel.form.size_field, Qt.Key.Key_Return)
    assert case.plan.lesions[-1].width_mm == (3.0, 4.0)
    assert case.plan.lesions[-1].length_mm == 6.0
    qtbot.mouseClick(panel.add_button, LEFT)
    qtbot.keyClicks(panel.form.size_field, "big")
    qtbot.keyClick(panel.form.size_field, Qt.Key.Key_Return)
    assert len(case.plan.lesions) == 3
    assert "is not a lesion size" in kept.messages[-1].text


def test_numbers_are_typed(panel: LesionsPanel, case: Case, qtbot: QtBot) -> None:
    choose(panel, LEFT_LESION, qtbot)
    for name, text in (("width_mm", "3.5"), ("length_mm", "6"), ("tilt_lateral_deg", "12"), ("superior_mm", "-1.5")):
        type_number(panel, name, text, qtbot)
    lesion = edits.find_lesion(case.plan, LEFT_LESION)
    assert (lesion.width_mm, lesion.length_mm) == ((3.5, 4.0), 6.0)
    assert panel.editor.fields["tilt_lateral_deg"].value() == 12.0
    assert lesion.centre.z == pytest.approx(small_plan().lesions[0].centre.z - 1.5, abs=0.2)
    assert "44.0 mm³" in panel.volume.text()
    assert case.document.history.labels[1:] == ("Resize lesion CLp left",) * 2 + (
        "Tilt lesion CLp left",
        "Move lesion CLp left",
    )
    case.document.undo()
    assert panel.editor.fields["superior_mm"].value() == 0.0


def test_steps_by_key_are_one_entry_of_the_history(panel: LesionsPanel, case: Case, qtbot: QtBot) -> None:
    field = panel.editor.fields["length_mm"]
    field.setFocus()
    for _ in range(5):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    assert edits.find_lesion(case.plan, LEFT_LESION).length_mm == pytest.approx(5.5)
    assert len(case.document.history.steps) == 2
    case.document.undo()
    assert field.value() == 5.0


def test_mirror_and_remove(panel: LesionsPanel, case: Case, qtbot: QtBot) -> None:
    before = case.plan
    choose(panel, LEFT_LESION, qtbot)
    qtbot.mouseClick(panel.mirror, LEFT)
    left, right = case.plan.lesions
    assert (right.side, right.width_mm, right.length_mm) == ("right", left.width_mm, left.length_mm)
    assert right.centre == before.lesions[1].centre
    assert case.view.state.selection.lesion_id == RIGHT_LESION
    case.document.undo()
    assert case.plan.lesions == before.lesions
    for lesion_id in (LEFT_LESION, RIGHT_LESION):
        choose(panel, lesion_id, qtbot)
        qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert panel.empty.text() == NO_LESIONS
    assert panel.form.isVisible()
    assert not panel.remove.isEnabled()


def test_figures_are_computing_then_current_then_grey(panel: LesionsPanel, case: Case, qtbot: QtBot) -> None:
    choose(panel, LEFT_LESION, qtbot)
    assert panel.coverage.waiting.isVisible()
    assert all(label.isVisible() for label in panel.computing)
    case.set_review(case.review.with_lesion(first_lesion_state()))
    assert [block.bars.bars[0].label for block in panel.coverage.blocks] == ["CLp", "CLp"]
    assert not any(label.isVisible() for label in panel.computing)
    assert len(panel.distances.rows) <= 6
    assert panel.uncertainty.rows
    type_number(panel, "anterior_mm", "1", qtbot)
    assert all(label.isVisible() for label in panel.computing)
    assert panel.coverage.blocks[0].isVisible()


def test_a_drag_is_followed_at_every_step(panel: LesionsPanel, case: Case, qtbot: QtBot) -> None:
    case.set_review(case.review.with_lesion(first_lesion_state()))
    choose(panel, LEFT_LESION, qtbot)
    centre = small_plan().lesions[0].centre
    lateral, shares = [], []
    for step in range(5):
        place = Point(centre.frame, centre.x + 0.4 * step, centre.y, centre.z - 0.2 * step)
        case.document.apply("Drag", lambda plan, at=place: edits.move_lesion(plan, LEFT_LESION, at), "drag")
        qtbot.waitUntil(lambda: panel.editor.fields["lateral_mm"].value() not in lateral)
        lateral.append(panel.editor.fields["lateral_mm"].value())
        shares.append(panel.coverage.blocks[0].grab().toImage())
    assert len(set(lateral)) == 5
    assert shares[0] != shares[-1]


def test_what_the_list_shows_as_selected_has_its_handles(case: Case, kept: TrialDesk, qtbot: QtBot) -> None:
    assert case.view.state.selection.lesion_id is None
    panel = LesionsPanel(case, kept.desk)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    assert panel.selected().id == case.view.state.selection.lesion_id == LEFT_LESION
    case.view.change(lambda state: state.with_selection(target_id="clp-right", lesion_id=None))
    assert case.view.state.selection.lesion_id == RIGHT_LESION  # as when one goes to the next target
    case.document.apply("Remove", lambda plan: edits.remove_lesion(plan, RIGHT_LESION))
    assert panel.selected().id == LEFT_LESION
    assert case.view.state.selection.target_id == "clp-right"


def test_a_target_without_a_lesion_stays_the_one_that_a_lesion_is_added_to(
    case: Case, kept: TrialDesk, qtbot: QtBot
) -> None:
    case.document.apply("Remove", lambda plan: edits.remove_lesion(plan, RIGHT_LESION))
    case.view.change(lambda state: state.with_selection(target_id="clp-right", lesion_id=None))
    panel = LesionsPanel(case, kept.desk)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    assert case.view.state.selection.target_id == "clp-right"
    panel.add_button.setChecked(True)
    panel.refresh()
    assert panel.form.target.currentData() == "clp-right"


def test_a_size_dragged_elsewhere_is_shown(panel: LesionsPanel, case: Case) -> None:
    case.document.apply("Resize", lambda plan: edits.resize_lesion(plan, LEFT_LESION, LesionSize((4.5, 4.5), 6.2)))
    assert panel.editor.fields["length_mm"].value() == pytest.approx(6.2)
    assert panel.list.rows[LEFT_LESION].sentence.text().startswith("4.5 x 6.2 mm")


def test_the_panel_says_that_a_lesion_lies_across_the_midplane(case: Case, panel: LesionsPanel, qtbot: QtBot) -> None:
    choose(panel, LEFT_LESION, qtbot)
    assert panel.other_side.isHidden()
    centre = edits.find_lesion(case.plan, LEFT_LESION).centre
    place = Point(centre.frame, 4.0, centre.y, centre.z)
    case.document.apply("Move", lambda plan: edits.move_lesion(plan, LEFT_LESION, place))
    assert panel.other_side.isVisible() and "to the right of the midplane" in panel.other_side.text()
    case.document.undo()
    assert panel.other_side.isHidden()
