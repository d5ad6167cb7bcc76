from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.drawn_layers import Shown
from fusplan.display.head_surface import head_surface
from fusplan.display.outlines import NUCLEUS_OPACITY, nucleus_style
from fusplan.display.scene import (
    LESION_OPACITY,
    Scene,
    far_to_near,
    make_surface,
    pause_ms,
    pick,
    plan_lines,
    plan_surfaces,
    scene_centre,
    surface_of_ellipsoid,
    surface_of_mesh,
    unit_sphere,
    vertex_normals,
)
from fusplan.display.view_state import ViewState
from fusplan.spatial import Direction, Ellipsoid, Point
from tests.fixtures.meshes import FRAME, ball, nuclei
from tests.fixtures.small_heads import head, plan_of


def volume_mm3(vertices: np.ndarray, triangles: np.ndarray) -> float:
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def test_the_sphere_is_closed_and_faces_outwards() -> None:
    vertices, triangles = unit_sphere()
    assert volume_mm3(vertices, triangles) == pytest.approx(4 / 3 * np.pi, rel=0.01)
    assert np.allclose(vertex_normals(vertices, triangles), vertices, atol=0.04)


def test_an_ellipsoids_surface_has_its_volume_even_when_mirrored() -> None:
    ellipsoid = Ellipsoid(Point(FRAME, 5, 6, 7), (2.0, 2.0, 2.5), np.diag([-1.0, 1.0, 1.0]))
    surface = surface_of_ellipsoid("lesion", "one", ellipsoid, "#ffffff", 0.5)
    places = surface.vertices.astype(float) - ellipsoid.centre.array
    assert volume_mm3(places, surface.triangles) == pytest.approx(ellipsoid.volume_mm3, rel=0.01)


def surface_at(x: float, name: str, opacity: float):
    return make_surface("structure", name, *ball((x, 0, 0), 5.0, 400), "#ffffff", opacity)


def test_solid_first_then_from_far_to_near() -> None:
    surfaces = [surface_at(0, "near", 0.2), surface_at(-50, "far", 0.2), surface_at(10, "solid", 1.0)]
    order = far_to_near(surfaces, np.array([100.0, 0, 0]))
    assert [surfaces[index].name for index in order] == ["solid", "far", "near"]


def test_a_ray_picks_the_first_clear_surface_and_looks_through_faint_ones_and_the_head() -> None:
    faint, solid = surface_at(20, "faint", 0.16), surface_at(0, "solid", 1.0)
    shell = make_surface("head", "Head", *ball((0, 0, 0), 80.0, 400), "#ffffff", 0.1)
    eye = Point(FRAME, 100.0, 0.5, 0.3)
    towards = Direction.of(FRAME, (-1, 0, 0))
    assert pick(Scene((shell, faint, solid), (), None), eye, towards) is solid
    assert pick(Scene((shell, faint), (), None), eye, towards) is faint
    assert pick(Scene((shell,), (), None), eye, towards) is None
    assert pick(Scene((solid,), (), None), eye, Direction.of(FRAME, (1, 0, 0))) is None


def test_the_scene_of_a_plan_has_lesions_targets_landmarks_and_the_acpc_line() -> None:
    volume = head(6.0)
    plan = plan_of(volume)
    meshes = nuclei(volume.scanner_frame)
    shown = Shown(ViewState(), plan, plan.landmarks.geometry(), meshes)
    kinds = [surface.kind for surface in plan_surfaces(shown)]
    assert (kinds.count("lesion"), kinds.count("target"), kinds.count("landmark")) == (2, 2, 2)
    (line,) = plan_lines(shown)
    assert np.allclose(
        np.cross(line.points[1] - line.points[0], plan.landmarks.ac.point.array - line.points[0]), 0, atol=1e-9
    )
    hidden = Shown(ViewState().with_layers(lesions=False, acpc_line=False), plan)
    assert "lesion" not in [surface.kind for surface in plan_surfaces(hidden)] and not list(plan_lines(hidden))
    assert scene_centre(shown).distance_to(Point(volume.scanner_frame, 0, -20.8, 5.3)) < 1


def test_clp_is_the_densest_nucleus_and_all_let_a_lesion_be_seen() -> None:
    surfaces = {
        surface.name: surface for surface in (surface_of_mesh(mesh, nucleus_style(mesh.name)) for mesh in nuclei(FRAME))
    }
    assert 1 > surfaces["CLp left"].opacity > surfaces["CL left"].opacity > surfaces["MD left"].opacity > 0


def test_lesions_are_drawn_after_all_nuclei_and_clp_is_picked_before_its_neighbours() -> None:
    clp, other = surface_at(0, "CLp", NUCLEUS_OPACITY["aim"]), surface_at(20, "other", 0.13)
    inside = make_surface("lesion", "lesion", *ball((0, 0, 0), 2.0, 400), "#ffffff", LESION_OPACITY)
    surfaces = [inside, clp, other]
    assert [surfaces[index].name for index in far_to_near(surfaces, np.array([100.0, 0, 0]))][-1] == "lesion"
    eye, towards = Point(FRAME, 100.0, 0.5, 0.3), Direction.of(FRAME, (-1, 0, 0))
    assert pick(Scene(tuple(surfaces), (), None), eye, towards) is inside
    assert pick(Scene((clp, other), (), None), eye, towards) is clp


def test_the_head_surface_lies_on_the_head() -> None:
    vertices, triangles = head_surface(head(3.0))
    x, y, z = vertices.array.T
    radius = np.sqrt((x / 75) ** 2 + ((y + 17) / 95) ** 2 + ((z - 20) / 90) ** 2)
    assert np.abs(np.median(radius) - 1) < 0.03
    middle = vertices.array.mean(axis=0)
    assert volume_mm3(vertices.array - middle, triangles) == pytest.approx(4 / 3 * np.pi * 75 * 95 * 90, rel=0.1)


def test_what_does_not_change_stays_the_same_object() -> None:
    volume = head(6.0)
    plan = plan_of(volume)
    first, second = Shown(ViewState(), plan), Shown(ViewState(), plan_of(volume))
    assert [id(one) for one in plan_surfaces(first)] == [id(one) for one in plan_surfaces(second)]
    assert [id(one) for one in plan_lines(first)] == [id(one) for one in plan_lines(second)]
    lesion = plan.lesions[0]
    other = replace(plan, lesions=(replace(lesion, length_mm=lesion.length_mm + 1), *plan.lesions[1:]))
    pairs = zip(plan_surfaces(first), plan_surfaces(Shown(ViewState(), other)), strict=True)
    changed = [two.name for one, two in pairs if one is not two]
    assert changed == [lesion.name]


def test_a_slow_scene_leaves_two_thirds_of_the_time_to_others_and_is_never_forgotten() -> None:
    assert pause_ms(0.001) == 40.0
    assert pause_ms(0.1) == 200.0
    assert pause_ms(30.0) == 400.0
