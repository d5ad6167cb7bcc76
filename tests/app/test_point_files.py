"""Lists of points in the whole window: dropped, chosen by the action, and without a plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from fusplan.app.main_window import MainWindow
from fusplan.session.file_controller import kind_of
from tests.fixtures.answers import Answers
from tests.fixtures.waits import wait_for_quiet


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text("name,r,a,s\nVim,12,-5,2\n")
    return path


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPoint(5, 5), copy, data, button, Qt.KeyboardModifier.NoModifier))


@pytest.mark.parametrize("step", ["targets", "landmarks", "image"])
def test_a_dropped_list_is_shown_where_it_can_be_taken(
    step: str, with_plan: MainWindow, table: Path, qtbot: QtBot
) -> None:
    with_plan.side.show_panel(step)
    drop(with_plan, table)
    wait_for_quiet(with_plan, qtbot)
    assert with_plan.side.current == ("landmarks" if step == "landmarks" else "targets")
    part = with_plan.side.panel(with_plan.side.current).points
    qtbot.waitUntil(lambda: part.card.isVisible())
    part.take_targets.click()
    assert with_plan.case.plan is not None
    assert with_plan.case.plan.targets[-1].name == "Vim"
    with_plan.actions_table["undo"].trigger()
    assert with_plan.case.plan.targets[-1].name != "Vim"


def test_the_action_asks_for_a_file(with_plan: MainWindow, answers: Answers, table: Path, qtbot: QtBot) -> None:
    answers.points = table
    with_plan.actions_table["add_points"].trigger()
    wait_for_quiet(with_plan, qtbot)
    assert answers.asked[-1] == "points: Add points from a file"
    assert with_plan.side.panel("targets").points.card.isVisible()


def test_without_a_plan_it_says_what_is_needed(window: MainWindow, head: Path, table: Path, qtbot: QtBot) -> None:
    drop(window, table)
    assert "points.csv is a list of points" in window.messages.messages[0].text
    assert window.messages.messages[0].actions == ()
    window.program.files.open_path(head)
    wait_for_quiet(window, qtbot)
    drop(window, table)
    assert [action.text for action in window.messages.messages[0].actions] == ["Make a plan"]
    assert window.case.plan is None


def test_kinds_of_files(tmp_path: Path) -> None:
    names = ("a.mrk.json", "A.FCSV", "a.txt", "a.tsv", "a.fusplan.json", "plan.json", "a.nii.gz")
    assert [kind_of(tmp_path / name) for name in names] == ["points"] * 4 + ["plan"] * 2 + ["image"]
