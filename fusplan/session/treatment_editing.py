"""Edits of the treatment at one target, with the words of the history.

What the program proposed becomes the plan's own with the first edit. Every edit
gives back what refused it, so that it is told where it was typed or dragged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fusplan.display.treated_spots import treated_spots
from fusplan.errors import FusplanError
from fusplan.planning.edits import find_target
from fusplan.planning.proposed_sonications import SonicationWish, begun_after, energy_for, proposed_test
from fusplan.planning.treatment_edits import set_calibration, set_sonications, set_thermometry, set_tilt, treatment_of
from fusplan.session.editing import refusal_of
from fusplan.session.session import Session
from fusplan.simulation.helmet_pose import HelmetTilt
from fusplan.simulation.sonication import HeatingCalibration, Sonication
from fusplan.simulation.spot_pattern import SPOT_INTERVAL_S
from fusplan.simulation.thermometry_settings import ThermometrySettings


def sonications_of(session: Session, target_id: str) -> tuple[Sonication, ...]:
    """Those of the plan at a target; where it has none, those that the program proposes and has simulated."""
    plan = session.plan
    if plan is None:
        return ()
    return treated_spots(plan, find_target(plan, target_id), session.simulated).sonications


def lean_helmet(
    session: Session, target_id: str, tilt: HelmetTilt, merge_key: str | None = None
) -> FusplanError | None:
    """The helmet leans so at a target."""
    label = f"Lean the helmet at {_name(session, target_id)}"
    return refusal_of(session, label, lambda plan: set_tilt(plan, target_id, tilt), merge_key)


def change_sonications(
    session: Session, target_id: str, sonications: Sequence[Sonication], what: str, merge_key: str | None = None
) -> FusplanError | None:
    """These sonications are done at a target; ``what`` is said of the change before the target's name."""
    label = f"{what} at {_name(session, target_id)}"
    done = tuple(sonications)
    return refusal_of(session, label, lambda plan: set_sonications(plan, target_id, done), merge_key)


def change_sonication(
    session: Session, target_id: str, place: int, changed: Sonication, what: str, merge_key: str | None = None
) -> FusplanError | None:
    """One sonication, by its place in the order of time, becomes another."""
    now = sonications_of(session, target_id)
    return change_sonications(session, target_id, (*now[:place], changed, *now[place + 1 :]), what, merge_key)


def add_test(session: Session, target_id: str) -> FusplanError | None:
    """A test at the target before everything else, that is expected to cool and recover."""
    if session.plan is None:
        return None
    test = proposed_test(treatment_of(session.plan).calibration)
    later = begun_after(sonications_of(session, target_id), (test,))
    return change_sonications(session, target_id, (test, *later), "Add a test sonication")


def add_spot(session: Session, target_id: str) -> FusplanError | None:
    """One more ablation, like the last, at its spot; at the target where there is none."""
    now = sonications_of(session, target_id)
    hot = [sonication for sonication in now if sonication.kind == "ablation"]
    if hot:
        added = replace(hot[-1], start_s=max(hot[-1].start_s + SPOT_INTERVAL_S, now[-1].end_s))
    elif session.plan is not None:
        hot_enough = proposed_test(treatment_of(session.plan).calibration, SonicationWish())
        first = replace(hot_enough, kind="ablation")
        (added,) = begun_after((first,), now)
    else:
        return None
    return change_sonications(session, target_id, (*now, added), "Add a spot")


def remove_sonication(session: Session, target_id: str, place: int) -> FusplanError | None:
    """One sonication less; the others stay when they are."""
    now = sonications_of(session, target_id)
    what = f"Remove {'test' if now[place].kind == 'test' else 'spot'} {place + 1}"
    return change_sonications(session, target_id, (*now[:place], *now[place + 1 :]), what)


def move_sonication(session: Session, target_id: str, place: int, to: int) -> FusplanError | None:
    """One sonication is done earlier or later: what is done changes places, the moments of beginning stay."""
    now = list(sonications_of(session, target_id))
    if not (0 <= place < len(now) and 0 <= to < len(now)) or place == to:
        return None
    starts = [sonication.start_s for sonication in now]
    now.insert(to, now.pop(place))
    ordered = [replace(sonication, start_s=start) for sonication, start in zip(now, starts, strict=True)]
    return change_sonications(session, target_id, ordered, f"Do spot {place + 1} as number {to + 1}")


def take_pattern(session: Session, target_id: str, ablations: Sequence[Sonication]) -> FusplanError | None:
    """A proposed pattern takes the place of all ablations, after the tests."""
    tests = tuple(sonication for sonication in sonications_of(session, target_id) if sonication.kind == "test")
    done = (*tests, *begun_after(tuple(ablations), tests))
    return change_sonications(session, target_id, done, f"Take a pattern of {len(ablations)} spots")


def heat_to(session: Session, target_id: str, shown_celsius: float) -> FusplanError | None:
    """Every ablation at a target gets the energy that shows a temperature, if the calibration is right."""
    if session.plan is None:
        return None
    calibration, done, before = treatment_of(session.plan).calibration, [], 0
    for sonication in sonications_of(session, target_id):
        if sonication.kind == "test":
            done.append(sonication)
            continue
        energy_j = energy_for(shown_celsius, calibration, sonication.duration_s, before)
        done.append(replace(sonication, energy_j=energy_j))
        before += 1
    return change_sonications(session, target_id, done, f"Energies for {shown_celsius:g} °C shown")


def calibrate_on(session: Session, calibration: HeatingCalibration) -> FusplanError | None:
    """Energies are taken to heat as a test showed."""
    return refusal_of(session, "Calibrate on a test sonication", lambda plan: set_calibration(plan, calibration))


def forget_calibration(session: Session) -> FusplanError | None:
    """Energies are taken to heat as declared."""
    return refusal_of(session, "Forget the calibration", lambda plan: set_calibration(plan, HeatingCalibration()))


def look_otherwise(session: Session, thermometry: ThermometrySettings, what: str) -> FusplanError | None:
    """Thermometry looks at the heat in another way."""
    return refusal_of(
        session, f"Thermometry: {what}", lambda plan: set_thermometry(plan, thermometry), f"thermometry {what}"
    )


def _name(session: Session, target_id: str) -> str:
    assert session.plan is not None
    return find_target(session.plan, target_id).name
