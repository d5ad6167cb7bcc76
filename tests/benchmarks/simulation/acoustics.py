"""Helmet, plates, skull and focus: against closed forms, exact plane waves and the full-wave reference."""

from __future__ import annotations

import numpy as np

from fusplan.simulation.element_transmission import report_elements
from fusplan.simulation.focus_field import focus_field
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.layered_transmission import WATER, Fluid, Layer, stack_transmission
from fusplan.simulation.stationary_path import Plates, bowl_pressure
from fusplan.simulation.tilt_search import search_tilts
from fusplan.simulation.transducer import golden_angle_helmet
from tests.benchmarks.heads import SHARED_DATA
from tests.benchmarks.simulation.acceptance import AcceptanceRow, processor_seconds
from tests.fixtures.acpc_frames import geometry_of
from tests.fixtures.benchmark_plates import BM3, BM4, SC1, exact_pressure, oneil_on_axis
from tests.fixtures.full_wave_reference import judged, predicted, reference_at_hand, reference_skull
from tests.fixtures.shell_skulls import at, shell_skull

HELMET = golden_angle_helmet()
UPRIGHT = HelmetPose(at(0), np.eye(3))


def rows() -> list[AcceptanceRow]:
    return [_oneil(), _plate(), _behind("BM3", BM3), _behind("BM4", BM4), *_helmet(), *_reference(), *_times()]


def _oneil() -> AcceptanceRow:
    z = np.linspace(20, 110, 181)
    exact = oneil_on_axis(SC1, z)
    wrong = np.abs(np.abs(bowl_pressure(SC1, np.column_stack([z * 0, z * 0, z]), a_ring=8)) - exact).max() / exact.max()
    return AcceptanceRow("O'Neil bowl on its axis", "1 % of the maximum", f"{100 * wrong:.4f} %", bool(wrong < 0.01))


def _plate() -> AcceptanceRow:
    bone = Fluid(1850.0, 2800.0)
    ratio = bone.density * bone.speed / (WATER.density * WATER.speed)
    wrong = max(
        abs(abs(stack_transmission([Layer(bone, waves * 5.6)], 500e3, np.zeros(1))[0]) - wanted)
        for waves, wanted in ((0.25, 2 / (ratio + 1 / ratio)), (0.5, 1.0))
    )
    return AcceptanceRow("plate, quarter and half wave", "1e-6", f"{wrong:.1e}", bool(wrong < 1e-6))


def _behind(name: str, plates: Plates) -> AcceptanceRow:
    r, z = np.arange(0, 10.1, 1.0), np.arange(42, 90, 2.0)
    places = np.array([(a, 0.0, b) for a in r for b in z])
    found = np.abs(bowl_pressure(SC1, places, plates)).reshape(len(r), len(z))
    exact = np.abs(exact_pressure(SC1, plates, r, z))
    l2 = float(np.linalg.norm(found - exact) / np.linalg.norm(exact))
    axis = np.arange(50, 72, 0.1)
    on_axis = np.abs(bowl_pressure(SC1, np.column_stack([axis * 0, axis * 0, axis]), plates, a_ring=8))
    exact_axis = np.abs(exact_pressure(SC1, plates, np.zeros(1), axis))[0]
    peak = float(on_axis.max() / exact_axis.max() - 1)
    place = float(axis[on_axis.argmax()] - axis[exact_axis.argmax()])
    return AcceptanceRow(
        f"{name} by the stationary path",
        "peak 3 %, 0.5 mm, L2 5 %",
        f"peak {100 * peak:+.1f} %, {place:+.1f} mm, L2 {100 * l2:.1f} %",
        abs(peak) < 0.03 and abs(place) <= 0.5 and l2 < 0.05,
    )


def _helmet() -> list[AcceptanceRow]:
    extents = focus_field(HELMET, UPRIGHT, None, UPRIGHT.target).extents_6db_mm
    wrong = np.abs(np.array(extents) - (1.40, 1.40, 2.89)).max()
    shifts = [focus_field(HELMET, UPRIGHT, None, at(*spot)).shift_mm for spot in ((5, 0, 0), (0, 5, 0), (0, 0, 5))]
    words = " x ".join(f"{width:.2f}" for width in extents)
    return [
        AcceptanceRow("helmet in water, -6 dB", "1.40 x 1.40 x 2.89 mm +- 0.05", f"{words} mm", bool(wrong <= 0.05)),
        AcceptanceRow("steered by 5 mm", "0.1 mm", f"{max(shifts):.3f} mm", max(shifts) <= 0.1),
    ]


def _reference() -> list[AcceptanceRow]:
    test, wanted = "325 kHz reference", "restored 0.90, pressure 5 %, shift 0.3 mm"
    if not reference_at_hand(SHARED_DATA):
        return [AcceptanceRow(test, wanted, "the reference is not at hand", None)]
    skull = reference_skull(SHARED_DATA)
    found = []
    for sub_rays in (1, 7, 19):
        result = judged(predicted(skull, sub_rays), SHARED_DATA)  # type: ignore[arg-type]
        words = f"{result.restored:.3f}, {result.pressure:.3f}, {result.shift_mm:.2f} mm of {result.elements} elements"
        passed = result.restored >= 0.90 and abs(result.pressure - 1) <= 0.05 and result.shift_mm <= 0.3
        # Only 19 sub-rays are held to it; fewer stand beside them.
        found.append(AcceptanceRow(f"{test}, {sub_rays} sub-rays", wanted, words, passed if sub_rays == 19 else None))
    return found


def _times() -> list[AcceptanceRow]:
    skull = reference_skull(SHARED_DATA) if reference_at_hand(SHARED_DATA) else shell_skull(spacing_mm=1.0)
    place = skull.hounsfield.grid.centre
    pose = HelmetPose(place, np.eye(3))
    report = report_elements(skull, HELMET, pose)
    works = (
        ("report of 1024 elements, 19 sub-rays", 1.0, lambda: report_elements(skull, HELMET, pose)),
        ("field of 61^3 voxels with its figures", 0.1, lambda: focus_field(HELMET, pose, report, place)),
        ("map of 121 tilts", 3.0, lambda: search_tilts(skull, HELMET, place, geometry_of())),
    )
    timed = [(name, most, processor_seconds(work)) for name, most, work in works]
    return [AcceptanceRow(name, f"{most:g} s", f"{seconds:.2f} s", seconds <= most) for name, most, seconds in timed]
