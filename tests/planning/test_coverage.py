from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.catalogue import load_atlas
from fusplan.atlas.patient_atlas import PatientAtlas, volume_change
from fusplan.atlas.structure_ref import StructureRef, clp
from fusplan.planning.coverage import OUTSIDE, cover, cover_on_grid
from fusplan.planning.lesion_size import LesionSize, lesion_axes, lesion_ellipsoid
from fusplan.spatial import Affine, Points
from tests.fixtures.fake_anatomy import (
    FRAME,
    TEMPLATE,
    FakeAnatomy,
    ball,
    everywhere,
    half_space,
    landmarks,
    nowhere,
    point,
    sphere,
)

CENTRE = point(8, 0, 6)
RIGHT = clp("right")
LESION = lesion_ellipsoid(CENTRE, LesionSize((4, 5), 7), *lesion_axes(landmarks().geometry(), "right", 20, 15))


@pytest.mark.parametrize("normal", [(1, 0, 0), (0, 0.6, 0.8), (0, 0, -1)])
def test_a_plane_through_the_centre_halves_any_ellipsoid(normal: tuple[float, float, float]) -> None:
    anatomy = FakeAnatomy(cl=half_space(normal, float(CENTRE.array @ np.array(normal))), clp=everywhere)
    found = cover(LESION, anatomy, RIGHT)
    assert found.target.share_of_lesion == pytest.approx(0.5, rel=0.01)
    assert found.target.volume_mm3 == pytest.approx(np.pi / 12 * 4 * 5 * 7, rel=0.01)
    assert found.sampling_error < 0.01
    assert [one.abbreviation for one in found.spill] == [OUTSIDE]


@pytest.mark.parametrize("height", [-0.6, -0.2, 0.3, 0.7])
def test_the_cap_of_a_ball(height: float) -> None:
    """(2 + h)(1 - h)^2 / 4 of a ball lies beyond a plane at h radii from its centre."""
    anatomy = FakeAnatomy(cl=half_space((0, 0, 1), CENTRE.z + 2.5 * height), clp=everywhere)
    found = cover(sphere(CENTRE, 2.5), anatomy, RIGHT)
    assert found.whole.share_of_lesion == pytest.approx((2 + height) * (1 - height) ** 2 / 4, rel=0.01)


def test_a_nucleus_inside_the_lesion_is_covered_wholly() -> None:
    anatomy = FakeAnatomy(cl=ball(CENTRE.coordinates, 1.5), clp=everywhere, clp_mm3=4 / 3 * np.pi * 1.5**3)
    found = cover(sphere(CENTRE, 3.0), anatomy, RIGHT)
    assert found.target.share_of_lesion == pytest.approx(1 / 8, rel=0.015)
    assert found.target.share_of_structure == pytest.approx(1.0, rel=0.015)


def test_spill_lists_everything_else_and_adds_up() -> None:
    x, y, z = CENTRE.coordinates
    anatomy = FakeAnatomy(
        cl=half_space((1, 0, 0), x - 1),
        clp=lambda places: places[:, 1] <= y,
        others=(("MD", lambda places: (places[:, 0] >= x + 1) & (places[:, 2] > z)), ("PuM", nowhere)),
    )
    found = cover(LESION, anatomy, RIGHT)
    names = {one.abbreviation: one.share_of_lesion for one in found.spill}
    assert set(names) == {"CL-CLp", OUTSIDE, "MD"}
    assert found.target.share_of_lesion + sum(names.values()) == pytest.approx(1.0, abs=1e-9)
    assert found.whole.share_of_lesion == pytest.approx(found.target.share_of_lesion + names["CL-CLp"], abs=1e-9)
    shares = [one.share_of_lesion for one in found.spill]
    assert shares == sorted(shares, reverse=True)
    kinds = {one.abbreviation: one.kind for one in found.spill}
    assert kinds == {"CL-CLp": "rest", OUTSIDE: "outside", "MD": "structure"}
    assert next(one for one in found.spill if one.kind == "rest").name == "CL outside CLp"
    assert found.share_in_rest == pytest.approx(names["CL-CLp"], abs=1e-9)


