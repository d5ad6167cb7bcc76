"""Settings come back; a broken file is put aside and never stops a start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fusplan.app.main_window import MainWindow
from fusplan.app.settings import Settings, load_settings, save_settings, settings_path
from fusplan.imaging.intensity import IntensityWindow


def test_what_is_saved_comes_back() -> None:
    settings = Settings(theme="light", recent_files=("/a", "/b"), window_geometry="01ab", side_area_width=321)
    settings = settings.with_window("f" * 64, -5.0, 900.5)
    assert save_settings(settings)
    assert load_settings() == (settings, "")


def test_no_file_is_no_problem() -> None:
    assert load_settings() == (Settings(), "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"theme": "pink"}',
        b'{"recent_files": 7}',
        b'{"windows": {"a": [5, 1]}}',
        b'{"windows": {"a": [1]}}',
        b'{"windows": [3]}',
        b"\xff\xfe\x00",
        b'{"window_geometry": []}',
    ],
)
def test_a_broken_file_is_put_aside_and_told(content: bytes) -> None:
    path = settings_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    settings, note = load_settings()
    assert settings == Settings()
    assert "put aside" in note
    assert not path.exists()
    assert [kept.read_bytes() for kept in path.parent.glob("settings.broken-*.json")] == [content]


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop() -> None:
    settings_path().parent.parent.mkdir(parents=True, exist_ok=True)
    settings_path().parent.write_text("a file in the way")
    assert not save_settings(Settings())


def test_recent_files_are_unique_and_few() -> None:
    settings = Settings()
    for number in (*range(20), 5):
        settings = settings.with_recent(Path(f"/heads/{number}.nii"))
    assert settings.recent_files[0] == "/heads/5.nii"
    assert len(settings.recent_files) == len(set(settings.recent_files)) == 12


def test_a_window_tells_of_broken_settings_and_starts(make_window: Callable[[], MainWindow]) -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("{")
    window = make_window()
    window.program.start()
    assert "put aside" in window.messages.messages[0].text


def test_theme_window_level_and_convention_are_remembered(
    with_image: MainWindow, make_window: Callable[[], MainWindow]
) -> None:
    case = with_image.case
    assert case.volume is not None
    fingerprint = case.volume.fingerprint
    with_image.actions_table["theme"].trigger()
    with_image.actions_table["convention"].trigger()
    case.view.change(lambda state: state.with_window(fingerprint, IntensityWindow(10.0, 250.0)))
    with_image.close()
    second = make_window()
    assert second.program.theme == "light"
    assert second.case.view.state.convention == "neurological"
    assert second.case.view.state.window_of(fingerprint) == IntensityWindow(10.0, 250.0)
    second.actions_table["theme"].trigger()
