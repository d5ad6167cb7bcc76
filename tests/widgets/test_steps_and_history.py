"""The list of steps, and going back and forth in the history."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fusplan.app.panel_spec import steps_of
from fusplan.app.panel_table import PANELS
from fusplan.planning.document import PlanDocument
from fusplan.planning.plan import Plan
from fusplan.widgets.case import Case
from fusplan.widgets.history_panel import HistoryPanel
from fusplan.widgets.steps_panel import StepsPanel
from tests.fixtures import plans


def rename(plan: Plan) -> Plan:
    return replace(plan, seed=plan.seed + 1)


STEPS = steps_of(panel for panel in PANELS if "plan" in panel.workspaces)
KEYS = [step.key for step in STEPS]


def test_the_list_says_how_the_steps_of_the_case_stand(qtbot: QtBot) -> None:
    case = Case()
    panel = StepsPanel(case, STEPS)
    qtbot.addWidget(panel)
    assert list(panel.rows) == ["image", "landmarks", "atlas", "targets", "lesions", "review"]
    assert [row.state.standing for row in panel.rows.values()] == ["next", *["later"] * 5]
    case.open_document(plans.volume(), PlanDocument(plans.plan()))
    assert [row.state.standing for row in panel.rows.values()] == [*["done"] * 5, "next"]
    assert panel.rows["landmarks"].toolTip().startswith("Landmarks (Alt+2): AC to PC ")


def test_one_step_or_none_is_marked(qtbot: QtBot) -> None:
    panel = StepsPanel(Case(), STEPS)
    qtbot.addWidget(panel)
    for chosen, marked in (
        ("atlas", ["atlas"]),
        ("review", ["review"]),
        (None, []),
        ("history", []),
        ("image", ["image"]),
    ):
        panel.choose(chosen)
        assert [key for key, row in panel.rows.items() if row.isChecked()] == marked


def test_clicking_a_step_asks_for_its_panel_and_locks_nothing(qtbot: QtBot) -> None:
    panel = StepsPanel(Case(), STEPS)
    qtbot.addWidget(panel)
    panel.show()
    chosen: list[str] = []
    panel.step_chosen.connect(chosen.append)
    for key in reversed(KEYS):
        assert panel.rows[key].isEnabled()
        qtbot.mouseClick(panel.rows[key], Qt.MouseButton.LeftButton)
    assert chosen == list(reversed(KEYS))


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
