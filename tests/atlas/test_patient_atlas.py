"""An atlas in a patient, where the registration is a known affine or a known smooth warp."""

from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.labelling import OUTSIDE
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.patient_atlas import AtlasTemplateMismatchError, PatientAtlas
from fusplan.atlas.structure_ref import clp
from fusplan.spatial import Affine, Grid, Mni, Points, ScannerRas, Warp
from fusplan.spatial.frames import FrameMismatchError
from fusplan.spatial.warp import Displacements

PATIENT = ScannerRas("patient")


def rotation(axis: int, degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    matrix = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix[i, i] = matrix[j, j] = np.cos(angle)
    matrix[j, i], matrix[i, j] = np.sin(angle), -np.sin(angle)
    return matrix


def known_affine(frame: Mni) -> Affine[Mni, ScannerRas]:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation(2, 12) @ rotation(0, -8) @ np.diag([0.95, 0.9, 0.92])
    matrix[:3, 3] = (20, -35, 110)
    return Affine(frame, PATIENT, matrix)


@pytest.fixture(scope="module")
def in_patient(morel: MixtureAtlas) -> PatientAtlas:
    to_scanner = known_affine(morel.frame)
    return PatientAtlas(morel, to_scanner, to_scanner.inverse())


def test_volumes_scale_by_the_determinant(morel: MixtureAtlas, in_patient: PatientAtlas) -> None:
    factor = 0.95 * 0.9 * 0.92
    for side in ("left", "right"):
        assert in_patient.volume_mm3(clp(side)) == pytest.approx(factor * morel.volume_mm3(clp(side)), rel=0.015)
    structure = morel.structure("PuM", "left")
    assert in_patient.volume_mm3(structure.ref) == pytest.approx(factor * structure.volume_mm3, rel=0.1)
    counted = in_patient.rasterise(in_patient.mni_to_scanner.apply(structure.centroid), half_size_mm=16, spacing_mm=0.8)
    volume_mm3 = np.sum(counted.labels == structure.index) * counted.cell_mm3
    assert in_patient.volume_mm3(structure.ref) == pytest.approx(volume_mm3, rel=0.02)


def test_the_centroid_moves_with_the_map(morel: MixtureAtlas, in_patient: PatientAtlas) -> None:
    for side in ("left", "right"):
        expected = known_affine(morel.frame).apply(morel.centroid(clp(side)))
        assert in_patient.centroid(clp(side)).distance_to(expected) < 0.1


def test_labels_are_those_of_the_same_place_in_the_template(morel: MixtureAtlas, in_patient: PatientAtlas) -> None:
    low, high = morel.box_mm()
    places = Points(morel.frame, np.random.default_rng(5).uniform(low - 15, high + 15, (20_000, 3)))
    moved = known_affine(morel.frame).apply(places)
    found, expected = in_patient.labelling(moved), morel.labelling(places)
    # A point exactly on a border may fall to either side by rounding.
    assert np.mean(found.labels != expected.labels) < 2e-4
    assert np.mean(found.parts["CLp"] != expected.parts["CLp"]) < 2e-4
    few = Points(morel.frame, places.array[:500])
    np.testing.assert_allclose(
        in_patient.memberships(known_affine(morel.frame).apply(few)), morel.memberships(few), atol=1e-5
    )


def test_a_grid_answers_as_the_atlas_does_at_its_voxels(in_patient: PatientAtlas) -> None:
    centre = in_patient.centroid(clp("left"))
    grid = in_patient.rasterise(centre, half_size_mm=8.0, spacing_mm=0.5)
    inside = in_patient.atlas.members(clp("left"), grid).sum() * grid.cell_mm3
    assert inside == pytest.approx(in_patient.volume_mm3(clp("left")), rel=0.2)
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in grid.labels.shape), indexing="ij"), axis=-1).reshape(-1, 3)
    points = grid.grid.places(indices)
    np.testing.assert_array_equal(grid.labels_at(points), grid.labels.ravel())
    assert np.mean(grid.labels.ravel() != in_patient.labels(points)) < 1e-4
    assert np.mean(grid.labelling_at(points).parts["CLp"] != in_patient.labelling(points).parts["CLp"]) < 1e-4


