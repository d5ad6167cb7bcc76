from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.errors import FileNotWritableError
from fusplan.export.bundle import OUTPUT_NAMES
from fusplan.export.formats import ExportMaterial
from fusplan.planning.plan import Plan
from fusplan.planning.simulated_treatment import SimulatedTreatment
from fusplan.planning.treatment_edits import set_sonications
from fusplan.progress import NoProgress, Progress
from fusplan.simulation.head_shell import NoSkullInImageError
from fusplan.workflows import export_plan
from fusplan.workflows.export_plan import (
    ALL_FORMATS,
    PLAN_FOLDER_FORMATS,
    CheckedExport,
    export_and_check,
    write_formats,
)
from fusplan.workflows.made_plan import MadePlan
from fusplan.workflows.requests import ExportRequest
from fusplan.workflows.simulation_of_plan import PlanOnHead
from tests.fixtures import plans
from tests.fixtures.lesion_reviews import plan_review
from tests.fixtures.simulated_plans import ABLATIONS, TEST, simulated_plan


@pytest.fixture
def material() -> ExportMaterial:
    return ExportMaterial(plans.plan(), plan_review(plans.plan()), plans.volume(), (plans.patient_atlas(),))


def test_a_plan_folder_holds_known_formats_only() -> None:
    assert set(PLAN_FOLDER_FORMATS) <= set(ALL_FORMATS)
    for one in ALL_FORMATS.values():
        assert set(one.file_names) <= OUTPUT_NAMES


def test_files_and_folders_are_put_beside_what_is_there(material: ExportMaterial, tmp_path: Path) -> None:
    (tmp_path / "other.txt").touch()
    written = write_formats(material, ("fcsv", "masks"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"other.txt", "targets.fcsv", "masks"}
    assert tmp_path / "masks" / "README" in written
    assert all(path.is_file() for path in written)


def test_an_earlier_folder_is_replaced_as_a_whole_but_only_fusplans(material: ExportMaterial, tmp_path: Path) -> None:
    write_formats(material, ("masks",), tmp_path)
    (tmp_path / "masks" / "lesion-of-an-earlier-plan_fine.nii.gz").touch()
    write_formats(material, ("masks",), tmp_path)
    assert not (tmp_path / "masks" / "lesion-of-an-earlier-plan_fine.nii.gz").exists()
    (tmp_path / "surfaces").mkdir()
    (tmp_path / "surfaces" / "mine.stl").touch()
    with pytest.raises(FileNotWritableError, match="not written by fusplan"):
        write_formats(material, ("surfaces",), tmp_path)
    assert [path.name for path in (tmp_path / "surfaces").iterdir()] == ["mine.stl"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.fixture
def simulations(monkeypatch: pytest.MonkeyPatch, material: ExportMaterial) -> list[PlanOnHead]:
    """Of what a simulation is made while the synthetic plan is exported, through whatever skull."""
    asked: list[PlanOnHead] = []

    def simulate(head: PlanOnHead, progress: Progress) -> SimulatedTreatment:
        asked.append(head)
        return simulated_plan(head.plan)

    monkeypatch.setattr(export_plan, "simulate_saved", simulate)
    open_as(monkeypatch, material)
    return asked


def open_as(monkeypatch: pytest.MonkeyPatch, material: ExportMaterial) -> None:
    made = MadePlan(material.plan, material.review, material.volume, material.atlases, ())
    monkeypatch.setattr(export_plan, "open_plan", lambda *_: made)
    monkeypatch.setattr(export_plan, "plan_file_at", lambda path: path / "plan.fusplan.json")


def treated(plan: Plan) -> Plan:
    return set_sonications(plan, "clp-left", (TEST, *ABLATIONS))


def export(out: Path, *formats: str, simulated: SimulatedTreatment | None = None) -> CheckedExport:
    return export_and_check(ExportRequest(out, formats, out, simulated=simulated), NoProgress())


def test_a_treatment_asked_for_is_simulated_written_and_read_back(
    simulations: list[PlanOnHead], tmp_path: Path
) -> None:
    done = export(tmp_path, "treatment")
    assert done.check.is_verified
    assert (tmp_path / "treatment" / "sonications.csv").is_file()
    assert [head.folder for head in simulations] == [tmp_path]


def test_a_simulation_at_hand_is_taken_if_it_is_of_the_plan(
    simulations: list[PlanOnHead], material: ExportMaterial, tmp_path: Path
) -> None:
    assert export(tmp_path / "a", "treatment", simulated=simulated_plan(material.plan)).check.is_verified
    assert simulations == []
    export(tmp_path / "b", "treatment", simulated=simulated_plan(treated(material.plan)))
    assert len(simulations) == 1


def test_what_has_no_treatment_is_not_simulated_in_passing(
    simulations: list[PlanOnHead], material: ExportMaterial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_plan, "ALL_FORMATS", {name: ALL_FORMATS[name] for name in ("csv", "treatment")})
    done = export(tmp_path / "plain", "all")
    assert simulations == []
    assert [path.name for path in done.files] == ["targets.csv", "lesions.csv"]
    assert any("--format treatment" in sentence for sentence in done.left_out)
    open_as(monkeypatch, replace(material, plan=treated(material.plan)))
    done = export(tmp_path / "treated", "all")
    assert len(simulations) == 1
    assert not any("treatment" in sentence for sentence in done.left_out)


def test_a_skull_that_cannot_be_made_is_told_and_the_rest_is_written(
    simulations: list[PlanOnHead], material: ExportMaterial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a brain-extracted head."""

    def refuse(head: PlanOnHead, progress: Progress) -> SimulatedTreatment:
        raise NoSkullInImageError("brain.nii.gz", "nothing lies about the brain")

    monkeypatch.setattr(export_plan, "simulate_saved", refuse)
    monkeypatch.setattr(export_plan, "ALL_FORMATS", {name: ALL_FORMATS[name] for name in ("csv", "treatment")})
    open_as(monkeypatch, replace(material, plan=treated(material.plan)))
    done = export(tmp_path / "all", "all")
    assert {path.name for path in done.files} == {"targets.csv", "lesions.csv"}
    assert any("brain.nii.gz" in sentence for sentence in done.left_out)
    with pytest.raises(NoSkullInImageError):
        export(tmp_path / "one", "treatment")
    assert not (tmp_path / "one" / "treatment").exists()
