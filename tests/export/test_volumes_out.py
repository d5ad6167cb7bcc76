"""Masks, BIDS derivatives, surfaces and transforms, read by other packages."""

from __future__ import annotations

import csv
import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
import trimesh

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import StructureRef
from fusplan.export.formats import FORMATS, ExportMaterial
from fusplan.export.itk_transforms import inverse_displacements
from fusplan.export.mesh_files import MESH_FILES
from fusplan.export.notice import RESEARCH_ONLY
from fusplan.export.read_back_volumes import check_masks, check_surfaces
from fusplan.export.surfaces import ellipsoid_surface
from fusplan.spatial import Points
from fusplan.spatial.points import FloatArray
from tests.fixtures import plans

VOLUMES_MM3 = {"left": np.pi / 6 * 80, "right": np.pi / 6 * 112}
"""Of ellipsoids of 4 x 4 x 5 and 4 x 4 x 7 mm."""


def test_each_lesion_has_a_whole_mask_on_both_grids(material: ExportMaterial, tmp_path: Path) -> None:
    FORMATS["masks"].write(material, tmp_path)
    for side, volume_mm3 in VOLUMES_MM3.items():
        for grid, error in (("image-grid", 0.5 / volume_mm3), ("fine", 0.01)):
            image = nibabel.load(tmp_path / "masks" / f"lesion-clp-{side}_{grid}.nii.gz")
            data = np.asarray(image.dataobj)
            assert set(np.unique(data)) == {0, 1}
            assert data.sum() * abs(np.linalg.det(image.affine[:3, :3])) == pytest.approx(volume_mm3, rel=error)
        assert image.header["descrip"].item() == RESEARCH_ONLY.encode()
        assert (tmp_path / "masks" / f"clp-{side}_morel_image-grid.nii.gz").exists()
    coarse = nibabel.load(tmp_path / "masks" / "lesion-clp-left_image-grid.nii.gz")
    assert coarse.shape == material.volume.shape
    assert np.allclose(coarse.affine, material.volume.affine, atol=1e-4)


def test_what_else_is_aimed_at_is_written_by_the_atlas_that_describes_it(
    material: ExportMaterial, patient_atlas: PatientAtlas, tmp_path: Path
) -> None:
    """CL with its part, VIM by the Julich figures alone; and the check finds them where they belong."""
    julich = PatientAtlas(load_atlas("julich"), patient_atlas.mni_to_scanner, patient_atlas.scanner_to_mni)
    aims = (StructureRef("CL", "left"), StructureRef("VIM", "right"))
    targets = tuple(replace(one, aim=aim) for one, aim in zip(material.plan.targets, aims, strict=True))
    other = replace(material, plan=replace(material.plan, targets=targets), atlases=(patient_atlas, julich))
    for name in ("masks", "surfaces"):
        FORMATS[name].write(other, tmp_path)
    names = {path.name for path in (tmp_path / "masks").glob("*_image-grid.nii.gz")}
    assert {"clp-left_morel", "clp-right_morel", "cl-left_morel", "vim-right_julich"} <= {
        name.removesuffix("_image-grid.nii.gz") for name in names
    }
    for stem, atlas, aim in (("cl-left_morel", patient_atlas, aims[0]), ("vim-right_julich", julich, aims[1])):
        image = nibabel.load(tmp_path / "masks" / f"{stem}_image-grid.nii.gz")
        volume_mm3 = np.asarray(image.dataobj).sum() * abs(np.linalg.det(image.affine[:3, :3]))
        assert volume_mm3 == pytest.approx(atlas.volume_mm3(aim), rel=0.1)
        assert trimesh.load_mesh(tmp_path / "surfaces" / f"{stem}_LPS_mm.stl").is_watertight
    checked = [*check_masks(other, tmp_path), *check_surfaces(other, tmp_path)]
    assert all(row.passed for row in checked)
    assert {"CL left", "VIM right", "CLp left"} <= {row.subject for row in checked}


