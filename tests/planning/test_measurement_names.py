from __future__ import annotations

import pytest

from fusplan.planning.edits import PlanItemMissingError, PlanNameError
from fusplan.planning.measurements import rename_measurement
from tests.fixtures import plans


def test_a_measurement_gets_another_name() -> None:
    plan = rename_measurement(plans.plan(), "distance-1", "  Wall to target ")
    assert plan.measurements[0].name == "Wall to target"
    assert plan.measurements[0].points == plans.plan().measurements[0].points


def test_the_same_name_is_no_edit() -> None:
    plan = plans.plan()
    assert rename_measurement(plan, "distance-1", "Distance 1") is plan


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(PlanNameError):
        rename_measurement(plans.plan(), "distance-1", name)


def test_an_unknown_measurement_is_named() -> None:
    with pytest.raises(PlanItemMissingError, match="distance-9"):
        rename_measurement(plans.plan(), "distance-9", "A")
