from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
from scipy import ndimage

from fusplan.imaging.volume import Volume
from fusplan.planning.ventricle import FALLBACK_LATERAL_MM, find_ventricle_walls
from fusplan.spatial import AcPcGeometry, Point, Points, ScannerRas, acpc_geometry

FRAME = ScannerRas("head")
CSF, GREY = 30.0, 100.0


def turned_geometry(degrees: float = 8.0) -> AcPcGeometry:
    """An AC-PC frame turned about the vertical against the voxels."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    anterior = np.array([-sine, cosine, 0.0])
    pc = np.array([0.3, -0.2, 0.4])
    midline = pc + np.array([[0, 0, 50.0], [-40 * anterior[0], -40 * anterior[1], 20.0]])
    return acpc_geometry(Point.of(FRAME, pc + 26 * anterior), Point.of(FRAME, pc), Points(FRAME, midline))


def phantom(left_mm: float, right_mm: float, csf: float = CSF, grey: float = GREY, noise: float = 1.0) -> Volume:
    """A slab of fluid between two upright walls in brain, drawn at 0.125 mm and averaged to 1 mm voxels."""
    fine = np.arange(320) * 0.125 - 19.9375
    grid = np.stack([*np.meshgrid(fine, fine, indexing="ij"), np.zeros((320, 320))], axis=-1).reshape(-1, 3)
    lateral = turned_geometry().scanner_to_acpc("pc").apply(Points(FRAME, grid)).array[:, 0].reshape(320, 320)
    sharp = np.where((lateral > -left_mm) & (lateral < right_mm), csf, grey)
    slice_ = sharp.reshape(40, 8, 40, 8).mean(axis=(1, 3))
    data = slice_[:, :, None] + np.random.default_rng(3).normal(scale=noise, size=(40, 40, 16))
    affine = np.eye(4)
    affine[:3, 3] = (-19.5, -19.5, -8.0)
    return Volume.of_array(data.astype(np.float32), affine, "f" * 12, study_id="head")


@pytest.mark.parametrize(("left_mm", "right_mm"), [(1.2, 1.6), (2.3, 2.2), (3.6, 4.4)])
@pytest.mark.parametrize(("csf", "grey"), [(30.0, 100.0), (900.0, 400.0), (-500.0, -20.0)])
def test_the_walls_of_a_slab_are_found_to_a_fraction_of_a_voxel(
    left_mm: float, right_mm: float, csf: float, grey: float
) -> None:
    left, right = find_ventricle_walls(phantom(left_mm, right_mm, csf, grey), turned_geometry())
    assert (left.side, right.side) == ("left", "right")
    assert left.plausible, left.sentence
    assert right.plausible, right.sentence
    assert left.lateral_mm == pytest.approx(left_mm, abs=0.12)
    assert right.lateral_mm == pytest.approx(right_mm, abs=0.12)


@pytest.mark.parametrize(
    ("volume", "words"),
    [
        (phantom(2, 2, csf=GREY, noise=5.0), "does not stand out"),
        (phantom(6.9, 6.8), "outside the expected"),
        (phantom(1.0, 4.5), "differ by"),
    ],
)
def test_an_implausible_wall_falls_back_and_says_why(volume: Volume, words: str) -> None:
    for wall in find_ventricle_walls(volume, turned_geometry()):
        assert not wall.plausible
        assert wall.lateral_mm == FALLBACK_LATERAL_MM
        assert words in wall.sentence


def test_an_image_that_ends_before_the_ventricle_falls_back() -> None:
    whole = phantom(2, 2)
    part = Volume.of_array(whole.data[:22], whole.affine, "f" * 12, study_id="head")
    assert not any(wall.plausible for wall in find_ventricle_walls(part, turned_geometry()))


def test_noise_alone_has_no_walls() -> None:
    noise = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(40, 40, 16)), 0.7).astype(np.float32)
    volume = Volume.of_array(noise, phantom(2, 2).affine, "f" * 12, study_id="head")
    assert not any(wall.plausible for wall in find_ventricle_walls(volume, turned_geometry()))


@pytest.mark.parametrize("name", ["mne_sample_ecog_T1.mgz", "seg3d_T1w.nii.gz", "brainchop_T1w.nii.gz"])
def test_walls_of_marked_heads(shared_data: Path, name: str) -> None:
    """Half widths marked by eye on the image; they are given to a tenth of a millimetre."""
    image = nibabel.load(shared_data / "heads" / name)
    volume = Volume.of_array(np.asarray(image.dataobj, dtype=np.float32), image.affine, "a" * 12, study_id="head")
    marks = json.loads((shared_data / "landmarks" / "marked.json").read_text())["heads"][name]
    geometry = acpc_geometry(
        Point.of(FRAME, marks["ac"]["mm"]),
        Point.of(FRAME, marks["pc"]["mm"]),
        Points(FRAME, np.array(marks["midline"])),
    )
    for wall in find_ventricle_walls(volume, geometry):
        assert wall.plausible, wall.sentence
        assert wall.lateral_mm == pytest.approx(marks["third_ventricle_half_width_mm"][wall.side], abs=0.3)


def test_a_flow_void_in_a_bright_ventricle_is_not_its_wall() -> None:
    volume = phantom(3.0, 3.2, csf=300.0, grey=100.0)
    data = volume.data.copy()
    voxels = np.stack(np.meshgrid(*(np.arange(n) for n in data.shape), indexing="ij"), axis=-1).reshape(-1, 3)
    places = volume.voxel_to_scanner.apply(Points(volume.voxel_frame, voxels.astype(float)))
    lateral = turned_geometry().scanner_to_acpc("pc").apply(places).array[:, 0].reshape(data.shape)
    data[np.abs(lateral) < 0.7] = 90.0
    left, right = find_ventricle_walls(
        Volume.of_array(data, volume.affine, "f" * 12, study_id="head"), turned_geometry()
    )
    assert left.lateral_mm == pytest.approx(3.0, abs=0.15)
    assert right.lateral_mm == pytest.approx(3.2, abs=0.15)
