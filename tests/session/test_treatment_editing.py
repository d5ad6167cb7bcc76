"""Edits of a treatment at a target: what becomes the plan's own, in which order, and what refuses it."""

from __future__ import annotations

import pytest

from fusplan.planning.treatment_edits import treatment_of
from fusplan.session.session import Session
from fusplan.session.treatment_editing import (
    add_spot,
    add_test,
    calibrate_on,
    change_sonication,
    heat_to,
    move_sonication,
    remove_sonication,
    sonications_of,
    take_pattern,
)
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from tests.fixtures.sessions import atlas_session
from tests.fixtures.simulated_plans import ABLATIONS, TEST, simulated_plan

LEFT = "clp-left"


@pytest.fixture
def session() -> Session:
    return atlas_session()


def own(session: Session) -> tuple[Sonication, ...]:
    return treatment_of(session.plan).at(LEFT).sonications


def test_nothing_is_proposed_before_it_is_simulated_and_the_first_edit_takes_all_of_it(session: Session) -> None:
    assert sonications_of(session, LEFT) == ()
    session.set_simulated(simulated_plan(session.plan))
    assert sonications_of(session, LEFT) == (TEST, *ABLATIONS)
    assert own(session) == ()
    assert remove_sonication(session, LEFT, 0) is None
    assert own(session) == ABLATIONS


def test_a_first_spot_and_a_first_test_stand_at_the_target(session: Session) -> None:
    assert add_spot(session, LEFT) is None
    assert add_test(session, LEFT) is None
    test, spot = own(session)
    assert (test.kind, spot.kind) == ("test", "ablation")
    assert test.spot_offset_mm == spot.spot_offset_mm == (0.0, 0.0, 0.0)
    assert spot.start_s >= test.end_s
    # 17 degrees at 2.3 a kilojoule for an ablation, 6 for a test.
    assert (spot.energy_j, test.energy_j) == (pytest.approx(17_000 / 2.3), pytest.approx(6_000 / 2.3))
    assert session.document.history.labels[-2:] == ("Add a spot at CLp left", "Add a test sonication at CLp left")


def test_a_pattern_takes_the_place_of_ablations_after_the_tests(session: Session) -> None:
    session.set_simulated(simulated_plan(session.plan))
    assert take_pattern(session, LEFT, ABLATIONS[:1]) is None
    test, spot = own(session)
    assert test == TEST
    assert spot.spot_offset_mm == ABLATIONS[0].spot_offset_mm
    assert spot.start_s >= test.end_s


def test_order_is_changed_and_the_moments_stay(session: Session) -> None:
    session.set_simulated(simulated_plan(session.plan))
    assert move_sonication(session, LEFT, 2, 1) is None
    assert [(s.energy_j, s.start_s) for s in own(session)] == [(2600.0, 0.0), (8200.0, 120.0), (7400.0, 240.0)]
    assert move_sonication(session, LEFT, 2, 3) is None
    assert session.document.history.undo_label == "Do spot 3 as number 2 at CLp left"


def test_energies_follow_from_a_temperature_by_the_calibration_and_what_repeats_lose(session: Session) -> None:
    session.set_simulated(simulated_plan(session.plan))
    calibrate_on(session, HeatingCalibration(2.0, 0.12, 0.1, "a test"))
    assert heat_to(session, LEFT, 55.0) is None
    test, first, second = own(session)
    assert test == TEST
    # 18 degrees at 2 a kilojoule are 9 kJ; the second loses a tenth.
    assert (first.energy_j, second.energy_j) == (pytest.approx(9000.0), pytest.approx(10_000.0))


def test_what_no_device_does_is_given_back_and_changes_nothing(session: Session) -> None:
    session.set_simulated(simulated_plan(session.plan))
    strong = Sonication((0.0, 0.0, 0.0), 40_000.0, 20.0, 0.0, "test")
    refusal = change_sonication(session, LEFT, 0, strong, "Change the energy")
    assert "energy" in refusal.message.lower()
    assert calibrate_on(session, HeatingCalibration(200.0)) is not None
    assert session.plan.treatment is None
