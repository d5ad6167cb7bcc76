"""The built-in head with headers that call it upside down, back to front, name its axes wrongly, or mirror it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import nibabel as nib
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from fusplan.atlas.catalogue import demo_head_path, load_template
from fusplan.imaging.coarse_template import COARSE_MM, coarsened
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.progress import NoProgress
from fusplan.registration import greedy_engine
from fusplan.registration.greedy_engine import register
from fusplan.registration.head_turning import HeaderTurn
from fusplan.registration.header_turn import seems_turned, turnings
from fusplan.registration.request import RegistrationRequest
from tests.fixtures.command_line import fusplan_here

UPSIDE_DOWN = np.diag([-1.0, 1.0, -1.0, 1.0])
BACK_TO_FRONT = np.diag([-1.0, -1.0, 1.0, 1.0])
LYING_DOWN = np.array([[1.0, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
"""The header calls front what is down, and up what is front."""
AXES_CHANGED = np.array([[0.0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
MIRRORED_UPSIDE_DOWN = np.diag([1.0, 1.0, -1.0, 1.0])
MIRRORED = np.diag([-1.0, 1.0, 1.0, 1.0])


def test_a_blob_stays_where_it_is_and_as_much_as_it_is_at_8_mm() -> None:
    """Whatever the spacing, and whether it is finer or coarser than 8 mm."""
    spacing_mm, shape = np.array([1.1, 2.5, 9.0]), (160, 80, 23)
    axes = [(np.arange(n) - (n - 1) / 2) * mm for n, mm in zip(shape, spacing_mm, strict=True)]
    off = [(axis - at) / 14.0 for axis, at in zip(axes, (20.0, -30.0, 11.0), strict=True)]
    blob = np.exp(-(off[0][:, None, None] ** 2 + off[1][:, None] ** 2 + off[2] ** 2) / 2).astype(np.float32)
    coarse = coarsened(blob, spacing_mm)
    places_mm = (np.indices(coarse.shape).reshape(3, -1).T - (np.array(coarse.shape) - 1) / 2) * COARSE_MM
    assert np.average(places_mm, axis=0, weights=coarse.ravel()) == pytest.approx((20, -30, 11), abs=0.1)
    assert coarse.sum() * COARSE_MM**3 == pytest.approx(14.0**3 * (2 * np.pi) ** 1.5, rel=0.01)


def turned_head(wrong: np.ndarray) -> Volume:
    """The built-in head whose header is followed by a wrong turning."""
    head = read_volume(demo_head_path())
    return Volume.of_array(head.data, wrong @ head.affine, "d" * 64)


def test_there_are_24_turnings() -> None:
    found = list(turnings())
    assert len(set(found)) == 24 and found[0] == HeaderTurn() and found[0].is_none


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (UPSIDE_DOWN, "upside down"),
        (MIRRORED_UPSIDE_DOWN, "upside down"),
        (BACK_TO_FRONT, "back to front"),
        (UPSIDE_DOWN @ BACK_TO_FRONT, "upside down and back to front"),
        (LYING_DOWN, "with its axes named wrongly (up in the head is back, its front up)"),
        (AXES_CHANGED, "with its axes named wrongly (up in the head is front, its front right)"),
    ],
)
def test_how_the_head_lies_is_said(wrong: np.ndarray, words: str) -> None:
    turn = seems_turned(turned_head(wrong), load_template())
    assert turn is not None and turn.words == words
    assert "mirror image as well cannot be told" in turn.sentence
    assert f"seems to lie {words} in its header" in turn.sentence


@pytest.mark.parametrize("right", [np.eye(4), MIRRORED])
def test_a_head_that_lies_as_it_should_is_left_alone(right: np.ndarray) -> None:
    """So is its mirror image, which looks the same."""
    assert seems_turned(turned_head(right), load_template()) is None


def test_info_says_it(tmp_path: Path) -> None:
    volume = turned_head(UPSIDE_DOWN)
    image = nib.Nifti1Image(volume.data, volume.affine)
    image.set_sform(volume.affine, code=1)
    image.set_qform(volume.affine, code=1)
    nib.save(image, tmp_path / "head.nii")
    said = fusplan_here("info", tmp_path / "head.nii").stdout
    assert "upside down" in said and "What to do" not in said and "It can be planned on" not in said


@pytest.mark.parametrize(
    ("angles_deg", "axes", "signs"),
    [
        ((20, -15, 10), (0, 1, 2), (1, 1, 1)),
        ((0, 90, 0), (2, 1, 0), (-1, 1, 1)),
        ((180, 10, 5), (0, 1, 2), (1, -1, -1)),
        ((0, 50, 0), (0, 1, 2), (1, 1, 1)),
    ],
)
def test_a_pose_tells_how_a_head_lies(
    angles_deg: tuple[int, int, int], axes: tuple[int, int, int], signs: tuple[int, int, int]
) -> None:
    """One at an odd angle, of a patient who lay askew, is left alone."""
    pose = 1.1 * Rotation.from_euler("xyz", angles_deg, degrees=True).as_matrix()
    assert HeaderTurn.of_pose(pose) == HeaderTurn(axes, signs)


def test_a_head_is_found_to_lie_turned_whose_pose_is_found_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an ear up: the search comes to it from some beginnings."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("y", 88, degrees=True).as_matrix()
    start = SimpleNamespace(mni_to_scanner=SimpleNamespace(affine=SimpleNamespace(matrix=matrix)), pose_share=0.7)
    assert greedy_engine._lying_turned(cast("Any", start)) == (HeaderTurn((2, 1, 0), (-1, 1, 1)), 0.7)


@pytest.mark.slow
def test_the_verdict_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search begins once for each form of the template: how often it begins anew is ``test_greedy_engine``'s."""
    monkeypatch.setattr(greedy_engine, "POSE_SEEDS", greedy_engine.POSE_SEEDS[:1])
    result = register(RegistrationRequest(turned_head(LYING_DOWN), load_template()), NoProgress())
    assert result.turn is not None and result.quality.verdict == "error"
    assert "axes named wrongly" in result.quality.sentence and "left and right are not known" in result.quality.sentence
