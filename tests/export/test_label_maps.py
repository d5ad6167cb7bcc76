from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK

from fusplan.atlas.catalogue import BUILT_IN, load_atlas
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.export.label_maps import (
    PART_LABELS,
    lesion_labels,
    nucleus_rows,
    part_labels,
    supersampled_lesion_labels,
    write_lesion_maps,
    write_nuclei_map,
)
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.imaging.volume import Volume
from fusplan.planning.lesion_size import LesionSize
from fusplan.planning.plan import Lesion, Plan
from fusplan.spatial import Points
from tests.fixtures import plans


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def volumes_mm3(labels: np.ndarray, affine: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(labels.ravel(), minlength=count + 1)[1:] * abs(np.linalg.det(affine[:3, :3]))


@pytest.mark.parametrize("spacing_mm", [0.5, 0.8, 1.0, 1.2])
def test_lesion_volumes_are_right(plan: Plan, tmp_path: Path, spacing_mm: float) -> None:
    write_lesion_maps(plan, plans.volume(spacing_mm, int(96 / spacing_mm)), tmp_path)
    expected = [lesion.ellipsoid.volume_mm3 for lesion in plan.lesions]
    fine = nib.load(tmp_path / "lesions_supersampled.nii.gz")
    assert max(fine.header.get_zooms()) <= 0.2501
    assert np.allclose(volumes_mm3(np.asarray(fine.dataobj), fine.affine, 2), expected, rtol=0.002)
    plain = nib.load(tmp_path / "lesions.nii.gz")
    # Half a voxel is the best a grid can do.
    assert np.allclose(volumes_mm3(np.asarray(plain.dataobj), plain.affine, 2), expected, atol=0.51 * spacing_mm**3)
    if spacing_mm <= 1.0:
        assert np.allclose(volumes_mm3(np.asarray(plain.dataobj), plain.affine, 2), expected, rtol=0.03)


def test_lesion_maps_lie_where_the_lesions_are(plan: Plan, tmp_path: Path) -> None:
    write_lesion_maps(plan, plans.volume(), tmp_path)
    for name, tolerance_mm in (("lesions.nii.gz", 0.25), ("lesions_supersampled.nii.gz", 0.03)):
        image = nib.load(tmp_path / name)
        labels = np.asarray(image.dataobj)
        for number, lesion in enumerate(plan.lesions, start=1):
            places = nib.affines.apply_affine(image.affine, np.argwhere(labels == number))
            assert np.linalg.norm(places.mean(axis=0) - lesion.centre.array) < tolerance_mm
            grown = replace(lesion, width_mm=(5.8, 5.8), length_mm=lesion.length_mm + 1.8)
            assert grown.ellipsoid.contains(Points(lesion.centre.frame, places)).all()


def test_fine_voxels_are_those_filled_by_more_than_half(plan: Plan) -> None:
    labels, fine = supersampled_lesion_labels(plan.lesions, plans.volume().grid)
    voxels = np.stack(np.meshgrid(*[np.arange(size) for size in labels.shape], indexing="ij"), axis=-1).reshape(-1, 3)
    centres = fine.places(voxels)
    for number, lesion in enumerate(plan.lesions, start=1):
        inside = lesion.ellipsoid.contains(centres)
        assert np.mean(inside[labels.ravel() == number]) > 0.97
        assert np.mean((labels.ravel() == number)[inside]) > 0.97


def test_the_maps_keep_the_images_grid_for_nibabel_and_itk(
    plan: Plan, patient_atlas: PatientAtlas, tmp_path: Path
) -> None:
    volume = plans.volume()
    write_lesion_maps(plan, volume, tmp_path)
    write_nuclei_map(patient_atlas, volume, tmp_path)
    for name in ("lesions.nii.gz", "nuclei.nii.gz"):
        image = nib.load(tmp_path / name)
        assert image.shape == volume.shape
        assert (int(image.header["sform_code"]), int(image.header["qform_code"])) == (1, 1)
        assert np.allclose(image.get_sform(), volume.affine, atol=1e-5)
        assert np.allclose(image.get_qform(), volume.affine, atol=1e-4)
        assert image.header["descrip"].item().decode() == RESEARCH_ONLY
        itk = SimpleITK.ReadImage(str(tmp_path / name))
        for voxel in ((0, 0, 0), (95, 0, 40), (10, 90, 95)):
            lps = itk.TransformIndexToPhysicalPoint(voxel)
            expected = nib.affines.apply_affine(volume.affine, voxel)
            assert np.allclose((-lps[0], -lps[1], lps[2]), expected, atol=1e-3)


def test_a_sheared_grid_gets_no_qform_that_lies(plan: Plan, tmp_path: Path) -> None:
    affine = plans.image_affine()
    affine[0, 1] += 0.2
    volume = Volume.of_array(np.zeros((96, 96, 96), np.float32), affine, plans.SHA256)
    write_lesion_maps(plan, volume, tmp_path)
    image = nib.load(tmp_path / "lesions.nii.gz")
    assert int(image.header["qform_code"]) == 0
    assert np.allclose(image.affine, affine, atol=1e-5)


def test_the_tables_are_bids_and_fit_the_maps(plan: Plan, patient_atlas: PatientAtlas, tmp_path: Path) -> None:
    volume = plans.volume()
    write_lesion_maps(plan, volume, tmp_path)
    write_nuclei_map(patient_atlas, volume, tmp_path)
    for name in ("lesions", "nuclei"):
        rows = table(tmp_path / f"{name}.tsv")
        assert list(rows[0]) == ["index", "name", "abbreviation", "color"]
        assert all(re.fullmatch("#[0-9a-f]{6}", row["color"]) for row in rows)
        indices = [int(row["index"]) for row in rows]
        assert len(set(indices)) == len(indices)
        present = set(np.unique(np.asarray(nib.load(tmp_path / f"{name}.nii.gz").dataobj))) - {0}
        assert present
        assert present <= set(indices)
        assert json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))["Notice"] == RESEARCH_ONLY
    assert table(tmp_path / "lesions.tsv")[0]["name"] == "CLp left lesion (4 x 5 mm)"


