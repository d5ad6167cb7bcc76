from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fusplan.export.csv_tables import write_lesions_csv, write_targets_csv
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.readings import read_in_plan
from fusplan.planning import edits
from fusplan.planning.plan import Plan
from fusplan.planning.review import PlanReview
from tests.fixtures import plans


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_targets_come_back_in_every_frame(plan: Plan, tmp_path: Path) -> None:
    write_targets_csv(plan, tmp_path / "targets.csv")
    rows = read(tmp_path / "targets.csv")
    assert [row["name"] for row in rows] == ["CLp left", "CLp right"]
    for row, target in zip(rows, plan.targets, strict=True):
        for column, value in read_in_plan(plan, target.point).columns.items():
            assert float(row[column]) == pytest.approx(value, abs=1e-4), column
        assert row["words"].startswith(target.side)
        assert row["provenance"] == target.provenance.words
        assert row["notice"] == RESEARCH_ONLY


def test_every_column_of_numbers_names_its_unit(plan: Plan, review: PlanReview, tmp_path: Path) -> None:
    write_targets_csv(plan, tmp_path / "targets.csv")
    write_lesions_csv(plan, review, tmp_path / "lesions.csv")
    units = ("_mm", "_mm3", "_percent", "_deg", "_from_0", "_x", "_y", "_z", "_of_clp", "_of_cl", "_of_lesion")
    for name in ("targets.csv", "lesions.csv"):
        for column, cell in read(tmp_path / name)[0].items():
            try:
                float(cell)
            except ValueError:
                continue
            assert column.endswith(units), column
            if column.endswith(("_x", "_y", "_z")):
                assert "axis_scanner_ras" in column


def test_lesions_come_back_with_coverage_distances_and_region(plan: Plan, review: PlanReview, tmp_path: Path) -> None:
    write_lesions_csv(plan, review, tmp_path / "lesions.csv")
    left, right = read(tmp_path / "lesions.csv")
    assert float(left["volume_mm3"]) == pytest.approx(41.888, abs=1e-3)
    assert float(right["volume_mm3"]) == pytest.approx(58.643, abs=1e-3)
    assert (left["width_1_mm"], left["width_2_mm"], left["length_mm"]) == ("4", "4", "5")
    for axis, component in zip("xyz", plan.lesions[0].long_axis.array, strict=True):
        assert float(left[f"length_axis_scanner_ras_{axis}"]) == pytest.approx(component, abs=1e-4)
    assert float(left["morel_clp_covered_percent_of_clp"]) == 12.5
    assert float(left["julich_cl_covered_mm3"]) == 25.0
    assert (left["morel_largest_spill_structure"], left["morel_largest_spill_mm3"]) == ("MDpc", "5")
    assert float(left["morel_outside_thalamus_mm3"]) == 6.0
    assert float(left["distance_to_midline_mm"]) == 6.25
    assert float(left["distance_to_third_ventricle_wall_mm"]) == -0.5
    # Each lesion has neighbours of its own: the other's cells stay empty.
    assert (left["distance_to_VPL_left_mm"], left["distance_to_VPL_right_mm"]) == ("1.5", "")
    assert next(name for name in left if name.startswith("distance")) == "distance_to_midline_mm"
    semi_axes = [float(left[f"region_95_percent_semi_axis_{number}_mm"]) for number in (1, 2, 3)]
    assert semi_axes == [5.0, 4.0, 3.0]
    axes = ("right", "anterior", "superior")
    assert [float(left[f"region_95_percent_half_extent_acpc_{axis}_mm"]) for axis in axes] == [3.0, 4.0, 5.0]
    assert float(left["in_aim_by_worst_atlas_percent_of_lesion"]) == float(left["morel_clp_percent_of_lesion"])


def test_names_with_commas_quotes_and_umlauts_survive(plan: Plan, tmp_path: Path) -> None:
    name = 'Ziel "links", größer'
    write_targets_csv(edits.rename_target(plan, "clp-left", name), tmp_path / "targets.csv")
    assert read(tmp_path / "targets.csv")[0]["name"] == name


def test_a_plan_without_targets_makes_an_empty_table(plan: Plan, tmp_path: Path) -> None:
    for target in plan.targets:
        plan = edits.remove_target(edits.set_target_locked(plan, target.id, False), target.id)
    write_targets_csv(plan, tmp_path / "targets.csv")
    assert read(tmp_path / "targets.csv") == []


def test_numpy_and_nan_free_numbers(plan: Plan, tmp_path: Path) -> None:
    moved = edits.set_target_locked(plan, "clp-left", False)
    moved = edits.move_target(moved, "clp-left", plans.point(-0.00000001, 0.0, 0.0))
    write_targets_csv(moved, tmp_path / "targets.csv")
    assert read(tmp_path / "targets.csv")[0]["scanner_ras_x_mm"] == "0"
