"""The targets panel by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from fusplan.atlas.structure_ref import clp
from fusplan.display.target_rows import target_rows
from fusplan.display.view_state import Selection
from fusplan.planning import edits
from fusplan.planning.document import PlanDocument
from fusplan.spatial import read_acpc
from fusplan.widgets.case import Case
from fusplan.widgets.targets_panel import NO_PLAN, TargetsPanel
from tests.fixtures.cases import atlas_case
from tests.fixtures.desks import TrialDesk
from tests.fixtures.small_heads import small_head, small_plan

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def case() -> Case:
    return atlas_case()


@pytest.fixture
def kept(case: Case) -> TrialDesk:
    return TrialDesk(case)


@pytest.fixture
def panel(case: Case, kept: TrialDesk, qtbot: QtBot) -> TargetsPanel:
    made = TargetsPanel(case, kept.desk)
    qtbot.addWidget(made)
    made.resize(380, 1200)
    made.show()
    qtbot.waitExposed(made)
    return made


def place_of(panel: TargetsPanel, target_id: str) -> QPoint:
    number = list(panel.list.rows).index(target_id)
    return panel.list.visualItemRect(panel.list.item(number)).center() - QPoint(60, 0)


def click(panel: TargetsPanel, target_id: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.list.viewport(), LEFT, pos=place_of(panel, target_id))


def labels(case: Case) -> tuple[str, ...]:
    return case.document.history.labels


def test_rows_show_the_targets_and_a_click_selects(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    assert [row.name.text() for row in panel.list.rows.values()] == ["CLp left", "CLp right"]
    click(panel, "clp-right", qtbot)
    assert case.view.state.selection.target_id == "clp-right"
    assert panel.details.name.text() == "CLp right"
    assert len(panel.details.coordinates.rows) == 7
    assert panel.proposals.matrix.side == "right"
    assert "0.1 mm" in panel.details.hint.text()
    click(panel, "clp-left", qtbot)
    assert "Locked" in panel.details.hint.text()


def test_in_this_step_no_lesion_is_in_the_way_of_a_target(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    panel.hide()
    case.view.change(lambda state: state.with_selection(target_id="clp-right", lesion_id="lesion-clp-right"))
    panel.show()
    assert case.view.state.selection == Selection(target_id="clp-right")


def test_double_click_enter_and_the_button_go_there(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    right, left = small_plan().targets[1].point, small_plan().targets[0].point
    click(panel, "clp-right", qtbot)  # Qt takes a double click only after a press on the same row
    qtbot.mouseDClick(panel.list.viewport(), LEFT, pos=place_of(panel, "clp-right"))
    assert case.view.state.cursor == right
    click(panel, "clp-left", qtbot)
    assert case.view.state.cursor == right
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert case.view.state.cursor == left
    click(panel, "clp-right", qtbot)
    qtbot.mouseClick(panel.go, LEFT)
    assert case.view.state.cursor == right


def test_what_a_target_aims_at_is_chosen_and_undone(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    combo = panel.details.aim.combo
    assert [combo.itemText(place) for place in range(combo.count())] == ["CLp", "nothing in particular"]
    assert combo.currentText() == "CLp"
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert case.plan.targets[0].aim is None
    assert case.document.history.undo_label == "Aim CLp left at nothing in particular"
    case.document.undo()
    assert case.plan.targets[0].aim == clp("left")
    assert combo.currentText() == "CLp"
    case.document.apply("Aim elsewhere", lambda plan: edits.aim_target(plan, "clp-left", "VPL"))
    assert combo.currentText() == "VPL"
    assert combo.count() == 3


def test_a_name_is_edited_and_undone(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    panel.details.name.selectAll()
    qtbot.keyClicks(panel.details.name, "My target")
    qtbot.keyClick(panel.details.name, Qt.Key.Key_Return)
    assert case.plan.targets[0].name == "My target"
    assert panel.list.rows["clp-left"].name.text() == "My target"
    panel.details.name.clear()
    panel.details.name.clearFocus()
    qtbot.keyClick(panel.details.name, Qt.Key.Key_Return)
    assert panel.details.name.text() == "My target"
    case.document.undo()
    assert panel.list.rows["clp-left"].name.text() == "CLp left"


def test_a_colour_is_chosen_by_mouse_and_seen_in_the_list(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    choice = panel.details.colour
    assert choice.automatic.isChecked()
    qtbot.mouseClick(choice.swatches["#ff9d7a"], LEFT)
    assert case.plan.targets[0].colour == "#ff9d7a"
    assert target_rows(case.plan)[0].colour == "#ff9d7a"
    assert choice.swatches["#ff9d7a"].isChecked()
    assert not choice.automatic.isChecked()
    qtbot.mouseClick(choice.automatic, LEFT)
    assert case.plan.targets[0].colour is None
    assert labels(case)[-2:] == ("Colour CLp left", "Give CLp left its automatic colour")
    case.document.undo()
    assert choice.swatches["#ff9d7a"].isChecked()
    click(panel, "clp-right", qtbot)
    assert choice.automatic.isChecked()
    assert all(button.toolTip() for button in (*choice.swatches.values(), choice.automatic, choice.other))


def test_a_colour_is_chosen_by_keys(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    choice = panel.details.colour
    first, second = list(choice.swatches.values())[1:3]
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Space)
    assert case.plan.targets[0].colour == list(choice.swatches)[1]
    qtbot.keyClick(first, Qt.Key.Key_Right)
    assert second.hasFocus()
    assert case.plan.targets[0].colour == list(choice.swatches)[2]
    choice.other.setFocus()
    qtbot.keyClick(choice.other, Qt.Key.Key_Space)
    assert choice.field.isVisible()
    assert choice.field.text() == list(choice.swatches)[2]
    choice.field.selectAll()
    qtbot.keyClicks(choice.field, "#D81DA5")
    qtbot.keyClick(choice.field, Qt.Key.Key_Return)
    assert case.plan.targets[0].colour == "#d81da5"
    assert choice.field.text() == "#d81da5"


def test_another_colour_is_one_click_in_the_panel_and_shown_when_chosen(
    panel: TargetsPanel, case: Case, qtbot: QtBot
) -> None:
    choice = panel.details.colour
    wanted = list(choice.others)[10]
    assert not choice.field.isVisible()
    qtbot.mouseClick(choice.other, LEFT)
    qtbot.mouseClick(choice.others[wanted], LEFT)
    assert case.plan.targets[0].colour == wanted
    assert choice.others[wanted].isChecked()


def test_what_is_no_colour_is_refused_with_words(
    panel: TargetsPanel, case: Case, kept: TrialDesk, qtbot: QtBot
) -> None:
    choice = panel.details.colour
    qtbot.mouseClick(choice.other, LEFT)
    for wrong in ("red", "#12"):
        choice.field.setText(wrong)
        qtbot.keyClick(choice.field, Qt.Key.Key_Return)
        assert "is not a colour" in kept.messages[-1].text
        assert choice.field.text() == ""
    choice.field.setText("")
    qtbot.keyClick(choice.field, Qt.Key.Key_Return)  # none means the automatic one
    assert len(kept.messages) == 2
    assert case.plan.targets[0].colour is None
    assert choice.automatic.isChecked()
    assert len(labels(case)) == 1


def test_a_locked_target_refuses_to_go_with_its_reason_and_a_way(
    panel: TargetsPanel, case: Case, kept: TrialDesk, qtbot: QtBot
) -> None:
    click(panel, "clp-left", qtbot)
    qtbot.mouseClick(panel.remove, LEFT)
    assert len(case.plan.targets) == 2
    assert "CLp left is locked" in kept.messages[-1].text
    kept.messages[-1].actions[0].do()
    assert not case.plan.targets[0].locked
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert [target.id for target in case.plan.targets] == ["clp-right"]
    assert labels(case)[-2:] == ("Unlock CLp left", "Remove CLp left")


def test_the_lock_is_toggled_in_its_row(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.list.rows["clp-right"].lock, LEFT)
    assert edits.find_target(case.plan, "clp-right").locked
    assert "is locked" in panel.list.rows["clp-right"].lock.toolTip()


def add(panel: TargetsPanel, qtbot: QtBot, source: str, side: str = "left", item: str = "") -> None:
    before = len(panel.list.rows)
    if not panel.form.isVisible():
        qtbot.mouseClick(panel.add, LEFT)
    panel.form.source.setCurrentIndex(panel.form.source.findData(source))
    if source != "cursor":
        qtbot.mouseClick(panel.form.sides[side], LEFT)
        place = panel.form.item.findText(item, Qt.MatchFlag.MatchStartsWith)
        assert place >= 0, item
        panel.form.item.setCurrentIndex(place)
    qtbot.mouseClick(panel.form.button, LEFT)
    qtbot.waitUntil(lambda: len(panel.list.rows) > before)


def test_targets_are_added_from_everywhere(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    cursor = case.view.state.cursor
    add(panel, qtbot, "cursor")
    assert case.plan.targets[-1].point == cursor
    assert not case.plan.targets[-1].locked
    add(panel, qtbot, "preset", "right", "Vim, standard")
    vim = case.plan.targets[-1]
    assert (vim.name, vim.side, vim.locked) == ("Vim, standard right", "right", True)
    assert case.view.state.cursor == vim.point
    assert case.view.state.selection.target_id == vim.id
    atlases = case.patient_atlases
    for number, abbreviation in ((0, "CLp"), (1, "VPL")):
        add(panel, qtbot, f"nucleus:{number}", "left", abbreviation)
        assert case.plan.targets[-1].name == f"{abbreviation} left"
        assert case.plan.targets[-1].provenance.method == f"nucleus:{atlases[number][1].atlas.name}:{abbreviation}"
    add(panel, qtbot, "proposal", "right", "Acpc rule")
    assert case.plan.targets[-1].point == case.plan.proposals[-1].point
    assert len(panel.list.rows) == 7
    assert not panel.form.isVisible()


def test_a_proposal_is_gone_to_and_used(panel: TargetsPanel, case: Case, kept: TrialDesk, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.proposals.sides["right"], LEFT)
    proposals = [one for one in case.plan.proposals if one.side == "right"]
    qtbot.mouseClick(panel.proposals.go_buttons[3], LEFT)
    assert case.view.state.cursor == proposals[3].point
    qtbot.mouseClick(panel.proposals.cells[1], LEFT)
    assert case.view.state.cursor == proposals[1].point
    qtbot.mouseClick(panel.proposals.use_buttons[3], LEFT)
    target = edits.find_target(case.plan, "clp-right")
    assert target.point == proposals[3].point
    assert target.locked
    assert target.provenance == proposals[3].provenance
    assert labels(case)[-1].startswith("Put CLp right at ")
    qtbot.mouseClick(panel.proposals.use_buttons[0], LEFT)
    assert edits.find_target(case.plan, "clp-right").point == proposals[3].point
    assert "locked" in kept.messages[-1].text


def test_the_matrix_says_what_is_unusual(panel: TargetsPanel, case: Case) -> None:
    agreement = case.review.agreement("left")
    told = {one.distance_mm: one.verdict for one in agreement.distances}
    shown = {cell.cell.distance_mm: cell.cell.verdict for cell in panel.proposals.cells if cell.cell.usual}
    assert shown == told and len(set(told.values())) > 1
    assert panel.proposals.verdict.text() == f"The proposals: {agreement.standing}"
    assert panel.proposals.sentence.text() == agreement.sentence


def test_every_proposal_says_where_it_lies(panel: TargetsPanel, case: Case) -> None:
    plan = case.plan
    assert plan is not None
    first = read_acpc(next(one for one in plan.proposals if one.side == "left").point, plan.landmarks.geometry())
    assert len(panel.proposals.places) == 5
    assert panel.proposals.places[0].text().startswith(f"{first.lateral_mm:.1f} lateral, ")
    assert panel.proposals.places[0].text().endswith(f"{first.above_plane_mm:.1f} above")


def test_stale_proposals_say_so(panel: TargetsPanel, case: Case) -> None:
    assert not panel.proposals.stale.isVisible()
    case.set_proposals_stale(True)
    assert panel.proposals.stale.isVisible()


def test_the_region_is_switched_here_and_elsewhere(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.region, LEFT, pos=QPoint(8, panel.region.height() // 2))
    assert not case.view.state.layers.uncertainty
    case.view.become(case.view.state.with_layers(uncertainty=True))
    assert panel.region.isChecked()


def test_the_remembered_figures_are_off_until_wanted_and_say_that_they_are_unverified(
    panel: TargetsPanel, case: Case, qtbot: QtBot
) -> None:
    assert not panel.remembered.isChecked()
    assert "unverified" in panel.remembered.text()
    assert "never a target" in panel.remembered.toolTip()
    qtbot.mouseClick(panel.remembered, LEFT, pos=QPoint(8, panel.remembered.height() // 2))
    assert case.view.state.layers.remembered
    case.view.become(case.view.state.with_layers(remembered=False))
    assert not panel.remembered.isChecked()


def test_without_a_plan_it_says_what_to_do(qtbot: QtBot) -> None:
    case = Case()
    case.open_volume(small_head())
    panel = TargetsPanel(case, TrialDesk(case).desk)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.empty.text() == NO_PLAN
    case.open_document(small_head(), PlanDocument(small_plan()))
    assert len(panel.list.rows) == 2


def test_many_proposals_are_compared_with_the_target_only(qtbot: QtBot) -> None:
    from dataclasses import replace

    from fusplan.display.proposal_matrix import proposal_matrix
    from fusplan.planning.agreement import nothing_to_compare
    from fusplan.widgets.proposals_view import MOST_COMPARED, ProposalsView
    from tests.fixtures.small_heads import small_plan

    agreed = replace(small_plan().proposals[0], name="Consensus CLp")
    plan = replace(small_plan(), proposals=(agreed, *small_plan().proposals))
    more = tuple(replace(one, name=f"Mine {one.name}") for one in plan.proposals if one.side == "left")
    view = ProposalsView()
    qtbot.addWidget(view)
    few = proposal_matrix(plan, "left", nothing_to_compare("left"))
    many = proposal_matrix(replace(plan, proposals=(*plan.proposals, *more)), "left", few.agreement)
    view.show_matrix(few, False)
    assert len(view.cells) == MOST_COMPARED * (MOST_COMPARED - 1) / 2 + MOST_COMPARED
    narrow = view.minimumSizeHint().width()
    view.show_matrix(many, False)
    assert len(view.cells) == 2 * MOST_COMPARED
    assert view.minimumSizeHint().width() <= narrow


def type_place(panel: TargetsPanel, text: str, qtbot: QtBot) -> None:
    panel.details.typed.numbers.clear()
    qtbot.keyClicks(panel.details.typed.numbers, text)
    qtbot.keyClick(panel.details.typed.numbers, Qt.Key.Key_Return)


def test_a_target_goes_where_it_is_typed_in_any_frame(panel: TargetsPanel, case: Case, qtbot: QtBot) -> None:
    click(panel, "clp-right", qtbot)
    field = panel.details.typed
    field.frame.setCurrentIndex(field.frame.findData("acpc_pc"))
    type_place(panel, "8.5; 0,5; 6,5", qtbot)
    reading = read_acpc(case.plan.target("clp-right").point, case.plan.landmarks.geometry())
    assert (reading.lateral_mm, reading.anterior_of_pc_mm, reading.above_plane_mm) == pytest.approx((8.5, 0.5, 6.5))
    assert case.plan.target("clp-right").provenance.kind in ("moved by hand", "placed by hand")
    assert labels(case)[-1] == "Move CLp right to a typed place"
    assert case.view.state.cursor == case.plan.target("clp-right").point
    case.document.undo()
    assert case.plan.target("clp-right").point == small_plan().target("clp-right").point


@pytest.mark.parametrize("text", ["8.5, 0.5", "left, 3, 4", "900, 0, 0"])
def test_a_place_that_is_none_is_refused_beside_the_field(
    text: str, panel: TargetsPanel, case: Case, qtbot: QtBot
) -> None:
    click(panel, "clp-right", qtbot)
    type_place(panel, text, qtbot)
    assert panel.details.typed.problem.isVisible()
    assert panel.details.typed.problem.text()
    assert case.plan.target("clp-right").point == small_plan().target("clp-right").point
    assert panel.details.typed.numbers.text() == text


def test_a_locked_target_cannot_be_typed_away(panel: TargetsPanel, qtbot: QtBot) -> None:
    click(panel, "clp-left", qtbot)
    assert not panel.details.typed.isEnabled()
    click(panel, "clp-right", qtbot)
    assert panel.details.typed.isEnabled()


def test_a_row_says_nucleus_and_wall_and_that_a_target_is_astray_at_once(
    panel: TargetsPanel, case: Case, qtbot: QtBot
) -> None:
    row = panel.list.rows["clp-right"]
    assert "by Morel" in row.sentence.text() and "by Julich" in row.sentence.text()
    assert not row.alert.isVisible()
    there = case.plan.target("clp-right").point
    far = there.of(there.frame, there.array + np.array([12.0, 12.0, 0.0]))
    case.document.apply("Move", lambda plan: edits.move_target(plan, "clp-right", far))
    assert row.alert.isVisible() and row.alert.text().startswith("Not in CL by Morel")
    assert row.height_in(320) > row.sentence.sizeHint().height()
    case.document.undo()
    assert not row.alert.isVisible()


def test_the_height_is_explained_and_every_source_is_one_click_away(
    panel: TargetsPanel, case: Case, qtbot: QtBot
) -> None:
    click(panel, "clp-left", qtbot)
    shown = panel.details.explanation
    above_mm = read_acpc(case.plan.target("clp-left").point, case.plan.landmarks.geometry()).above_plane_mm
    assert f"{above_mm:.1f}\N{NO-BREAK SPACE}mm above the plane" in shown.heading.text()
    assert "CLp lies" in shown.sentence.text() and "by Morel" in shown.sentence.text()
    left = [proposal for proposal in case.plan.proposals if proposal.side == "left"]
    assert [link.words for link in shown.links if link.isVisible()] == [proposal.name for proposal in left]
    qtbot.mouseClick(shown.links[4], LEFT)
    assert case.view.state.cursor == left[4].point


def test_while_a_target_is_dragged_its_place_follows_and_the_rest_waits_until_it_stands_still(
    panel: TargetsPanel, case: Case, qtbot: QtBot
) -> None:
    click(panel, "clp-left", qtbot)
    case.document.apply("Unlock", lambda plan: edits.set_target_locked(plan, "clp-left", False))
    start = case.plan.target("clp-left").point
    row, details = panel.list.rows["clp-left"], panel.details
    before = row.sentence.text()
    distance, sentence = panel.proposals._now[0].text(), details.explanation.sentence.text()
    for step in (1.0, 2.0):
        place = start.of(start.frame, start.array + np.array([0.0, -step, step]))
        case.document.apply("Drag", lambda plan, to=place: edits.move_target(plan, "clp-left", to), "drag")
    reading = read_acpc(case.plan.target("clp-left").point, case.plan.landmarks.geometry())
    assert row.sentence.text() != before and f"{reading.above_plane_mm:.1f}" in row.sentence.text()
    assert details.place.text().lower() == reading.words.lower()
    assert f"{reading.above_plane_mm:.1f}" in details.explanation.heading.text()
    assert details.coordinates.row("scanner_ras").reading.coordinates == place.coordinates
    qtbot.waitUntil(lambda: panel.proposals._now[0].text() != distance)
    assert details.explanation.sentence.text() != sentence
