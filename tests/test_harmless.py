"""Hostile names against every way out: the character is told of, and never there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.export.csv_tables import write_targets_csv
from fusplan.export.names_in_files import dicom_name, file_stem, plain_name
from fusplan.export.slicer_markups import write_slicer_markups
from fusplan.harmless import harmless
from fusplan.planning.plan_file import load_plan, save_plan
from fusplan.report.markup import text
from tests.fixtures import plans
from tests.fixtures.command_line import fusplan_here

HOSTILE = {
    "escape": "\x1b[31mVim\x1b[0m",
    "title": "\x1b]0;owned\x07Vim",
    "one-byte escape": "\x9b31mVim",
    "right to left": "Vim\u202etfel",
    "isolate": "\u2066Vim\u2069",
    "mark": "Vim\u200e\u200f\u061c",
    "no width": "V\u200bi\u200dm\ufeff",
    "filler": "Vim\u3164\u2800",
    "tag": "Vim\U000e0041",
    "bell, delete, null": "Vim\x07\x7f\x00",
    "lines": "Vim\n\r\u2028left",
}
ACTING = set("".join(HOSTILE.values())) - set("Vim[310mleftowned;]h ") - set("tfel")


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_no_way_out_lets_it_through(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.fusplan.json"
    save_plan(plans.plan(str(tmp_path / "T1w.nii.gz")), path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["targets"][0]["name"] = name
    path.write_text(json.dumps(content), encoding="utf-8")
    plan = load_plan(path)
    in_memory = replace(plan, targets=(replace(plan.targets[0], name=name), *plan.targets[1:]))
    write_targets_csv(in_memory, tmp_path / "a.csv")
    write_slicer_markups(in_memory, tmp_path / "a.mrk.json")
    markups = json.loads((tmp_path / "a.mrk.json").read_text(encoding="utf-8"))
    ways = {
        "plan": plan.targets[0].name,
        "harmless": harmless(name),
        "file": plain_name(name) + file_stem(name) + dicom_name(name),
        "page": text(name),
        "terminal": fusplan_here("targets", path).stdout,
        "json": fusplan_here("targets", path, "--json").stdout,
        "csv": (tmp_path / "a.csv").read_text(encoding="utf-8"),
        "markups": "".join(point["label"] for one in markups["markups"] for point in one.get("controlPoints", ())),
    }
    for way, told in ways.items():
        assert not ACTING.intersection(told.replace("\r\n", "").replace("\n", "")), way
        assert "V" in told


def test_ordinary_names_of_any_script_stay() -> None:
    for name in ("CLp left", "Kerngebiet Grün ±2 µm", "丘脑", "تالاموس", "таламус", "e\u0301", "a\u00a0b"):
        assert harmless(name) == name
