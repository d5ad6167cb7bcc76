"""What kind of image it is, before a plan is made: on heads of known contrast, and on none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fusplan.atlas.catalogue import demo_head_path, load_template
from fusplan.cli import info
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.registration.first_sight import FirstSight, at_first_sight
from tests.benchmarks.pathological_heads import SPACING_MM, knee
from tests.fixtures.command_line import fusplan_here


@pytest.mark.parametrize(("name", "kind"), [("cstar_T1_brain", "T1"), ("cstar_T2_brain", "T2")])
def test_the_kind_of_a_real_head_is_told(shared_data: Path, name: str, kind: str) -> None:
    seen = at_first_sight(read_volume(shared_data / "heads" / f"{name}.nii.gz"), load_template())
    assert seen.contrast is not None and seen.contrast.kind == kind
    assert f"At first sight this looks like a {kind} image" in seen.sentence


def test_a_kind_that_a_rough_pose_does_not_show_is_not_guessed(shared_data: Path) -> None:
    seen = at_first_sight(read_volume(shared_data / "heads" / "cstar_FLAIR_brain.nii.gz"), load_template())
    assert seen.is_head and seen.contrast is None and "not clear" in seen.sentence


def test_no_head_is_told() -> None:
    leg = Volume.of_array(knee().astype(np.float32), np.diag([SPACING_MM] * 3 + [1.0]), "made-for-a-test")
    seen = at_first_sight(leg, load_template())
    assert not seen.is_head and "no head was found" in seen.sentence


def test_info_calls_nothing_fit_to_be_planned_on_that_shows_no_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(info, "_at_first_sight", lambda image: FirstSight(None, is_head=False))
    said = fusplan_here("info", demo_head_path()).stdout
    assert "no head was found" in said and "It can be planned on" not in said


def test_info_tells_it(shared_data: Path) -> None:
    path = shared_data / "heads" / "M2307_T2.nii.gz"
    assert "this looks like a T2 image" in " ".join(fusplan_here("info", path).stdout.split())
    told = json.loads(fusplan_here("info", "--json", path).stdout)["first_sight"]
    assert (told["is_head"], told["kind"]) == (True, "T2") and 0.4 < told["certainty"] < 1
    assert json.loads(fusplan_here("info", "--json", "--quick", path).stdout)["first_sight"] is None
