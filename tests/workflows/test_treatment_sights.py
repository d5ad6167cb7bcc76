"""The heat of dragged spots as the window asks for it, of a real focus in water."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fusplan.display.heat_looks import FOCUS_NAME
from fusplan.display.treatment_pictures import TEMPERATURE_KEY
from fusplan.progress import NoProgress
from fusplan.simulation.focus_field import focus_field
from fusplan.simulation.sonication import HeatingCalibration
from fusplan.simulation.transducer import golden_angle_helmet
from fusplan.workflows.treatment_requests import DraggedHeatRequest, SightsRequest
from fusplan.workflows.treatment_sights import drag_heat, make_sights
from tests.fixtures.simulated_plans import ABLATIONS, TEST
from tests.fixtures.treatment_sights import small_simulated


def test_dragged_heat_follows_the_spots_and_the_tests_are_left_out() -> None:
    of = small_simulated().targets[0]
    target = replace(of, focus=focus_field(golden_angle_helmet(), of.pose, None, of.pose.target))
    sights = make_sights(SightsRequest(small_simulated(), target), NoProgress())
    assert sights.focus.name == FOCUS_NAME
    ablation = replace(ABLATIONS[0], spot_offset_mm=(2.0, 0.0, 0.0))
    request = DraggedHeatRequest(target, (TEST, ablation), HeatingCalibration(), None, sights)
    heat = drag_heat(request, NoProgress())
    peak = heat.sights.pictures[TEMPERATURE_KEY].peak
    assert peak.array - target.pose.target.array == pytest.approx([2.0, 0.0, 0.0], abs=0.51)
    contour = next(mesh for mesh in heat.sights.contours if mesh.name == "51_celsius")
    assert contour.vertices.array.mean(axis=0)[0] - target.pose.target.x == pytest.approx(2.0, abs=0.3)
    assert heat.sights.numbers.peak_celsius == pytest.approx(heat.sights.pictures[TEMPERATURE_KEY].values.max())
    moved = (TEST, replace(ablation, spot_offset_mm=(1.0, 1.0, 0.0)))
    assert heat.laid_out.serves(target, moved, HeatingCalibration())
    assert not heat.laid_out.serves(target, moved, HeatingCalibration(3.0))
    assert not heat.laid_out.serves(of, moved, HeatingCalibration())
    beyond = (TEST, replace(ablation, spot_offset_mm=(0.0, 3.5, 0.0)))
    assert not heat.laid_out.serves(target, beyond, HeatingCalibration())
    again = drag_heat(replace(request, sonications=moved, laid_out=heat.laid_out), NoProgress())
    assert again.laid_out is heat.laid_out
    assert again.sights.volumes_mm3["51_celsius"] == pytest.approx(heat.sights.volumes_mm3["51_celsius"], rel=0.15)


def test_at_the_simulated_spots_the_quick_look_tells_the_simulated_volumes() -> None:
    of = small_simulated().targets[0]
    target = replace(of, focus=focus_field(golden_angle_helmet(), of.pose, None, of.pose.target))
    sights = make_sights(SightsRequest(small_simulated(), target), NoProgress())
    request = DraggedHeatRequest(target, target.sonications, HeatingCalibration(), None, sights)
    told = drag_heat(request, NoProgress()).sights.volumes_mm3
    reached = {kind: volume for kind, volume in told.items() if volume > 0}
    assert reached
    assert reached == pytest.approx({kind: sights.volumes_mm3[kind] for kind in reached})
