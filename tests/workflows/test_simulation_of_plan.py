"""Which skull a saved plan is simulated through, and when a simulation at hand is one of the plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.imaging.volume import Volume
from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTreatment
from fusplan.planning.treatment_edits import set_skull, set_tilt
from fusplan.progress import NoProgress, Progress
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.workflows import simulation_of_plan
from fusplan.workflows.kept_second_image import PlacedSecondImage
from fusplan.workflows.requests import KeptSecondImage
from fusplan.workflows.simulation_of_plan import PlanOnHead, simulate_saved, simulation_at_hand
from fusplan.workflows.treatment_requests import SimulateRequest
from tests.fixtures import plans
from tests.fixtures.simulated_plans import simulated_plan


@pytest.fixture
def with_ct() -> Plan:
    record = plans.second_image()
    return set_image(plans.plan(), "ct", replace(record, role="ct"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[SimulateRequest]:
    """What is simulated; a CT is found beside the plan, and no skull is made."""
    requests: list[SimulateRequest] = []

    def opened(request: KeptSecondImage, progress: Progress) -> PlacedSecondImage:
        assert request.plan_folder == Path("/plans")
        return PlacedSecondImage(a_ct(), request.record)

    def simulate(request: SimulateRequest, progress: Progress) -> SimulatedTreatment:
        requests.append(request)
        return simulated_plan(request.plan)

    monkeypatch.setattr(simulation_of_plan, "open_second_image", opened)
    monkeypatch.setattr("fusplan.workflows.simulate.simulate", simulate)
    return requests


def a_ct() -> Volume:
    return plans.volume(12.0, 8)


def on_head(plan: Plan) -> PlanOnHead:
    return PlanOnHead(plan, plans.volume(12.0, 8), (), Path("/plans"))


def test_a_plan_with_a_ct_is_simulated_through_it(with_ct: Plan, asked: list[SimulateRequest]) -> None:
    simulate_saved(on_head(with_ct), NoProgress())
    simulate_saved(on_head(plans.plan()), NoProgress())
    simulate_saved(on_head(set_skull(with_ct, "t1")), NoProgress())
    assert [request.ct is not None for request in asked] == [True, False, False]


def test_a_simulation_is_of_the_plan_by_what_it_reads_of_it() -> None:
    plan = plans.plan()
    known = simulated_plan(plan)
    assert simulation_at_hand(plan, known) is known
    assert simulation_at_hand(replace(plan, measurements=()), known) is known
    tilted = set_tilt(plan, plan.targets[0].id, HelmetTilt(2.0))
    assert simulation_at_hand(tilted, known) is None
    assert simulation_at_hand(plan, replace(known, targets=known.targets[:1])) is None
    assert simulation_at_hand(plan, None) is None
