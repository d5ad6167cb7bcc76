"""The template over a patient: every place shows what the registration says, also after a nudge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from fusplan.display.drawn_layers import Shown
from fusplan.display.outlines import BRAIN_EDGE, FLUID_EDGE
from fusplan.display.slice_content import outlines_of, slice_content
from fusplan.display.template_overlay import TemplateOverlay, template_overlay
from fusplan.display.view_state import ViewState
from fusplan.display.views import ViewAxes, slice_view
from fusplan.imaging.template_image import TemplateImage, TemplateLandmarks
from fusplan.imaging.volume import Volume
from fusplan.planning.registration_edits import judge_registration, nudge_map, nudge_registration
from fusplan.progress import NoProgress
from fusplan.spatial import Grid, Point, Points, Warp
from fusplan.spatial.warp import Displacements
from tests.fixtures import plans

SPACING_MM = 2.0


def template() -> TemplateImage:
    """A brain of 60 x 70 x 60 mm half-axes with a bright shell and a dark ventricle in the middle."""
    shape = (72, 84, 72)
    affine = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1.0])
    affine[:3, 3] = [-SPACING_MM * (size - 1) / 2 for size in shape]
    places = np.stack(np.meshgrid(*(np.arange(size) for size in shape), indexing="ij"), axis=-1) * SPACING_MM
    x, y, z = (places + affine[:3, 3]).transpose(3, 0, 1, 2)
    brain = np.sqrt((x / 60) ** 2 + (y / 70) ** 2 + (z / 60) ** 2) < 1
    white = np.sqrt((x / 48) ** 2 + (y / 56) ** 2 + (z / 48) ** 2) < 1
    fluid = np.sqrt((x / 14) ** 2 + (y / 24) ** 2 + (z / 14) ** 2) < 1
    data = np.where(brain, 60.0, 0.0) + np.where(white, 40.0, 0.0) + x / 10 * brain
    data[fluid] = 10.0
    frame = plans.TEMPLATE
    marks = TemplateLandmarks(
        Point(frame, 0, 12, 0), Point(frame, 0, -14, 0), Points(frame, np.array([[0.0, 0.0, 40.0]])), "made up"
    )
    return TemplateImage(
        ndimage.gaussian_filter(data, 0.7).astype(np.float32),
        brain,
        Grid.of(shape, affine, frame, "template"),
        marks,
        "e" * 64,
    )


def patient() -> Volume:
    """A patient in whose frame the registration of the plans leads; twice as bright as the template."""
    rng = np.random.default_rng(2)
    data = rng.uniform(100, 210, (60, 60, 60)).astype(np.float32)
    data[:6] = 0
    affine = np.diag([3.0, 3.0, 3.0, 1.0])
    affine[:3, 3] = -90
    return Volume.of_array(data, affine, plans.SHA256)


@pytest.fixture(scope="module")
def overlay() -> TemplateOverlay:
    return template_overlay(template(), plans.warp(), patient(), NoProgress())


def sampled(volume: Volume, places: Points) -> np.ndarray:
    indices = volume.scanner_to_voxel.apply(places).array.T
    return ndimage.map_coordinates(volume.data, indices, order=1)


def test_every_place_shows_what_the_registration_says(overlay: TemplateOverlay) -> None:
    points = Points(plans.TEMPLATE, np.random.default_rng(3).uniform(-30, 30, (400, 3)))
    known = template()
    truth = ndimage.map_coordinates(known.data, known.grid.indices(points).T, order=1)
    shown = sampled(overlay.volume, plans.warp().apply(points))
    # Up to a change of brightness that is the same everywhere.
    factor, offset = np.polyfit(truth, shown, 1)
    assert factor > 0
    assert np.abs(factor * truth + offset - shown).max() < 0.08 * np.ptp(shown)
    assert np.corrcoef(truth, shown)[0, 1] > 0.999


def test_it_is_as_bright_as_the_patient(overlay: TemplateOverlay) -> None:
    inside = sampled(overlay.volume, plans.warp().apply(Points(plans.TEMPLATE, np.array([[25.0, 25.0, 0.0]]))))
    assert 150 < float(inside[0]) < 230


def test_its_edges_lie_on_the_carried_surfaces(overlay: TemplateOverlay) -> None:
    edges = {edge.name: edge for edge in overlay.edges}
    assert set(edges) == {BRAIN_EDGE, FLUID_EDGE}
    back = plans.warp().inverse()
    brain = back.apply(edges[BRAIN_EDGE].vertices).array / (60, 70, 60)
    assert np.abs(np.linalg.norm(brain, axis=1) - 1).max() < 0.06
    fluid = back.apply(edges[FLUID_EDGE].vertices).array / (14, 24, 14)
    assert np.abs(np.linalg.norm(fluid, axis=1) - 1).mean() < 0.1


def test_a_nudge_moves_the_same_overlay(overlay: TemplateOverlay) -> None:
    plan = plans.plan()
    step = ((1.5, 0.0, -2.0), (0.0, 3.0, 0.0))
    nudged = nudge_registration(plan, *step)
    to = nudged.registration.mni_to_scanner
    bent = Warp(Displacements(to.displacements.vectors_mm * 2, to.displacements.grid), to.affine)
    assert overlay.moved_to(bent) is None  # other displacements: made anew
    moved = overlay.moved_to(to)
    assert moved is not None
    motion = nudge_map(plan.landmarks.geometry(), *step)
    place = Points(plans.FRAME, np.array([[10.0, 5.0, 3.0]]))
    assert sampled(moved.volume, motion.apply(place)) == pytest.approx(sampled(overlay.volume, place), abs=1e-3)
    assert np.allclose(moved.edges[0].vertices.array, motion.apply(overlay.edges[0].vertices).array)


def test_edges_are_cut_only_while_they_are_shown(overlay: TemplateOverlay) -> None:
    view = slice_view("axial", Point(plans.FRAME, 0, 0, 0), (160, 160), ViewAxes.scanner(plans.FRAME))
    off = Shown(ViewState(), edges=overlay.edges)
    on = Shown(ViewState().with_layers(template_edges=True), edges=overlay.edges)
    assert outlines_of(off).meshes == ()
    outlines = outlines_of(on)
    lines = outlines.cut(view, 0.0)
    assert {contour.mesh.name for contour in lines.contours(outlines.meshes)} == {BRAIN_EDGE, FLUID_EDGE}
    assert outlines.nuclei_of(lines) == ()


def test_distrust_is_said_in_every_slice() -> None:
    view = slice_view("axial", Point(plans.FRAME, 0, 0, 0), (160, 160), ViewAxes.scanner(plans.FRAME))
    plan = plans.plan()
    distrusted = judge_registration(plan, "distrusted")
    geometry = plan.landmarks.geometry()
    assert slice_content(Shown(ViewState(), plan, geometry), view, 0.5).warning == ""
    assert "Do not trust" in slice_content(Shown(ViewState(), distrusted, geometry), view, 0.5).warning
