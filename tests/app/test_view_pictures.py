"""Pictures of one view, at twice and four times its size, with the notice on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from fusplan.app.main import UnknownPictureError, _size, _view
from fusplan.app.main_window import MainWindow
from fusplan.app.view_pictures import STRIP_HEIGHT, with_notice
from fusplan.export.notice import RESEARCH_ONLY
from tests.fixtures.answers import Answers


@pytest.mark.parametrize("scale", [2, 4])
def test_the_view_in_use_is_saved_at_its_scale(
    with_image: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot, scale: int
) -> None:
    window = with_image
    window.case.view.update(filling="coronal")
    size = window.views.view("coronal").size()  # type: ignore[union-attr]
    answers.picture = tmp_path / "coronal"
    window.actions_table[f"save_view_{scale}x"].trigger()
    saved = QImage(str(tmp_path / "coronal.png"))
    assert saved.width() == size.width() * scale
    assert saved.height() == (size.height() + STRIP_HEIGHT) * scale
    assert saved.text("Description") == RESEARCH_ONLY
    assert "coronal" in window.messages.messages[0].text


def test_the_view_that_had_the_keyboard_last_is_copied(with_image: MainWindow, qtbot: QtBot) -> None:
    window = with_image
    window.views.view("sagittal").setFocus()  # type: ignore[union-attr]
    window.first_screen.setFocus()
    window.actions_table["copy_view_2x"].trigger()
    assert "sagittal" in window.messages.messages[0].text
    assert QGuiApplication.clipboard().image().width() == window.views.view("sagittal").width() * 2  # type: ignore[union-attr]
    QGuiApplication.clipboard().clear()


def test_a_folder_that_is_not_there_is_told(with_image: MainWindow, answers: Answers, tmp_path: Path) -> None:
    answers.picture = tmp_path / "missing" / "view.png"
    with_image.actions_table["save_view_2x"].trigger()
    assert with_image.messages.messages[0].kind == "error"


def test_the_strip_is_below_the_picture() -> None:
    picture = QImage(100, 50, QImage.Format.Format_RGB32)
    picture.fill(0xFFFFFF)
    made = with_notice(picture, 2.0)
    assert (made.width(), made.height()) == (100, 50 + 2 * STRIP_HEIGHT)
    assert made.pixelColor(50, 25).name() == "#ffffff"
    assert made.pixelColor(99, 93).name() != "#ffffff"


def test_size_and_view_of_a_screenshot() -> None:
    assert _size("1400x900") == (1400, 900)
    assert _size(None) == (1600, 1000)
    assert _view("3d") == "scene"
    assert _view("grid") is None
    assert _view(None) is None
    for text in ("1400", "axb", "10x10", "99999x900", "1400x900x3", "-5x700"):
        with pytest.raises(UnknownPictureError, match="size"):
            _size(text)
    with pytest.raises(UnknownPictureError, match="view"):
        _view("oblique")
