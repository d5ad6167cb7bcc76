"""A whole window on stand-ins for the long work and for the person's answers; nothing may be left after a test."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fusplan.app.main_window import MainWindow
from fusplan.app.panel_spec import PanelSpec
from fusplan.app.panel_table import PANELS
from fusplan.app.program import Program
from fusplan.app.questions import DialogQuestions
from fusplan.app.workspaces import WORKSPACES, WorkspaceSpec
from fusplan.jobs import process_job
from fusplan.planning.plan_file import save_plan
from fusplan.workflows.workflow_table import Workflows
from tests.fixtures import plans
from tests.fixtures.answers import Answers
from tests.fixtures.leaks import nothing_is_left
from tests.fixtures.stand_ins import make_stand_in, no_atlases, open_stand_in, read_stand_in, simulate_stand_in
from tests.fixtures.waits import wait_for_quiet

__all__ = ["nothing_is_left"]


@pytest.fixture(autouse=True, scope="session")
def workers_need_not_be_started() -> Iterator[None]:
    """Workers are forks of one that has imported all: starting takes two seconds, and is tried in ``tests/jobs``."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        yield
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.fixtures.stand_ins"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process_job, "multiprocessing", SimpleNamespace(get_context=lambda method: context))
        yield


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def workflows(head: Path) -> Workflows:
    return Workflows(
        read_image=read_stand_in,
        find_demo_head=lambda request, progress: head,
        read_plan=open_stand_in,
        plan_head=make_stand_in,
        prepare_atlases=no_atlases,
        simulate=simulate_stand_in,
    )


@pytest.fixture
def head(tmp_path: Path) -> Path:
    """The file of the synthetic head."""
    path = tmp_path / "head.nii"
    path.write_bytes(plans.IMAGE_BYTES)
    return path


@pytest.fixture
def panels() -> tuple[PanelSpec, ...]:
    return PANELS


@pytest.fixture
def workspaces() -> tuple[WorkspaceSpec, ...]:
    return WORKSPACES


@pytest.fixture
def make_window(
    qapp: QApplication,
    answers: Answers,
    workflows: Workflows,
    panels: tuple[PanelSpec, ...],
    workspaces: tuple[WorkspaceSpec, ...],
) -> Iterator[Callable[[], MainWindow]]:
    """Makes windows that are closed after the test."""
    made: list[MainWindow] = []

    def make() -> MainWindow:
        def ask(parent: QWidget | None) -> DialogQuestions:
            return answers

        window = MainWindow(Program(qapp, workflows, ask), panels, workspaces)
        window.program.open_url = lambda url: None
        made.append(window)
        window.show()
        return window

    yield make
    for window in made:
        window.program.is_closing = True
        window.close()
        window.deleteLater()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()


@pytest.fixture
def with_image(window: MainWindow, head: Path, qtbot: QtBot) -> MainWindow:
    """A window with the synthetic head open and no plan."""
    with qtbot.waitSignal(window.case.volume_changed.qt):
        window.program.files.open_path(head)
    wait_for_quiet(window, qtbot)
    return window


@pytest.fixture
def with_plan(window: MainWindow, tmp_path: Path, head: Path, qtbot: QtBot) -> MainWindow:
    """A window with a saved plan open."""
    path = tmp_path / "plan" / "plan.fusplan.json"
    path.parent.mkdir()
    save_plan(plans.plan(str(head)), path)
    with qtbot.waitSignal(window.case.plan_changed.qt):
        window.program.files.open_path(path)
    wait_for_quiet(window, qtbot)
    return window
