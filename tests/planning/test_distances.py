from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from fusplan.atlas.structure_ref import clp
from fusplan.planning.distances import (
    MIDLINE,
    VENTRICLE_WALL,
    distance_to_midline_mm,
    lesion_distances,
    signed_distance_mm,
)
from fusplan.planning.lesion_size import LesionSize, plan_lesion
from fusplan.planning.plan import Target
from fusplan.planning.provenance import Provenance
from fusplan.spatial import Ellipsoid, Points
from tests.fixtures.fake_anatomy import FRAME, FakeAnatomy, ball, everywhere, landmarks, point, sphere

MARKS = landmarks(wall_mm=2.0)
TARGET = Target("clp-right", "CLp right", "right", point(9, -1, 6), Provenance("placed by hand", "", "derived"))


def test_distance_from_a_sphere() -> None:
    places = np.random.default_rng(0).normal(size=(200, 3)) * 4
    found = signed_distance_mm(sphere(point(1, 2, 3), 2.0), Points(FRAME, places))
    np.testing.assert_allclose(found, np.linalg.norm(places - (1, 2, 3), axis=1) - 2.0, atol=1e-7)


def test_distance_from_an_ellipsoid_against_its_densely_drawn_surface() -> None:
    rotation = Rotation.from_euler("xyz", [20, 30, 40], degrees=True).as_matrix()
    ellipsoid = Ellipsoid(point(1, -2, 0.5), (1.5, 2.5, 3.5), rotation)
    places = Points(FRAME, ellipsoid.centre.array + np.random.default_rng(1).uniform(-6, 6, size=(300, 3)))
    nearest, _ = cKDTree(ellipsoid.surface(200_000).array).query(places.array)
    expected = np.where(ellipsoid.contains(places), -nearest, nearest)
    np.testing.assert_allclose(signed_distance_mm(ellipsoid, places), expected, atol=0.01)


def test_the_centre_is_as_deep_as_the_shortest_semi_axis() -> None:
    ellipsoid = Ellipsoid(point(0, 0, 0), (2.0, 2.0, 3.5), np.eye(3))
    assert signed_distance_mm(ellipsoid, Points(FRAME, np.zeros((1, 3))))[0] == pytest.approx(-2.0, abs=1e-6)


@pytest.mark.parametrize("gap_mm", [3.0, 0.4, -0.7])
def test_two_balls(gap_mm: float) -> None:
    """Distance of the centres less both radii; negative when they overlap."""
    lesion = plan_lesion(TARGET, LesionSize((4, 4), 4), MARKS.geometry())
    direction = np.array([0.48, 0.6, 0.64])
    centre = lesion.centre.array + direction * (2.0 + 3.0 + gap_mm)
    anatomy = FakeAnatomy(cl=everywhere, clp=everywhere, others=(("MD", ball(tuple(centre), 3.0)),))
    found = lesion_distances(lesion, clp(lesion.side), MARKS, anatomy, anatomy.rasterise(lesion.centre, 11.0, 0.5))
    assert {one.to for one in found} == {"MD", MIDLINE, VENTRICLE_WALL}
    assert found[0].distance_mm == pytest.approx(gap_mm, abs=0.1)


def test_nuclei_far_away_are_not_listed() -> None:
    lesion = plan_lesion(TARGET, LesionSize((4, 4), 4), MARKS.geometry())
    far = ball((lesion.centre.x, lesion.centre.y, lesion.centre.z + 16), 3.0)
    anatomy = FakeAnatomy(cl=everywhere, clp=everywhere, others=(("MD", far),))
    found = lesion_distances(lesion, clp(lesion.side), MARKS, anatomy, anatomy.rasterise(lesion.centre, 18.0, 1.0))
    assert {one.to for one in found} == {MIDLINE, VENTRICLE_WALL}


@pytest.mark.parametrize(("side", "x"), [("left", -9.0), ("right", 9.0)])
def test_midline_and_wall_of_an_upright_and_a_tilted_lesion(side: str, x: float) -> None:
    target = Target("t", "CLp", side, point(x, -1, 6), TARGET.provenance)
    upright = plan_lesion(target, LesionSize((4, 5), 7), MARKS.geometry())
    assert distance_to_midline_mm(upright.ellipsoid, side, MARKS.geometry()) == pytest.approx(7.0)
    tilted = plan_lesion(target, LesionSize((4, 4), 7), MARKS.geometry(), tilt_lateral_deg=30)
    reach = np.hypot(2.0 * np.cos(np.pi / 6), 3.5 * np.sin(np.pi / 6))
    assert distance_to_midline_mm(tilted.ellipsoid, side, MARKS.geometry()) == pytest.approx(9 - reach)
    anatomy = FakeAnatomy(cl=everywhere, clp=everywhere)
    found = {
        one.to: one.distance_mm
        for one in lesion_distances(
            upright, clp(upright.side), MARKS, anatomy, anatomy.rasterise(upright.centre, 8.0, 1.0)
        )
    }
    assert found[VENTRICLE_WALL] == pytest.approx(found[MIDLINE] - 2.0)
