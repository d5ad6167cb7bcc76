"""The file of an image that a plan keeps beside its own: found again and recognised, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.planning.plan_file import difference, is_there
from fusplan.planning.plan_images import ImageRole, PlacedImage

ROLE_WORDS: Final[Mapping[ImageRole, str]] = {
    "second": "second image",
    "ct": "CT",
    "after": "image after the procedure",
}
"""What an image of each role is called, for a person."""


class PlacedImageMissingError(FusplanError):
    """An image that a plan keeps is not where the plan says."""


class PlacedImageChangedError(FusplanError):
    """An image is not the one that a plan keeps in that role."""


def find_placed_image(placed: PlacedImage) -> Path:
    """Where the image is. Only its being there is checked; see :func:`check_placed_image`.

    Raises:
        PlacedImageMissingError: it is not where the plan says, or the plan does not say because that would name the
            patient; no other place is searched.
    """
    name, path = placed.image.name, placed.image.path
    if path is None:
        raise PlacedImageMissingError(
            f"The plan does not keep where {name} is, because the path names the patient.",
            "Say where the series is: its folder, zip or one of its files. It is recognised by its content.",
        )
    if not is_there(placed.image):
        raise PlacedImageMissingError(
            f"{name} is not at {path}.", "Say where it is now; it is recognised by its content."
        )
    return Path(path)


def check_placed_image(placed: PlacedImage, volume: Volume) -> None:
    """Make sure that an image, as its file places it, is the one a plan keeps.

    Raises:
        PlacedImageChangedError: it is another one or was changed; says in what it differs.
    """
    problem = difference(placed.image, volume)
    if problem is not None:
        raise PlacedImageChangedError(
            f"{volume.name} is not the {ROLE_WORDS[placed.role]} that the plan keeps: {problem}.",
            "Say where the original is, or register this one; a position is never carried over by guess.",
        )