def test_any_structure_can_be_what_is_covered() -> None:
    """The same lesion, now meant for a whole nucleus: CL is spill like any other."""
    x, y, z = CENTRE.coordinates
    anatomy = FakeAnatomy(
        cl=half_space((1, 0, 0), x - 1),
        clp=lambda places: places[:, 1] <= y,
        others=(("MD", lambda places: (places[:, 0] >= x + 1) & (places[:, 2] > z)),),
    )
    by_clp, by_md = (cover(LESION, anatomy, one) for one in (RIGHT, StructureRef("MD", "right")))
    inside = {one.abbreviation: one.share_of_lesion for one in by_clp.spill}
    assert by_md.target == by_md.whole
    assert not by_md.is_of_part and by_md.whole_key == "MD"
    assert by_md.target.share_of_lesion == inside["MD"]
    assert by_md.target.share_of_structure == pytest.approx(by_md.target.volume_mm3 / 800)
    spill = {one.abbreviation: one.share_of_lesion for one in by_md.spill}
    assert spill == {"CL": pytest.approx(by_clp.whole.share_of_lesion), OUTSIDE: inside[OUTSIDE]}


def test_an_atlas_that_does_not_describe_it_says_so_and_lists_what_is_covered() -> None:
    anatomy = FakeAnatomy(cl=everywhere, clp=everywhere)
    found = cover(LESION, anatomy, StructureRef("VIM", "right"))
    assert found.target is None and found.whole is None and found.share_in_rest == 0
    assert {one.abbreviation: one.share_of_lesion for one in found.spill} == {"CL": 1.0}
    with pytest.raises(ValueError, match="VIM right"):
        _ = found.known_target


def test_reading_from_a_grid_agrees_with_sampling() -> None:
    anatomy = FakeAnatomy(cl=ball((7.5, 1, 5), 2.4), clp=everywhere, others=(("MD", half_space((0, 1, 0), 2.0)),))
    direct = cover(LESION, anatomy, RIGHT)
    live = cover_on_grid(LESION, anatomy.rasterise(CENTRE, 8.0, 0.4), anatomy, RIGHT)
    assert live.target.share_of_lesion == pytest.approx(direct.target.share_of_lesion, abs=0.02)
    assert live.spill[0].share_of_lesion == pytest.approx(direct.spill[0].share_of_lesion, abs=0.02)


@pytest.mark.parametrize(("name", "key"), [("morel", "MDpc"), ("morel", "VPM"), ("julich", "MD"), ("julich", "VPL")])
def test_coverage_of_any_nucleus_is_that_of_a_count(name: str, key: str) -> None:
    """A ball at the edge of a nucleus, against a lattice of points asked for their label one by one."""
    atlas = load_atlas(name)
    structure = StructureRef(key, "left")
    affine = Affine(atlas.frame, FRAME, np.diag([0.95, 0.92, 1.0, 1.0]))
    patient = PatientAtlas(atlas, affine, affine.inverse())
    index = [(one.abbreviation, one.side) for one in atlas.structures].index((key, "left"))
    steps = np.arange(-30, 30, 0.8) + 0.4
    middle = patient.centroid(structure).array
    around = Points(FRAME, middle + np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3))
    volume_mm3 = (atlas.labels(affine.inverse().apply(around)) == index).sum() * 0.8**3
    edge = around.array[patient.contains(around, structure)]
    lesion = sphere(point(*edge[np.argmax(edge[:, 2])]), 3.0)
    steps = np.arange(-3, 3, 0.2) + 0.1
    fine = lesion.centre.array + np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    within = Points(FRAME, fine[np.linalg.norm(fine - lesion.centre.array, axis=1) <= 3.0])
    share = float((atlas.labels(affine.inverse().apply(within)) == index).mean())
    assert 0.02 < share < 0.98
    found = cover(lesion, patient, structure)
    assert found.target.share_of_lesion == pytest.approx(share, abs=0.01)
    assert found.target.structure_mm3 == pytest.approx(volume_mm3, rel=0.03)
    assert found.target.share_of_structure == pytest.approx(share * lesion.volume_mm3 / volume_mm3, rel=0.05, abs=2e-3)
    assert found.target.share_of_lesion + sum(one.share_of_lesion for one in found.spill) == pytest.approx(1.0)
    live = cover_on_grid(lesion, patient.rasterise(lesion.centre, 5.0, 0.5), patient, structure)
    assert live.target.share_of_lesion == pytest.approx(share, abs=0.04)


def test_volume_change_is_the_determinant() -> None:
    matrix = np.diag([0.9, 0.8, 1.1, 1.0])
    points = Points(TEMPLATE, np.array([[1.0, 2, 3], [-4, 5, 6]]))
    np.testing.assert_allclose(volume_change(Affine(TEMPLATE, FRAME, matrix), points), 0.792)
