"""``fusplan atlas add``, list, show and remove, and a plan from an atlas that may not lead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fusplan.paths import user_atlases_folder
from tests.fixtures.command_line import fusplan, fusplan_here
from tests.fixtures.drawn_atlases import bids, drawn_morel, freesurfer, freesurfer_nuclei, write_map
from tests.fixtures.forked_programs import fusplan_forked


@pytest.fixture
def label_map(tmp_path: Path) -> Path:
    (tmp_path / "mine.tsv").write_text(bids(drawn_morel()), encoding="utf-8")
    return write_map(tmp_path / "mine.nii.gz")


def test_an_atlas_is_added_listed_shown_and_removed(label_map: Path) -> None:
    licence = label_map.with_name("LICENSE")
    licence.write_text("CC BY 4.0", encoding="utf-8")
    added = fusplan("atlas", "add", str(label_map), "--template", "2009cAsym", "--citation", "A book", "--json")
    content = json.loads(added.stdout)
    assert content["alignment"]["state"] == "checked"
    assert len(content["structures"]) == 74
    assert content["licence"].startswith("CC BY")
    listed = json.loads(fusplan_here("atlas", "list", "--json").stdout)["atlases"]
    assert [entry["name"] for entry in listed] == ["morel", "julich", "mine"]
    shown = json.loads(fusplan_forked("atlas", "show", "mine", "--json").stdout)
    assert shown["licence_text"] == "CC BY 4.0"
    assert shown["clp"]["volume_mm3"]["left"] == pytest.approx(438, rel=0.15)
    assert "CL" in fusplan_here("atlas", "show", "mine").stdout
    assert json.loads(fusplan_forked("atlas", "remove", "mine", "--json").stdout)["removed"] == "mine"
    assert not (user_atlases_folder() / "mine").exists()


def test_a_wrong_atlas_is_refused_with_exit_code_2(label_map: Path) -> None:
    swapped = freesurfer(drawn_morel()).replace("Left-", "X-").replace("Right-", "Left-").replace("X-", "Right-")
    table = label_map.with_name("swapped.txt")
    table.write_text(swapped, encoding="utf-8")
    result = fusplan_here("atlas", "add", str(label_map), "--template", "2009cAsym", "--table", str(table))
    assert result.returncode == 2
    assert "Left and right are swapped" in result.stderr
    without = fusplan_here("atlas", "add", str(label_map))
    assert without.returncode == 2
    assert "was not given" in without.stderr
    assert fusplan_here("atlas", "remove", "morel").returncode == 2
    assert fusplan_here("atlas", "show", "absent").returncode == 2


def test_freesurfers_nuclei_warn_and_lead_no_plan(tmp_path: Path, label_map: Path) -> None:
    path = freesurfer_nuclei(tmp_path / "ThalamicNuclei.mgz")
    added = fusplan_here("atlas", "add", str(path), "--template", "2009cAsym", "--name", "fs")
    assert "FreeSurfer's label CL is not CLp" in added.stderr
    assert "not CLp" in fusplan_here("atlas", "list").stdout
    planned = fusplan_here("plan", str(label_map), "--out", str(tmp_path / "out"), "--atlas", "fs")
    assert planned.returncode == 2
    assert "is not CLp" in planned.stderr
    assert not (tmp_path / "out").exists()
