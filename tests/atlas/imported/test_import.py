"""From files to an atlas and back: volumes and centroids against nibabel's own count, and every refusal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.imported.alignment import AtlasAlignmentError, ImplausibleVolumesError, SidesSwappedError
from fusplan.atlas.imported.label_image import AtlasUnitsError, EmptyAtlasError, NotLabelsError
from fusplan.atlas.imported.prepare import AtlasSource, ImageNotStatedError, PreparedAtlas, prepare_atlas
from fusplan.atlas.imported.raw_atlas import TableMismatchError
from fusplan.atlas.imported.shipped_tables import TableMissingError
from fusplan.atlas.imported.side_structures import NoSidesError
from fusplan.atlas.imported.space_hints import OtherTemplateNamedError
from fusplan.atlas.imported.stored_atlas import read_label_atlas
from fusplan.atlas.imported.template_maps import TemplateNotStatedError, UnknownTemplateError, template_map
from fusplan.atlas.structure_ref import clp
from fusplan.errors import FusplanError
from fusplan.imaging.placement import NoSpatialTransformError
from fusplan.spatial import Mni, Points
from fusplan.workflows.add_atlas import keep_atlas
from tests.fixtures.drawn_atlases import FORMS, TEMPLATE, Drawn, bids, drawn_morel, freesurfer, write_map


def prepare(path: Path, template: str | None = TEMPLATE, **more: object) -> PreparedAtlas:
    source = AtlasSource(path, template, **more)  # type: ignore[arg-type]
    return prepare_atlas(source, (load_atlas("morel"), load_atlas("julich")))


def written(folder: Path, name: str = "a.nii.gz", drawn: Drawn | None = None, **more: object) -> Path:
    """A label map with a BIDS table beside it."""
    path = write_map(folder / name, drawn, **more)  # type: ignore[arg-type]
    path.with_name(name.split(".", maxsplit=1)[0] + ".tsv").write_text(bids(drawn or drawn_morel()), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", FORMS)
def test_volumes_and_centroids_are_those_of_the_file(tmp_path: Path, form: str) -> None:
    drawn = drawn_morel()
    path = write_map(tmp_path / "a.nii.gz")
    (tmp_path / "table").write_text(FORMS[form](drawn), encoding="utf-8")
    prepared = prepare(path, table=tmp_path / "table")
    keep_atlas(prepared, tmp_path / "kept")
    atlas = read_label_atlas(tmp_path / "kept")
    assert len(atlas.structures) == len(drawn.names)
    for label, abbreviation, side in drawn.names:
        one = atlas.structure(abbreviation, side)  # type: ignore[arg-type]
        assert one.volume_mm3 == pytest.approx(drawn.volume_mm3(label), rel=1e-6)
        np.testing.assert_allclose(one.centroid.array, drawn.centroid_mm(label), atol=1e-4)


@pytest.mark.parametrize("name", ["a.mgz", "a.mgh", "a.nii"])
def test_other_image_formats(tmp_path: Path, name: str) -> None:
    assert len(prepare(written(tmp_path, name)).manifest.structures) == len(drawn_morel().names)


def test_another_template_moves_by_its_map_and_volumes_by_its_determinant(tmp_path: Path) -> None:
    drawn = drawn_morel()
    matrix = template_map("MNI152NLin6Asym").matrix
    # Drawn where NLin6Asym has it, so that the map brings it back.
    there = np.linalg.inv(matrix) @ drawn.affine
    keep_atlas(prepare(written(tmp_path, affine=there), "NLin6Asym"), tmp_path / "kept")
    atlas = read_label_atlas(tmp_path / "kept")
    label, abbreviation, side = next(row for row in drawn.names if row[1] == "CL")
    one = atlas.structure(abbreviation, side)  # type: ignore[arg-type]
    np.testing.assert_allclose(one.centroid.array, drawn.centroid_mm(label), atol=0.01)
    assert one.volume_mm3 == pytest.approx(drawn.volume_mm3(label), rel=1e-4)


def test_points_get_the_voxel_they_lie_in_and_probabilities_between(tmp_path: Path) -> None:
    drawn = drawn_morel()
    keep_atlas(prepare(written(tmp_path)), tmp_path / "kept")
    atlas = read_label_atlas(tmp_path / "kept")
    cells = np.argwhere(drawn.values > 0)[::97]
    places = nibabel.affines.apply_affine(drawn.affine, cells)
    points = Points(Mni(TEMPLATE), places + 0.3)
    labels = atlas.labels(points)  # type: ignore[arg-type]
    names = {label: (abbreviation, side) for label, abbreviation, side in drawn.names}
    for cell, label in zip(cells, labels, strict=True):
        one = atlas.structures[int(label)]
        assert (one.abbreviation, one.side) == names[int(drawn.values[tuple(cell)])]
    at_centres = atlas.memberships(Points(Mni(TEMPLATE), places))  # type: ignore[arg-type]
    np.testing.assert_allclose(at_centres.max(axis=1), 1.0, atol=1e-9)
    assert np.all(atlas.memberships(points).sum(axis=1) <= 1 + 1e-9)  # type: ignore[arg-type]


def test_surfaces_enclose_the_volume_of_the_voxels(tmp_path: Path) -> None:
    keep_atlas(prepare(written(tmp_path)), tmp_path / "kept")
    atlas = read_label_atlas(tmp_path / "kept")
    for one in atlas.structures:
        surface = atlas.structure_surface(one)  # type: ignore[arg-type]
        assert surface is not None and surface.is_closed
        # A few voxels make a rounder body than they are; from 100 mm3 on the volume is kept.
        allowed = 0.035 if one.volume_mm3 >= 100 else 0.08 if one.volume_mm3 >= 20 else 0.2
        assert surface.volume_mm3 == pytest.approx(one.volume_mm3, rel=allowed), one.abbreviation
    surface = atlas.surface(clp("left"))  # type: ignore[misc]
    assert surface is not None
    assert surface.volume_mm3 == pytest.approx(atlas.volume_mm3(clp("left")), rel=0.06)  # type: ignore[misc]


def test_clp_of_a_drawn_atlas_is_that_of_the_figures_it_was_drawn_from(tmp_path: Path) -> None:
    keep_atlas(prepare(written(tmp_path)), tmp_path / "kept")
    atlas, morel = read_label_atlas(tmp_path / "kept"), load_atlas("morel")
    for side in ("left", "right"):
        assert atlas.volume_mm3(clp(side)) == pytest.approx(morel.volume_mm3(clp(side)), rel=0.05)  # type: ignore[misc, arg-type]
        moved = atlas.centroid(clp(side)).distance_to(morel.centroid(clp(side)))  # type: ignore[misc, arg-type]
        assert moved < 0.3


def sides_swapped(folder: Path) -> PreparedAtlas:
    text = freesurfer(drawn_morel()).replace("Left-", "X-").replace("Right-", "Left-").replace("X-", "Right-")
    (folder / "table").write_text(text, encoding="utf-8")
    return prepare(write_map(folder / "a.nii.gz"), table=folder / "table")


def mirrored(folder: Path) -> PreparedAtlas:
    return prepare(written(folder, affine=np.diag([-1, 1, 1, 1.0]) @ drawn_morel().affine))


def upside_down(folder: Path) -> PreparedAtlas:
    return prepare(written(folder, affine=np.diag([1, -1, 1, 1.0]) @ drawn_morel().affine))


def elsewhere(folder: Path) -> PreparedAtlas:
    moved = drawn_morel().affine.copy()
    moved[:3, 3] += (0, 8, 0)
    return prepare(written(folder, affine=moved))


def in_metres(folder: Path) -> PreparedAtlas:
    return prepare(written(folder, affine=np.diag([1e-3, 1e-3, 1e-3, 1.0]) @ drawn_morel().affine))


def in_centimetres(folder: Path) -> PreparedAtlas:
    return prepare(written(folder, affine=np.diag([0.1, 0.1, 0.1, 1.0]) @ drawn_morel().affine))


def too_large(folder: Path) -> PreparedAtlas:
    return prepare(written(folder, affine=np.diag([1.4, 1.4, 1.4, 1.0]) @ drawn_morel().affine))


def without_a_row(folder: Path) -> PreparedAtlas:
    path = written(folder)
    table = folder / "a.tsv"
    table.write_text("\n".join(table.read_text(encoding="utf-8").splitlines()[:-2]), encoding="utf-8")
    return prepare(path)


def with_another_maps_table(folder: Path) -> PreparedAtlas:
    path = written(folder)
    rows = "".join(f"{300 + n}\tLeft X{n}\n" for n in range(90))
    table = folder / "a.tsv"
    text = "\n".join("\t".join(line.split("\t")[:2]) for line in table.read_text(encoding="utf-8").splitlines())
    table.write_text(f"{text}\n{rows}", encoding="utf-8")
    return prepare(path)


def empty(folder: Path) -> PreparedAtlas:
    return prepare(written(folder, drawn=replace(drawn_morel(), values=np.zeros((5, 5, 5), np.int16))))


def with_probabilities(folder: Path) -> PreparedAtlas:
    path = folder / "a.nii.gz"
    nibabel.save(nibabel.Nifti1Image(drawn_morel().values.astype(np.float32) * 0.37, drawn_morel().affine), path)
    return prepare(path)


def of_several_volumes(folder: Path) -> PreparedAtlas:
    path = folder / "a.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.stack([drawn_morel().values] * 2, axis=-1), drawn_morel().affine), path)
    return prepare(path)


def without_a_table(folder: Path) -> PreparedAtlas:
    return prepare(write_map(folder / "a.nii.gz"))


def without_a_place(folder: Path) -> PreparedAtlas:
    path = written(folder)
    image = nibabel.load(path)
    image.set_sform(None, 0)
    image.set_qform(None, 0)
    nibabel.save(nibabel.Nifti1Image(np.asarray(image.dataobj), None, image.header), path)
    return prepare(path)


def without_a_template(folder: Path) -> PreparedAtlas:
    return prepare(written(folder), None)


def of_an_ambiguous_template(folder: Path) -> PreparedAtlas:
    return prepare(written(folder), "MNI152")


def of_an_unknown_template(folder: Path) -> PreparedAtlas:
    return prepare(written(folder), "MNI305b")


def named_for_another_template(folder: Path) -> PreparedAtlas:
    return prepare(written(folder, "tpl-MNI152NLin6Asym_dseg.nii.gz"))


def in_the_patients_space_of_no_image(folder: Path) -> PreparedAtlas:
    return prepare(written(folder), "patient")


REFUSALS: tuple[tuple[object, type[FusplanError], str], ...] = (
    (sides_swapped, SidesSwappedError, "Left and right are swapped"),
    (mirrored, SidesSwappedError, "Left and right are swapped"),
    (upside_down, AtlasAlignmentError, "fit with y mirrored"),
    (elsewhere, AtlasAlignmentError, "mm in front"),
    (in_metres, AtlasUnitsError, "0.001 x 0.001 x 0.001 mm"),
    (in_centimetres, AtlasAlignmentError, "numbers were centimetres"),
    (too_large, ImplausibleVolumesError, "mm3"),
    (without_a_row, TableMismatchError, "does not name: 73, 74"),
    (with_another_maps_table, TableMismatchError, "lacks 90"),
    (empty, EmptyAtlasError, "marks nothing"),
    (with_probabilities, NotLabelsError, "not a label map"),
    (of_several_volumes, NotLabelsError, "holds 2 volumes"),
    (without_a_table, TableMissingError, "--table"),
    (without_a_place, NoSpatialTransformError, "a.nii.gz"),
    (without_a_template, TemplateNotStatedError, "was not given"),
    (of_an_ambiguous_template, TemplateNotStatedError, "may mean several"),
    (of_an_unknown_template, UnknownTemplateError, "no map from"),
    (named_for_another_template, OtherTemplateNamedError, "says that it lies in MNI152NLin6Asym"),
    (in_the_patients_space_of_no_image, ImageNotStatedError, "--plan"),
)


@pytest.mark.parametrize(("attempt", "kind", "words"), REFUSALS, ids=[one[0].__name__ for one in REFUSALS])  # type: ignore[attr-defined]
def test_a_wrong_atlas_is_refused_with_the_cause(tmp_path: Path, attempt, kind, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(kind, match=words) as caught:
        attempt(tmp_path)
    assert caught.value.remedy


def test_structures_without_a_side_are_halved_in_a_template_and_left_out_in_a_head(tmp_path: Path) -> None:
    drawn = drawn_morel()
    label = {name: number for number, name, side in drawn.names if side == "left"}
    values = np.zeros_like(drawn.values)
    for number, name, _ in drawn.names:
        values[drawn.values == number] = label[name]
    path = write_map(tmp_path / "a.nii.gz", replace(drawn, values=values))
    (tmp_path / "a.txt").write_text("".join(f"{n} {name}\n" for name, n in label.items()), encoding="utf-8")
    manifest = prepare(path).manifest
    assert len(manifest.structures) == len(drawn.names)
    assert "Halved at x = 0" in " ".join(manifest.notes)
    with pytest.raises(NoSidesError, match="No structure says"):
        prepare_atlas(AtlasSource(path, "patient"), (load_atlas("morel"),), image_sha256="a" * 64)


def test_a_grid_of_another_template_is_noted(tmp_path: Path) -> None:
    drawn = drawn_morel()
    values = np.zeros((182, 218, 182), dtype=np.int16)
    affine = np.diag([1.0, 1, 1, 1])
    affine[:3, 3] = (-90, -126, -72)
    cells = np.argwhere(drawn.values > 0)
    places = nibabel.affines.apply_affine(drawn.affine, cells)
    at = np.rint(nibabel.affines.apply_affine(np.linalg.inv(affine), places)).astype(int)
    values[tuple(at.T)] = drawn.values[tuple(cells.T)]
    manifest = prepare(written(tmp_path, drawn=replace(drawn, values=values, affine=affine))).manifest
    assert any("grid is that of MNI152NLin6Asym" in note for note in manifest.notes)