def test_bids_derivatives_have_the_form_of_the_standard(material: ExportMaterial, tmp_path: Path) -> None:
    FORMATS["bids"].write(material, tmp_path)
    root = tmp_path / "bids"
    description = json.loads((root / "dataset_description.json").read_text())
    assert description["DatasetType"] == "derivative"
    assert description["GeneratedBy"][0]["Name"] == "fusplan"
    assert {"Name", "BIDSVersion", "SourceDatasets"} <= set(description)
    anatomy = root / "sub-01" / "anat"
    stems = {path.name.split(".")[0] for path in anatomy.iterdir()}
    assert stems == {
        "sub-01_space-T1w_desc-lesions_dseg",
        "sub-01_space-T1w_res-fine_desc-lesions_dseg",
        "sub-01_space-T1w_desc-nuclei_dseg",
    }
    for stem in stems:
        labels = set(np.unique(np.asarray(nibabel.load(anatomy / f"{stem}.nii.gz").dataobj))) - {0}
        with (anatomy / f"{stem}.tsv").open(newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t"))
        assert list(rows[0]) == ["index", "name", "abbreviation", "color"]
        assert labels <= {int(row["index"]) for row in rows}
        note = json.loads((anatomy / f"{stem}.json").read_text())
        assert note["Notice"] == RESEARCH_ONLY
        assert material.plan.image.sha256 in note["SpatialReference"]
        assert ("Resolution" in note) == ("_res-" in stem)
    assert "T1w.nii" not in (root / "README").read_text()


@pytest.mark.parametrize("suffix", ["stl", "obj", "ply", "glb"])
def test_surfaces_are_closed_outward_and_where_the_lesion_is(
    suffix: str, material: ExportMaterial, tmp_path: Path
) -> None:
    FORMATS["surfaces"].write(material, tmp_path)
    for lesion in material.plan.lesions:
        path = tmp_path / "surfaces" / f"{lesion.id}_LPS_mm.{suffix}"
        mesh = trimesh.load_mesh(path)
        assert mesh.is_watertight
        assert mesh.is_winding_consistent
        assert mesh.volume == pytest.approx(VOLUMES_MM3[lesion.side], rel=0.005)  # positive: faces outward
        assert mesh.center_mass == pytest.approx([-lesion.centre.x, -lesion.centre.y, lesion.centre.z], abs=1e-3)
        long_axis = lesion.long_axis.array * (-1, -1, 1)
        along = (mesh.vertices - mesh.center_mass) @ long_axis
        assert np.ptp(along) == pytest.approx(lesion.length_mm, rel=0.01)
        assert RESEARCH_ONLY.encode() in path.read_bytes()
    assert (tmp_path / "surfaces" / f"clp-left_morel_LPS_mm.{suffix}").exists()


@pytest.mark.parametrize("suffix", list(MESH_FILES))
def test_a_mesh_file_holds_the_mesh(suffix: str, tmp_path: Path) -> None:
    box = trimesh.creation.box((1.0, 2.0, 3.0))
    to_bytes: Callable[[FloatArray, np.ndarray, str], bytes] = MESH_FILES[suffix]
    content = to_bytes(np.asarray(box.vertices) + 100, np.asarray(box.faces, dtype=np.int32), "words")
    (tmp_path / f"box.{suffix}").write_bytes(content)
    read = trimesh.load_mesh(tmp_path / f"box.{suffix}")
    assert read.volume == pytest.approx(6.0)
    assert read.bounds == pytest.approx(np.asarray(box.bounds) + 100)
    if suffix == "stl":
        assert not content.startswith(b"solid")
        assert len(content) == 84 + 50 * struct.unpack("<I", content[80:84])[0]


def test_an_ellipsoids_mesh_lies_on_it() -> None:
    ellipsoid = plans.lesion("left", 7.0).ellipsoid
    surface = ellipsoid_surface(ellipsoid)
    offsets = surface.vertices.array - ellipsoid.centre.array
    assert np.einsum("ni,ij,nj->n", offsets, ellipsoid.shape_matrix, offsets) == pytest.approx(1.0)
    assert surface.is_closed
    assert surface.euler_characteristic == 2
    assert surface.volume_mm3 == pytest.approx(ellipsoid.volume_mm3, rel=0.003)


def itk_chain(*paths: Path) -> sitk.CompositeTransform:
    """ITK's own composite, which applies the transform added last first."""
    chain = sitk.CompositeTransform(3)
    for path in reversed(paths):
        if path.suffix == ".txt":
            chain.AddTransform(sitk.ReadTransform(str(path)))
        else:
            field = sitk.ReadImage(str(path), sitk.sitkVectorFloat64)
            chain.AddTransform(sitk.DisplacementFieldTransform(field))
    return chain


def test_itk_moves_points_as_the_plan_does_in_both_directions(material: ExportMaterial, tmp_path: Path) -> None:
    FORMATS["itk"].write(material, tmp_path)
    folder = tmp_path / "transforms"
    forward = itk_chain(*(folder / f"template_to_patient_{name}" for name in ("1_warp.nii.gz", "2_affine.txt")))
    backward = itk_chain(*(folder / f"patient_to_template_{name}" for name in ("1_affine.txt", "2_warp.nii.gz")))
    warp = plans.warp()
    places = np.random.default_rng(3).uniform((-30, -50, -35), (30, 20, 40), (50, 3))
    moved = warp.apply(Points(warp.source, places)).array
    flip = np.array([-1.0, -1.0, 1.0])
    found = np.array([forward.TransformPoint(place) for place in (places * flip).tolist()]) * flip
    assert found == pytest.approx(moved, abs=1e-4)
    back = np.array([backward.TransformPoint(place) for place in (moved * flip).tolist()]) * flip
    assert np.abs(back - places).max() < 0.5  # nodes 5 mm apart: sampled, not exact
    assert "antsApplyTransforms" in (folder / "README").read_text()


def test_the_inverse_field_is_refined_where_targets_need_it() -> None:
    warp = plans.warp()
    none = inverse_displacements(warp, Points(plans.FRAME, np.zeros((0, 3))))
    assert none.vectors_mm.shape == warp.displacements.vectors_mm.shape
    fine = inverse_displacements(warp, Points(plans.FRAME, np.array([[8.5, -13.1, 5.5]])))
    assert fine.vectors_mm.shape == (15, 17, 19, 3)
