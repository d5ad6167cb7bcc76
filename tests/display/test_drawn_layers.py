from __future__ import annotations

import numpy as np
import pytest

from fusplan.display import drawn_layers
from fusplan.display.drawn_layers import (
    DRAWN_LAYERS,
    Ball,
    DrawnLayer,
    Shown,
    SpaceLine,
    SpaceMark,
    SpaceRegion,
    marks_of,
)
from fusplan.display.layer_table import LAYER_TABLE
from fusplan.display.mesh_slices import SliceableMesh
from fusplan.display.outlines import LineLook, LineStyle, OutlineGroup
from fusplan.display.scene import plan_lines, plan_surfaces
from fusplan.display.slice_content import outlines_of, slice_content
from fusplan.display.view_state import ViewState
from fusplan.display.views import ViewAxes, slice_view
from fusplan.spatial import Ellipsoid, Point, read_acpc
from tests.fixtures.cases import plan_of
from tests.fixtures.meshes import of_ellipsoid
from tests.fixtures.small_heads import head, small_plan

VOLUME = head(6.0)
AT = Point(VOLUME.scanner_frame, 20.0, 10.0, 30.0)


def test_what_is_drawn_can_be_switched() -> None:
    switches = {spec.name for spec in LAYER_TABLE}
    assert {layer.name for layer in DRAWN_LAYERS} <= switches
    assert len({layer.name for layer in DRAWN_LAYERS}) == len(DRAWN_LAYERS)


def test_a_layer_of_four_functions_is_drawn_in_slices_and_scene_while_it_is_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end = Point(AT.frame, 26.0, 10.0, 30.0)
    look = LineLook("#12ab34", 2.0)
    shell = SliceableMesh.prepare("shell", *of_ellipsoid(Ellipsoid(AT, (8.0, 8.0, 8.0), np.eye(3))))
    style = LineStyle("#12ab34", 1.0, in_scene=0.3)
    layer = DrawnLayer(
        "head_surface",
        surfaces=lambda _shown: (OutlineGroup((shell,), lambda _name: style),),
        marks=lambda _marked: [SpaceMark("entry", AT, "cross", "#12ab34", "Entry", Ball("target", 1.0, "#12ab34"))],
        lines=lambda _marked: [SpaceLine("path", (AT, end), look, "6 mm", beyond=0.5)],
        regions=lambda _shown: [SpaceRegion("reach", Ellipsoid(AT, (3.0, 2.0, 4.0), np.eye(3)), look, 0.2)],
    )
    monkeypatch.setattr(drawn_layers, "DRAWN_LAYERS", (layer,))
    view = slice_view("axial", AT, (80.0, 60.0), ViewAxes.scanner(AT.frame))
    plan = plan_of(VOLUME)
    state = ViewState().with_layers(lesions=False)
    for is_on in (False, True):
        shown = Shown(state.with_layers(head_surface=is_on), plan, plan.landmarks.geometry())
        outlines = outlines_of(shown)
        lines = outlines.cut(view, 0.0)
        areas = [contour.area_mm2 for contour in lines.contours(outlines.meshes)]
        assert areas == pytest.approx([np.pi * 8.0**2] * is_on, rel=0.05)
        assert outlines.nuclei_of(lines) == ()
        overlays = slice_content(shown, view, 0.2).overlays
        assert [mark.of.label for mark in overlays.marks] == ["Entry"] * is_on
        assert [line.of.words for line in overlays.lines] == ["6 mm"] * is_on
        assert [np.ptp(region.polygon, axis=0).round(1).tolist() for region in overlays.regions] == [[6.0, 4.0]] * is_on
        surfaces = [(surface.name, surface.colour) for surface in plan_surfaces(shown)]
        assert surfaces == [("Entry", "#12ab34"), ("reach", "#12ab34")] * is_on
        assert [line.points[:, 0].tolist() for line in plan_lines(shown)] == [[17.0, 29.0]] * is_on


def test_the_remembered_figures_are_drawn_as_a_line_on_each_side_when_wanted() -> None:
    plan = plan_of(VOLUME)
    geometry = plan.landmarks.geometry()
    assert not any(line.kind == "remembered" for line in drawn_layers.lines_of(Shown(ViewState(), plan, geometry)))
    shown = Shown(ViewState().with_layers(acpc_line=False, remembered=True), plan, geometry)
    lines = drawn_layers.lines_of(shown)
    assert [line.words for line in lines] == ["as remembered, unverified"] * 2
    for line, side in zip(lines, ("left", "right"), strict=True):
        ends = [read_acpc(point, geometry) for point in line.points]
        assert [end.side for end in ends] == [side, side]
        assert [end.above_plane_mm for end in ends] == pytest.approx([0.0, 6.0])
    assert len(list(plan_lines(shown))) == 2


def test_a_surface_with_dashes_is_painted_and_not_among_the_lines_of_the_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell = SliceableMesh.prepare("CLp", *of_ellipsoid(Ellipsoid(AT, (8.0, 8.0, 8.0), np.eye(3))))
    view = slice_view("axial", AT, (80.0, 60.0), ViewAxes.scanner(AT.frame))
    state = ViewState().with_layers(uncertainty=False)
    on = Shown(state.with_layers(second_aim=True), compared=(shell,))
    assert slice_content(Shown(state, compared=(shell,)), view, 0.2).overlays.regions == ()
    (outline,) = slice_content(on, view, 0.2).overlays.regions
    assert outline.look.dashes
    assert np.ptp(outline.polygon, axis=0) == pytest.approx([16.0, 16.0], rel=0.02)
    assert outlines_of(on).meshes == ()


def test_proposals_are_numbered_on_each_side_as_in_the_list() -> None:
    plan = small_plan()
    shown = Shown(ViewState().with_layers(landmarks=False, targets=False), plan)
    marks = marks_of(shown)
    assert [mark.label for mark in marks] == ["1", "2", "3", "4", "5"] * 2
    left = [proposal for proposal in plan.proposals if proposal.side == "left"]
    assert [mark.point for mark in marks[:5]] == [proposal.point for proposal in left]
    balls = [surface.name for surface in plan_surfaces(shown) if surface.kind == "proposal"]
    assert balls[0] == f"1 {left[0].name}, left" and len(balls) == 10
    assert marks_of(Shown(shown.state.with_layers(proposals=False), plan)) == ()


def test_a_target_astray_says_so_at_its_mark() -> None:
    state = ViewState().with_layers(landmarks=False, proposals=False)
    shown = Shown(state, small_plan(), astray=(("clp-left", "not in CL by Julich (MD)"),))
    left, right = marks_of(shown)
    assert (left.label, left.is_astray) == (f"{left.title}: not in CL by Julich (MD)", True)
    assert (right.label, right.is_astray) == (right.title, False)
