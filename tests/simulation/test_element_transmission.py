"""Elements through spherical shells, where incidence, thickness and transmission are known; through a real skull."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusplan.simulation.acoustic_map import ACOUSTIC_MAPS
from fusplan.simulation.element_transmission import Acoustics, report_elements
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.layered_transmission import Fluid, Layer, stack_transmission
from fusplan.simulation.ray_kernel import transmit
from fusplan.simulation.skull import Skull
from fusplan.simulation.transducer import golden_angle_helmet
from fusplan.spatial import Field, FrameMismatchError, Grid, Point, Points, ScannerRas
from tests.fixtures.full_wave_reference import judged, predicted, reference_at_hand, reference_skull
from tests.fixtures.shell_skulls import FRAME, INNER_MM, OUTER_MM, at, shell_skull

HELMET = golden_angle_helmet()
UPRIGHT = HelmetPose(at(0), np.eye(3))
SOFT_EDGE_MM = 0.375
"""How far beyond its surface a shell of 1200 HU in voxels of 1.5 mm is above 300 HU: a quarter of a voxel."""


@pytest.fixture(scope="module")
def shell() -> Skull:
    return shell_skull()


def test_rays_to_the_centre_of_a_shell_meet_it_square(shell: Skull) -> None:
    report = report_elements(shell, HELMET, UPRIGHT, Acoustics(sub_rays=1))
    assert report.active.all()
    assert report.incidence_deg.mean() < 0.8 and report.incidence_deg.max() < 2.5
    np.testing.assert_allclose(report.thickness_mm, OUTER_MM - INNER_MM + 2 * SOFT_EDGE_MM, atol=0.8)
    np.testing.assert_allclose(np.linalg.norm(report.outer_table_mm, axis=1), OUTER_MM + SOFT_EDGE_MM, atol=0.5)
    np.testing.assert_allclose(np.linalg.norm(report.inner_table_mm, axis=1), INNER_MM - SOFT_EDGE_MM, atol=0.5)


@pytest.mark.parametrize("axes", [np.eye(3), np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])])
def test_rays_off_the_centre_meet_a_shell_as_the_law_of_sines_says(shell: Skull, axes: np.ndarray) -> None:
    target = np.array([18.0, -9.0, 12.0])
    pose = HelmetPose(at(*target), axes)
    report = report_elements(shell, HELMET, pose, Acoustics(sub_rays=1))
    way = pose.elements(HELMET).array - target
    way /= np.linalg.norm(way, axis=1)[:, None]
    sine = np.linalg.norm(np.cross(way, target), axis=1)
    for found, radius in ((report.incidence_outer_deg, OUTER_MM), (report.incidence_inner_deg, INNER_MM)):
        wrong = found - np.degrees(np.arcsin(sine / radius))
        assert np.abs(wrong).mean() < 0.8 and np.abs(wrong).max() < 3.5  # voxels of 1.5 mm have steps
    outer, inner = (np.sqrt(radius**2 - sine**2) for radius in (OUTER_MM + SOFT_EDGE_MM, INNER_MM - SOFT_EDGE_MM))
    np.testing.assert_allclose(report.thickness_mm, outer - inner, atol=0.9)


def test_the_order_of_voxels_in_memory_does_not_matter(shell: Skull) -> None:
    turned = replace(
        shell, hounsfield=shell.hounsfield.with_values(np.asfortranarray(shell.hounsfield.values.astype(float)))
    )
    pose = HelmetPose(at(10, 4, 7), np.eye(3))
    first, second = (report_elements(skull, HELMET, pose, Acoustics(sub_rays=1)) for skull in (shell, turned))
    np.testing.assert_allclose(first.incidence_deg, second.incidence_deg, atol=1e-3)
    assert first.transmission is not None
    np.testing.assert_allclose(first.transmission, second.transmission, atol=1e-5)


def test_elements_above_the_limit_are_off(shell: Skull) -> None:
    pose = HelmetPose(at(30), np.eye(3))
    wide, narrow = (
        report_elements(shell, HELMET, pose, Acoustics(sub_rays=1, incidence_limit_deg=a)) for a in (90, 15)
    )
    np.testing.assert_array_equal(narrow.active, wide.incidence_deg < 15)
    assert wide.active_count == 1024 and 0 < narrow.active_count < 1024
    assert narrow.mean_active_incidence_deg < 15


def test_rays_beside_the_skull_meet_no_bone(shell: Skull) -> None:
    values = np.array(shell.hounsfield.values)
    values[:, :, : values.shape[2] // 2 + 20] = 0  # only a cap is left
    cap = replace(shell, hounsfield=shell.hounsfield.with_values(values))
    report = report_elements(cap, HELMET, UPRIGHT, Acoustics(sub_rays=7))
    low = UPRIGHT.elements(HELMET).array[:, 2] < 40
    assert not report.meets_bone[low].any() and not report.active[low].any()
    edge = np.abs(UPRIGHT.elements(HELMET).array[:, 2] - 59) < 6
    assert report.meets_bone[UPRIGHT.elements(HELMET).array[:, 2] > 65].all()
    assert report.transmission is not None and report.sdr is not None
    for known in (report.thickness_mm, report.incidence_deg, report.mean_hu, report.transmission, report.sdr):
        np.testing.assert_array_equal(np.isnan(known)[~edge], ~report.meets_bone[~edge])


def test_rays_through_the_cut_of_a_cropped_skull_meet_none(shell: Skull) -> None:
    """The image ends at z = 76 mm, between the tables: nobody knows what is missing above."""
    grid = shell.hounsfield.grid
    last = int(grid.indices(Points(FRAME, np.array([[0.0, 0.0, 76.0]])))[0, 2])
    cut = Grid.of((*grid.shape[:2], last), grid.matrix, FRAME, "cut")
    cropped = replace(shell, hounsfield=Field(cut, np.array(shell.hounsfield.values[:, :, :last]), "HU"))
    report = report_elements(cropped, HELMET, UPRIGHT, Acoustics(sub_rays=1))
    highest = cut.corners(0.0).array[:, 2].max()
    steep = UPRIGHT.elements(HELMET).array[:, 2] / 150
    assert not report.meets_bone[steep > (highest + 1) / OUTER_MM].any()
    assert report.meets_bone[steep < (highest - 2) / (OUTER_MM + 1)].all()


def test_a_sinus_switches_elements_off() -> None:
    aired = shell_skull(layers=((INNER_MM, 1200.0), (75.5, -1000.0), (77.5, 1200.0), (OUTER_MM, 0.0)), spacing_mm=1.0)
    report = report_elements(aired, HELMET, UPRIGHT, Acoustics(sub_rays=1))
    assert report.meets_bone.all() and report.meets_air.all() and report.active_count == 0


def test_a_skull_from_a_t1_gives_geometry_only() -> None:
    report = report_elements(shell_skull("t1"), HELMET, UPRIGHT)
    assert report.transmission is None and report.sdr is None and report.skull_sdr is None
    assert report.active_count == 1024


def test_a_shell_passes_on_what_a_stack_of_its_profile_does() -> None:
    report = report_elements(shell_skull(), HELMET, UPRIGHT, Acoustics("itrusst"))
    radius = np.arange(OUTER_MM + 2, INNER_MM - 2, -0.02)
    profile = 1200 * (np.clip((radius - INNER_MM) / 1.5 + 0.5, 0, 1) - np.clip((radius - OUTER_MM) / 1.5 + 0.5, 0, 1))
    media = np.column_stack(ACOUSTIC_MAPS["itrusst"].medium(profile, 650e3))
    layers = [Layer(Fluid(*medium), 0.02) for medium in media]
    in_water = np.exp(2j * np.pi * 650e3 / 1500 * len(layers) * 0.02e-3)
    through = stack_transmission(layers, 650e3, np.zeros(1))[0] / in_water
    assert report.transmission is not None
    assert abs(report.transmission.mean() - through) < 0.1 * abs(through)


def test_the_loop_over_profiles_agrees_with_the_matrices() -> None:
    rng = np.random.default_rng(3)
    profile = rng.uniform(150, 2500, 40).astype(np.float32)
    volume = np.broadcast_to(profile, (2, 2, 40)).copy()
    volume.flags.writeable = False
    mapping = ACOUSTIC_MAPS["mcdannold"]
    found = np.empty(2, dtype=np.complex128)
    cosines = np.cos(np.radians([0.0, 20.0]))
    transmit(
        volume, np.zeros((2, 3)), np.array([[0.0, 0, 1]] * 2), np.array([40, 40]), np.full(2, 0.25), cosines,
        mapping.table(650e3), 0.0, np.array([1000.0, 1500.0]), 2 * np.pi * 650e3, found,
    )  # fmt: skip
    for value, cosine in zip(found, cosines, strict=True):
        media = np.column_stack(mapping.medium(profile.astype(float), 650e3))
        layers = [Layer(Fluid(*medium), 0.25 * cosine) for medium in media]
        along = 2 * np.pi * 650e3 / 1500 * np.sqrt(1 - cosine**2)
        across = 2 * np.pi * 650e3 / 1500 * cosine
        exact = stack_transmission(layers, 650e3, np.array([along]))[0] * np.exp(-1j * across * 40 * 0.25e-3 * cosine)
        assert abs(value - exact) < 2e-3 * abs(exact)  # the loop's table is linear between whole numbers


def test_a_skull_of_another_study_is_refused(shell: Skull) -> None:
    with pytest.raises(FrameMismatchError):
        report_elements(shell, HELMET, HelmetPose(Point(ScannerRas("other"), 0.0, 0.0, 0.0), np.eye(3)))


@pytest.mark.parametrize("wrong", [{"mapping": "guess"}, {"incidence_limit_deg": 0.0}, {"sub_rays": 5}])
def test_choices_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Acoustics(**wrong)  # type: ignore[arg-type]


def test_a_real_skull_passes_on_what_full_wave_says(shared_data: Path) -> None:
    if not reference_at_hand(shared_data):
        pytest.skip("the full-wave reference and its CT are not in the folder of real data")
    found = judged(predicted(reference_skull(shared_data)), shared_data)
    assert found.elements > 800
    assert found.restored > 0.90
    assert abs(found.pressure - 1) < 0.05
    assert found.shift_mm <= 0.3
