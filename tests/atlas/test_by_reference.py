"""Any structure or part of any atlas, asked by reference: against an independent count on a lattice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.labelling import Labelling
from fusplan.atlas.mixture_atlas import MixtureAtlas
from fusplan.atlas.nuclei_atlas import UnknownStructureError
from fusplan.atlas.patient_atlas import PatientAtlas
from fusplan.atlas.structure_ref import CLP_KEY, StructureRef, clp
from fusplan.spatial import Affine, Points, ScannerRas
from tests.atlas.conftest import Raster

PATIENT = ScannerRas("patient")
WHOLE_NUCLEI = [("morel", "MDpc"), ("morel", "VPM"), ("julich", "MD"), ("julich", "VPL"), ("julich", "VIM")]


def test_a_reference_says_what_is_meant() -> None:
    assert clp("left") == StructureRef("CLp", "left")
    assert StructureRef("VPL", "right").words == "VPL right"


def in_patient(atlas: MixtureAtlas) -> tuple[PatientAtlas, np.ndarray]:
    """The atlas under a sheared and scaled map, and the map's matrix."""
    matrix = np.array([[0.95, 0.1, 0.0, 12.0], [0.0, 0.9, -0.15, -30.0], [0.05, 0.0, 1.04, 80.0], [0, 0, 0, 1.0]])
    to_scanner = Affine(atlas.frame, PATIENT, matrix)
    return PatientAtlas(atlas, to_scanner, to_scanner.inverse()), matrix


def own_count(raster: Raster, structure: StructureRef) -> tuple[float, np.ndarray]:
    """Template volume and centroid of a structure or of CLp, by the labels of a lattice and nothing else."""
    atlas = raster.atlas
    abbreviation = "CL" if structure.key == CLP_KEY else structure.key
    index = [(one.abbreviation, one.side) for one in atlas.structures].index((abbreviation, structure.side))
    inside = raster.labels == index
    if structure.key == CLP_KEY:
        ac, pc = atlas.landmarks.ac.array, atlas.landmarks.pc.array
        inside &= (raster.places_mm - pc) @ (ac - pc) / np.linalg.norm(ac - pc) <= 4.0
    return float(inside.sum() * raster.lattice.cell_mm3), raster.places_mm[inside].mean(axis=0)


@pytest.mark.parametrize("side", ["left", "right"])
def test_volume_and_centroid_of_any_structure_are_those_of_a_count(raster: Raster, side: str) -> None:
    patient, matrix = in_patient(raster.atlas)
    keys = [key for name, key in WHOLE_NUCLEI if name == raster.atlas.name]
    for key in (*keys, "CL", CLP_KEY):
        structure = StructureRef(key, side)  # type: ignore[arg-type]
        volume_mm3, centre = own_count(raster, structure)
        assert raster.atlas.volume_mm3(structure) == pytest.approx(volume_mm3, rel=0.03), key
        np.testing.assert_allclose(raster.atlas.centroid(structure).array, centre, atol=0.15)
        assert patient.volume_mm3(structure) == pytest.approx(volume_mm3 * np.linalg.det(matrix[:3, :3]), rel=0.03), key
        carried = matrix[:3, :3] @ centre + matrix[:3, 3]
        np.testing.assert_allclose(patient.centroid(structure).array, carried, atol=0.2)


@pytest.mark.parametrize(("name", "key"), [*WHOLE_NUCLEI, ("morel", CLP_KEY), ("julich", CLP_KEY)])
def test_the_surface_of_any_structure_lies_about_what_it_contains(name: str, key: str) -> None:
    patient, _ = in_patient(load_atlas(name))
    structure = StructureRef(key, "right")
    surface = patient.surface(structure)
    assert surface is not None and surface.is_closed
    assert surface.volume_mm3 == pytest.approx(patient.volume_mm3(structure), rel=0.05)
    named = {(one.abbreviation, one.side): one for one in patient.surfaces()}
    assert named[key, "right"].name == patient.atlas.name_of(structure)
    assert named[key, "right"].surface.volume_mm3 == pytest.approx(surface.volume_mm3, rel=1e-6)


def test_what_contains_a_point_is_told_by_side_with_one_evaluation_of_the_map() -> None:
    patient, _ = in_patient(load_atlas("morel"))
    middles = {side: patient.centroid(StructureRef("MDpc", side)) for side in ("left", "right")}
    points = Points.gather(middles.values())
    assert patient.contains(points, StructureRef("MDpc", "left")).tolist() == [True, False]
    assert patient.contains(points, StructureRef("MDpc", "right")).tolist() == [False, True]
    assert not patient.contains(points, StructureRef("VIM", "left")).any()  # not in the Morel figures
    found = patient.labelling(points)
    assert set(found.parts) == {CLP_KEY}
    assert patient.atlas.members(StructureRef("MDpc", "left"), found).tolist() == [True, False]


def test_a_part_is_a_value_of_the_atlas() -> None:
    """Without the part CLp is not described, and nothing but the value has changed."""
    morel = load_atlas("morel")
    without = replace(morel, parts=(), part_notes={CLP_KEY: "Left out for this test."})
    assert morel.describes_both(CLP_KEY) and not without.describes(clp("left"))
    assert morel.whole(clp("left")).abbreviation == "CL"
    assert morel.name_of(clp("left")) == "Central lateral nucleus, posterior part"
    assert without.describes(StructureRef("CL", "left"))
    with pytest.raises(UnknownStructureError, match=r"does not describe CLp\. Left out for this test"):
        without.whole(clp("left"))
    nowhere = Labelling(np.zeros(3, dtype=np.int16), {})
    assert not without.members(clp("left"), nowhere).any()
    patient, _ = in_patient(without)
    assert "CLp" not in {one.abbreviation for one in patient.surfaces()}


def test_another_part_needs_another_value_only() -> None:
    """The medial pulvinar behind a plane: contained, counted and drawn like CLp."""
    morel = load_atlas("morel")
    cut = replace(morel.parts[0], key="PuMp", of="PuM", structure="PuM", most_anterior_of_pc_mm=-6.0)
    patient, matrix = in_patient(replace(morel, parts=(*morel.parts, cut)))
    part, whole = StructureRef("PuMp", "left"), StructureRef("PuM", "left")
    places = morel.points_in(whole)
    ac, pc = morel.landmarks.ac.array, morel.landmarks.pc.array
    behind = (places.array - pc) @ (ac - pc) / np.linalg.norm(ac - pc) <= -6.0
    expected = behind.sum() * 0.5**3 * np.linalg.det(matrix[:3, :3])
    assert 0.2 < behind.mean() < 0.8
    assert patient.volume_mm3(part) == pytest.approx(expected, rel=1e-3)
    carried = patient.mni_to_scanner.apply(places)
    assert np.mean(patient.contains(carried, part) == behind) > 0.999
    assert patient.atlas.name_of(part) == "Pulvinar medial, posterior part"
    grid = patient.rasterise(patient.centroid(part), 14.0, 1.0)
    counted = patient.atlas.members(part, grid).sum() * grid.cell_mm3
    assert counted == pytest.approx(expected, rel=0.08)
