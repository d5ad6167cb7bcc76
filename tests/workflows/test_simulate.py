"""The treatment of a plan on a head of spheres, whose skull is known in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.planning.proposed_sonications import SonicationWish
from fusplan.planning.simulated_treatment import SimulatedTreatment, simulation_key
from fusplan.planning.treatment_edits import set_calibration, set_sonications, set_tilt
from fusplan.planning.treatment_summary import NOT_FROM_T1, treatment_summary
from fusplan.progress import NoProgress
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.spatial import Point
from fusplan.workflows import ct_judgement, skull_of_plan
from fusplan.workflows.simulate import simulate
from fusplan.workflows.treatment_requests import SimulateRequest
from tests.fixtures.pseudo_mr import plan_with
from tests.fixtures.shell_heads import CENTRE_MM, ShellHead, laid_over

HEAD = ShellHead()
TARGET = "clp-left"
TEST = Sonication((0.0, 0.0, 0.0), 2000.0, 10.0, 0.0, "test")
ABLATION = Sonication((0.0, 0.0, 0.0), 7400.0, 13.0, 120.0, "ablation")


@pytest.fixture(autouse=True)
def template_of_spheres(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ct_judgement, skull_of_plan):
        monkeypatch.setattr(module, "load_template_brain", lambda: HEAD.template().brain)


@pytest.fixture(scope="module")
def head() -> Volume:
    return HEAD.t1(2.0)


@pytest.fixture(scope="module")
def plan(head: Volume) -> Plan:
    """With its left target in the middle of the spheres, one test and one ablation at it."""
    made = plan_with(head, laid_over(head.scanner_frame))
    middle = Point.of(head.scanner_frame, CENTRE_MM)
    targets = tuple(replace(target, point=middle) if target.id == TARGET else target for target in made.targets)
    lesions = tuple(replace(lesion, centre=middle) if lesion.target_id == TARGET else lesion for lesion in made.lesions)
    return set_sonications(replace(made, targets=targets, lesions=lesions), TARGET, [TEST, ABLATION])


def simulated(plan: Plan, head: Volume, before: SimulatedTreatment | None = None) -> SimulatedTreatment:
    return simulate(SimulateRequest(plan, head, target_ids=(TARGET,), before=before), NoProgress())


@pytest.fixture(scope="module")
def found(plan: Plan, head: Volume) -> SimulatedTreatment:
    with pytest.MonkeyPatch.context() as patch:
        for module in (ct_judgement, skull_of_plan):
            patch.setattr(module, "load_template_brain", lambda: HEAD.template().brain)
        return simulated(plan, head)


def test_a_t1_gives_geometry_and_no_densities(found: SimulatedTreatment) -> None:
    (target,) = found.targets
    elements = target.elements
    assert found.skull.kind == "t1"
    assert elements.transmission is None
    assert elements.skull_sdr is None
    # From the middle of concentric spheres every ray meets both tables at a right angle.
    assert elements.active_count > 0.97 * found.transducer.element_count
    assert elements.mean_active_incidence_deg < 3.0
    assert float(np.nanmedian(elements.thickness_mm)) == pytest.approx(HEAD.outer_mm - HEAD.inner_mm, abs=1.0)
    assert target.focus.ideal
    assert target.uncorrected is None
    rows = treatment_summary(target)
    assert {rows.named(key).words for key in ("sdr", "gain")} == {NOT_FROM_T1}
    assert not {"skull_density_ratio", "focal_pressure_percent_of_water"} & set(rows.columns)


def test_the_ideal_focus_is_that_of_the_helmet_in_water(found: SimulatedTreatment) -> None:
    """Against the acceptance of the specification: 1.40 x 1.40 x 2.89 mm at -6 dB."""
    assert found.targets[0].focus.extents_6db_mm == pytest.approx((1.40, 1.40, 2.89), abs=0.1)


def test_heat_is_told_of_all_sonications_and_of_the_tests_alone(plan: Plan, found: SimulatedTreatment) -> None:
    (target,) = found.targets
    assert target.sonications == (TEST, ABLATION)
    assert not target.proposed
    assert target.history is not None
    assert target.tests is not None
    assert target.lesion is not None
    # 2.3 degrees shown per kilojoule, declared: 7.4 kJ show 17, and noise.
    assert float(target.history.shown.peak_celsius.max()) == pytest.approx(54.0, abs=2.0)
    assert float(target.tests.peak_map.values.max()) < float(target.history.peak_map.values.max())
    assert [check.name for check in target.checks if check.name == "reversible"] == ["reversible"]


def test_what_still_holds_is_kept_and_nothing_else(plan: Plan, head: Volume, found: SimulatedTreatment) -> None:
    same = simulated(plan, head, found).targets[0]
    assert same.elements is found.targets[0].elements
    assert same.history is found.targets[0].history

    calibrated = set_calibration(plan, HeatingCalibration(1.0))
    weaker = simulated(calibrated, head, found).targets[0]
    assert weaker.elements is found.targets[0].elements
    assert float(weaker.history.peak_celsius.max()) < float(found.targets[0].history.peak_celsius.max())

    tilted = simulated(set_tilt(plan, TARGET, HelmetTilt(10.0)), head, found)
    assert tilted.skull is found.skull
    assert tilted.targets[0].elements is not found.targets[0].elements


def test_the_key_tells_a_wish_from_the_plan_as_it_is(plan: Plan, found: SimulatedTreatment) -> None:
    assert found.key == simulation_key(plan)
    assert simulation_key(plan, SonicationWish(energy_j=8000.0)) != found.key
