"""The images of a plan, wherever they are now: at their place, packed or unpacked beside it, or the built-in head."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np

from fusplan.atlas.catalogue import demo_head_path
from fusplan.errors import FusplanError
from fusplan.imaging.dicom.series_volume import read_known_series
from fusplan.imaging.header_transforms import HeaderTransforms, header_transforms
from fusplan.imaging.read import holds_series, read_volume
from fusplan.imaging.volume import Volume
from fusplan.planning.placed_image_file import PlacedImageMissingError, check_placed_image, find_placed_image
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import PlanImageMissingError, check_image, find_image
from fusplan.planning.plan_images import ImageReference, PlacedImage

IMAGE_ENDS = (".nii", ".nii.gz", ".mgh", ".mgz")
MOST_LOOKED_AT = 500
MOST_READ = 20
"""Of files of other names in a folder only so many headers are looked at, and so many images read whole: seconds."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundImage:
    """An image of a plan, and sentences about where it was found when that is not where the plan says."""

    volume: Volume
    messages: tuple[str, ...] = ()


def read_plan_image(plan: Plan, image_path: Path | None, plan_folder: Path) -> FoundImage:
    """The very image that a plan was made on.

    Args:
        plan: the plan.
        image_path: where a person says that it is; None looks where the plan says, then for the same file packed or
            unpacked beside it, for one of its name beside the plan, for one of another name in both folders, and for
            the built-in head. What is found there is taken only when its content is that of the plan.
        plan_folder: where the plan's file is.

    Raises:
        PlanImageMissingError, PlanImageChangedError: it is not there, or is another image.
        FusplanError: it cannot be read.
    """
    found = _found(plan.image, lambda: find_image(plan), image_path, plan_folder)
    check_image(plan, found.volume)
    return found


def read_placed_image(placed: PlacedImage, image_path: Path | None, plan_folder: Path | None) -> FoundImage:
    """The very image that a plan keeps beside its own, as its file places it; found as :func:`read_plan_image` does.

    Raises:
        PlacedImageMissingError, PlacedImageChangedError: it is not there, or is another image.
        FusplanError: it cannot be read.
    """
    found = _found(placed.image, lambda: find_placed_image(placed), image_path, plan_folder)
    check_placed_image(placed, found.volume)
    return found


def _found(
    image: ImageReference, find: Callable[[], Path], image_path: Path | None, plan_folder: Path | None
) -> FoundImage:
    try:
        return FoundImage(_read(image, find() if image_path is None else image_path))
    except (PlanImageMissingError, PlacedImageMissingError):
        found = _elsewhere(image, plan_folder)
        if found is None:
            raise
        return found


def _read(image: ImageReference, path: Path) -> Volume:
    """What is at a path, read as the image was; known by the image's name when it has its content."""
    if image.series_uid is not None and holds_series(path):
        return read_known_series(path, image.series_uid, image.sha256, image.grid)
    volume = read_volume(
        path,
        volume_index=image.volume_index,
        assume_scanner_ras=image.assumed_scanner_ras,
        series_uid=image.series_uid,
    )
    return volume.known_as(image.content_name)


def _elsewhere(image: ImageReference, plan_folder: Path | None) -> FoundImage | None:
    for path in chain(other_places(image, plan_folder), _renamed(image, plan_folder)):
        volume = _read_if_it_is(image, path)
        if volume is not None:
            words = f"{image.name} is not at {image.path}; {path} has the same content and was taken."
            return FoundImage(volume, (words,))
    volume = None if image.series_uid is not None else _built_in_head(image)
    if volume is None:
        return None
    words = f"{image.name} is the built-in head; that of this installation has the same content."
    return FoundImage(volume, (words,))


def _renamed(image: ImageReference, plan_folder: Path | None) -> Iterator[Path]:
    """Files beside its old place and beside the plan that place their voxels alike, whatever they are called."""
    if image.path is None or image.series_uid is not None:
        return
    alike = (
        path
        for folder in dict.fromkeys((Path(image.path).parent, plan_folder))
        if folder is not None
        for path in _images_in(folder)
        if _lies_alike(image, path)
    )
    yield from islice(alike, MOST_READ)


def _images_in(folder: Path) -> list[Path]:
    """The first images of a folder, by their names' ends."""
    try:
        return sorted(islice((path for path in folder.iterdir() if path.name.endswith(IMAGE_ENDS)), MOST_LOOKED_AT))
    except OSError:
        return []


def _lies_alike(image: ImageReference, path: Path) -> bool:
    """Whether the header of a file places as many voxels at the same places."""
    try:
        transforms = header_transforms(path)
    except FusplanError:
        return False
    return transforms is not None and places_alike(transforms, image)


def places_alike(transforms: HeaderTransforms, image: ImageReference) -> bool:
    """Whether a header places as many voxels as an image has at the same places."""
    return transforms.shape == image.shape and np.allclose(transforms.used.matrix, image.affine, atol=1e-3)


def _read_if_it_is(image: ImageReference, path: Path) -> Volume | None:
    try:
        volume = _read(image, path)
    except FusplanError:
        return None
    return volume if volume.fingerprint == image.sha256 else None


def _built_in_head(image: ImageReference) -> Volume | None:
    try:
        return _read_if_it_is(image, demo_head_path())
    except FusplanError:
        return None


def other_places(image: ImageReference, plan_folder: Path | None) -> Iterator[Path]:
    """Where an image may be that is not where the plan says: beside that place and beside the plan, if it is there."""
    if image.path is None:
        return
    old = Path(image.path)
    names = (old.name,) if image.series_uid is not None else (old.name, *_packed_otherwise(old.name))
    for folder in dict.fromkeys((old.parent, plan_folder)):
        # Not Path.exists, which raises for names that the system does not allow.
        yield from (folder / name for name in names if folder is not None and os.path.exists(folder / name))  # noqa: PTH110


def _packed_otherwise(name: str) -> tuple[str, ...]:
    """What the same file is called when it was unpacked or packed."""
    for packed, unpacked in ((".mgz", ".mgh"), (".mgh", ".mgz")):
        if name.endswith(packed):
            return (f"{name.removesuffix(packed)}{unpacked}",)
    return (name.removesuffix(".gz"),) if name.endswith(".gz") else (f"{name}.gz",)
