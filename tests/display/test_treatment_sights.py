"""What slices and scene draw of a treatment: contours, legend, helmet, beams, the opened head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.display.drawn_layers import Shown
from fusplan.display.heat_looks import FOCUS_NAME, HEAT_LOOKS, heat_legend
from fusplan.display.helmet_scene import EVERY_BEAM, beam_lines, discs, helmet_discs, helmet_sight, with_helmet
from fusplan.display.image_layers import FIRST_STACK
from fusplan.display.mesh_slices import cut_meshes
from fusplan.display.scene import AROUND_HEAT_OPACITY, LESION_OPACITY, Scene, pick, plan_surfaces
from fusplan.display.slice_content import slice_content
from fusplan.display.treatment_pictures import (
    DOSE_KEY,
    FOCUS_KEY,
    TEMPERATURE_KEY,
    TREATMENT_KEYS,
    with_treatment_layers,
)
from fusplan.display.treatment_sights import cut_open, heat_contours, treatment_sights
from fusplan.display.view_state import ViewState
from fusplan.display.views import ViewAxes, slice_view
from fusplan.simulation.predicted_lesion import CONTOUR_WORDS, Band
from fusplan.spatial import Direction, Field, Point, Points
from fusplan.spatial.triangles import Surface
from tests.fixtures.meshes import ball
from tests.fixtures.simulated_plans import box
from tests.fixtures.small_heads import small_plan
from tests.fixtures.treatment_sights import small_sights, small_simulated

PLAN = small_plan()
TARGET = small_simulated().targets[0]
SIGHTS = small_sights()
AT = TARGET.pose.target


def cone(middle: Point, slope: float) -> Field:
    """A temperature that falls by so many degrees a mm from 61 degrees."""
    grid, distance = box(middle)
    return Field(grid, (61.0 - slope * distance).astype(np.float32), "degC")


def test_contours_lie_where_temperature_and_dose_are_reached() -> None:
    peak = cone(AT, 4.0)
    minutes = Field(peak.grid, (2.0 ** (peak.values - 43.0) / 60.0).astype(np.float32), "min", outside=0.0)
    meshes = {mesh.name: mesh for mesh in heat_contours(peak, minutes)}
    view = slice_view("axial", AT, (40.0, 40.0), ViewAxes.scanner(AT.frame))
    for name, celsius in (
        ("51_celsius", 51.0),
        ("240_cem43", 43.0 + np.log2(240 * 60)),
        ("17_cem43", 43 + np.log2(1020)),
    ):
        (contour,) = cut_meshes([meshes[name]], view)
        assert np.sqrt(contour.area_mm2 / np.pi) == pytest.approx((61.0 - celsius) / 4.0, rel=0.04)


def test_what_is_reached_nowhere_has_no_contour() -> None:
    cool = cone(AT, 4.0).with_values(np.full(cone(AT, 4.0).grid.shape, 40.0, dtype=np.float32))
    assert heat_contours(cool, cool.with_values(np.zeros(cool.grid.shape), "min")) == ()


def test_every_contour_and_the_focus_has_a_line_of_its_own_and_its_words_in_the_legend() -> None:
    assert set(HEAT_LOOKS) == {*CONTOUR_WORDS, FOCUS_NAME}
    assert len({(look.colour, look.dashes) for look in HEAT_LOOKS.values()}) == len(HEAT_LOOKS)
    legend = heat_legend(HEAT_LOOKS, {"51_celsius": 55.4}, has_planned=True)
    assert [line.words for line in legend] == [
        "planned", "51 °C: 55 mm³", "17 CEM43", "100 CEM43", "200 CEM43", "240 CEM43", "focus at -6 dB",
    ]  # fmt: skip
    assert heat_legend(["51_celsius"], {}, has_planned=False)[0].words == "51 °C"
    (doubtful,) = heat_legend(["17_cem43"], {"17_cem43": 68.0}, False, {"17_cem43": Band(0.2, 68.0, 386.0)})
    assert doubtful.words == "17 CEM43: 68 mm³ (0 to 386)"


def shown(**layers: bool) -> Shown:
    state = ViewState(cursor=AT, workspace="treatment").with_layers(**layers)
    return Shown(state, PLAN, PLAN.landmarks.geometry(), sights=SIGHTS)


def test_slices_draw_the_contours_beside_the_planned_lesion_with_one_legend() -> None:
    view = slice_view("axial", AT, (40.0, 40.0), ViewAxes.scanner(AT.frame))
    content = slice_content(shown(uncertainty=False), view, 0.1, ())
    assert len(content.legend) == len(SIGHTS.contours) + 1
    dashed = sum(1 for mesh in SIGHTS.contours if HEAT_LOOKS[mesh.name].dashes)
    assert len(content.overlays.regions) == dashed
    assert content.overlays.lesions and not any(lesion.is_filled for lesion in content.overlays.lesions)
    coronal = slice_view("coronal", AT, (40.0, 40.0), ViewAxes.scanner(AT.frame))
    assert slice_content(shown(), coronal, 0.1, ()).legend == ()
    alone = replace(shown(), state=replace(shown().state, filling="coronal"))
    assert slice_content(alone, coronal, 0.1, ()).legend
    assert slice_content(shown(heat_contours=False), view, 0.1, ()).legend == ()


def test_the_planned_lesion_is_looked_through_where_heat_is_drawn() -> None:
    def opacity(what: Shown) -> float:
        return next(surface.opacity for surface in plan_surfaces(what) if surface.kind == "lesion")

    assert opacity(shown()) == AROUND_HEAT_OPACITY
    assert opacity(shown(heat_contours=False)) == LESION_OPACITY


def test_pictures_are_the_history_and_the_pressure_as_a_part_of_its_peak() -> None:
    assert SIGHTS.pictures[TEMPERATURE_KEY] is TARGET.history.peak_map
    assert SIGHTS.pictures[DOSE_KEY] is TARGET.history.dose
    assert SIGHTS.pictures[FOCUS_KEY].values.max() == pytest.approx(1.0)
    stack = with_treatment_layers(FIRST_STACK)
    assert [layer.key for layer in stack.layers[-3:]] == [FOCUS_KEY, DOSE_KEY, TEMPERATURE_KEY]
    changed = stack.changed(DOSE_KEY, opacity=0.3)
    assert with_treatment_layers(changed) is changed
    layers = ViewState().layers
    assert [layer.key for layer in stack.drawn(TREATMENT_KEYS, layers)] == [TEMPERATURE_KEY]
    with_dose = ViewState().with_layers(dose_picture=True).layers
    assert [layer.key for layer in stack.drawn(TREATMENT_KEYS, with_dose)] == [DOSE_KEY, TEMPERATURE_KEY]


def test_the_head_is_opened_on_the_targets_side_before_it_and_kept_for_the_same_place() -> None:
    bone = SIGHTS.head.cut_bone
    outwards = 1.0 if TARGET.side == "right" else -1.0
    middles = bone.vertices[bone.triangles].mean(axis=1) - AT.array
    assert not np.any((middles[:, 1] > 0) & (middles[:, 0] * outwards > 0))
    assert np.any(middles[:, 0] * outwards < 0)
    again = treatment_sights(small_simulated(), TARGET, SIGHTS)
    assert again.head is SIGHTS.head
    other = treatment_sights(small_simulated(), small_simulated().targets[1], SIGHTS)
    assert other.head.bone is SIGHTS.head.bone and other.head.cut_bone is not bone


def test_a_quarter_of_a_ball_is_taken_away() -> None:
    vertices, triangles = ball((0.0, 0.0, 0.0), 50.0, 4000)
    middle = Point(vertices.frame, 0.0, 0.0, 0.0)
    opened = cut_open("skin", "Skin", Surface(vertices, triangles), middle, 1.0, "#ffffff", 0.2)
    assert len(opened.triangles) / len(triangles) == pytest.approx(0.75, abs=0.03)
    assert opened.triangles.max() == len(opened.vertices) - 1


def test_discs_face_the_point_and_have_their_area() -> None:
    middles = np.array([[0.0, 0.0, 150.0], [150.0, 0.0, 0.0], [0.0, -150.0, 0.0]])
    towards = Point(AT.frame, 0.0, 0.0, 0.0)
    vertices, triangles, normals = discs(middles, towards, 4.0)
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    faces = np.cross(b - a, c - a) / 2
    areas = np.linalg.norm(faces, axis=1).reshape(3, -1).sum(axis=1)
    assert areas == pytest.approx(np.pi * 16.0, rel=0.05)
    inwards = -middles / 150.0
    assert (faces.reshape(3, -1, 3) @ inwards[:, :, None] > 0).all()
    assert normals.reshape(3, -1, 3)[:, 0] == pytest.approx(inwards)


def test_the_helmet_is_drawn_from_both_sides_in_its_colours_and_a_click_goes_through_it() -> None:
    near, far = helmet_discs(SIGHTS, "incidence")
    assert near.opacity < far.opacity and near.rgb is not None
    assert len(far.rgb) == len(far.vertices)
    assert np.array_equal(near.triangles[:, ::-1], far.triangles)
    assert helmet_discs(SIGHTS, "incidence")[0] is near
    scene = with_helmet(Scene((), (), None), SIGHTS, helmet=True, beams=False, quantity="thickness")
    assert scene.bar.heading == "Skull thickness, mm" and scene.bar_words == "grey: off"
    eye = Point.of(AT.frame, AT.array + np.array([0.0, 0.0, 400.0]))
    assert pick(scene, eye, Direction.of(AT.frame, (0.0, 0.0, -1.0))) is None
    without = with_helmet(Scene((), (), None), SIGHTS, helmet=False, beams=False, quantity="thickness")
    assert without.bar is None and without.surfaces == () and without.helmet is not None


def test_beams_go_from_active_elements_to_the_focus() -> None:
    line = beam_lines(SIGHTS)
    starts, ends = line.points[::2], line.points[1::2]
    assert line.are_pairs and line.opacity < 1
    assert len(starts) == -(-TARGET.elements.active_count // EVERY_BEAM)
    assert np.allclose(ends, TARGET.elements.spot.array)
    assert np.linalg.norm(starts - AT.array, axis=1) == pytest.approx(150.0)


def test_the_eye_looks_in_from_the_side_that_is_open() -> None:
    azimuth, elevation = helmet_sight(SIGHTS).eye_deg
    eye = np.array([np.cos(np.radians(azimuth)), np.sin(np.radians(azimuth))])
    outwards = 1.0 if TARGET.side == "right" else -1.0
    assert eye[0] * outwards > 0 and eye[1] > 0 and 0 < elevation < 45


def test_points_of_a_cut_surface_stay_in_its_frame() -> None:
    assert isinstance(SIGHTS.head.bone.vertices, Points)
    assert SIGHTS.head.cut_skin.place == AT
