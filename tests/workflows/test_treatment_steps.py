"""What the steps of a treatment ask for: each small, against what it must come to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.planning.treatment_details import spot_offset, with_spot_offset
from fusplan.progress import NoProgress
from fusplan.simulation.element_transmission import Acoustics
from fusplan.simulation.reversible_range import ReversibleRange
from fusplan.simulation.shown_and_true import NoShownRiseError
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.temperature_history import BODY_CELSIUS
from fusplan.simulation.thermometry_settings import ThermometrySettings
from fusplan.spatial import Points
from fusplan.workflows.treatment_steps import (
    CalibrateRequest,
    ProposeSpotsRequest,
    ReversibleRequest,
    TiltsRequest,
    calibrate_heating,
    find_reversible_range,
    measure_tilt_limits,
    propose_spots,
)
from tests.fixtures.ideal_focus import ideal_focus
from tests.fixtures.shell_skulls import FRAME, at, shell_skull
from tests.fixtures.simulated_plans import few_elements
from tests.fixtures.small_heads import small_plan

GEOMETRY = small_plan().landmarks.geometry()


def skin(radius_mm: float) -> Points:
    """A half ball of skin about the origin, open below."""
    rng = np.random.default_rng(1)
    ways = rng.normal(size=(3000, 3))
    ways[:, 2] = np.abs(ways[:, 2])
    return Points(FRAME, radius_mm * ways / np.linalg.norm(ways, axis=1)[:, None])


@pytest.mark.parametrize(("radius_mm", "fits"), [(80.0, True), (145.0, False)])
def test_a_ball_about_the_target_lets_the_helmet_lean_to_all_sides_or_not_at_all(radius_mm: float, fits: bool) -> None:
    request = TiltsRequest(shell_skull(spacing_mm=6.0), skin(radius_mm), few_elements(), at(0.0), GEOMETRY, Acoustics())
    limits = measure_tilt_limits(request, NoProgress())
    assert limits.upright_fits is fits
    assert (limits.anterior_deg, limits.left_deg) == ((30.0, 30.0) if fits else (0.0, 0.0))


def test_a_calibration_gives_back_the_rise_that_was_shown() -> None:
    """Twice the shown rise is twice the heating; one that shows nothing tells nothing."""
    test = Sonication((0.0, 0.0, 0.0), 2600.0, 13.0, 0.0, "test")
    asked = CalibrateRequest(ideal_focus(), test, 43.0, ThermometrySettings(), GEOMETRY)
    once = calibrate_heating(asked, NoProgress())
    twice = calibrate_heating(replace(asked, shown_celsius=49.0), NoProgress())
    assert twice.shown_celsius_per_kj == pytest.approx(2 * once.shown_celsius_per_kj)
    # A scanner's voxels lie anywhere and show less than one whose middle is the spot: the heating is more than shown.
    assert once.shown_celsius_per_kj > 6.0 / 2.6
    assert once.is_calibrated
    with pytest.raises(NoShownRiseError):
        calibrate_heating(replace(asked, shown_celsius=37.0), NoProgress())


def test_a_longer_test_must_stay_cooler_and_shows_less_than_is_true() -> None:
    def hottest(duration_s: float) -> ReversibleRange:
        request = ReversibleRequest(ideal_focus(), duration_s, ThermometrySettings(), GEOMETRY)
        return find_reversible_range(request, NoProgress())

    short, long = hottest(10.0), hottest(30.0)
    assert 6.0 < long.true < short.true <= 51.0 - BODY_CELSIUS
    assert short.shown < short.true


def test_spots_for_a_usual_lesion_are_those_of_its_recipe() -> None:
    plan = small_plan()
    lesion, target = plan.lesions[0], plan.targets[0]
    focus = ideal_focus(tuple(target.point.array))
    found = propose_spots(ProposeSpotsRequest(lesion, target, focus, HeatingCalibration()), NoProgress())
    assert len(found) == 6
    assert {spot.kind for spot in found} == {"ablation"}
    offset = spot_offset(found[0], plan.landmarks.geometry())
    assert with_spot_offset(found[0], offset, plan.landmarks.geometry()).spot_offset_mm == pytest.approx(
        found[0].spot_offset_mm
    )
