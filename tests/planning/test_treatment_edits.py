from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.planning import edits, treatment_edits
from fusplan.planning.edits import PlanItemMissingError
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.simulated_treatment import simulation_key
from fusplan.planning.treatment import TargetTreatment, Treatment
from fusplan.planning.treatment_edits import TreatmentOutOfRangeError, treatment_of
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.thermometry_settings import ThermometrySettings
from tests.fixtures import plans

TEST = Sonication((0.0, 0.0, 0.0), 1500.0, 10.0, 0.0, "test")
LATER = Sonication((0.5, -0.25, 1.0), 8000.0, 13.0, 120.0, "ablation")


def test_the_first_edit_makes_the_usual_treatment() -> None:
    plan = plans.plan()
    assert plan.treatment is None
    assert treatment_of(plan) == Treatment()
    tilted = treatment_edits.set_tilt(plan, "clp-left", HelmetTilt(5.0, -2.0))
    assert tilted.treatment == Treatment(targets=(TargetTreatment("clp-left", HelmetTilt(5.0, -2.0)),))
    assert tilted.treatment.at("clp-right") == TargetTreatment("clp-right")


def test_sonications_stand_in_the_order_of_time_and_leave_the_tilt() -> None:
    tilted = treatment_edits.set_tilt(plans.plan(), "clp-left", HelmetTilt(5.0))
    treated = treatment_edits.set_sonications(tilted, "clp-left", [LATER, TEST]).treatment
    assert treated is not None
    assert treated.at("clp-left").sonications == (TEST, LATER)
    assert treated.at("clp-left").of_kind("ablation") == (LATER,)
    assert treated.at("clp-left").tilt == HelmetTilt(5.0)
    assert LATER.power_w == pytest.approx(615.3846, abs=1e-3)


@pytest.mark.parametrize(
    "sonication",
    [
        replace(TEST, energy_j=36_001.0, duration_s=40.0),
        replace(TEST, energy_j=0.5),
        replace(TEST, duration_s=0.5),
        replace(TEST, duration_s=61.0),
        replace(TEST, energy_j=20_000.0),  # 2000 W
        replace(TEST, spot_offset_mm=(10.0, 10.0, 10.0)),
        replace(TEST, start_s=30_000.0),
        replace(TEST, spot_offset_mm=(float("nan"), 0.0, 0.0)),
    ],
)
def test_what_no_device_does_is_refused(sonication: Sonication) -> None:
    with pytest.raises(TreatmentOutOfRangeError) as caught:
        treatment_edits.set_sonications(plans.plan(), "clp-left", [sonication])
    assert caught.value.remedy.startswith("Give a number between")


def test_too_many_sonications_are_refused_in_words_without_a_unit() -> None:
    many = [replace(TEST, start_s=20.0 * place) for place in range(61)]
    with pytest.raises(TreatmentOutOfRangeError) as caught:
        treatment_edits.set_sonications(plans.plan(), "clp-left", many)
    assert caught.value.message == "A number of sonications of 61 is outside 0 to 60."
    assert caught.value.remedy == "Give a number between 0 and 60."


@pytest.mark.parametrize("tilt", [HelmetTilt(31.0), HelmetTilt(0.0, -30.5), HelmetTilt(0.0, 0.0, 181.0)])
def test_a_tilt_beyond_any_helmet_is_refused(tilt: HelmetTilt) -> None:
    with pytest.raises(TreatmentOutOfRangeError):
        treatment_edits.set_tilt(plans.plan(), "clp-left", tilt)


@pytest.mark.parametrize("change", [{"frame_s": 0.01}, {"voxel_mm": 50.0}, {"snr": float("nan")}])
def test_settings_of_no_scanner_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(TreatmentOutOfRangeError):
        treatment_edits.set_thermometry(plans.plan(), replace(ThermometrySettings(), **change))


def test_a_target_that_is_not_there_is_refused() -> None:
    with pytest.raises(PlanItemMissingError):
        treatment_edits.set_tilt(plans.plan(), "nowhere", HelmetTilt())


def test_what_is_done_at_a_target_goes_with_it() -> None:
    plan = treatment_edits.set_sonications(plans.plan(), "clp-left", [TEST])
    plan = treatment_edits.set_sonications(plan, "clp-right", [LATER])
    gone = edits.remove_target(edits.set_target_locked(plan, "clp-left", False), "clp-left")
    assert gone.treatment is not None
    assert [treated.target_id for treated in gone.treatment.targets] == ["clp-right"]


def test_a_treatment_comes_back_from_a_plan_file(tmp_path: Path) -> None:
    plan = treatment_edits.set_sonications(plans.plan(), "clp-left", [TEST, LATER])
    plan = treatment_edits.set_tilt(plan, "clp-right", HelmetTilt(-3.5, 1.25, 10.0))
    plan = treatment_edits.set_calibration(plan, HeatingCalibration(1.9, 0.12, 0.1, "test at CLp left"))
    plan = treatment_edits.set_thermometry(plan, ThermometrySettings("sagittal", "superior-inferior", voxel_mm=1.2))
    plan = treatment_edits.set_skull(treatment_edits.set_acoustics(plan, frequency_hz=670e3), "synthetic")
    save_plan(plan, tmp_path / "plan.fusplan.json")
    assert load_plan(tmp_path / "plan.fusplan.json").treatment == plan.treatment


def test_the_key_of_a_simulation_follows_what_it_reads_and_nothing_else() -> None:
    plan = plans.plan()
    treated = treatment_edits.set_sonications(plan, "clp-left", [TEST])
    assert simulation_key(treated) != simulation_key(plan)
    assert simulation_key(edits.set_target_locked(treated, "clp-left", False)) == simulation_key(treated)
    moved = edits.move_target(edits.set_target_locked(treated, "clp-left", False), "clp-left", plans.point(-9, -12, 6))
    assert simulation_key(moved) != simulation_key(treated)
    assert moved.treatment == treated.treatment
    # What a review reads has not changed: reviews stay.
    assert treated.digest == plan.digest
