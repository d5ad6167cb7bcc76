from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.planning.placed_image_edits import set_image
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.planning.simulated_treatment import SimulatedTreatment
from fusplan.progress import Progress
from fusplan.spatial import Affine
from fusplan.workflows import simulate_plan
from fusplan.workflows.treatment_requests import SimulateRequest
from tests.fixtures import plans
from tests.fixtures.command_line import Demo, fusplan, fusplan_here
from tests.fixtures.simulated_plans import simulated_plan


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--energy-kj", "-1"), "-1000 J"),
        (("--energy-kj", "nan"), "nan J"),
        (("--energy-kj", "37", "--duration", "60"), "37000 J"),
        (("--energy-kj", "30", "--duration", "10"), "3000 W"),
        (("--duration", "0"), "0 s"),
        (("--duration", "61"), "61 s"),
        (("--shown", "36"), "36 °C"),
        (("--shown", "95"), "95 °C"),
        (("--tilt-anterior", "31"), "31 degrees"),
        (("--tilt-right", "-inf"), "-inf degrees"),
        (("--roll", "181"), "181 degrees"),
        (("--frequency-khz", "5"), "5000 Hz"),
        (("--incidence-limit", "0"), "0 degrees"),
        (("--acoustics", "banana"), "'banana'"),
        (("--skull", "banana"), "'banana'"),
        (("--energy-kj", "8", "--shown", "54"), "--shown"),
        (("--ct", "nowhere.nii"), "nowhere.nii"),
    ],
)
def test_what_no_helmet_does_is_refused_in_words(planned: Path, options: tuple[str, ...], said: str) -> None:
    before = (planned / "plan.fusplan.json").read_bytes()
    done = fusplan_here("simulate", planned, *options, "--keep")
    assert done.returncode == 2
    assert "Error:" in done.stderr
    assert "What to do:" in done.stderr
    assert said in done.stderr
    assert (planned / "plan.fusplan.json").read_bytes() == before


def test_an_image_without_a_skull_is_refused_and_the_plan_stays(planned: Path) -> None:
    before = (planned / "plan.fusplan.json").read_bytes()
    done = fusplan_here("simulate", planned, "--keep")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert (planned / "plan.fusplan.json").read_bytes() == before


def test_a_plan_without_targets_has_nothing_to_simulate(planned: Path) -> None:
    file = planned / "plan.fusplan.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**content, "targets": [], "lesions": [], "proposals_basis": None}), encoding="utf-8")
    done = fusplan_here("simulate", planned)
    assert done.returncode == 2
    assert "no target" in done.stderr
    assert "What to do:" in done.stderr


def test_a_ct_that_is_gone_is_asked_for_with_the_options_that_help(planned: Path) -> None:
    file = planned / "plan.fusplan.json"
    plan = load_plan(file)
    record = plans.second_image()
    stay = Affine(record.image.frame, plan.image.frame, np.eye(4))
    save_plan(set_image(plan, "ct", replace(record, role="ct", to_reference=stay)), file)
    before = file.read_bytes()
    done = fusplan_here("simulate", planned)
    assert done.returncode == 2
    assert "--ct" in done.stderr
    assert "--skull t1" in done.stderr.replace("\n", " ")
    assert file.read_bytes() == before


def test_a_plan_that_became_another_heads_meanwhile_is_left_as_it_is(
    planned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = planned / "plan.fusplan.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    other = json.dumps({**content, "image": {**content["image"], "sha256": "e5" * 32}})

    def replaced_meanwhile(request: SimulateRequest, _progress: Progress) -> SimulatedTreatment:
        file.write_text(other, encoding="utf-8")
        return simulated_plan(request.plan)

    monkeypatch.setattr(simulate_plan, "simulate", replaced_meanwhile)
    done = fusplan_here("simulate", planned, "--keep")
    assert done.returncode == 2
    assert "another image" in done.stderr
    assert file.read_text(encoding="utf-8") == other


def test_the_built_in_head_is_simulated_and_kept_when_asked(demo: Demo, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(demo.folder, folder)
    done = fusplan(
        "simulate", folder, "--tilt-anterior", "5", "--energy-kj", "8", "--duration", "13", "--keep", "--json"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["skull"]["kind"] == "synthetic"
    assert told["skull"]["sdr_unreliable"] is True
    assert any("refraction" in sentence for sentence in told["not_simulated"])
    assert [target["side"] for target in told["targets"]] == ["left", "right"]
    for target in told["targets"]:
        assert target["tilt_deg"] == {"anterior": 5.0, "right": 0.0, "roll": 0.0}
        assert {sonication["energy_j"] for sonication in target["sonications"]} == {8000.0}
        assert 500 < target["numbers"]["active_elements"] <= 1024
        assert 37 < target["numbers"]["shown_peak_celsius"] < target["numbers"]["true_peak_celsius"] + 2
        low, middle, high = (target["numbers"][f"51_celsius_volume_{part}_mm3"] for part in ("p10", "p50", "p90"))
        assert low <= middle <= high
        assert target["assumptions"]
    treatment = load_plan(folder / "plan.fusplan.json").treatment
    assert treatment is not None
    assert {treated.tilt.anterior_deg for treated in treatment.targets} == {5.0}
    assert [len(treated.sonications) for treated in treatment.targets] == [6, 9]
