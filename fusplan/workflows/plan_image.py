"""The image of a plan, wherever it is now: at its place, packed or unpacked beside it, or the built-in head."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from fusplan.atlas.catalogue import demo_head_path
from fusplan.errors import FusplanError
from fusplan.imaging.byte_stream import fingerprint_of, unpacked_sha256
from fusplan.imaging.read import read_volume
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import Plan
from fusplan.planning.plan_file import PlanImageMissingError, check_image, find_image
from fusplan.planning.plan_images import ImageReference


@dataclass(frozen=True, slots=True, eq=False)
class FoundImage:
    """The image of a plan, and sentences about where it was found when that is not where the plan says."""

    volume: Volume
    messages: tuple[str, ...] = ()


def read_plan_image(plan: Plan, image_path: Path | None, plan_folder: Path) -> FoundImage:
    """The very image that a plan was made on.

    Args:
        plan: the plan.
        image_path: where a person says that it is; None looks where the plan says, then for the same file packed or
            unpacked beside it, for one of its name beside the plan, and for the built-in head. What is found there is
            taken only when its content is that of the plan.
        plan_folder: where the plan's file is.

    Raises:
        PlanImageMissingError, PlanImageChangedError: it is not there, or is another image.
        FusplanError: it cannot be read.
    """
    if image_path is not None:
        return FoundImage(_checked(plan, image_path))
    try:
        return FoundImage(_checked(plan, find_image(plan)))
    except PlanImageMissingError:
        found = _elsewhere(plan.image, plan_folder)
        if found is None:
            raise
    path, sentence = found
    return FoundImage(_checked(plan, path), (sentence,))


def _checked(plan: Plan, path: Path) -> Volume:
    image = plan.image
    volume = read_volume(
        path,
        volume_index=image.volume_index,
        assume_scanner_ras=image.assumed_scanner_ras,
        series_uid=image.series_uid,
    )
    if volume.fingerprint != image.sha256 and volume.series is None and _is_content(path, image.sha256):
        volume = _known_as(volume, image)
    check_image(plan, volume)
    return volume


def _known_as(volume: Volume, image: ImageReference) -> Volume:
    """The volume under the name that a plan knows its content by: frames are named after it."""
    return Volume.of_array(volume.data, volume.affine, image.sha256, volume.path, volume.notes)


def _is_content(path: Path, sha256: str) -> bool:
    """Whether a file, as it is or unpacked, is what was hashed."""
    try:
        return sha256 in (fingerprint_of(path), unpacked_sha256(path))
    except FusplanError:
        return False


def _elsewhere(image: ImageReference, plan_folder: Path) -> tuple[Path, str] | None:
    if image.path is None or image.series_uid is not None:
        return None
    old = Path(image.path)
    other = old.with_name(old.name.removesuffix(".gz") if old.name.endswith(".gz") else f"{old.name}.gz")
    for path in (other, plan_folder / old.name, plan_folder / other.name):
        if os.path.isfile(path) and _is_content(path, image.sha256):  # noqa: PTH113 (raises for impossible names)
            return path, f"The image of this plan is not at {old}; {path} has the same content and was taken."
    try:
        demo = demo_head_path()
    except FusplanError:
        return None
    if _is_content(demo, image.sha256):
        return demo, "The image of this plan is the built-in head; that of this installation has the same content."
    return None
