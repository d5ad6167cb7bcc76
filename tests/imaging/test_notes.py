"""What the reader notes about two transforms of one header: in what they differ, and which was used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fusplan.imaging.describe import describe_image
from fusplan.imaging.notes import ImageNote, unique
from fusplan.imaging.read import read_volume
from tests.fixtures.nifti_heads import WriteHead, head_affine


def turned(degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return turn @ head_affine()


def mirrored() -> np.ndarray:
    return np.diag([-1.0, 1.0, 1.0, 1.0]) @ head_affine()


def shifted() -> np.ndarray:
    affine = head_affine()
    affine[:3, 3] += (0.0, 12.5, 0.0)
    return affine


def head_with(write_head: WriteHead, sform: np.ndarray, qform: np.ndarray, codes: tuple[int, int] = (1, 1)) -> Path:
    def edit(header) -> None:
        header.set_sform(sform, codes[0])
        header.set_qform(qform, codes[1])

    return write_head(edit=edit)


@pytest.mark.parametrize(
    ("other", "kind", "words"),
    [
        (mirrored(), "handedness", "Left and right may be exchanged"),
        (shifted(), "transforms disagree", "offset alone"),
        (turned(8.0), "transforms disagree", "turned by 8 degrees"),
    ],
)
@pytest.mark.parametrize("other_is_sform", [True, False])
def test_in_what_two_transforms_differ_is_said(
    write_head: WriteHead, other: np.ndarray, kind: str, words: str, other_is_sform: bool
) -> None:
    sform, qform = (other, head_affine()) if other_is_sform else (head_affine(), other)
    volume = read_volume(head_with(write_head, sform, qform))
    np.testing.assert_allclose(volume.affine, sform, atol=1e-4)
    (note,) = volume.notes
    assert (note.kind, note.severity, note.verdict) == (kind, "warning", "warning")
    assert words in note.sentence and "the sform (scanner) was used, not the qform (scanner)" in note.sentence


def test_a_transform_that_is_not_declared_is_not_compared(write_head: WriteHead) -> None:
    assert read_volume(head_with(write_head, head_affine(), mirrored(), codes=(1, 0))).notes == ()


def test_no_transform_is_a_kind_of_its_own(write_head: WriteHead) -> None:
    path = head_with(write_head, head_affine(), head_affine(), codes=(0, 0))
    (note,) = read_volume(path, assume_scanner_ras=True).notes
    assert note.kind == "no transform" and "Left and right may be exchanged" in note.sentence
    assert describe_image(path, assume_scanner_ras=True).notes == (note,)


def test_a_note_stands_once_and_in_order() -> None:
    shear, volume = ImageNote("shear", "Slanted."), ImageNote("chosen volume", "Volume 1 of 2.", "notice")
    assert unique((shear, volume, shear)) == (shear, volume)
    assert shear.as_json == {"kind": "shear", "severity": "warning", "sentence": "Slanted."}
