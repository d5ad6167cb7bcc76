"""Changed plans are kept soon, once, and forgotten when they are saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fusplan.planning.autosave import autosave_folder
from fusplan.planning.document import PlanDocument
from fusplan.planning.file_names import PLAN_FILE_NAME
from fusplan.planning.plan_file import load_plan
from fusplan.session.autosave_controller import KEPT_AFTER_MS, AutosaveController
from fusplan.session.session import Session
from tests.fixtures import plans
from tests.fixtures.session_services import HeldTimers


@pytest.fixture
def timers() -> HeldTimers:
    return HeldTimers()


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def controller(session: Session, timers: HeldTimers) -> AutosaveController:
    return AutosaveController(session, timers)


def kept() -> list[Path]:
    return sorted(autosave_folder().rglob(PLAN_FILE_NAME))


def wait_until_written(controller: AutosaveController) -> None:
    thread = controller._thread
    assert thread is not None
    thread.join()


def test_a_change_is_on_the_disk_within_two_seconds_and_gone_when_it_is_saved(
    session: Session, controller: AutosaveController, timers: HeldTimers
) -> None:
    document = PlanDocument(plans.plan(), Path("plan.fusplan.json"))
    session.open_document(plans.volume(), document)
    assert not controller.is_waiting
    document.apply("Change", lambda plan: replace(plan, seed=9))
    document.apply("Change", lambda plan: replace(plan, seed=10))
    assert [timer.interval_ms for timer in timers.active] == [KEPT_AFTER_MS]
    assert KEPT_AFTER_MS <= 2000
    timers.run_out()
    wait_until_written(controller)
    (path,) = kept()
    assert load_plan(path).seed == 10
    document.mark_saved(document.plan, Path("plan.fusplan.json"))
    assert kept() == []
    controller.close()


def test_nothing_is_kept_again_while_nothing_changes(
    session: Session, controller: AutosaveController, timers: HeldTimers
) -> None:
    document = PlanDocument(plans.plan())
    session.open_document(plans.volume(), document)
    timers.run_out()
    wait_until_written(controller)
    session.saved_changed.emit()
    assert timers.active == []
    controller.close()
    assert kept() == []
