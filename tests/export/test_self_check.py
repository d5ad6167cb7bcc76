"""The self-check passes what is right and notices what is not."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest

from fusplan.export import self_check as module
from fusplan.export.check_rows import volume_row
from fusplan.export.formats import FORMATS, ExportMaterial, export_files
from fusplan.export.self_check import SelfCheck, self_check

EXACT = tuple(name for name in FORMATS if name != "itk")
"""The synthetic registration has nodes 10 mm apart, so that its sampled inverse is too coarse."""


def exported(material: ExportMaterial, folder: Path, *names: str) -> SelfCheck:
    export_files(material, names, folder)
    return self_check(material, names, folder)


def test_a_good_export_passes_with_a_row_for_every_target_and_lesion(material: ExportMaterial, tmp_path: Path) -> None:
    check = exported(material, tmp_path, *EXACT)
    assert [(row.file, row.subject, row.error_words) for row in check.failed] == []
    assert check.not_read == ()
    for file in ("targets.csv", "targets.mrk.json", "targets.fcsv", "targets_brainsight.txt", "plan_rtstruct.dcm"):
        assert {"CLp left", "CLp right"} <= {row.subject for row in check.rows if row.file == file}
    for file in ("lesions.nii.gz", "lesions_seg.dcm", "plan_rtstruct.dcm"):
        volumes = {row.subject for row in check.rows if row.file == file and row.kind == "volume"}
        assert volumes == {"CLp left lesion", "CLp right lesion"}
    assert "agree" in check.verdict


def test_every_format_has_a_check() -> None:
    assert set(FORMATS) <= set(module.CHECKS)


def test_a_field_too_coarse_for_its_inverse_is_reported(material: ExportMaterial, tmp_path: Path) -> None:
    check = exported(material, tmp_path, "itk")
    assert {row.file for row in check.failed} == {"transforms/patient_to_template", "transforms: there and back"}
    assert "Do not use this export" in check.verdict
    assert "0.0100 mm" in check.verdict


def spoil_text(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "file", "old", "new"),
    [
        ("mrk.json", "targets.mrk.json", '"LPS"', '"RAS"'),
        ("fcsv", "targets.fcsv", "13.100000", "13.120000"),
        ("brainsight", "targets_brainsight.txt", "CLp left", "CLp middle"),
        ("localite", "targets_localite.xml", 'coordinateSpace="LPS"', 'coordinateSpace="RAS"'),
        ("csv", "targets.csv", "-13.1", "-13.2"),
        ("csv", "lesions.csv", ",5,", ",6,"),
        ("surfaces", "surfaces/lesion-clp-left_LPS_mm.obj", "v 8.", "v 9."),
        ("rtstruct", "plan_rtstruct.dcm", "", ""),
    ],
)
def test_a_spoilt_file_is_noticed(
    name: str, file: str, old: str, new: str, material: ExportMaterial, tmp_path: Path
) -> None:
    export_files(material, (name,), tmp_path)
    if old:
        spoil_text(tmp_path / file, old, new)
    else:
        (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:3000])
    assert self_check(material, (name,), tmp_path).failed


def test_a_mirrored_label_map_is_noticed_though_its_volumes_are_right(material: ExportMaterial, tmp_path: Path) -> None:
    export_files(material, ("nifti",), tmp_path)
    path = tmp_path / "lesions.nii.gz"
    image = nibabel.load(path)
    mirrored = nibabel.Nifti1Image(np.asarray(image.dataobj)[::-1], image.affine, image.header)
    path.write_bytes(gzip.compress(mirrored.to_bytes()))
    failed = self_check(material, ("nifti",), tmp_path).failed
    assert {row.kind for row in failed} == {"centre"}


def test_a_missing_file_is_a_failure_not_a_crash(material: ExportMaterial, tmp_path: Path) -> None:
    failed = self_check(material, ("json", "masks", "dicom-seg"), tmp_path).failed
    assert [row.kind for row in failed] == ["file", "file", "file"]
    assert "targets.json" in failed[0].error_words


def test_a_wrong_reference_is_noticed(material: ExportMaterial, tmp_path: Path) -> None:
    export_files(material, ("rtstruct",), tmp_path)
    path = tmp_path / "plan_rtstruct.dcm"
    path.write_bytes(path.read_bytes().replace(b"1.2.826.0.1.3680043.8.498.3\x00", b"1.2.826.0.1.3680043.8.498.4\x00"))
    failed = self_check(material, ("rtstruct",), tmp_path).failed
    assert [(row.subject, row.kind) for row in failed] == [("references", "reference")]


def test_what_has_no_reader_is_said(material: ExportMaterial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    check = exported(material, tmp_path, "surfaces")
    assert check.rows == ()
    assert "trimesh" in check.not_read[0]


def test_overlapping_lesions_are_judged_by_their_own_masks(material: ExportMaterial, tmp_path: Path) -> None:
    left = material.plan.lesions[0]
    second = replace(left, id="second", name="second", centre=left.centre.moved(left.long_axis, 1.0))
    both = replace(material.plan, lesions=(left, second))
    review = replace(
        material.review, lesions=(material.review.lesions[0], replace(material.review.lesions[0], lesion_id="second"))
    )
    check = exported(replace(material, plan=both, review=review), tmp_path, "nifti", "masks", "dicom-seg", "rtstruct")
    assert check.failed == ()
    assert not [row for row in check.rows if row.file == "lesions.nii.gz" and row.kind == "volume"]
    assert len([row for row in check.rows if row.file.startswith("masks/") and row.kind == "volume"]) == 4


def test_two_targets_of_one_name_are_both_checked(material: ExportMaterial, tmp_path: Path) -> None:
    targets = tuple(replace(target, name="CLp") for target in material.plan.targets)
    named_alike = replace(material, plan=replace(material.plan, targets=targets))
    check = exported(named_alike, tmp_path, "mrk.json", "fcsv", "rtstruct")
    assert check.failed == ()
    spoil_text(tmp_path / "targets.fcsv", "-8.500000", "-8.600000")
    assert [row.error for row in self_check(named_alike, ("fcsv",), tmp_path).failed] == [pytest.approx(0.1)]


def test_half_a_voxel_is_allowed_where_it_is_more_than_three_per_cent() -> None:
    fine = volume_row("file", "reader", "lesion", 104.0, 100.0, 1.0)
    assert not fine.passed
    coarse = volume_row("file", "reader", "lesion", 104.0, 100.0, 8.0)
    assert coarse.passed
    assert coarse.limit == pytest.approx(4.0)
    assert json.dumps(coarse.limit_words) == '"+4.0 %"'
