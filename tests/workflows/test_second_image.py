from __future__ import annotations

from pathlib import Path

import numpy as np

from fusplan.registration.second_image import RigidPlacement
from fusplan.spatial import Affine, Point
from fusplan.workflows.second_image import RegisteredSecondImage, placed_volume
from tests.widgets.cases import head


def placed(moved_mm: float) -> RigidPlacement:
    second, first = head(12.0, "b" * 64), head(12.0)
    matrix = np.eye(4)
    matrix[:3, 3] = (moved_mm, 0.0, 0.0)
    return RigidPlacement(Affine(second.scanner_frame, first.scanner_frame, matrix), moved_mm, 1.5, 1.2, 1.1)


def test_a_placed_volume_keeps_its_voxels_and_lies_in_the_first_frame() -> None:
    second = head(12.0, "b" * 64)
    volume = placed_volume(second, placed(7.0).second_to_first)
    assert volume.data is second.data or np.shares_memory(volume.data, second.data)
    assert volume.scanner_frame == head(12.0).scanner_frame
    corner = volume.voxel_to_scanner.apply(Point(volume.voxel_frame, 0, 0, 0))
    assert np.allclose(corner.array, (-83.0, -126.0, -80.0))


def test_what_was_done_is_told_in_millimetres_and_degrees() -> None:
    assert (
        RegisteredSecondImage(Path("T2.nii"), placed(7.04)).words
        == "Moved by 7.0 mm and turned by 1.5° to fit (rigid)."
    )
    assert "not moved" in RegisteredSecondImage(Path("T2.nii"), placed(0.0)).words
