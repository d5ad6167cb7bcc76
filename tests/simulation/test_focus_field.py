"""The focus in water, steered, through a shell, and with parts of the helmet off, against sums over point sources."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.simulation.element_report import ElementReport
from fusplan.simulation.element_transmission import Acoustics, report_elements
from fusplan.simulation.focus_field import focus_field
from fusplan.simulation.helmet_pose import HelmetPose
from fusplan.simulation.steering import drive_phases, element_waves, spot_gain
from fusplan.simulation.transducer import golden_angle_helmet
from fusplan.spatial import FrameMismatchError, Grid, Point, ScannerRas
from tests.fixtures.shell_skulls import FRAME, at, shell_skull

HELMET = golden_angle_helmet()
POSE = HelmetPose(at(3, -2, 5), np.eye(3))
TURNED = HelmetPose(at(0), np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]))
NUMBER = 2 * np.pi * 650e3 / 1.5e6


def moved(*offset: float) -> Point[ScannerRas]:
    """A spot so far from the natural focus."""
    return Point.of(FRAME, POSE.target.array + np.array(offset))


def report_of(transmission: np.ndarray | None, active: np.ndarray | None = None) -> ElementReport:
    """A made-up skull that does so much to each element."""
    nothing, places = np.zeros(1024), np.zeros((1024, 3))
    active = np.ones(1024, dtype=bool) if active is None else active
    return ElementReport(
        skull_kind="ct" if transmission is not None else "t1", spot=POSE.target, meets_bone=active,
        meets_air=~active, active=active, incidence_limit_deg=25.0, incidence_outer_deg=nothing,
        incidence_inner_deg=nothing, thickness_mm=nothing, mean_hu=nothing, outer_table_mm=places,
        inner_table_mm=places, transmission=transmission, sdr=None,
    )  # fmt: skip


@pytest.mark.parametrize("pose", [POSE, TURNED])
def test_focus_in_water(pose: HelmetPose) -> None:
    field = focus_field(HELMET, pose, None, pose.target)
    np.testing.assert_allclose(field.extents_6db_mm, (1.40, 1.40, 2.89), atol=0.05)
    assert field.gain == pytest.approx(1.0, abs=1e-4)
    assert field.shift_mm < 0.01
    assert field.amplitude.values.max() == pytest.approx(1.0, abs=1e-4)
    assert field.amplitude.peak.distance_to(pose.target) < 1e-9
    assert all(narrow < wide for narrow, wide in zip(field.extents_3db_mm, field.extents_6db_mm, strict=True))
    assert not field.ideal


@pytest.mark.parametrize("offset", [(5, 0, 0), (0, 5, 0), (0, 0, 5), (-3, 2, -3)])
def test_a_steered_focus_lies_at_its_spot(offset: tuple[float, float, float]) -> None:
    spot = moved(*offset)
    field = focus_field(HELMET, POSE, None, spot)
    assert field.shift_mm < 0.1
    assert 0.95 < field.gain < 1.0


def test_directivity_and_distance_of_a_steered_element() -> None:
    waves = element_waves(HELMET, POSE, moved(5, 0, 0))
    assert waves.strengths.sum() == pytest.approx(0.98, abs=0.01)
    assert element_waves(HELMET, POSE, POSE.target).strengths.sum() == pytest.approx(1.0)


def test_the_field_is_the_sum_over_point_sources() -> None:
    rng = np.random.default_rng(5)
    passed = rng.uniform(0.2, 1.0, 1024) * np.exp(1j * rng.uniform(-1.5, 1.5, 1024))
    spot = moved(3.0, 1.0, -2.0)
    turned = np.diag([0.7, 0.6, -0.8, 1.0])
    turned[:3, 3] = spot.array - [2, 2, -2]
    grid = Grid.of((7, 7, 6), turned, FRAME, "field")
    field = focus_field(HELMET, POSE, report_of(passed), spot, corrected=False, grid=grid)
    sources = POSE.elements(HELMET).array
    at_spot = np.linalg.norm(sources - spot.array, axis=1)
    sent = element_waves(HELMET, POSE, spot).strengths * passed * at_spot * np.exp(-1j * NUMBER * at_spot)
    distances = np.linalg.norm(grid.all_places().array[:, None] - sources, axis=2)
    exact = np.abs((sent * np.exp(1j * NUMBER * distances) / distances).sum(axis=1)).reshape(grid.shape)
    np.testing.assert_allclose(field.amplitude.values, exact, atol=0.02 * exact.max())


def test_correction_brings_all_elements_together() -> None:
    rng = np.random.default_rng(6)
    passed = rng.uniform(0.2, 0.6, 1024) * np.exp(1j * rng.uniform(-3, 3, 1024))
    with_it, without = (focus_field(HELMET, POSE, report_of(passed), POSE.target, corrected=c) for c in (True, False))
    assert with_it.gain == pytest.approx(np.abs(passed).mean(), rel=1e-3)
    assert without.gain < 0.25 * with_it.gain and without.side_lobe > with_it.side_lobe
    assert with_it.shift_mm < 0.05
    elsewhere = focus_field(HELMET, POSE, report_of(passed), POSE.target, phases_of=report_of(np.conj(passed)))
    assert elsewhere.gain < with_it.gain


def test_elements_that_are_off_send_nothing() -> None:
    active = np.arange(1024) % 2 == 0
    field = focus_field(HELMET, POSE, report_of(np.full(1024, 0.5 + 0j), active), POSE.target)
    assert field.gain == pytest.approx(0.25, abs=1e-3)


def test_a_skull_of_unknown_losses_is_taken_as_ideal() -> None:
    active = np.arange(1024) >= 512
    field = focus_field(HELMET, POSE, report_of(None, active), POSE.target, corrected=False)
    assert field.ideal and field.corrected and field.gain == pytest.approx(0.5, abs=1e-3)
    known = focus_field(HELMET, POSE, report_of(np.full(1024, 0.1 + 0j), active), POSE.target, ideal=True)
    assert known.gain == pytest.approx(field.gain)


def test_the_first_ring_of_a_hemisphere_is_its_side_lobe_however_few_elements_are_off() -> None:
    """0.26 by a lattice of a fifteenth of a wavelength; 0.27 with the outermost elements of one side off."""
    whole = focus_field(HELMET, POSE, None, POSE.target)
    active = np.ones(1024, dtype=bool)
    active[np.argsort(HELMET.element_positions_mm @ [1.0, 0.0, -0.3])[:17]] = False
    part = focus_field(HELMET, POSE, report_of(None, active), POSE.target)
    assert whole.side_lobe == pytest.approx(0.260, abs=0.004)
    assert part.side_lobe == pytest.approx(0.274 / part.gain, abs=0.006)


def test_nothing_on_is_a_field_of_nothing() -> None:
    field = focus_field(HELMET, POSE, report_of(None, np.zeros(1024, dtype=bool)), POSE.target)
    assert field.gain == 0.0 and field.side_lobe == 0.0


def test_drive_phases_bring_the_waves_together() -> None:
    rng = np.random.default_rng(8)
    passed = rng.uniform(0.2, 1.0, 1024) * np.exp(1j * rng.uniform(-3, 3, 1024))
    spot = moved(2, 4, -3)
    phases = drive_phases(HELMET, POSE, spot, report_of(passed))
    distances = np.linalg.norm(POSE.elements(HELMET).array - spot.array, axis=1)
    arrived = passed * np.exp(1j * (phases + NUMBER * distances))
    assert abs(arrived.sum()) == pytest.approx(np.abs(passed).sum(), rel=1e-6)


def test_the_gain_at_a_spot_is_that_of_its_field() -> None:
    rng = np.random.default_rng(9)
    passed = rng.uniform(0.2, 0.6, 1024) * np.exp(1j * rng.uniform(-0.4, 0.4, 1024))
    active = rng.uniform(size=1024) < 0.8
    report, spot = report_of(passed, active), moved(2, -1, 3)
    gain = spot_gain(HELMET, POSE, report, spot)
    assert gain.water == pytest.approx(focus_field(HELMET, POSE, None, spot).gain, rel=1e-3)
    assert gain.ideal == pytest.approx(focus_field(HELMET, POSE, report, spot, ideal=True).gain, rel=2e-3)
    assert gain.corrected == pytest.approx(focus_field(HELMET, POSE, report, spot).gain, rel=2e-3)
    assert gain.uncorrected == pytest.approx(focus_field(HELMET, POSE, report, spot, corrected=False).gain, rel=0.02)
    assert spot_gain(HELMET, POSE, report_of(None), spot).corrected is None


def test_a_concentric_shell_keeps_the_focus_in_place() -> None:
    pose = HelmetPose(at(0), np.eye(3))
    report = report_elements(shell_skull(), HELMET, pose, Acoustics(sub_rays=7))
    field = focus_field(HELMET, pose, report, pose.target, corrected=False)
    assert field.shift_mm < 0.1
    np.testing.assert_allclose(field.extents_6db_mm, (1.40, 1.40, 2.89), atol=0.1)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(FrameMismatchError):
        focus_field(HELMET, POSE, None, Point(ScannerRas("other"), 0.0, 0.0, 0.0))
    with pytest.raises(ValueError):
        focus_field(
            replace(HELMET, element_positions_mm=HELMET.element_positions_mm[:10]), POSE, report_of(None), at(0)
        )
