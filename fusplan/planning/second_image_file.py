"""The file of a plan's second image: found again and recognised, never guessed."""

from __future__ import annotations

from pathlib import Path

from fusplan.errors import FusplanError
from fusplan.imaging.volume import Volume
from fusplan.planning.plan import SecondImageRecord
from fusplan.planning.plan_file import difference, is_there


class SecondImageMissingError(FusplanError):
    """The second image is not where the plan says."""


class SecondImageChangedError(FusplanError):
    """An image is not the second image that a plan keeps."""


def find_second_image(record: SecondImageRecord) -> Path:
    """Where the second image is. Only its being there is checked; see :func:`check_second_image`.

    Raises:
        SecondImageMissingError: it is not where the plan says, or the plan does not say because that would name the
            patient; no other place is searched.
    """
    name, path = record.image.name, record.image.path
    if path is None:
        raise SecondImageMissingError(
            f"The plan does not keep where {name} is, because the path names the patient.",
            "Say where the series is: its folder, zip or one of its files. It is recognised by its content.",
        )
    if not is_there(record.image):
        raise SecondImageMissingError(
            f"{name} is not at {path}.", "Say where it is now; it is recognised by its content."
        )
    return Path(path)


def check_second_image(record: SecondImageRecord, volume: Volume) -> None:
    """Make sure that an image, as its file places it, is the one a plan keeps.

    Raises:
        SecondImageChangedError: it is another one or was changed; says in what it differs.
    """
    problem = difference(record.image, volume)
    if problem is not None:
        raise SecondImageChangedError(
            f"{volume.name} is not the second image that the plan keeps: {problem}.",
            "Say where the original is, or register this one; a position is never carried over by guess.",
        )
