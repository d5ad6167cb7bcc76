"""Images that leave something open, read for real: four-dimensional ones and ones without a place in space."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from fusplan.app.main_window import MainWindow
from fusplan.workflows.read_image import read_image
from fusplan.workflows.requests import MakePlanRequest
from tests.fixtures.waits import wait_for_quiet

SIZE = (60, 70, 60)


def write_head(path: Path, volumes: int, placed: bool) -> np.ndarray:
    """A head of noise, 3 mm voxels, each volume brighter than the one before."""
    rng = np.random.default_rng(3)
    data = rng.uniform(20, 90, (*SIZE, volumes)).astype(np.float32) + 100 * np.arange(volumes, dtype=np.float32)
    affine = np.diag([3.0, 3.0, 3.0, 1.0])
    affine[:3, 3] = (-90, -105, -90)
    image = nibabel.Nifti1Image(data if volumes > 1 else data[..., 0], affine)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)
    if not placed:
        # qform_code and sform_code of the NIfTI-1 header; nibabel itself always writes one of them.
        content = bytearray(path.read_bytes())
        content[252:256] = bytes(4)
        path.write_bytes(content)
    return data


@pytest.fixture
def reading(window: MainWindow) -> MainWindow:
    files = window.program.files
    files._do = replace(files._do, read_image=read_image)
    return window


def actions(window: MainWindow) -> list[str]:
    return [action.text for action in window.messages.messages[0].actions]


def test_the_volume_of_a_series_is_chosen_and_the_plan_is_made_on_it(
    reading: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    data = write_head(tmp_path / "echoes.nii", 3, placed=True)
    reading.program.files.open_path(tmp_path / "echoes.nii")
    wait_for_quiet(reading, qtbot)
    assert reading.case.volume is None
    assert actions(reading) == ["Open volume 1", "Open volume 2", "Open volume 3"]
    reading.messages.messages[0].actions[1].do()
    wait_for_quiet(reading, qtbot)
    assert np.array_equal(reading.case.volume.data, data[..., 1])
    asked: list[MakePlanRequest] = []
    reading.program.planning._work.in_process = lambda _do, request, *_: asked.append(request)
    reading.program.planning.make_plan()
    assert (asked[0].volume_index, asked[0].assume_scanner_ras) == (2, False)


def test_of_many_volumes_the_first_is_offered(reading: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    write_head(tmp_path / "long.nii", 6, placed=True)
    reading.program.files.open_path(tmp_path / "long.nii")
    wait_for_quiet(reading, qtbot)
    assert actions(reading) == ["Open volume 1"]


def test_an_image_without_a_place_is_opened_only_at_the_persons_word(
    reading: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    write_head(tmp_path / "lost.nii", 1, placed=False)
    reading.program.files.open_path(tmp_path / "lost.nii")
    wait_for_quiet(reading, qtbot)
    assert reading.case.volume is None
    assert "left and right are unknown" in reading.messages.messages[0].text
    reading.messages.messages[0].actions[0].do()
    wait_for_quiet(reading, qtbot)
    assert reading.case.volume is not None and reading.case.assumed_scanner_ras