def test_a_grid_knows_nothing_beyond_its_border(in_patient: PatientAtlas) -> None:
    grid = in_patient.rasterise(in_patient.centroid(clp("right")), half_size_mm=3.0, spacing_mm=1.0)
    far = Points(PATIENT, in_patient.centroid(clp("right")).array[None] + (30.0, 0.0, 0.0))
    assert grid.labels_at(far)[0] == OUTSIDE
    assert not grid.labelling_at(far).parts["CLp"][0]


def test_an_oblique_image_grid(morel: MixtureAtlas, in_patient: PatientAtlas) -> None:
    """An image with turned axes, another voxel order and a field of view that ends inside the thalamus."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation(1, 25) @ np.diag([-1.2, 1.0, 1.1]) @ np.eye(3)[:, [2, 0, 1]]
    middle = known_affine(morel.frame).apply(morel.centroid(clp("right")))
    shape = (60, 50, 70)
    matrix[:3, 3] = middle.array - matrix[:3, :3] @ (np.array(shape) / 2)
    image = Grid.of(shape, matrix, PATIENT, "oblique")
    grid = in_patient.rasterise_on(image)
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1).reshape(-1, 3)
    every = in_patient.scanner_to_mni.apply(image.places(indices))
    assert np.mean(grid.labels.ravel() != morel.labels(every)) < 1e-4
    assert np.mean(grid.parts["CLp"].ravel() != morel.labelling(every).parts["CLp"]) < 1e-4


class CountingMap:
    """A map that counts the points it is asked for."""

    def __init__(self, inner: Affine[ScannerRas, Mni]) -> None:
        self.inner, self.source, self.target, self.count = inner, inner.source, inner.target, 0

    def apply(self, item: Points[ScannerRas]) -> Points[Mni]:
        self.count += len(item)
        return self.inner.apply(item)


def test_the_registration_is_followed_only_near_the_thalamus(morel: MixtureAtlas) -> None:
    to_scanner = known_affine(morel.frame)
    counting = CountingMap(to_scanner.inverse())
    patient = PatientAtlas(morel, to_scanner, counting)  # type: ignore[arg-type]
    matrix = np.eye(4)
    matrix[:3, 3] = np.array((20, -35, 110)) - 80
    grid = patient.rasterise_on(Grid.of((160, 160, 160), matrix, PATIENT, "whole"))
    assert (grid.labels != OUTSIDE).sum() > 10_000
    assert counting.count < 0.12 * grid.labels.size


def test_a_smooth_warp_moves_the_atlas_as_it_moves_points(morel: MixtureAtlas) -> None:
    grid_to_frame = np.diag([4.0, 4.0, 4.0, 1.0])
    grid_to_frame[:3, 3] = (-60, -70, -50)
    x, y, z = (axis * 4.0 for axis in np.meshgrid(*(np.arange(30),) * 3, indexing="ij"))
    vectors = np.stack([2 * np.sin(y / 25), 1.5 * np.cos(z / 20), 2 * np.sin(x / 30)], axis=-1).astype(np.float32)
    warp = Warp(Displacements.of(vectors, grid_to_frame, morel.frame), known_affine(morel.frame))
    patient = PatientAtlas(morel, warp, warp.inverse())
    places = morel.points_in(clp("left"), 1.0)
    carried = warp.apply(places)
    # Points on a border may fall to either side by the inverse's 0.001 mm.
    assert np.mean(patient.contains(carried, clp("left"))) > 0.99
    assert np.mean(patient.labels(carried) == morel.whole(clp("left")).index) > 0.99


def test_another_template_is_refused(morel: MixtureAtlas) -> None:
    to_scanner = known_affine(Mni("MNI152NLin6Asym"))
    with pytest.raises(AtlasTemplateMismatchError, match="MNI152NLin6Asym"):
        PatientAtlas(morel, to_scanner, to_scanner.inverse())


def test_points_of_another_patient_are_refused(in_patient: PatientAtlas) -> None:
    with pytest.raises(FrameMismatchError):
        in_patient.labels(Points(ScannerRas("somebody else"), np.zeros((1, 3))))
