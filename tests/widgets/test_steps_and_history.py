"""What the steps say of a case, and going back and forth in the history."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.planning.document import PlanDocument
from fusplan.planning.plan import Plan
from fusplan.widgets.case import Case
from fusplan.widgets.history_panel import HistoryPanel
from fusplan.widgets.steps_panel import STEPS, StepsPanel, step_states
from tests.fixtures import plans


def rename(plan: Plan) -> Plan:
    return replace(plan, seed=plan.seed + 1)


def standings(case: Case) -> list[str]:
    states = step_states(case)
    return [states[step].standing for step in STEPS]


def test_what_comes_next_at_every_stage(qtbot: QtBot) -> None:
    case = Case()
    assert standings(case) == ["next", "later", "later", "later", "later", "later"]
    case.open_volume(plans.volume())
    assert standings(case) == ["done", "later", "next", "later", "later", "later"]
    bare = replace(plans.plan(), targets=(), lesions=())
    case.open_document(plans.volume(), PlanDocument(bare))
    assert standings(case) == ["done", "done", "done", "next", "later", "later"]
    case.open_document(plans.volume(), PlanDocument(plans.plan()))
    assert standings(case) == ["done", "done", "done", "done", "done", "next"]


def test_distrust_stays_visible(qtbot: QtBot) -> None:
    case = Case()
    plan = plans.plan()
    quality = replace(plan.registration.quality, verdict="error")
    distrusted = replace(plan, registration=replace(plan.registration, quality=quality))
    case.open_document(plans.volume(), PlanDocument(distrusted))
    state = step_states(case)["atlas"]
    assert state.standing == "warning"
    assert "Do not trust" in state.sentence


def test_clicking_a_step_asks_for_its_panel_and_locks_nothing(qtbot: QtBot) -> None:
    panel = StepsPanel(Case())
    qtbot.addWidget(panel)
    panel.show()
    chosen: list[str] = []
    panel.step_chosen.connect(chosen.append)
    for step in reversed(STEPS):
        assert panel.rows[step].isEnabled()
        qtbot.mouseClick(panel.rows[step], Qt.MouseButton.LeftButton)
    assert chosen == list(reversed(STEPS))


def test_the_history_names_steps_and_goes_to_them(qtbot: QtBot) -> None:
    case = Case()
    document = PlanDocument(plans.plan(), label="New plan")
    case.open_document(plans.volume(), document)
    panel = HistoryPanel(case)
    qtbot.addWidget(panel)
    panel.show()
    for label in ("Move CLp left", "Tilt the lesion", "Lock CLp left"):
        document.apply(label, rename)
    names = [panel.list.item(row).text() for row in range(panel.list.count())]
    assert names == ["New plan", "Move CLp left", "Tilt the lesion", "Lock CLp left"]
    place = panel.list.visualItemRect(panel.list.item(1)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert document.history.position == 1
    assert panel.list.count() == 4
    assert panel.list.currentRow() == 1
    document.apply("Something new", rename)
    assert panel.list.count() == 3
    case.close()
    assert panel.list.count() == 0
