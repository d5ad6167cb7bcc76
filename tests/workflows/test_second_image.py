from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from fusplan.errors import FusplanError
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.planning.placed_image_file import PlacedImageChangedError, PlacedImageMissingError
from fusplan.planning.plan_file import PlanNotStorableError
from fusplan.progress import NoProgress
from fusplan.registration.second_image import RigidPlacement
from fusplan.spatial import Affine, Point
from fusplan.workflows.kept_second_image import open_second_image, placed_volume
from fusplan.workflows.requests import KeptSecondImage, SecondImageRequest
from fusplan.workflows.second_image import (
    RegisteredSecondImage,
    read_second_image,
    register_second_image,
)
from tests.fixtures.small_heads import head


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


def written(path: Path, volume: Volume) -> Path:
    nib.save(nib.Nifti1Image(np.asarray(volume.data), volume.affine), path)
    return path


@pytest.fixture
def kept(tmp_path: Path) -> KeptSecondImage:
    """A second image in a file, and what a plan keeps of it after a registration."""
    path = written(tmp_path / "T2w.nii", head(3.0, "b" * 64))
    second, first = read_volume(path), head(3.0)
    motion = np.eye(4)
    motion[:3, 3] = (4.0, -1.0, 2.5)
    placement = RigidPlacement(Affine(second.scanner_frame, first.scanner_frame, motion), 4.8, 0.0, 1.25, 1.125)
    placed = read_second_image(RegisteredSecondImage(path, placement), NoProgress())
    return KeptSecondImage(placed.record)


def test_what_is_kept_says_which_file_where_and_how_it_was_found(kept: KeptSecondImage, tmp_path: Path) -> None:
    record = kept.record
    assert record.image.path == str(tmp_path / "T2w.nii")
    # The matrix is that of the file, as nibabel reads it: the motion is kept apart.
    assert np.allclose(record.image.affine, nib.load(tmp_path / "T2w.nii").affine)
    assert (record.registration.similarity_before, record.registration.similarity) == (1.125, 1.25)
    assert record.registration.sentence == "Moved by 4.8 mm and turned by 0.0° to fit (rigid)."
    assert "picsl_greedy" in dict(record.registration.versions)


def test_it_comes_back_at_the_same_place_without_a_registration(
    kept: KeptSecondImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing is registered again")

    monkeypatch.setattr("fusplan.workflows.second_image.register_rigidly", refuse)
    found = open_second_image(kept, NoProgress())
    corner = found.volume.voxel_to_scanner.apply(Point(found.volume.voxel_frame, 0, 0, 0))
    assert np.allclose(corner.array, (-86.0, -127.0, -77.5))
    assert found.volume.scanner_frame == kept.record.to_reference.target
    assert found.record is kept.record


def test_it_is_recognised_at_another_place(kept: KeptSecondImage, tmp_path: Path) -> None:
    elsewhere = tmp_path / "archive" / "other name.nii"
    elsewhere.parent.mkdir()
    (tmp_path / "T2w.nii").rename(elsewhere)
    with pytest.raises(PlacedImageMissingError):
        open_second_image(kept, NoProgress())
    found = open_second_image(KeptSecondImage(kept.record, elsewhere), NoProgress())
    assert found.record.image.path == str(elsewhere)
    assert found.record.shows_the_same(kept.record)


def test_a_changed_file_is_refused(kept: KeptSecondImage, tmp_path: Path) -> None:
    changed = head(3.0, "b" * 64)
    written(tmp_path / "T2w.nii", replace(changed, data=changed.data + 1))
    with pytest.raises(PlacedImageChangedError, match="content differs"):
        open_second_image(kept, NoProgress())
    (tmp_path / "T2w.nii").write_bytes(b"no image")
    with pytest.raises(FusplanError) as caught:
        open_second_image(kept, NoProgress())
    assert caught.value.remedy


def test_a_file_that_no_plan_could_name_is_refused_before_the_work(tmp_path: Path) -> None:
    request = SecondImageRequest(tmp_path / "T1.nii", tmp_path / "T2\udcff.nii")
    with pytest.raises(PlanNotStorableError):
        register_second_image(request, NoProgress())
