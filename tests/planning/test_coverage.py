from __future__ import annotations

import numpy as np
import pytest

from fusplan.atlas.patient_atlas import volume_change
from fusplan.planning.coverage import CL_IN_FRONT, OUTSIDE, cover, cover_on_grid, patient_volumes
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
LESION = lesion_ellipsoid(CENTRE, LesionSize((4, 5), 7), *lesion_axes(landmarks().geometry(), "right", 20, 15))


@pytest.mark.parametrize("normal", [(1, 0, 0), (0, 0.6, 0.8), (0, 0, -1)])
def test_a_plane_through_the_centre_halves_any_ellipsoid(normal: tuple[float, float, float]) -> None:
    anatomy = FakeAnatomy(cl=half_space(normal, float(CENTRE.array @ np.array(normal))), clp=everywhere)
    found = cover(LESION, anatomy, "right")
    assert found.clp.share_of_lesion == pytest.approx(0.5, rel=0.01)
    assert found.clp.volume_mm3 == pytest.approx(np.pi / 12 * 4 * 5 * 7, rel=0.01)
    assert found.sampling_error < 0.01
    assert [one.abbreviation for one in found.spill] == [OUTSIDE]


@pytest.mark.parametrize("height", [-0.6, -0.2, 0.3, 0.7])
def test_the_cap_of_a_ball(height: float) -> None:
    """(2 + h)(1 - h)^2 / 4 of a ball lies beyond a plane at h radii from its centre."""
    anatomy = FakeAnatomy(cl=half_space((0, 0, 1), CENTRE.z + 2.5 * height), clp=everywhere)
    found = cover(sphere(CENTRE, 2.5), anatomy, "right")
    assert found.cl.share_of_lesion == pytest.approx((2 + height) * (1 - height) ** 2 / 4, rel=0.01)


def test_a_nucleus_inside_the_lesion_is_covered_wholly() -> None:
    anatomy = FakeAnatomy(cl=ball(CENTRE.coordinates, 1.5), clp=everywhere, clp_mm3=4 / 3 * np.pi * 1.5**3)
    found = cover(sphere(CENTRE, 3.0), anatomy, "right")
    assert found.clp.share_of_lesion == pytest.approx(1 / 8, rel=0.015)
    assert found.clp.share_of_structure == pytest.approx(1.0, rel=0.015)


def test_spill_lists_everything_else_and_adds_up() -> None:
    x, y, z = CENTRE.coordinates
    anatomy = FakeAnatomy(
        cl=half_space((1, 0, 0), x - 1),
        clp=lambda places: places[:, 1] <= y,
        others=(("MD", lambda places: (places[:, 0] >= x + 1) & (places[:, 2] > z)), ("PuM", nowhere)),
    )
    found = cover(LESION, anatomy, "right")
    names = {one.abbreviation: one.share_of_lesion for one in found.spill}
    assert set(names) == {CL_IN_FRONT, OUTSIDE, "MD"}
    assert found.clp.share_of_lesion + sum(names.values()) == pytest.approx(1.0, abs=1e-9)
    assert found.cl.share_of_lesion == pytest.approx(found.clp.share_of_lesion + names[CL_IN_FRONT], abs=1e-9)
    shares = [one.share_of_lesion for one in found.spill]
    assert shares == sorted(shares, reverse=True)
    assert next(one for one in found.spill if one.abbreviation == CL_IN_FRONT).name == "CL outside CLp"


def test_reading_from_a_grid_agrees_with_sampling() -> None:
    anatomy = FakeAnatomy(cl=ball((7.5, 1, 5), 2.4), clp=everywhere, others=(("MD", half_space((0, 1, 0), 2.0)),))
    volumes = patient_volumes(anatomy)
    direct = cover(LESION, anatomy, "right", volumes)
    live = cover_on_grid(LESION, anatomy.rasterise(CENTRE, 8.0, 0.4), anatomy, "right", volumes)
    assert live.clp.share_of_lesion == pytest.approx(direct.clp.share_of_lesion, abs=0.02)
    assert live.spill[0].share_of_lesion == pytest.approx(direct.spill[0].share_of_lesion, abs=0.02)


def test_volume_change_is_the_determinant() -> None:
    matrix = np.diag([0.9, 0.8, 1.1, 1.0])
    points = Points(TEMPLATE, np.array([[1.0, 2, 3], [-4, 5, 6]]))
    np.testing.assert_allclose(volume_change(Affine(TEMPLATE, FRAME, matrix), points), 0.792)
