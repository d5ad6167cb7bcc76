"""What follows the plan in the background: figures of lesions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fusplan.app.lesion_figuring import LesionFiguring
from fusplan.display.lesion_figures import regions_95
from fusplan.planning import edits
from fusplan.planning.lesion_size import LesionSize
from fusplan.widgets.case import Case
from tests.fixtures.cases import atlas_case


@pytest.fixture
def case() -> Case:
    return atlas_case()


@pytest.fixture
def figuring(case: Case) -> Iterator[LesionFiguring]:
    parent = QObject()
    made = LesionFiguring(case, parent)
    case.plan_changed.emit()
    yield made
    made.close()


def test_every_lesion_gets_figures_and_a_changed_one_anew(case: Case, figuring: LesionFiguring, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not figuring.is_busy)
    first, second = case.plan.lesions
    assert set(case.lesion_figures) == {first.id, second.id}
    before = dict(case.lesion_figures)
    size = LesionSize((3.0, 3.0), 6.0)
    case.document.apply("Resize", lambda plan: edits.resize_lesion(plan, first.id, size))
    assert not case.lesion_figures[first.id].are_of(case.plan.lesions[0], case.plan)
    qtbot.waitUntil(lambda: not figuring.is_busy)
    assert case.lesion_figures[first.id].are_of(case.plan.lesions[0], case.plan)
    assert case.lesion_figures[second.id] is before[second.id]
    assert case.lesion_figures[first.id].grids is before[first.id].grids
    assert len(regions_95(case.plan, case.lesion_figures)) == 2
    case.document.apply("Remove", lambda plan: edits.remove_lesion(plan, first.id))
    qtbot.waitUntil(lambda: not figuring.is_busy)
    assert set(case.lesion_figures) == {second.id}
    case.close()
    assert case.lesion_figures == {}
