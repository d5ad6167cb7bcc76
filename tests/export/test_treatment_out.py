"""The simulated treatment as files, read by other readers than the writers, against what was simulated."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest

from fusplan.export.formats import FORMATS, ExportMaterial, NotSimulatedError
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.self_check import self_check
from fusplan.planning.simulated_treatment import SimulatedTarget, SimulatedTreatment
from fusplan.planning.treatment_edits import set_sonications
from tests.fixtures import plans
from tests.fixtures.simulated_plans import ABLATIONS, ELEMENTS, TEST, simulated_plan


@pytest.fixture
def written(material: ExportMaterial, tmp_path: Path) -> Path:
    FORMATS["treatment"].write(material, tmp_path)
    return tmp_path / "treatment"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def of(material: ExportMaterial, target_id: str) -> SimulatedTarget:
    assert material.simulated is not None
    found = material.simulated.target(target_id)
    assert found is not None
    return found


def places(rows: list[dict[str, str]], pattern: str, axes: str | tuple[str, ...] = "xyz") -> np.ndarray:
    return np.array([[float(row[pattern.format(axis)]) for axis in axes] for row in rows])


def test_every_sonication_stands_where_and_as_it_was_simulated(material: ExportMaterial, written: Path) -> None:
    rows = [row for row in table(written / "sonications.csv") if row["target_id"] == "clp-left"]
    done = (TEST, *ABLATIONS)
    assert [row["kind"] for row in rows] == ["test", "ablation", "ablation"]
    for name in ("energy_j", "power_w", "duration_s", "start_s"):
        assert [float(row[name]) for row in rows] == pytest.approx([getattr(one, name) for one in done], abs=1e-3)
    target = of(material, "clp-left").pose.target.array
    offsets = np.array([one.spot_offset_mm for one in done])
    assert places(rows, "scanner_ras_{}_mm") == pytest.approx(target + offsets, abs=1e-4)
    # The AC-PC axes by the landmarks themselves: front is from PC to AC.
    marks = plans.landmarks()
    forward = marks.ac.point.array - marks.pc.point.array
    along = places(rows, "spot_offset_acpc_{}_mm", ("right", "anterior", "superior"))
    assert along[:, 1] == pytest.approx(offsets @ forward / np.linalg.norm(forward), abs=1e-3)
    assert np.linalg.norm(along, axis=1) == pytest.approx(np.linalg.norm(offsets, axis=1), abs=1e-3)
    assert {row["proposed_by_program"] for row in rows} == {"true"}
    assert rows[0]["spot_offset_words"] == "at the target"
    assert "mm right" in rows[1]["spot_offset_words"] and "mm below" in rows[1]["spot_offset_words"]


def test_shown_and_true_peaks_are_those_of_each_sonication(material: ExportMaterial, written: Path) -> None:
    """In the made-up heat the rise is 3 degrees a kilojoule, of which thermometry shows three quarters at most."""
    rows = [row for row in table(written / "sonications.csv") if row["target_id"] == "clp-right"]
    for row, sonication in zip(rows, (TEST, *ABLATIONS), strict=True):
        top = 3.0 * sonication.energy_j / 1000
        true, shown = float(row["true_peak_celsius"]), float(row["shown_peak_celsius"])
        assert true == pytest.approx(37 + top, abs=0.1 * top)
        assert 37 < shown <= 37 + 0.75 * (true - 37) + 1e-3


def test_every_element_has_a_row(material: ExportMaterial, written: Path) -> None:
    rows = [row for row in table(written / "elements.csv") if row["target_id"] == "clp-left"]
    target = of(material, "clp-left")
    elements, transmission = target.elements, target.elements.transmission
    assert transmission is not None
    assert len(rows) == ELEMENTS
    assert [int(row["element"]) for row in rows] == list(range(1, ELEMENTS + 1))
    assert [row["active"] == "true" for row in rows] == elements.active.tolist()
    away = places(rows, "scanner_ras_{}_mm") - target.pose.target.array
    assert np.linalg.norm(away, axis=1) == pytest.approx(150.0, abs=1e-3)
    assert [float(row["incidence_outer_deg"]) for row in rows] == pytest.approx(elements.incidence_outer_deg, abs=1e-3)
    assert [float(row["transmission_magnitude"]) for row in rows] == pytest.approx(np.abs(transmission), abs=1e-3)
    assert float(rows[0]["transmission_phase_deg"]) == pytest.approx(np.degrees(np.arctan2(0.1, 0.3)), abs=1e-3)
    assert float(rows[0]["thickness_mm"]) == pytest.approx(5.0)


def test_what_a_t1_does_not_tell_stays_empty(material: ExportMaterial, tmp_path: Path) -> None:
    estimated = simulated_plan(material.plan, "t1")
    holed = estimated.targets[0].elements.thickness_mm.copy()
    holed[3] = np.nan
    first = replace(estimated.targets[0], elements=replace(estimated.targets[0].elements, thickness_mm=holed))
    known = replace(estimated, targets=(first, *estimated.targets[1:]))
    FORMATS["treatment"].write(replace(material, simulated=known), tmp_path)
    rows = table(tmp_path / "treatment" / "elements.csv")
    for name in ("mean_hu", "skull_density_ratio", "transmission_magnitude", "transmission_phase_deg"):
        assert {row[name] for row in rows} == {""}
    assert rows[3]["thickness_mm"] == ""
    assert float(rows[0]["thickness_mm"]) == 5.0
    assert {row["skull"] for row in rows} == {"skull estimated from the T1 image"}
    content = json.loads((tmp_path / "treatment" / "treatment.json").read_text(encoding="utf-8"))
    assert "skull_density_ratio" not in content["targets"][0]["numbers"]
    pressure = next(one for one in content["fields"] if "focus-pressure" in one["file"])
    assert "ideal correction" in pressure["words"]


def test_fields_lie_in_the_patients_space(material: ExportMaterial, written: Path) -> None:
    target = of(material, "clp-left")
    assert target.history is not None
    wanted = {
        "clp-left_focus-pressure_relative.nii.gz": target.focus.amplitude,
        "clp-left_highest-temperature_degC.nii.gz": target.history.peak_map,
        "clp-left_dose_cem43-min.nii.gz": target.history.dose,
    }
    for name, field in wanted.items():
        image = nibabel.load(written / name)
        assert image.header["descrip"].item() == RESEARCH_ONLY.encode()
        assert image.header.get_xyzt_units()[0] == "mm"
        values = image.get_fdata()
        assert values == pytest.approx(field.values, rel=1e-5)
        highest = np.unravel_index(np.argmax(values), values.shape)
        if "dose" in name:  # of the made-up dose a whole block is highest
            continue
        assert nibabel.affines.apply_affine(image.affine, highest) == pytest.approx(target.pose.target.array, abs=1e-4)


def test_regions_hold_what_is_hot_enough(material: ExportMaterial, written: Path) -> None:
    hot = nibabel.load(written / "clp-left_highest-temperature_degC.nii.gz").get_fdata()
    region = np.asarray(nibabel.load(written / "clp-left_region-51-degC_mask.nii.gz").dataobj)
    assert set(np.unique(region)) == {0, 1}
    assert (region == (hot >= 51.0)).all()
    dose = nibabel.load(written / "clp-left_dose_cem43-min.nii.gz").get_fdata()
    damaged = np.asarray(nibabel.load(written / "clp-left_region-100-cem43-min_mask.nii.gz").dataobj)
    assert np.count_nonzero(damaged) == pytest.approx(np.count_nonzero(dose >= 100.0), abs=2)


def test_numbers_checks_and_assumptions_are_there_for_programs(material: ExportMaterial, written: Path) -> None:
    content = json.loads((written / "treatment.json").read_text(encoding="utf-8"))
    assert content["notice"] == RESEARCH_ONLY
    assert content["frame"].startswith("scanner RAS mm")
    assert content["skull"]["sdr_unreliable"] is True
    assert content["skull"]["warnings"][0]["sentence"].startswith("The CT looks smoothed")
    left, _ = content["targets"]
    lesion = of(material, "clp-left").lesion
    assert lesion is not None
    assert left["numbers"]["51_celsius_volume_p90_mm3"] == lesion.contour("51_celsius").volume_mm3.p90
    assert left["numbers"]["active_elements"] == of(material, "clp-left").elements.active_count
    assert {check["verdict"] for check in left["checks"]} == {"ok", "warning"}
    assert left["assumptions"]
    assert any("near field" in sentence for sentence in content["not_simulated"])
    names = {one["file"] for one in content["fields"]}
    assert names == {path.name for path in written.glob("*.nii.gz")}


def test_every_file_says_what_it_is_for(written: Path) -> None:
    for path in written.iterdir():
        content = path.read_bytes()
        held = gzip.decompress(content) if path.suffix == ".gz" else content
        assert RESEARCH_ONLY.encode() in held, path.name
    note = (written / "README").read_text(encoding="utf-8")
    assert "unverified" in note
    assert "treatment device" in note
    assert {row["status"] for row in table(written / "elements.csv")} == {
        "simulated; not verified against any treatment"
    }


@pytest.mark.parametrize("file", ["sonications.csv", "elements.csv", "treatment.json", "field"])
def test_a_spoilt_file_is_noticed(file: str, material: ExportMaterial, written: Path) -> None:
    good = self_check(material, ("treatment",), written.parent)
    assert good.failed == ()
    assert good.is_verified
    if file == "field":
        path = written / "clp-left_dose_cem43-min.nii.gz"
        image = nibabel.load(path)
        mirrored = nibabel.Nifti1Image(np.asarray(image.dataobj), np.diag([-1, -1, 1, 1]) @ image.affine, image.header)
        path.write_bytes(gzip.compress(mirrored.to_bytes()))
    else:
        old, new = {
            "sonications.csv": ("7400", "7401"),
            "elements.csv": (",true,", ",false,"),
            "treatment.json": ('"active_elements": 4', '"active_elements": 5'),
        }[file]
        text = (written / file).read_text(encoding="utf-8")
        assert old in text
        (written / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert self_check(material, ("treatment",), written.parent).failed


def test_a_treatment_of_tests_alone_has_no_lesion_to_write(material: ExportMaterial, tmp_path: Path) -> None:
    plan = material.plan
    for target in plan.targets:
        plan = set_sonications(plan, target.id, (TEST,))
    tested: SimulatedTreatment = simulated_plan(plan)
    FORMATS["treatment"].write(replace(material, plan=plan, simulated=tested), tmp_path)
    assert not list((tmp_path / "treatment").glob("*_mask.nii.gz"))
    assert len(table(tmp_path / "treatment" / "sonications.csv")) == 2


def test_what_was_not_heated_has_elements_and_a_focus(material: ExportMaterial, tmp_path: Path) -> None:
    assert material.simulated is not None
    cold = replace(material.simulated.targets[0], sonications=(), history=None, tests=None, lesion=None)
    bare = replace(material, simulated=replace(material.simulated, targets=(cold,)))
    FORMATS["treatment"].write(bare, tmp_path)
    assert table(tmp_path / "treatment" / "sonications.csv") == []
    assert len(table(tmp_path / "treatment" / "elements.csv")) == ELEMENTS
    assert [path.name for path in (tmp_path / "treatment").glob("*.nii.gz")] == [
        "clp-left_focus-pressure_relative.nii.gz"
    ]
    assert self_check(bare, ("treatment",), tmp_path).failed == ()


def test_without_a_simulation_nothing_is_written(material: ExportMaterial, tmp_path: Path) -> None:
    with pytest.raises(NotSimulatedError):
        FORMATS["treatment"].write(replace(material, simulated=None), tmp_path)
    assert list(tmp_path.iterdir()) == []
