from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from fusplan.imaging import packed_nifti
from fusplan.registration.transform_files import (
    affine_transform_text,
    displacement_field_file,
    read_displacement_vectors,
)
from fusplan.spatial import Affine, Mni, Points, ScannerRas, Warp
from fusplan.spatial.warp import Displacements


@pytest.fixture
def warp() -> Warp[Mni, ScannerRas]:
    """A smooth field on an anisotropic grid, and an affine with rotation, scale and shift."""
    i, j, k = np.meshgrid(np.arange(11), np.arange(9), np.arange(7), indexing="ij")
    vectors = 3 * np.stack([np.sin(0.3 * i + 0.1 * k), np.cos(0.4 * j), np.sin(0.5 * k)], axis=-1)
    grid = np.diag([5.0, 6.0, 7.0, 1.0])
    grid[:3, 3] = (-25.0, -30.0, -20.0)
    matrix = np.array([[0.9, -0.1, 0.05, 2], [0.1, 0.95, 0, -3], [-0.04, 0.02, 1.05, 4], [0, 0, 0, 1]])
    affine = Affine(Mni("MNI152NLin2009cAsym"), ScannerRas("head"), matrix)
    return Warp(Displacements.of(vectors.astype(np.float32), grid, affine.source), affine)


def test_vectors_come_back_bit_for_bit_and_the_bytes_are_stable(warp: Warp[Mni, ScannerRas]) -> None:
    content = displacement_field_file(warp.displacements)
    assert np.array_equal(read_displacement_vectors(content), warp.displacements.vectors_mm)
    assert displacement_field_file(warp.displacements) == content


def test_itk_moves_points_as_the_warp_does(warp: Warp[Mni, ScannerRas], tmp_path: Path) -> None:
    (tmp_path / "warp.nii.gz").write_bytes(displacement_field_file(warp.displacements))
    (tmp_path / "affine.txt").write_text(affine_transform_text(warp.affine), encoding="ascii")
    field = SimpleITK.ReadImage(str(tmp_path / "warp.nii.gz"), SimpleITK.sitkVectorFloat64)
    stages = SimpleITK.DisplacementFieldTransform(field), SimpleITK.ReadTransform(str(tmp_path / "affine.txt"))
    places = np.random.default_rng(2).uniform((-24, -29, -19), (24, 17, 21), size=(100, 3))
    ours = warp.apply(Points(warp.source, places)).array
    for place, expected in zip(places, ours, strict=True):
        lps = stages[1].TransformPoint(stages[0].TransformPoint((-place[0], -place[1], place[2])))
        assert np.allclose((-lps[0], -lps[1], lps[2]), expected, atol=1e-5)


def test_the_pair_as_one_itk_transform_resamples_the_patient_onto_the_template_grid(
    warp: Warp[Mni, ScannerRas], tmp_path: Path
) -> None:
    """As documented: point transforms run from the output grid to the input image."""
    (tmp_path / "warp.nii.gz").write_bytes(displacement_field_file(warp.displacements))
    (tmp_path / "affine.txt").write_text(affine_transform_text(warp.affine), encoding="ascii")
    field = SimpleITK.ReadImage(str(tmp_path / "warp.nii.gz"), SimpleITK.sitkVectorFloat64)
    grid = SimpleITK.Image(field.GetSize(), SimpleITK.sitkFloat32)
    grid.SetOrigin(field.GetOrigin())
    grid.SetSpacing(field.GetSpacing())
    grid.SetDirection(field.GetDirection())
    # The last transform added is applied first.
    both = SimpleITK.CompositeTransform(3)
    both.AddTransform(SimpleITK.ReadTransform(str(tmp_path / "affine.txt")))
    both.AddTransform(SimpleITK.DisplacementFieldTransform(field))
    # The patient image holds its own right coordinate, so the resampled image must hold the moved points' one.
    coordinates = np.arange(-80, 81, dtype=np.float32)
    patient = SimpleITK.GetImageFromArray(np.broadcast_to(-coordinates, (161, 161, 161)).copy())
    patient.SetOrigin((-80, -80, -80))
    resampled = SimpleITK.GetArrayFromImage(SimpleITK.Resample(patient, grid, both)).transpose(2, 1, 0)
    voxels = np.argwhere(np.ones(resampled.shape, dtype=bool))
    matrix = warp.displacements.grid.matrix
    places = Points(warp.source, voxels @ matrix[:3, :3].T + matrix[:3, 3])
    assert np.allclose(resampled.ravel(), warp.apply(places).array[:, 0], atol=1e-3)


def test_what_is_no_field_is_refused(warp: Warp[Mni, ScannerRas]) -> None:
    whole = displacement_field_file(warp.displacements)
    header = gzip.decompress(whole)[:352]
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    for content in (b"", b"not gzip", whole[:-40], bytes(damaged), gzip.compress(b""), gzip.compress(header)):
        with pytest.raises(ValueError, match="displacement field"):
            read_displacement_vectors(content)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_nifti, "LARGEST_BYTES", 1_000_000)
    bomb = gzip.compress(bytes(50_000_000), mtime=0)
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="it unpacks to more than 1 MB"):
            read_displacement_vectors(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no gzip", id="not packed"),
        pytest.param(gzip.compress(b"no NIfTI", mtime=0), id="packed text"),
        pytest.param(gzip.compress(bytes(1000), mtime=0)[:-9], id="cut off"),
    ],
)
def test_bytes_that_are_no_field_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a displacement field"):
        read_displacement_vectors(content)
