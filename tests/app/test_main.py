"""The program as a whole: pictures, wrong arguments, and what a kill -9 leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fusplan.app.main import UnknownThemeError, main, open_window
from fusplan.app.settings import settings_path
from fusplan.errors import FileMissingError
from fusplan.planning.autosave import list_recoveries
from fusplan.session.autosave_controller import KEPT_AFTER_MS
from tests.fixtures import plans
from tests.fixtures.limits import LONGEST_PROGRAM_S


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_picture_of_the_first_screen(qapp: QApplication, tmp_path: Path, theme: str) -> None:
    picture = tmp_path / "first.png"
    assert open_window(screenshot=picture, theme=theme) == 0
    image = QImage(str(picture))
    assert image.width() >= 1600
    assert (image.pixelColor(5, 500).lightnessF() > 0.5) == (theme == "light")
    # Taking a picture changes nothing of what is remembered.
    assert not settings_path().exists()


def test_what_cannot_be_opened_is_said_on_stderr_and_by_the_exit_code(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(FileMissingError):
        open_window(tmp_path / "gone.nii")
    with pytest.raises(UnknownThemeError):
        open_window(theme="pink")
    assert main([str(tmp_path / "gone.nii")]) == 2
    assert "does not exist" in capsys.readouterr().err
    not_an_image = tmp_path / "notes.txt"
    not_an_image.write_text("x")
    assert open_window(not_an_image, screenshot=tmp_path / "a.png") == 2
    assert "notes.txt" in capsys.readouterr().err


KILLED = """
import os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from fusplan.app.main import make_window
from fusplan.planning.document import PlanDocument
from tests.fixtures.stand_ins import move_left_target
from tests.fixtures import plans
application = QApplication([])
window = make_window(application)
window.show()
window.case.open_volume(plans.volume())
document = PlanDocument(plans.plan())
window.program.planning._drawn_for = document.plan.registration.mni_to_scanner
window.case.open_document(plans.volume(), document)
document.apply("Rename", move_left_target)
def kill_once_saved():
    if not window.program.autosave.is_waiting:
        os.kill(os.getpid(), signal.SIGKILL)
looking = QTimer(interval=50, timeout=kill_once_saved)
looking.start()
application.exec()
"""


def test_kill_9_of_the_program_loses_at_most_two_seconds(qtbot: QtBot) -> None:
    project = Path(__file__).resolve().parents[2]
    paths = os.pathsep.join([str(project), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", KILLED]
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=LONGEST_PROGRAM_S, check=False
    )
    assert ended.returncode == -9, ended.stderr
    # The kill comes once something was kept; how soon after an edit that is, is the autosave's own delay.
    assert KEPT_AFTER_MS <= 2000
    (recovery,) = list_recoveries()
    assert recovery.image_name == "T1w.nii.gz"
    assert recovery.load().targets[0].name == "CLp left+"
    assert recovery.load().image.sha256 == plans.SHA256