def test_the_nuclei_are_the_atlas_at_voxel_centres(patient_atlas: PatientAtlas, tmp_path: Path) -> None:
    volume = plans.volume()
    write_nuclei_map(patient_atlas, volume, tmp_path)
    labels = np.asarray(nib.load(tmp_path / "nuclei.nii.gz").dataobj)
    some = np.argwhere(labels > 0)[::97]
    places = volume.voxel_to_scanner.apply(Points(volume.voxel_frame, some.astype(float)))
    found = patient_atlas.labelling(places)
    for voxel, label, in_clp in zip(some, found.labels, found.parts["CLp"], strict=True):
        written = int(labels[tuple(voxel)])
        side = patient_atlas.atlas.structures[label].side
        assert written == (PART_LABELS[clp(side)] if in_clp else label + 1)
    for structure, label in PART_LABELS.items():
        voxel_mm3 = 1.0
        counted = np.count_nonzero(labels == label) * voxel_mm3
        assert counted == pytest.approx(patient_atlas.volume_mm3(structure), rel=0.1)


def test_every_part_that_a_built_in_atlas_offers_has_a_label_of_its_own(patient_atlas: PatientAtlas) -> None:
    for name in BUILT_IN:
        atlas = load_atlas(name)
        offered = {StructureRef(part.key, side) for part in atlas.parts for side in ("left", "right")}
        assert offered == set(part_labels(atlas))
    beyond = max(len(load_atlas(name).structures) for name in BUILT_IN)
    assert min(PART_LABELS.values()) > beyond


def test_each_nucleus_has_a_colour_of_its_own(patient_atlas: PatientAtlas) -> None:
    rows = nucleus_rows(patient_atlas.atlas)
    assert len({(row.abbreviation.split("_")[0], row.colour) for row in rows}) == len({row.colour for row in rows})
    assert {row.abbreviation for row in rows if row.index > 1000} == {"CLp_L", "CLp_R"}


def test_where_lesions_overlap_the_fuller_one_has_the_voxel(plan: Plan) -> None:
    first = plan.lesions[0]
    second = replace(first, id="second", centre=first.centre.moved(first.long_axis, 3.0))
    volume = plans.volume()
    labels = lesion_labels((first, second), volume.grid)
    assert np.count_nonzero(labels == 1) > 20
    assert np.count_nonzero(labels == 2) > 20


def test_lesions_at_the_border_and_outside_the_image_are_cut_off(plan: Plan) -> None:
    lesion: Lesion = plan.lesions[0]
    volume = plans.volume()
    corner = replace(lesion, centre=volume.voxel_to_scanner.apply(Points(volume.voxel_frame, np.zeros((1, 3))))[0])
    outside = replace(lesion, centre=plans.point(500.0, 0.0, 0.0))
    labels = lesion_labels((corner, outside), volume.grid)
    assert 2 < np.count_nonzero(labels == 1) < 15
    assert np.count_nonzero(labels == 2) == 0


def test_a_plan_without_lesions_has_empty_maps(plan: Plan, tmp_path: Path) -> None:
    write_lesion_maps(replace(plan, lesions=()), plans.volume(), tmp_path)
    for name in ("lesions", "lesions_supersampled"):
        assert not np.asarray(nib.load(tmp_path / f"{name}.nii.gz").dataobj).any()
    assert table(tmp_path / "lesions.tsv") == []


def test_the_smallest_lesion_is_at_least_one_voxel(plan: Plan) -> None:
    size = LesionSize((1.0, 1.0), 1.5)
    tiny = replace(plan.lesions[0], width_mm=size.across_mm, length_mm=size.along_mm)
    volume = plans.volume()
    assert np.count_nonzero(lesion_labels((tiny,), volume.grid)) == 1
