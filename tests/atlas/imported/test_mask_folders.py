"""Folders of masks as Lead-DBS and THOMAS leave them, and FreeSurfer's nuclei, whose CL is not CLp."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.imported.central_lateral import FREESURFER_CL_IS_NOT_CLP
from fusplan.atlas.imported.label_image import EmptyAtlasError, read_label_image
from fusplan.atlas.imported.mask_folder_source import NoMasksError, read_mask_folder
from fusplan.atlas.imported.prepare import AtlasSource, PreparedAtlas, prepare_atlas
from fusplan.atlas.imported.stored_atlas import read_label_atlas
from fusplan.atlas.nuclei_atlas import UnknownStructureError
from fusplan.atlas.structure_ref import clp
from fusplan.workflows.add_atlas import keep_atlas
from fusplan.workflows.head_atlases import require_clp
from tests.fixtures.drawn_atlases import TEMPLATE, drawn_morel, freesurfer_nuclei

THOMAS_OF_MOREL = {"AV": "2-AV", "VApc": "4-VA", "VLa": "5-VLa", "CM": "11-CM", "MDpc": "12-MD-Pf", "PuM": "8-Pul"}


def save(mask: np.ndarray, affine: np.ndarray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = nibabel.Nifti1Image(mask, affine)
    image.set_sform(affine, 2)
    nibabel.save(image, path)


def lead_dbs(folder: Path, cropped: bool = False) -> Path:
    """``lh`` and ``rh`` with the same file names; cropped as Lead-DBS does it, each mask has a grid of its own."""
    drawn = drawn_morel()
    for label, name, side in drawn.names:
        mask, affine = (drawn.values == label).astype(np.uint8), drawn.affine.copy()
        if cropped:
            first = np.argwhere(mask).min(axis=0)
            last = np.argwhere(mask).max(axis=0) + 1
            mask = np.pad(mask[tuple(slice(a, b) for a, b in zip(first, last, strict=True))], 1)
            affine[:3, 3] = nibabel.affines.apply_affine(drawn.affine, first - 1)
        save(mask, affine, folder / ("lh" if side == "left" else "rh") / f"{name}.nii.gz")
    return folder


def thomas(folder: Path) -> Path:
    """``left`` and ``right`` with numbered masks, the whole thalamus, a sum, an overlapping CL, and crops."""
    drawn = drawn_morel()
    for side in ("left", "right"):
        of_side = {name: label for label, name, one in drawn.names if one == side}
        thalamus = np.isin(drawn.values, [label for name, label in of_side.items() if name not in ("RN", "STh")])
        save(thalamus.astype(np.uint8), drawn.affine, folder / side / "1-THALAMUS.nii.gz")
        for name, file in THOMAS_OF_MOREL.items():
            save((drawn.values == of_side[name]).astype(np.uint8), drawn.affine, folder / side / f"{file}.nii.gz")
        cl = drawn.values == of_side["CL"]
        cl |= np.roll(cl, 1, axis=0)
        save(cl.astype(np.uint8), drawn.affine, folder / side / f"CL_{side[0].upper()}.nii.gz")
        save(thalamus.astype(np.uint8), drawn.affine, folder / side / "4567-VL.nii.gz")
        save(thalamus.astype(np.float32), drawn.affine, folder / side / "regn.nii.gz")
    return folder


def prepare(path: Path, template: str = TEMPLATE, **more: object) -> PreparedAtlas:
    built_in = (load_atlas("morel"), load_atlas("julich"))
    return prepare_atlas(AtlasSource(path, template), built_in, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("cropped", [False, True])
def test_lead_dbs(tmp_path: Path, cropped: bool) -> None:
    drawn = drawn_morel()
    prepared = prepare(lead_dbs(tmp_path / "atlas", cropped), "2009bAsym")
    assert prepared.manifest.maker == "Lead-DBS"
    keep_atlas(prepared, tmp_path / "kept")
    atlas = read_label_atlas(tmp_path / "kept")
    for label, name, side in drawn.names:
        one = atlas.structure(name, side)  # type: ignore[arg-type]
        assert one.volume_mm3 == pytest.approx(drawn.volume_mm3(label), rel=1e-6)
        np.testing.assert_allclose(one.centroid.array, drawn.centroid_mm(label), atol=1e-3)


def test_masks_of_different_spacing_meet_on_one_grid(tmp_path: Path) -> None:
    folder = lead_dbs(tmp_path / "atlas")
    drawn, fine = drawn_morel(), drawn_morel(0.5)
    label = {(name, side): number for number, name, side in fine.names}
    save((fine.values == label["CM", "left"]).astype(np.uint8), fine.affine, folder / "lh" / "CM.nii.gz")
    raw = read_mask_folder(folder)
    assert any("different grids" in note for note in raw.notes)
    for one in raw.structures:
        # The finer CM overlaps its neighbours, whose voxels are coarse, and loses a little to the smaller of them.
        is_fine = (one.abbreviation, one.side) == ("CM", "left")
        source, allowed = (fine, 0.06) if is_fine else (drawn, 0.03)
        expected = next(
            source.volume_mm3(n) for n, name, side in source.names if (name, side) == (one.abbreviation, one.side)
        )
        if expected > 100:
            assert one.volume_mm3 == pytest.approx(expected, rel=allowed), one


def test_thomas(tmp_path: Path) -> None:
    prepared = prepare(thomas(tmp_path / "thomas"))
    manifest = prepared.manifest
    assert manifest.maker == "THOMAS"
    names = {(one.abbreviation, one.side) for one in manifest.structures}
    assert {name for name, _ in names} == {"THALAMUS", "AV", "VA", "VLa", "CM", "MD-Pf", "Pul", "CL"}
    assert {one.label for one in manifest.structures if one.abbreviation == "Pul"} == {8}
    assert manifest.clp.structure == "CL"
    assert "judgement and caution" in manifest.warnings[0]
    keep_atlas(prepared, tmp_path / "kept")
    atlas = read_label_atlas(tmp_path / "kept")
    # CL overlaps its neighbours; of them the smaller wins, and the whole thalamus keeps what none of its nuclei is.
    assert "outside its nuclei" in atlas.structure("THALAMUS", "left").name
    assert any("overlap" in note for note in atlas.notes)


def test_an_empty_mask_is_refused_by_name(tmp_path: Path) -> None:
    folder = lead_dbs(tmp_path / "atlas")
    save(np.zeros((9, 9, 9), np.uint8), np.eye(4), folder / "lh" / "CM.nii.gz")
    with pytest.raises(EmptyAtlasError, match=r"CM.nii.gz marks nothing"):
        read_mask_folder(folder)


def test_a_mask_that_is_nowhere_probable_is_refused(tmp_path: Path) -> None:
    folder = lead_dbs(tmp_path / "atlas")
    drawn = drawn_morel()
    share = np.where(drawn.values == 1, 0.3, 0.1 * (drawn.values == 2)).astype(np.float32)
    save(share, drawn.affine, folder / "lh" / "CM.nii.gz")
    with pytest.raises(EmptyAtlasError, match="30%"):
        read_mask_folder(folder)


def test_a_folder_without_masks(tmp_path: Path) -> None:
    with pytest.raises(NoMasksError, match="holds 0 masks"):
        read_mask_folder(tmp_path)


def test_swapped_folders_are_refused(tmp_path: Path) -> None:
    folder = lead_dbs(tmp_path / "atlas")
    (folder / "lh").rename(folder / "x")
    (folder / "rh").rename(folder / "lh")
    (folder / "x").rename(folder / "rh")
    from fusplan.atlas.imported.alignment import SidesSwappedError

    with pytest.raises(SidesSwappedError):
        prepare(folder)


def test_freesurfers_cl_is_never_clp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fusplan.atlas.catalogue import find_entry
    from fusplan.paths import user_atlases_folder

    prepared = prepare(freesurfer_nuclei(tmp_path / "ThalamicNuclei.v13.T1.mgz"))
    manifest = prepared.manifest
    assert manifest.maker == "FreeSurfer thalamic nuclei"
    assert manifest.clp.structure is None
    assert manifest.warnings == (FREESURFER_CL_IS_NOT_CLP,)
    keep_atlas(prepared, user_atlases_folder() / manifest.name)
    assert find_entry(manifest.name).warnings == (FREESURFER_CL_IS_NOT_CLP,)
    atlas = read_label_atlas(user_atlases_folder() / manifest.name)
    assert not atlas.describes(clp("left")) and atlas.parts == ()
    with pytest.raises(UnknownStructureError, match="FreeSurfer's label CL is not CLp"):
        atlas.whole(clp("left"))
    with pytest.raises(UnknownStructureError, match="15 to 19 mm3"):
        require_clp(manifest.name)


def test_a_tiny_cl_of_another_atlas_is_not_clp_either(tmp_path: Path) -> None:
    drawn = drawn_morel()
    folder = lead_dbs(tmp_path / "atlas")
    for label, name, side in drawn.names:
        if name == "CL":
            mask = drawn.values == label
            cells = np.argwhere(mask)
            few = np.zeros_like(mask)
            few[tuple(cells[cells[:, 2].argsort()][-17:].T)] = True
            save(few.astype(np.uint8), drawn.affine, folder / ("lh" if side == "left" else "rh") / "CL.nii.gz")
    manifest = prepare(folder).manifest
    assert manifest.clp.structure is None
    assert "17 to 17 mm3" in manifest.warnings[0]


def test_freesurfers_own_grid_is_no_template(tmp_path: Path, shared_data: Path) -> None:
    from fusplan.atlas.imported.space_hints import OtherTemplateNamedError

    with pytest.raises(OtherTemplateNamedError, match="FreeSurfer's own grid") as caught:
        prepare(shared_data / "heads" / "mne_sample_ecog_aseg.mgz")
    assert "patient" in caught.value.remedy


def test_freesurfers_aseg_in_the_patients_own_space(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "heads" / "mne_sample_ecog_aseg.mgz"
    prepared = prepare(path, "patient", image_sha256="a" * 64)
    manifest = prepared.manifest
    assert manifest.alignment.state == "deferred"
    assert "first used with a plan" in manifest.alignment.findings[-1].sentence
    keep_atlas(prepared, tmp_path / "kept")
    atlas = read_label_atlas(tmp_path / "kept")
    aseg = nibabel.load(path)
    data = np.asarray(aseg.dataobj)
    for side, label in (("left", 10), ("right", 49)):
        one = atlas.structure("Thalamus", side)  # type: ignore[arg-type]
        assert one.thalamic
        assert one.volume_mm3 == pytest.approx(float((data == label).sum()), rel=1e-6)
        centre = nibabel.affines.apply_affine(aseg.affine, np.argwhere(data == label).mean(axis=0))
        np.testing.assert_allclose(one.centroid.array, centre, atol=1e-3)
    assert not any("Cortex" in one.name for one in atlas.structures)
    assert any("cc" not in note.lower() and "Left out" in note for note in atlas.notes)
    assert read_label_image(path).whole_grid.shape == aseg.shape
