"""What an image file leaves open and only a person can say: which of its volumes, and how it lies in space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fusplan.errors import FusplanError
from fusplan.session.messages import Message, MessageAction
from fusplan.workflows.requests import ReadImageRequest

MOST_BUTTONS = 4
"""Of more volumes than this the first is offered: a long series is seldom what a thalamotomy is planned on."""


def image_question(
    error: FusplanError, request: ReadImageRequest, read: Callable[[ReadImageRequest], None]
) -> Message | None:
    """The question that an error comes down to, with a button for each answer; None where it is no question.

    Args:
        error: what reading the image has raised.
        request: what was to be read.
        read: reads what the person chooses.
    """
    # Loaded by whatever has raised them; the first screen does without.
    from fusplan.imaging.placement import NoSpatialTransformError  # noqa: PLC0415
    from fusplan.imaging.voxels import SeveralVolumesError  # noqa: PLC0415

    def answer(text: str, choice: ReadImageRequest) -> MessageAction:
        return MessageAction(text, lambda: read(choice))

    if isinstance(error, SeveralVolumesError):
        offered = range(1, error.count + 1) if error.count <= MOST_BUTTONS else (1,)
        actions = tuple(answer(f"Open volume {one}", replace(request, volume_index=one)) for one in offered)
        others = "" if error.count <= MOST_BUTTONS else " The command line opens any other: --volume N."
        return Message("warning", error.message, f"Choose the one to plan on.{others}", actions, "open-image")
    if isinstance(error, NoSpatialTransformError):
        remedy = "Convert it again from DICOM, or open it if you are sure that it is stored right, anterior, superior."
        actions = (answer("I am sure: open it", replace(request, assume_scanner_ras=True)),)
        return Message("warning", error.message, remedy, actions, "open-image")
    return None
