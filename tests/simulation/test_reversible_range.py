"""The reversible range against the heat of its own ends; cavitation against its curve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fusplan.simulation.cavitation import BRAIN_SHARE, cavitation_event, cavitation_likelihood, focal_pressure_pa
from fusplan.simulation.heat_sonications import heat_sonications
from fusplan.simulation.reversible_range import is_reversible, reversible_range
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.transducer import golden_angle_helmet
from tests.fixtures.ideal_focus import ideal_focus

STEADY = HeatingCalibration(shown_celsius_per_kj=1.0)


@pytest.mark.parametrize("duration_s", [10.0, 13.0, 30.0])
def test_the_range_ends_where_first_damage_begins(duration_s: float) -> None:
    found = reversible_range(ideal_focus(), duration_s)
    assert found.shown < found.true <= 14.0
    for factor, reversible in ((0.97, True), (1.03, False)):
        unit = Sonication((0, 0, 0), 1000.0, duration_s, 0.0, "test")
        rise = heat_sonications([ideal_focus()], [unit], STEADY).peak_celsius.max() - 37
        sonication = replace(unit, energy_j=1000.0 * factor * found.true / rise)
        assert is_reversible(heat_sonications([ideal_focus()], [sonication], STEADY)) is reversible


def test_brain_takes_as_much_as_its_attenuation_says() -> None:
    assert pytest.approx(10 ** (-0.59 * 0.65 * 6.5 / 20), abs=0.01) == BRAIN_SHARE


def test_longer_heating_leaves_less_room() -> None:
    assert reversible_range(ideal_focus(), 40.0).true < reversible_range(ideal_focus(), 13.0).true


def test_cavitation_is_as_likely_as_not_at_its_pressure() -> None:
    assert cavitation_likelihood(5.8e6) == pytest.approx(0.5)
    assert cavitation_likelihood(4.0e6) < 0.01 and cavitation_likelihood(7.6e6) > 0.99
    events = [cavitation_event(6.2e6, seed) for seed in range(600)]
    share = np.mean([event.happens for event in events])
    assert share == pytest.approx(cavitation_likelihood(6.2e6), abs=0.05)
    assert cavitation_event(6.2e6, 3) == events[3]
    assert all(0 <= event.at_share <= 1 for event in events if event.at_share is not None)


def test_more_pressure_never_spares_what_less_did_not() -> None:
    for seed in range(50):
        assert cavitation_event(6.5e6, seed).happens or not cavitation_event(5.5e6, seed).happens


def test_focal_pressure_is_that_of_pistons_in_phase() -> None:
    helmet = golden_angle_helmet()
    behind_skull = replace(ideal_focus(gain=0.5), ideal=False)
    per_element_w = 100.0 / helmet.element_count
    face_pa = np.sqrt(2 * 1.5e6 * per_element_w / (helmet.element_area_mm2 * 1e-6))
    one_pa = face_pa * helmet.element_area_mm2 * 1e-6 / (1500 / 650e3 * 0.15)
    assert focal_pressure_pa(helmet, 100.0, behind_skull) == pytest.approx(0.75 * 0.5 * one_pa * helmet.element_count)
    unknown = replace(behind_skull, ideal=True)
    assert focal_pressure_pa(helmet, 100.0, unknown) == pytest.approx(0.75 * 0.15 * one_pa * helmet.element_count)
