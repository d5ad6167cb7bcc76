"""Wherever a plan goes its image is found by its content, or it is asked for; never another one."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import generate_uid

from fusplan.atlas.catalogue import demo_head_path
from fusplan.imaging.byte_stream import fingerprint_of
from fusplan.imaging.dicom.series import NoSuchSeriesError, list_series
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.planning.placed_image_file import PlacedImageMissingError
from fusplan.planning.plan import ImageReference, Plan
from fusplan.planning.plan_file import PlanImageChangedError, PlanImageMissingError
from fusplan.progress import NoProgress
from fusplan.workflows import second_image
from fusplan.workflows.plan_image import read_placed_image, read_plan_image
from fusplan.workflows.requests import SecondImageRequest
from tests.fixtures import plans
from tests.fixtures.dicom_series import save, series_objects
from tests.fixtures.small_heads import head, plan_of


def written(path: Path, offset: float = 0.0) -> Path:
    nib.save(nib.Nifti1Image(head().data + np.float32(offset), head().affine), path)
    return path


def plan_on(path: Path) -> Plan:
    volume = read_volume(path)
    return replace(plan_of(volume), image=ImageReference.of_volume(volume))


def packed(path: Path, level: int) -> Path:
    to = path.with_name(f"{path.name}.gz")
    to.write_bytes(gzip.compress(path.read_bytes(), level, mtime=level))
    return to


@pytest.mark.parametrize("level", [1, 9])
def test_an_image_that_was_packed_is_found_beside(tmp_path: Path, level: int) -> None:
    image = written(tmp_path / "head.nii")
    plan = plan_on(image)
    to = packed(image, level)
    image.unlink()
    found = read_plan_image(plan, None, tmp_path)
    assert found.volume.path == to and str(to) in found.messages[0]
    # Points of the plan are in its frame.
    assert found.volume.scanner_frame == plan.image.frame
    assert found.volume.contains(plan.targets[0].point)
    assert read_plan_image(plan, to, tmp_path).volume.fingerprint == plan.image.sha256


def test_an_image_beside_the_plan_is_found_when_the_folder_moved(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    plan = plan_on(written(old / "head.nii.gz"))
    old.rename(new)
    assert read_plan_image(plan, None, new).volume.path == new / "head.nii.gz"
    with pytest.raises(PlanImageMissingError):
        read_plan_image(plan, None, tmp_path)


def test_an_image_of_another_name_is_found_beside_by_its_content(tmp_path: Path) -> None:
    """Renamed where it was, and renamed and moved beside the plan; others that lie alike are passed over."""
    image = written(tmp_path / "head.nii")
    plan, folder = plan_on(image), tmp_path / "plan"
    folder.mkdir()
    written(tmp_path / "a-lesion-map.nii", offset=1.0)
    (tmp_path / "b-broken.nii").write_bytes(b"nothing")
    renamed = image.rename(tmp_path / "patient 7.nii")
    found = read_plan_image(plan, None, folder)
    assert found.volume.path == renamed and "same content" in found.messages[0]
    beside = packed(renamed, 6).rename(folder / "T1.nii.gz")
    renamed.unlink()
    assert read_plan_image(plan, None, folder).volume.path == beside
    beside.unlink()
    with pytest.raises(PlanImageMissingError, match="not at") as caught:
        read_plan_image(plan, None, folder)
    assert "--image" in caught.value.remedy


def test_the_same_name_with_other_content_is_not_taken(tmp_path: Path) -> None:
    plan = plan_on(written(tmp_path / "head.nii"))
    packed(written(tmp_path / "head.nii", offset=1.0), 6)
    (tmp_path / "head.nii").unlink()
    with pytest.raises(PlanImageMissingError):
        read_plan_image(plan, None, tmp_path)
    with pytest.raises(PlanImageChangedError):
        read_plan_image(plan, tmp_path / "head.nii.gz", tmp_path)


def test_what_lies_at_the_plans_own_place_is_never_passed_over(tmp_path: Path) -> None:
    image = written(tmp_path / "head.nii")
    plan = plan_on(image)
    packed(image, 6)
    written(image, offset=1.0)
    with pytest.raises(PlanImageChangedError):
        read_plan_image(plan, None, tmp_path)


def test_the_built_in_head_is_found_by_its_content_in_another_installation(tmp_path: Path) -> None:
    demo = demo_head_path()
    reference = ImageReference.of_volume(read_volume(demo))
    assert reference.sha256 == fingerprint_of(demo)
    plan = plan_on(written(tmp_path / "other.nii"))
    moved = replace(plan, image=replace(reference, path=str(tmp_path / "gone" / demo.name)))
    found = read_plan_image(moved, None, tmp_path)
    assert found.volume.path == demo and "built-in head" in found.messages[0]
    with pytest.raises(PlanImageMissingError):
        other = replace(moved.image, sha256="0" * 64, content_sha256="1" * 64)
        read_plan_image(replace(moved, image=other), None, tmp_path)


@pytest.mark.parametrize("level", [1, 9])
def test_an_image_that_was_unpacked_or_packed_anew_is_found_by_its_content(tmp_path: Path, level: int) -> None:
    image = written(tmp_path / "head.nii.gz")
    plan, unpacked = plan_on(image), gzip.decompress(image.read_bytes())
    assert plan.image.content_sha256 == hashlib.sha256(unpacked).hexdigest()
    image.write_bytes(gzip.compress(unpacked, level, mtime=level))
    again = read_plan_image(plan, None, tmp_path)
    assert fingerprint_of(image) != plan.image.sha256 == again.volume.fingerprint and not again.messages
    image.unlink()
    plain = tmp_path / "head.nii"
    plain.write_bytes(unpacked)
    found = read_plan_image(plan, None, tmp_path)
    assert found.volume.path == plain and str(plain) in found.messages[0]
    assert found.volume.scanner_frame == plan.image.frame
    # A plan of before version 6 does not know the content, and says so by not taking it.
    with pytest.raises(PlanImageMissingError):
        read_plan_image(replace(plan, image=replace(plan.image, content_sha256=None)), None, tmp_path)


@pytest.mark.parametrize("name", ["head.nii.gz", "head.nii", "head.img", "head.img.gz", "head.mgz", "head.mgh"])
def test_the_content_is_that_of_the_unpacked_bytes_in_every_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    kind = nib.MGHImage if ".mg" in name else nib.Nifti1Pair if ".img" in name else nib.Nifti1Image
    nib.save(kind(head().data, head().affine), path)
    paths = [path.with_name(name.replace(".img", ".hdr")), path] if ".img" in name else [path]
    packed_bytes = [one.read_bytes() for one in paths]
    plain = [gzip.decompress(one) if one[:2] == b"\x1f\x8b" else one for one in packed_bytes]
    assert read_volume(path).content_sha256 == hashlib.sha256(b"".join(plain)).hexdigest()


def test_the_second_image_is_found_packed_otherwise_beside_the_plan(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    image = written(old / "T2w.nii.gz", offset=2.0)
    reference = ImageReference.of_volume(read_volume(image))
    placed = replace(plans.second_image(), image=reference)
    (new / "T2w.nii").write_bytes(gzip.decompress(image.read_bytes()))
    image.unlink()
    found = read_placed_image(placed, None, new)
    assert found.volume.fingerprint == reference.sha256 and str(new / "T2w.nii") in found.messages[0]
    with pytest.raises(PlacedImageMissingError):
        read_placed_image(placed, None, None)
    written(new / "T2w.nii", offset=3.0)
    with pytest.raises(PlacedImageMissingError):
        read_placed_image(placed, None, new)


def echo(objects: list[FileDataset], echo_ms: int, shift: float) -> list[FileDataset]:
    """The same slices again in the same series, with other pixels."""
    others = series_objects()
    for source, one in zip(objects, others, strict=True):
        one.StudyInstanceUID, one.SeriesInstanceUID = source.StudyInstanceUID, source.SeriesInstanceUID
        one.FrameOfReferenceUID, one.EchoTime = source.FrameOfReferenceUID, str(echo_ms)
        one.PixelData = (2000 - np.frombuffer(one.PixelData, "<u2")).astype("<u2").tobytes()
        one.ImagePositionPatient = [value + shift for value in one.ImagePositionPatient]
    return others


@pytest.mark.parametrize("shift_mm", [0.0, 0.4])
def test_a_second_echo_that_came_into_the_folder_does_not_hide_the_first(tmp_path: Path, shift_mm: float) -> None:
    objects, folder = series_objects(), tmp_path / "dicom"
    for one in objects:
        one.EchoTime = "4"
    save(objects, folder)
    plan = plan_on_series(folder)
    save(echo(objects, 30, shift_mm), tmp_path / "more")
    for path in (tmp_path / "more").iterdir():
        path.rename(folder / f"second {path.name}")
    assert len(list_series(folder).series) == 2
    found = read_plan_image(plan, None, tmp_path)
    assert found.volume.fingerprint == plan.image.sha256 and "echo 4 ms" in found.volume.name
    # Without the first, the second is not taken for it.
    for path in folder.glob("IM*"):
        path.unlink()
    with pytest.raises(PlanImageChangedError):
        read_plan_image(plan, None, tmp_path)


def test_a_series_whose_names_were_made_anew_is_known_by_its_pixels(tmp_path: Path) -> None:
    objects = series_objects()
    plan = plan_on_series(save(objects, tmp_path / "dicom"))
    series = generate_uid()
    for one in objects:
        one.SeriesInstanceUID, one.SOPInstanceUID = series, generate_uid()
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    anew = save(objects, tmp_path / "anew")
    assert read_plan_image(plan, anew, tmp_path).volume.fingerprint == plan.image.sha256
    for one in objects:
        one.PixelData = (2000 - np.frombuffer(one.PixelData, "<u2")).astype("<u2").tobytes()
    with pytest.raises(NoSuchSeriesError):
        read_plan_image(plan, save(objects, tmp_path / "other"), tmp_path)


def plan_on_series(folder: Path) -> Plan:
    """A plan on the one series in a folder; where its targets lie plays no part."""
    return replace(plan_of(head()), image=ImageReference.of_volume(read_volume(folder)))


def test_a_second_image_is_laid_over_a_first_that_was_packed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = written(tmp_path / "head.nii.gz")
    plan, unpacked = plan_on(image), gzip.decompress(image.read_bytes())
    image.write_bytes(gzip.compress(unpacked, 1, mtime=1))
    opened = read_plan_image(plan, None, tmp_path).volume
    over: list[Volume] = []
    monkeypatch.setattr(second_image, "register_rigidly", lambda first, *_: over.append(first))
    request = SecondImageRequest(image, written(tmp_path / "T2w.nii.gz", 2.0), first_known_as=opened.content_name)
    second_image.register_second_image(request, NoProgress())
    second_image.register_second_image(replace(request, first_known_as=("0" * 64, None)), NoProgress())
    assert over[0].scanner_frame == plan.image.frame != over[1].scanner_frame
    assert read_volume(image).known_as(None).fingerprint == fingerprint_of(image)
