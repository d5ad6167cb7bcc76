"""A folder with several DICOM series asks which one, and goes on without blocking."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from fusplan.app.main_window import MainWindow
from fusplan.imaging.dicom.series import SeriesList
from fusplan.imaging.volume import SeriesReference, Volume
from fusplan.progress import Progress
from fusplan.widgets.series_chooser import SeriesChooser
from fusplan.workflows.requests import ReadImageRequest, ReadSeriesRequest
from tests.fixtures import plans
from tests.fixtures.answers import Answers
from tests.fixtures.listed_series import LISTED
from tests.fixtures.waits import wait_for_quiet


def list_stand_in(request: ReadImageRequest, progress: Progress) -> SeriesList:
    return LISTED


def read_stand_in(request: ReadSeriesRequest, progress: Progress) -> Volume:
    return replace(plans.volume(), path=request.path, series=SeriesReference(request.uid, request.title))


def test_a_series_is_chosen_and_opened(window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot) -> None:
    files = window.program.files
    files._do = replace(files._do, read_image=list_stand_in, read_series=read_stand_in)
    answers.folder = tmp_path
    window.actions_table["open_folder"].trigger()
    wait_for_quiet(window, qtbot)
    (chooser,) = window.findChildren(SeriesChooser)
    assert chooser.isVisible()
    assert window.case.volume is None
    chooser.open_button.click()
    wait_for_quiet(window, qtbot)
    assert window.case.volume is not None
    assert window.windowTitle() == "T1 (series 5)[*] - fusplan"
    assert not window.findChildren(SeriesChooser)


def test_the_choice_may_be_left(window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot) -> None:
    files = window.program.files
    files._do = replace(files._do, read_image=list_stand_in)
    for _ in range(2):
        files.open_path(tmp_path)
        wait_for_quiet(window, qtbot)
    visible = [one for one in window.findChildren(SeriesChooser) if one.isVisible()]
    assert len(visible) == 1
    visible[0].reject()
    assert window.case.volume is None


def test_no_folder(window: MainWindow, answers: Answers, qtbot: QtBot) -> None:
    answers.folder = None
    window.actions_table["open_folder"].trigger()
    assert not window.program.jobs.running
